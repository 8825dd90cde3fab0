package gs1

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// tagData is what we read of a file of GS1's Tag Data Translation tables.
type tagData struct {
	TDT struct {
		Scheme tagScheme
	} `json:"epcTagDataTranslation"`
	Prefixed struct {
		Scheme tagScheme
	} `json:"tdt:epcTagDataTranslation"`
}

type tagScheme struct {
	Level []struct {
		Type   string
		Option []struct{ OptionKey, Pattern string }
	}
}

// tagSubjects gives, for each scheme of the tables that a GS1 key has, element
// strings that fit it.
func tagSubjects() map[string]string {
	return map[string]string{
		"SGTIN-198": "(01)80614141123458(21)a/B%1", "SGTIN-96": "(01)80614141123458(21)6789", "SGTIN+": "(01)80614141123458(21)a/B%1",
		"SSCC-96": "(00)106141412345678908", "SSCC+": "(00)106141412345678908",
		"SGLN-195": "(414)0614141000005(254)32a/b", "SGLN-96": "(414)0614141000005(254)32", "SGLN+": "(414)0614141000005(254)32a/b",
		"GRAI-170": "(8003)006141411234521a/B", "GRAI-96": "(8003)0061414112345212", "GRAI+": "(8003)006141411234521a/B",
		"GIAI-202": "(8004)0614141123456x/Y", "GIAI-96": "(8004)06141411234567", "GIAI+": "(8004)0614141123456x/Y",
		"GSRN-96": "(8018)061414112345678902", "GSRN+": "(8018)061414112345678902",
		"GSRNP-96": "(8017)061414112345678902", "GSRNP+": "(8017)061414112345678902",
		"GDTI-174": "(253)0614141234561a/B", "GDTI-113": "(253)06141412345617", "GDTI-96": "(253)06141412345617", "GDTI+": "(253)0614141234561a/B",
		"CPI-var": "(8010)0614141123456PQ/A(8011)77", "CPI-96": "(8010)06141411234561(8011)77", "CPI+": "(8010)0614141123456PQ/A(8011)77",
		"SGCN-96": "(255)061414123456177", "SGCN+": "(255)061414123456177",
		"ITIP-212": "(8006)006141411234520102(21)a/B", "ITIP-110": "(8006)006141411234520102(21)77", "ITIP+": "(8006)006141411234520102(21)a/B",
	}
}

// TestCorpusTagDataTranslation writes one EPC, Digital Link and set of element
// strings for every row of GS1's partition tables and holds each against the
// row's own pattern.
func TestCorpusTagDataTranslation(t *testing.T) {
	c := &tally{name: "gs1-tdt"}
	for name, elements := range tagSubjects() {
		es, err := ParseBracketed(elements)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(corpusDir(t), "gs1-tdt", "JSON", name+".json"))
		if err != nil {
			t.Skip("corpus not found: ", err)
		}
		f := decode[tagData](t, data)
		for _, lv := range append(f.TDT.Scheme.Level, f.Prefixed.Scheme.Level...) {
			for _, o := range lv.Option {
				n, err := strconv.Atoi(o.OptionKey)
				if err != nil {
					t.Fatalf("%s: option %q", name, o.OptionKey)
				}
				if lv.Type == "BINARY" || lv.Type == "TAG_ENCODING" || lv.Type == "BARE_IDENTIFIER" {
					c.skip(lv.Type) // the forms of RFID tags and of the tables themselves
					continue
				}
				got := tagForm(t, es, lv.Type, n)
				ok, err := regexp.MatchString(o.Pattern, got)
				c.result(t, err == nil && ok, "%s/%d %s: %q does not match %s: %v", name, n, lv.Type, got, o.Pattern, err)
			}
		}
	}
	c.log(t, 421, map[string]int{"BINARY": 144, "TAG_ENCODING": 133, "BARE_IDENTIFIER": 144})
}

// tagForm writes element strings in a form of the tables, and checks that an
// EPC reads back as the same.
func tagForm(t *testing.T, es Elements, form string, prefixLen int) string {
	t.Helper()
	switch form {
	case "PURE_IDENTITY":
		e, err := es.EPC(prefixLen)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseEPC(e.String()); err != nil || back != e || back.Elements().Bracketed() != es.Bracketed() {
			t.Errorf("%q reads back as %v, %v; want %v", e.String(), back, err, e)
		}
		return e.String()
	case "GS1_DIGITAL_LINK":
		uri, err := es.DigitalLink(CanonicalStem)
		if err != nil {
			t.Fatal(err)
		}
		return uri
	case "GS1_AI_JSON":
		text := "{"
		for i, e := range es {
			value, err := json.Marshal(e.Value)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				text += ","
			}
			text += strconv.Quote(e.AI) + ":" + string(value)
		}
		return text + "}"
	default:
		t.Fatalf("form %q of the tables is not known", form)
		return ""
	}
}
