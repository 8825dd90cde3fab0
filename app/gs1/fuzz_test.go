package gs1

import (
	"strings"
	"testing"
)

func seedScans(f *testing.F) {
	for _, s := range []string{
		"]d2010030116200116521S/4+a\x1d1728013110AB-12", "]C100106141412345678908", "]E00301162001165|]e010A",
		"(01)00301162001165(21)S\\(1", "^010030116200116521S1^10L", "https://id.gs1.org/01/00301162001165/10/L%2F1/21/S1?17=280100",
		"urn:epc:id:giai:0614141.A.1", "urn:epc:id:itip:0614141.012345.01.02.a", "urn:epc:idpat:cpi:0614141.PQ%2FA%23.*", "urn:epc:id:sgcn:0614141.12345.77",
		"urn:epc:id:sgtin:030116.0200116.S%2F1", "urn:epc:id:sgln:061414100000..D4", "urn:epc:class:lgtin:030116.0200116.L",
		"]D2010030116200116521s1", "+d2010030116200116521S1", "010030116200116521ABCDEFGHIJKL1728013110LOT1",
		"https://a/gtin/2112345678900/ser/1", "https://a/gtin/2112345678900?exp=280131", "010030116200116521S", "00106141412345678908", "280131", "2028-01-31", "]Q1urn:epc:id:sscc:0614141.1234567890",
	} {
		f.Add(s)
	}
}

// FuzzParseScan: what reads well is written in each form and reads back as the
// same elements.
func FuzzParseScan(f *testing.F) {
	seedScans(f)
	f.Fuzz(func(t *testing.T, s string) {
		es, err := ParseScan(s)
		if err != nil {
			if problemOf(err) == 0 || len(es) != 0 {
				t.Fatalf("ParseScan(%q) = %v, %v: not a plain ScanError", s, es, err)
			}
			return
		}
		for name, again := range map[string]func() (Elements, error){
			"bracketed":      func() (Elements, error) { return ParseBracketed(es.Bracketed()) },
			"element string": func() (Elements, error) { return ParseElementString(es.ElementString()) },
			"scan":           func() (Elements, error) { return ParseScan(es.Scan()) },
		} {
			back, err := again()
			if err != nil || back.Bracketed() != es.Bracketed() {
				t.Fatalf("%q as %s: got %q, %v; want %q", s, name, back.Bracketed(), err, es.Bracketed())
			}
		}
		es.Suspicions()
		if uri, err := es.DigitalLink(CanonicalStem); err == nil {
			checkLinkStable(t, uri)
		}
		if key, ok := es.Key(); ok {
			if back, err := ParseKey(string(key)); err != nil || back != key {
				t.Fatalf("key %q: got %q, %v", key, back, err)
			}
		}
	})
}

func checkLinkStable(t *testing.T, uri string) {
	t.Helper()
	es, err := ParseDigitalLink(uri)
	if err != nil {
		t.Fatalf("our own link %q: %v", uri, err)
	}
	again, err := es.DigitalLink(CanonicalStem)
	if err != nil {
		t.Fatalf("link %q read as %q: %v", uri, es.Bracketed(), err)
	}
	back, err := ParseDigitalLink(again)
	if err != nil || len(back) != len(es) {
		t.Fatalf("link %q, again %q: got %v, %v; want %v", uri, again, back, err, es)
	}
}

func FuzzParseDigitalLink(f *testing.F) {
	seedScans(f)
	f.Fuzz(func(t *testing.T, s string) {
		strict, err := ParseDigitalLink(s)
		words := strings.Contains(s, "exp") // expiry in a query of older versions
		if legacy, lerr := ParseLegacyDigitalLink(s); err == nil && !words && (lerr != nil || legacy.Bracketed() != strict.Bracketed()) {
			t.Fatalf("%q: strict %q, legacy %q, %v", s, strict.Bracketed(), legacy.Bracketed(), lerr)
		}
		if err != nil {
			return
		}
		uri, err := strict.DigitalLink(CanonicalStem)
		if err != nil {
			t.Fatalf("%q read as %q: %v", s, strict.Bracketed(), err)
		}
		checkLinkStable(t, uri)
	})
}

func FuzzParseEPC(f *testing.F) {
	seedScans(f)
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseEPC(s)
		if err != nil {
			return
		}
		back, err := ParseEPC(e.String())
		if err != nil || back != e || back.String() != e.String() {
			t.Fatalf("%q: %v back as %v, %v", s, e, back, err)
		}
		if err := checkTogether(e.Elements()); err != nil {
			t.Fatalf("%q: elements %q: %v", s, e.Elements().Bracketed(), err)
		}
		translate := e.Elements().EPC
		if e.Class() {
			translate = e.Elements().ClassEPC
		}
		if again, err := translate(e.PrefixLen); e.Kind != EPCUnitPackType && (err != nil || again != e) {
			t.Fatalf("%q: %v comes back from its elements as %v, %v", s, e, again, err)
		}
		if p, err := ParseEPCPattern(e.String()); err != nil || !e.anyOfClass() && !p.Match(e) {
			t.Fatalf("%q is no pattern of itself: %v", e, err)
		}
	})
}

// FuzzParseEPCPattern: what is read matches, or not, without trouble.
func FuzzParseEPCPattern(f *testing.F) {
	seedScans(f)
	f.Add("urn:epc:idpat:sgtin:030116.*.*")
	e, err := ParseEPC("urn:epc:id:sgtin:030116.0200116.S")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParseEPCPattern(s)
		if err != nil {
			return
		}
		back, err := ParseEPCPattern(p.String())
		if p.kind == 0 || err != nil || back.String() != p.String() || back.Match(e) != p.Match(e) {
			t.Fatalf("%q: pattern %q of kind %d comes back as %q, %v", s, p.String(), p.kind, back.String(), err)
		}
	})
}

// FuzzTranslate: what a form says reads back as that form.
func FuzzTranslate(f *testing.F) {
	seedScans(f)
	f.Fuzz(func(t *testing.T, s string) {
		for to := Form(0); to <= FormKey+1; to++ {
			got, err := Translate(s, to, "030116", "0614141")
			if err != nil {
				if problemOf(err) == 0 || got.Text != "" {
					t.Fatalf("%q to form %d: %v, %v: not a plain ScanError", s, to, got, err)
				}
				continue
			}
			if to == FormKey || to == FormDigitalLink {
				continue // a key is in no form, and links have a fuzz test of their own
			}
			again, err := Translate(got.Text, to, "030116", "0614141")
			if err != nil || again.Text != got.Text {
				t.Fatalf("%q to form %d is %q, and that %q, %v", s, to, got.Text, again.Text, err)
			}
		}
	})
}

func FuzzParseKey(f *testing.F) {
	seedScans(f)
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParseKey(s)
		if err != nil {
			return
		}
		item, isItem := k.SGTIN()
		c, isLogistic := k.SSCC()
		if isItem == isLogistic || string(k) != s || len(s) > MaxKeyLen {
			t.Fatalf("%q: item %v, logistic %v", s, isItem, isLogistic)
		}
		if isItem && item.Key() != k || isLogistic && LogisticKey(c) != k {
			t.Fatalf("%q does not come back from its parts", s)
		}
	})
}

func FuzzParseFixedKeys(f *testing.F) {
	seedScans(f)
	f.Fuzz(func(t *testing.T, s string) {
		if g, err := ParseGTIN(s); err == nil {
			if b, err := GTINFromBytes(g); err != nil || b != g || len(s) == 14 && g.String() != s {
				t.Fatalf("GTIN %q: %q, %v", s, b, err)
			}
		}
		if c, err := ParseSSCC(s); err == nil {
			if b, err := SSCCFromBytes(c); err != nil || b != c || c.String() != s {
				t.Fatalf("SSCC %q: %q, %v", s, b, err)
			}
		}
		if l, err := ParseGLN(s); err == nil {
			if b, err := GLNFromBytes(l); err != nil || b != l || l.String() != s {
				t.Fatalf("GLN %q: %q, %v", s, b, err)
			}
		}
		if p, err := ParseCompanyPrefix(s); err == nil && string(p) != s {
			t.Fatalf("prefix %q: %q", s, p)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("280131", 2026)
	f.Add("2028-01-31", 1999)
	f.Fuzz(func(t *testing.T, s string, refYear int) {
		if d, err := ParseDate6(s, refYear); err == nil {
			back, err := DateFromNumber(uint32(d))
			if err != nil || back != d || d.AI()[:4] != s[:4] {
				t.Fatalf("ParseDate6(%q, %d) = %s: %v", s, refYear, d, err)
			}
			if again, err := ParseDate6(d.AI(), refYear); err != nil || again != d {
				t.Fatalf("%s does not read back: %s, %v", d, again, err)
			}
		}
		if d, err := ParseDateISO(s); err == nil && d.String() != s {
			t.Fatalf("ParseDateISO(%q) = %s", s, d)
		}
	})
}
