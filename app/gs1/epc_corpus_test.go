package gs1

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// refusedRightly reports whether a vector that the translator's authors call
// valid is not: GS1's tag data tables want a reference after the company prefix
// and a piece not above its total, and a "#" begins a link's fragment.
func refusedRightly(input string) bool {
	switch input {
	case "https://id.gs1.org/8010/30056867890#1294-5A/8011/4893",
		"https://id.gs1.org/8010/123457-57578",
		"urn:epc:idpat:cpi:164759476414..*",
		"https://id.gs1.org/401/656987789012",
		"urn:epc:idpat:itip:164759476414.5.56.34.*":
		return true
	default:
		return false
	}
}

// otherLinks reports whether a vector of the OpenEPCIS translator is about a
// Digital Link with attributes, which is no EPC.
func otherLinks(src string) bool { return strings.HasPrefix(src, "GTIN") }

func TestCorpusEPCTranslation(t *testing.T) {
	type vector struct {
		Src, Op, Input, Expect, Note string
		Valid                        bool
		GCP                          json.RawMessage `json:"gcp_length"`
		Engine                       *bool           `json:"gs1_engine_accepts_dl"`
	}
	c := &tally{name: "openepcis-translator/epc-translation"}
	for _, line := range corpusLines(t, "openepcis-translator/epc-translation.dev.jsonl") {
		v := decode[vector](t, line)
		switch {
		case otherLinks(v.Src):
			c.skip("links that are no EPC")
		case v.Valid && refusedRightly(v.Input):
			c.skip("refused by GS1's tables")
		case v.Valid && (v.Engine == nil || !*v.Engine):
			c.skip("refused by GS1's engine")
		case strings.HasSuffix(v.Op, "urn_to_dl"):
			e, err := ParseEPC(v.Input)
			ok := (err == nil) == v.Valid
			if v.Valid && ok {
				uri, werr := e.Elements().DigitalLink(CanonicalStem)
				want, perr := ParseDigitalLink(v.Expect)
				got, gerr := ParseDigitalLink(uri)
				ok = werr == nil && perr == nil && gerr == nil && got.Bracketed() == want.Bracketed()
			}
			c.result(t, ok, "%s %q: got %v, %v; want %v %q (%s)", v.Src, v.Input, e, err, v.Valid, v.Expect, v.Note)
		default:
			n, err := strconv.Atoi(string(v.GCP))
			if err != nil {
				n = prefixShown(v.Expect)
			}
			got, perr := linkToEPC(v.Input, n, strings.HasPrefix(v.Op, "class"))
			ok := (perr == nil) == v.Valid && (!v.Valid || got == v.Expect)
			c.result(t, ok, "%s %s %q/%d: got %q, %v; want %v %q (%s)", v.Src, v.Op, v.Input, n, got, perr, v.Valid, v.Expect, v.Note)
		}
	}
	c.log(t)
}

// prefixShown returns the length of the company prefix in an EPC URI.
func prefixShown(uri string) int {
	e, err := ParseEPC(uri)
	if err != nil {
		return 0
	}
	return e.PrefixLen
}

// linkToEPC translates a Digital Link to the EPC URI of the same thing.
func linkToEPC(link string, prefixLen int, class bool) (string, error) {
	es, err := ParseDigitalLink(link)
	if err != nil {
		return "", err
	}
	toEPC := es.EPC
	if class {
		toEPC = es.ClassEPC
	}
	e, err := toEPC(prefixLen)
	if err != nil {
		return "", err
	}
	return e.String(), nil
}

func TestCorpusEPCValidation(t *testing.T) {
	type vector struct {
		Src, Op, Input, Note string
		Valid                bool
		Engine               *bool `json:"gs1_engine_accepts_dl"`
	}
	c := &tally{name: "openepcis-translator/epc-validation"}
	for _, line := range corpusLines(t, "openepcis-translator/epc-validation.dev.jsonl") {
		v := decode[vector](t, line)
		isURN := strings.HasPrefix(v.Input, "urn:")
		switch {
		case otherLinks(v.Src):
			c.skip("links that are no EPC")
		case v.Valid && refusedRightly(v.Input):
			c.skip("refused by GS1's tables")
		case !isURN && v.Valid && (v.Engine == nil || !*v.Engine):
			c.skip("links without GS1's verdict")
		case !isURN && !v.Valid:
			c.skip("links judged by a company prefix list")
		default:
			e, err := ParseEPC(v.Input)
			c.result(t, (err == nil) == v.Valid, "%s %q: got %v, %v; want %v (%s)", v.Src, v.Input, e, err, v.Valid, v.Note)
		}
	}
	c.log(t)
}

func TestCorpusTagVectors(t *testing.T) {
	type vector struct {
		Scheme string
		URI    string `json:"epc_pure_identity_uri"`
	}
	c := &tally{name: "epc-coder-tds"}
	for _, line := range corpusLines(t, "epc-coder-tds/rfid-tag-vectors.dev.jsonl") {
		v := decode[vector](t, line)
		e, err := ParseEPC(v.URI)
		c.result(t, err == nil && e.String() == v.URI, "%q: got %q, %v", v.URI, e.String(), err)
	}
	c.log(t)
}

// TestCorpusTagDataTranslation writes one EPC for every row of GS1's partition
// tables and holds it against the row's own pattern.
func TestCorpusTagDataTranslation(t *testing.T) {
	type option struct{ OptionKey, Pattern string }
	type level struct {
		Type   string
		Option []option
	}
	type file struct {
		TDT struct {
			Scheme struct{ Level []level }
		} `json:"epcTagDataTranslation"`
		Prefixed struct {
			Scheme struct{ Level []level }
		} `json:"tdt:epcTagDataTranslation"`
	}
	gtin, _ := ParseGTIN("80614141123458")
	sscc, _ := ParseSSCC("106141412345678908")
	gln, _ := ParseGLN("0614141000005")
	build := map[string]func(n int) (EPC, error){
		"SGTIN-198": func(n int) (EPC, error) { return SGTIN{gtin, "a/B%1"}.EPC(n) },
		"SGTIN-96":  func(n int) (EPC, error) { return SGTIN{gtin, "6789"}.EPC(n) },
		"SSCC-96":   sscc.EPC,
		"SGLN-195":  func(n int) (EPC, error) { return gln.Location(n, "32a/b") },
		"SGLN-96":   func(n int) (EPC, error) { return gln.Location(n, "") },
	}
	for name, elements := range map[string]string{
		"GRAI-170": "(8003)006141411234521a/B", "GIAI-202": "(8004)0614141123456x/Y", "GSRN-96": "(8018)061414112345678902",
		"GSRNP-96": "(8017)061414112345678902", "GDTI-174": "(253)0614141234561a/B", "CPI-var": "(8010)0614141123456PQ/A(8011)77",
		"SGCN-96": "(255)061414123456177", "ITIP-212": "(8006)006141411234520102(21)a/B",
	} {
		es, err := ParseBracketed(elements)
		if err != nil {
			t.Fatal(err)
		}
		build[name] = es.EPC
	}
	c := &tally{name: "gs1-tdt"}
	for name := range build {
		data, err := os.ReadFile(filepath.Join(corpusDir(t), "gs1-tdt", "JSON", name+".json"))
		if err != nil {
			t.Skip("corpus not found: ", err)
		}
		f := decode[file](t, data)
		for _, lv := range append(f.TDT.Scheme.Level, f.Prefixed.Scheme.Level...) {
			if lv.Type != "PURE_IDENTITY" {
				c.skip(lv.Type)
				continue
			}
			for _, o := range lv.Option {
				n, err := strconv.Atoi(o.OptionKey)
				if err != nil || n < 6 || n > 12 {
					t.Fatalf("%s: option %q is no prefix length", name, o.OptionKey)
				}
				e, err := build[name](n)
				ok, rerr := regexp.MatchString(o.Pattern, e.String())
				back, perr := ParseEPC(e.String())
				c.result(t, err == nil && rerr == nil && ok && perr == nil && back == e, "%s/%d: %q, %v, %v does not match %s", name, n, e, err, perr, o.Pattern)
			}
		}
	}
	c.log(t)
}

func TestCorpusEvrythngLinks(t *testing.T) {
	type vector struct{ Input string }
	c := &tally{name: "evrythng-digital-link/urls"}
	accepted := 0
	for _, line := range corpusLines(t, "evrythng-digital-link/urls.dev.jsonl") {
		v := decode[vector](t, line)
		// No verdicts there: what is read must come back from its own link.
		es, err := ParseLegacyDigitalLink(v.Input)
		if err != nil {
			c.result(t, problemOf(err) != 0, "%q: %v is no ScanError", v.Input, err)
			continue
		}
		accepted++
		uri, err := es.DigitalLink(CanonicalStem)
		back, perr := ParseDigitalLink(uri)
		c.result(t, err == nil && perr == nil && len(back) == len(es), "%q: got %q, %v, %v", v.Input, uri, err, perr)
	}
	t.Logf("corpus %s: %d read and written back, %d refused with a reason", c.name, accepted, c.tried-accepted)
	c.log(t)
}

func TestCorpusPharmaLedger(t *testing.T) {
	c := &tally{name: "pharmaledger-gtin"}
	for _, name := range []string{"products.json", "batches.json"} {
		data, err := os.ReadFile(filepath.Join(corpusDir(t), "pharmaledger-gtin", name))
		if err != nil {
			t.Skip("corpus not found: ", err)
		}
		type body struct{ ProductCode, Batch, ExpiryDate string }
		for _, m := range decode[[]struct{ Product, Batch *body }](t, data) {
			b := m.Product
			if b == nil {
				b = m.Batch
			}
			_, err := ParseGTIN(b.ProductCode)
			want, cerr := CheckDigit(b.ProductCode[:13])
			c.result(t, cerr == nil && (err == nil) == (b.ProductCode[13] == want), "GTIN %s: %v, check digit %c", b.ProductCode, err, want)
			if b.Batch != "" {
				c.result(t, ValidLot(b.Batch) == nil, "lot %q refused", b.Batch)
				d, err := ParseDate6(b.ExpiryDate, 2023)
				c.result(t, err == nil && d.AI() == b.ExpiryDate, "expiry %s: got %s, %v", b.ExpiryDate, d, err)
			}
		}
	}
	c.log(t)
}
