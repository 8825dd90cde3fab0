package gs1

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
	c.log(t, 35, nil)
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
	c.log(t, 4, nil)
}

func TestCorpusCheckDigits(t *testing.T) {
	type vector struct {
		Input string
		Valid bool
	}
	c := &tally{name: "gs1-barcode-elixir/check-digits"}
	for _, line := range corpusLines(t, "gs1-barcode-elixir/check-digits.dev.jsonl") {
		v := decode[vector](t, line)
		n := max(len(v.Input), 1)
		e := checkKey(v.Input, n)
		c.result(t, (e == nil) == v.Valid, "%q: got %v, want %v", v.Input, e, v.Valid)
	}
	c.log(t, 13, nil)
}

// TestCorpusTranslatorLinks: links with words in place of AIs read as the links
// that they are rewritten to, and links read as the elements that they hold.
func TestCorpusTranslatorLinks(t *testing.T) {
	type vector struct {
		Op, Input, Note string
		Valid           bool
		Expect          any
	}
	c := &tally{name: "openepcis-translator/digital-link"}
	for _, line := range corpusLines(t, "openepcis-translator/digital-link.dev.jsonl") {
		v := decode[vector](t, line)
		es, err := ParseLegacyDigitalLink(v.Input)
		switch want := v.Expect.(type) {
		case string:
			if strings.Contains(v.Input, "?lot=") || strings.Contains(v.Input, "&lot=ABC123") && err == nil {
				c.differs(t, err == nil && es.Bracketed() == "(01)09506000164908", "a qualifier's word in the query is no AI", v.Input)
				continue
			}
			same, werr := ParseLegacyDigitalLink(want)
			c.result(t, (err == nil) == (werr == nil) && es.Bracketed() == same.Bracketed(), "%q: got %q, %v; want %q, %v", v.Input, es.Bracketed(), err, same.Bracketed(), werr)
		case map[string]any:
			if strings.Contains(v.Input, "€") {
				c.differs(t, problemOf(err) == ProblemCharacter, "a character that no URI holds", v.Input)
				continue
			}
			ok := (err == nil) == v.Valid && len(es) == len(want)
			for ai, value := range want {
				got, _ := es.Get(ai)
				ok = ok && got == value
			}
			c.result(t, ok, "%q: got %v, %v; want %v", v.Input, es, err, want)
		}
	}
	c.log(t, 7, map[string]int{"a qualifier's word in the query is no AI": 3, "a character that no URI holds": 1})
}

// TestCorpusGrammarWords: the words that the grammars of older versions allow in
// place of AIs are those that we read.
func TestCorpusGrammarWords(t *testing.T) {
	named := regexp.MustCompile(`(?m)^\s*\S+\s*=\s*"([0-9]+)"\s*/\s*%s"(\w+)"`)
	for version, want := range map[string][2]int{"1_0": {24, 5}, "1_1": {25, 5}, "1_2": {24, 0}, "1_4": {0, 0}} {
		c := &tally{name: "evrythng-digital-link/grammar " + version}
		data, err := os.ReadFile(filepath.Join(corpusDir(t), "evrythng-digital-link", "grammar", "GS1_Digital_Link_Grammar_"+version+".abnf"))
		if err != nil {
			t.Skip("corpus not found: ", err)
		}
		for _, m := range named.FindAllStringSubmatch(string(data), -1) {
			path, query := (&link{legacy: true}).spell(m[2]), spellExpiry(m[2])
			if m[1] >= "410" && m[1] <= "416" && m[1] != "414" && m[1] != "415" {
				_, err := ParseLegacyDigitalLink(CanonicalStem + "/" + m[1] + "/0614141000005")
				c.differs(t, err != nil && path == m[2], "no key of a link since 1.2", m[2])
				continue
			}
			c.result(t, path == m[1] || query == m[1], "version %s: %q is (%s), read as (%s) or (%s)", version, m[2], m[1], path, query)
		}
		reasons := map[string]int{"no key of a link since 1.2": want[1]}
		if want[1] == 0 {
			reasons = nil
		}
		c.log(t, want[0], reasons)
	}
}
