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

// epcScheme returns the scheme a vector of the OpenEPCIS translator is about,
// or "" for one this package does not read yet.
func epcScheme(src string) string {
	for _, s := range []string{"LGTIN", "SGTIN", "SSCC", "SGLN", "PGLN"} {
		if strings.HasPrefix(src, s+"Test") || strings.HasPrefix(src, s+"Validator") {
			return s
		}
	}
	return ""
}

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
		case epcScheme(v.Src) == "":
			c.skip("other schemes")
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
	e, err := elementsToEPC(es, prefixLen, class)
	if err != nil {
		return "", err
	}
	return e.String(), nil
}

func elementsToEPC(es Elements, prefixLen int, class bool) (EPC, error) {
	if c, ok := es.SSCC(); ok {
		return c.EPC(prefixLen)
	}
	if v, ok := es.Get("414"); ok {
		l, err := ParseGLN(v)
		if err != nil {
			return EPC{}, err
		}
		ext, _ := es.Get("254")
		return l.Location(prefixLen, ext)
	}
	if v, ok := es.Get("417"); ok {
		l, err := ParseGLN(v)
		if err != nil {
			return EPC{}, err
		}
		return l.Party(prefixLen)
	}
	g, _ := es.GTIN()
	if serial, ok := es.Serial(); ok && !class {
		return SGTIN{g, serial}.EPC(prefixLen)
	}
	if lot, ok := es.Lot(); ok {
		return g.LotEPC(prefixLen, lot)
	}
	return g.ProductEPC(prefixLen)
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
		case epcScheme(v.Src) == "":
			c.skip("other schemes")
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
		switch v.Scheme {
		case "sgtin", "sscc", "sgln":
			e, err := ParseEPC(v.URI)
			c.result(t, err == nil && e.String() == v.URI, "%q: got %q, %v", v.URI, e.String(), err)
		default:
			c.skip(v.Scheme)
		}
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
	c := &tally{name: "gs1-tdt"}
	for _, name := range []string{"SGTIN-96", "SGTIN-198", "SSCC-96", "SGLN-96", "SGLN-195"} {
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
