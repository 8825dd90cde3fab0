package epcis

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

func knownToTest() PrefixLength {
	return KnownPrefixes([]gs1.CompanyPrefix{"0614141", "035816", "4012345", "0358"})
}

func TestTranslations(t *testing.T) {
	for _, c := range []struct {
		in   string
		to   EPCFormat
		want string
	}{
		{"urn:epc:id:sgtin:0614141.107346.2018", EPCDigitalLink, "https://id.gs1.org/01/10614141073464/21/2018"},
		{"urn:epc:id:sgtin:0614141.107346.a%2Fb", EPCDigitalLink, "https://id.gs1.org/01/10614141073464/21/a%2Fb"},
		{"urn:epc:class:lgtin:4012345.012345.998877", EPCDigitalLink, "https://id.gs1.org/01/04012345123456/10/998877"},
		{"urn:epc:idpat:sgtin:4012345.012345.*", EPCDigitalLink, "https://id.gs1.org/01/04012345123456"},
		{"urn:epc:idpat:sgtin:4012345.*.*", EPCDigitalLink, "urn:epc:idpat:sgtin:4012345.*.*"},
		{"urn:epc:id:sgln:0614141.00777.0", EPCDigitalLink, "https://id.gs1.org/414/0614141007776"},
		{"urn:epc:id:sgln:0614141.00777.1", EPCDigitalLink, "https://id.gs1.org/414/0614141007776/254/1"},
		{"urn:epc:id:pgln:0614141.00777", EPCDigitalLink, "https://id.gs1.org/417/0614141007776"},
		{"urn:epc:id:sscc:0614141.1234567890", EPCDigitalLink, "https://id.gs1.org/00/106141412345678908"},
		{"urn:epc:id:sgtin:nonsense", EPCDigitalLink, "urn:epc:id:sgtin:nonsense"},
		{"urn:epcglobal:cbv:bt:0614141007776:PO-1", EPCDigitalLink, "urn:epcglobal:cbv:bt:0614141007776:PO-1"},
		{"https://id.gs1.org/01/10614141073464/21/2018", EPCDigitalLink, "https://id.gs1.org/01/10614141073464/21/2018"},

		{"https://id.gs1.org/01/10614141073464/21/2018", EPCURN, "urn:epc:id:sgtin:0614141.107346.2018"},
		{"https://shop.example/01/10614141073464/21/2018", EPCURN, "urn:epc:id:sgtin:0614141.107346.2018"},
		{"https://id.gs1.org/01/04012345123456/10/998877", EPCURN, "urn:epc:class:lgtin:4012345.012345.998877"},
		{"https://id.gs1.org/01/04012345123456", EPCURN, "urn:epc:idpat:sgtin:4012345.012345.*"},
		{"https://id.gs1.org/414/0614141007776", EPCURN, "urn:epc:id:sgln:0614141.00777.0"},
		{"https://id.gs1.org/00/106141412345678908", EPCURN, "urn:epc:id:sscc:0614141.1234567890"},
		{"https://id.gs1.org/8004/0614141A", EPCURN, "urn:epc:id:giai:0614141.A"},
		// Four digits are written as six: 0358, then 00.
		{"https://id.gs1.org/414/0358001010109", EPCURN, "urn:epc:id:sgln:035800.101010.0"},
		// The lot would be lost.
		{"https://id.gs1.org/01/10614141073464/10/A/21/2018", EPCURN, "https://id.gs1.org/01/10614141073464/10/A/21/2018"},
		{"https://id.gs1.org/01/10614141073464/21/2018?17=280131", EPCURN, "https://id.gs1.org/01/10614141073464/21/2018?17=280131"},
		// Nobody knows the prefix.
		{"https://id.gs1.org/01/09521141012345/21/2018", EPCURN, "https://id.gs1.org/01/09521141012345/21/2018"},
		{"https://example.com/somewhere", EPCURN, "https://example.com/somewhere"},
		{"urn:epc:id:sgtin:0614141.107346.2018", EPCURN, "urn:epc:id:sgtin:0614141.107346.2018"},
		{"https://id.gs1.org/01/10614141073464/21/2018", EPCAsWritten, "https://id.gs1.org/01/10614141073464/21/2018"},
	} {
		e := &Event{EPCs: []string{c.in}}
		if got := Translate(e, c.to, knownToTest()); got.EPCs[0] != c.want {
			t.Errorf("%s as %s: got %s, want %s", c.in, c.to, got.EPCs[0], c.want)
		}
		if e.EPCs[0] != c.in {
			t.Errorf("%s: translating changed the original to %s", c.in, e.EPCs[0])
		}
	}
}

// TestTranslateEveryField finds each place that holds an identifier.
func TestTranslateEveryField(t *testing.T) {
	const urn, link = "urn:epc:id:giai:0614141.A", "https://id.gs1.org/8004/0614141A"
	event := func(id string) Event {
		q, p := []Quantity{{EPCClass: id, Amount: "1"}}, []Endpoint{{"location", id}}
		return Event{
			ParentID: id, TransformationID: id, ReadPoint: Place{ID: id}, BizLocation: Place{ID: id},
			EPCs: []string{id}, ChildEPCs: []string{id}, InputEPCs: []string{id}, OutputEPCs: []string{id},
			Quantities: q, ChildQuantities: q, InputQuantities: q, OutputQuantities: q,
			Sources: p, Destinations: p, BizTransactions: []BizTransaction{{"po", id}},
			SensorElements: []Node{{Name: Name{Local: "sensorElement"}, Children: []Node{{Name: Name{Local: "sensorMetadata"}, Children: []Node{{Name: Name{Local: "deviceID"}, Attr: true, Value: id}}}}}},
			ID:             urn, Certifications: []string{urn},
		}
	}
	there := event(urn)
	if got := Translate(&there, EPCDigitalLink, nil); !reflect.DeepEqual(got, event(link)) {
		t.Errorf("got %+v", got)
	}
	if !reflect.DeepEqual(there, event(urn)) {
		t.Errorf("translating changed the original: %+v", there)
	}
	back := event(link)
	if got := Translate(&back, EPCURN, knownToTest()); !reflect.DeepEqual(got, event(urn)) {
		t.Errorf("got %+v", got)
	}
}

func TestParseEPCFormat(t *testing.T) {
	for _, f := range []EPCFormat{EPCAsWritten, EPCDigitalLink, EPCURN} {
		if got, ok := ParseEPCFormat(f.String()); !ok || got != f {
			t.Errorf("%s: got %s %v", f, got, ok)
		}
	}
	if f, ok := ParseEPCFormat(""); !ok || f != EPCDigitalLink {
		t.Errorf("nothing asked: got %s %v, want the standard's default", f, ok)
	}
	if f, ok := ParseEPCFormat("No_Preference"); !ok || f != EPCAsWritten {
		t.Errorf("got %s %v, want as written", f, ok)
	}
	if _, ok := ParseEPCFormat("always"); ok {
		t.Error("a value that the standard does not know was taken")
	}
}

func TestWordsOfXML(t *testing.T) {
	e := decodeEvent(t, xmlDoc("<ObjectEvent>"+xmlWhen+"<epcList/><action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:packing</bizStep></ObjectEvent>"))
	for header, want := range map[string]string{
		"": "urn:epcglobal:cbv:bizstep:packing", "Always_URN": "urn:epcglobal:cbv:bizstep:packing",
		"Always_Web_URI": "https://ref.gs1.org/cbv/BizStep-packing",
	} {
		f, ok := ParseCBVFormat(header)
		if !ok || header != "" && f.String() != header {
			t.Errorf("%q: got %s %v", header, f, ok)
		}
		out, err := EncodeXML20Words(&Document{Events: []Event{*e}}, f)
		if err != nil || !strings.Contains(string(out), "<bizStep>"+want+"<") {
			t.Errorf("%q: got error %v and\n%s", header, err, out)
		}
	}
	if _, ok := ParseCBVFormat("web"); ok {
		t.Error("a value that the standard does not know was taken")
	}
}

// TestTranslationKeepsDigests holds every event of the corpus to the promise
// that its notation does not change its digest.
func TestTranslationKeepsDigests(t *testing.T) {
	dir := corpusDir(t)
	changed := 0
	for _, f := range manifest(t, dir) {
		if !isDocumentKind(f.Kind) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := DecodeBytes(data, Options{})
		if err != nil {
			continue
		}
		for i := range doc.Events {
			e := &doc.Events[i]
			want, _ := e.Digest()
			for _, to := range []EPCFormat{EPCDigitalLink, EPCURN} {
				got := Translate(e, to, func(string) int { return 7 })
				if !reflect.DeepEqual(got.EPCs, e.EPCs) {
					changed++
				}
				if sum, _ := got.Digest(); sum != want {
					t.Errorf("%s event %d as %s: got digest %s, want %s\n%s", f.Path, i+1, to, sum, want, Diff(e, &got))
				}
			}
		}
	}
	t.Logf("%d lists of EPCs translated", changed)
}
