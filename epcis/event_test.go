package epcis

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func decodeEvent(t *testing.T, in string) *Event {
	t.Helper()
	doc, err := DecodeBytes([]byte(in), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Events) != 1 {
		t.Fatalf("got %d events, want 1", len(doc.Events))
	}
	return &doc.Events[0]
}

func TestWordsOfThreeFormsAreOne(t *testing.T) {
	for _, form := range []string{
		"shipping", "urn:epcglobal:cbv:bizstep:shipping", "https://ref.gs1.org/cbv/BizStep-shipping", "cbv:BizStep-shipping",
	} {
		word, known := BizStepWord(form)
		if word != "shipping" || !known {
			t.Errorf("BizStepWord(%q): got %q %v, want shipping true", form, word, known)
		}
		e := decodeEvent(t, xmlDoc("<ObjectEvent>"+xmlWhen+"<epcList/><action>OBSERVE</action><bizStep>"+form+"</bizStep></ObjectEvent>"))
		if e.BizStep != "shipping" {
			t.Errorf("%q: got business step %q, want shipping", form, e.BizStep)
		}
	}
	if word, known := DispositionWord("urn:epcglobal:cbv:disp:in_transit"); word != "in_transit" || !known {
		t.Errorf("got %q %v, want in_transit true", word, known)
	}
	if word, known := DispositionWord("urn:acme:disp:lost"); word != "urn:acme:disp:lost" || known {
		t.Errorf("got %q %v, want the URI unknown", word, known)
	}
}

// TestMisspelling: the step is understood, and the hash is over what was written.
func TestMisspelling(t *testing.T) {
	const written = "urn:epcglobal:cbv:bizstep:decomissioning"
	e := decodeEvent(t, xmlDoc("<ObjectEvent>"+xmlWhen+"<epcList/><action>DELETE</action><bizStep>"+written+"</bizStep></ObjectEvent>"))
	if e.Step() != "decommissioning" || e.BizStep != written {
		t.Errorf("got step %q, written %q, want decommissioning and %q", e.Step(), e.BizStep, written)
	}
	pre, err := e.PreHash()
	if err != nil || !strings.Contains(pre, "BizStep-decomissioning") {
		t.Errorf("got %q %v, want the word as written", pre, err)
	}
}

// TestVendorDeviations reads what real senders write beside the schema.
func TestVendorDeviations(t *testing.T) {
	e := decodeEvent(t, strings.ReplaceAll(xmlDoc(`<ObjectEvent xmlns:hc="http://epcis.gs1us.org/hc/ns">`+xmlWhen+
		`<bizStep>commissioning</bizStep><epcList><epc>urn:epc:id:sgtin:0358160.001010.1</epc></epcList><action>ADD</action>
<quantityList><quantityElement><epcClass>urn:epc:idpat:sgtin:0358160.001010.*</epcClass></quantityElement></quantityList>
<extension>text<SAPExtension><plant>7</plant></SAPExtension></extension>
<hc:lotNumber>L1</hc:lotNumber><hc:itemExpirationDate>2027-01-31T00:00:00Z</hc:itemExpirationDate></ObjectEvent>`), "EPCISBody>", "epcisbody>"))
	if e.Lot() != "L1" || e.Expiry() != "2027-01-31" {
		t.Errorf("got lot %q expiry %q, want L1 and 2027-01-31", e.Lot(), e.Expiry())
	}
	if len(e.Quantities) != 1 || e.Quantities[0].EPCClass != "urn:epc:idpat:sgtin:0358160.001010.*" {
		t.Errorf("got quantities %+v, want one of 0358160.001010", e.Quantities)
	}
	sap := find(e.Extensions, "SAPExtension", "")
	if sap == nil || sap.ChildValue("plant") != "7" {
		t.Errorf("got extensions %+v, want SAPExtension with plant 7", e.Extensions)
	}
	checkRoundTrip(t, "vendor", &Document{Format: FormatXML1, Events: []Event{*e}})
}

// TestProgramMadeEvent writes an event that no file held.
func TestProgramMadeEvent(t *testing.T) {
	at := time.Date(2026, 11, 20, 22, 10, 0, 400_500_000, time.UTC)
	e := Event{
		Type: ObjectEvent, Action: ActionAdd, Time: NewTime(at), TimeZoneOffset: "-05:00",
		BizStep: "commissioning", Disposition: "active",
		EPCs:      []string{"urn:epc:id:sgtin:0358160.001010.0012"},
		ReadPoint: Place{ID: "urn:epc:id:sgln:0358160.00001.0"},
	}
	e.SetLot("OLD", "2020-01-01")
	e.SetLot("0012", "2027-01-31")
	if e.Lot() != "0012" || e.Expiry() != "2027-01-31" || len(e.ILMD) != 2 {
		t.Errorf("got lot %q expiry %q in %d nodes, want 0012 and 2027-01-31 in 2", e.Lot(), e.Expiry(), len(e.ILMD))
	}
	doc := &Document{Header: Header{Senders: []Identifier{{ID: "urn:epc:id:sgln:0358160.00001.0"}}}, Events: []Event{e}}
	checkRoundTrip(t, "made", doc)
	e.Action = "TOUCH"
	if _, err := EncodeXML12(&Document{Events: []Event{e}}); err == nil || err.Error() != `event 1, action: is "TOUCH": want ADD, OBSERVE or DELETE` {
		t.Errorf("got %v, want the action refused", err)
	}
	if _, err := (&Event{}).Hash(); err == nil {
		t.Error("got a hash of nothing, want an error")
	}
}

func TestDiffNamesTheField(t *testing.T) {
	a := decodeEvent(t, xmlDoc("<ObjectEvent>"+xmlWhen+"<epcList><epc>urn:epc:id:sgtin:0358160.001010.1</epc></epcList><action>ADD</action></ObjectEvent>"))
	b := *a
	b.EPCs = []string{"https://id.gs1.org/01/00358160010101/21/1"}
	if d := Diff(a, &b); d != "" {
		t.Errorf("one serial in two notations differs:\n%s", d)
	}
	b.Action = ActionDelete
	b.ID = "urn:uuid:1"
	want := "- action = ADD\n+ action = DELETE\n+ eventID = urn:uuid:1\n"
	if d := Diff(a, &b); d != want {
		t.Errorf("got\n%swant\n%s", d, want)
	}
	if Equal(a, &b) {
		t.Error("got equal events, want different ones")
	}
}

func TestParseHash(t *testing.T) {
	var sum [32]byte
	for i := range sum {
		sum[i] = byte(i * 7)
	}
	got, err := ParseHash(FormatHash(sum))
	if err != nil || got != sum {
		t.Errorf("got %x %v, want %x", got, err, sum)
	}
	for _, bad := range []string{"", "ni:///sha-256;00?ver=CBV2.0", FormatHash(sum) + "x", strings.Replace(FormatHash(sum), "00", "zz", 1)} {
		if _, err := ParseHash(bad); err == nil {
			t.Errorf("ParseHash(%q): got no error, want one", bad)
		}
	}
}

func TestCanonicalTime(t *testing.T) {
	for in, want := range map[string]string{
		"2026-01-01T00:00:00+01:00":       "2025-12-31T23:00:00.000Z",
		"2023-01-18T11:04:03.1415Z":       "2023-01-18T11:04:03.142Z",
		"2026-12-31T23:59:59.9996Z":       "2027-01-01T00:00:00.000Z",
		"2026-01-01T24:00:00Z":            "2026-01-02T00:00:00.000Z",
		"2026-01-01T10:00Z":               "2026-01-01T10:00:00.000Z",
		"2026-01-01T10:00:00-0500":        "2026-01-01T15:00:00.000Z",
		"2018-01-15T08:36:05.7320000000Z": "2018-01-15T08:36:05.732Z",
		"2026-01-01T10:00:00":             "2026-01-01T10:00:00",
	} {
		if got := canonicalTimeText(in); got != want {
			t.Errorf("canonicalTimeText(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestCanonicalNumber(t *testing.T) {
	for in, want := range map[string]string{
		"26.0": "26", "0012": "12", "-0.0": "0", "12E4": "120000", "0.1000": "0.1", "0.00001": "1e-05", "1_000": "1000",
		"1e22": "10000000000000000000000", "9007199254740993": "9007199254740992", "+5": "5", ".5": "0.5",
		"1e999": "1e999", "nan": "nan", "0x10": "0x10", "1__0": "1__0", "12-3": "12-3", "": "", "+-1": "+-1", "1e": "1e",
	} {
		if got, _ := canonicalNumber(in); got != want {
			t.Errorf("canonicalNumber(%q): got %q, want %q", in, got, want)
		}
	}
}

// manyEPCs writes a commissioning event of n serials in the form asked for.
func manyEPCs(tb testing.TB, n int, encode func(*Document) ([]byte, error)) []byte {
	tb.Helper()
	e := Event{Type: ObjectEvent, Action: ActionAdd, Time: NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), TimeZoneOffset: "+00:00", BizStep: "commissioning"}
	for i := range n {
		e.EPCs = append(e.EPCs, fmt.Sprintf("urn:epc:id:sgtin:0358160.001010.%012d", i*7919))
	}
	e.SetLot("PL26-117", "2028-10-31")
	out, err := encode(&Document{Events: []Event{e}})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func benchmarkDecode(b *testing.B, encode func(*Document) ([]byte, error)) {
	data := manyEPCs(b, 15_000, encode)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeBytes(data, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeXML15000(b *testing.B) { benchmarkDecode(b, EncodeXML12) }

func BenchmarkDecodeJSON15000(b *testing.B) { benchmarkDecode(b, EncodeJSON20) }

func BenchmarkHash15000(b *testing.B) {
	doc, err := DecodeBytes(manyEPCs(b, 15_000, EncodeXML12), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := doc.Events[0].HashBytes(); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLooseJSON reads what means the same to JSON-LD, and what serializers write
// of what they do not have.
func TestLooseJSON(t *testing.T) {
	want := decodeEvent(t, jsonDoc(`{"type":"ObjectEvent",`+jsonWhen+`,"action":"ADD","epcList":["urn:epc:id:sgtin:0358160.001010.1"],`+
		`"readPoint":{"id":"urn:epc:id:sgln:0358160.00001.0"},"sourceList":[{"type":"location","source":"urn:epc:id:sgln:0358160.00001.0"}]}`))
	got := decodeEvent(t, jsonDoc(`{"type":"ObjectEvent",`+jsonWhen+`,"action":"ADD","epcList":"urn:epc:id:sgtin:0358160.001010.1","bizTransactionList":null,"disposition":null,`+
		`"readPoint":"urn:epc:id:sgln:0358160.00001.0","sourceList":{"type":"location","source":"urn:epc:id:sgln:0358160.00001.0"}}`))
	if d := Diff(want, got); d != "" {
		t.Errorf("read differently:\n%s", d)
	}
}

// TestLooseXML reads documents whose outside departs from the schema.
func TestLooseXML(t *testing.T) {
	event := "<ObjectEvent>" + xmlWhen + "<epcList/><action>ADD</action></ObjectEvent>"
	for name, in := range map[string]string{
		"DOCTYPE of an editor":        "<!DOCTYPE project>\n" + xmlDoc(event),
		"DOCTYPE with an address":     "<!DOCTYPE x SYSTEM \"http://example.com/x.dtd\">\n" + xmlDoc(event),
		"ASCII that claims Latin-1":   `<?xml version="1.0" encoding="ISO-8859-1"?>` + xmlDoc(event),
		"UTF-8 that claims UTF-16":    `<?xml version="1.0" encoding="utf-16"?>` + xmlDoc(event),
		"an event alone":              event,
		"an event in its namespace":   strings.Replace(strings.ReplaceAll(event, "ObjectEvent>", "e:ObjectEvent>"), ">", ` xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0">`, 1),
		"a list of events alone":      "<EventList>" + event + "</EventList>",
		"a place left open":           xmlDoc(strings.Replace(event, "</ObjectEvent>", "<readPoint><id/></readPoint><bizLocation><id></id></bizLocation></ObjectEvent>", 1)),
		"a parent left open":          xmlDoc("<AggregationEvent>" + xmlWhen + "<parentID/><childEPCs/><action>OBSERVE</action></AggregationEvent>"),
		"free text for a reason":      xmlDoc(strings.Replace(event, "<epcList/>", "<baseExtension><errorDeclaration><declarationTime>2026-01-01T00:00:00Z</declarationTime><reason>a slip</reason></errorDeclaration></baseExtension><epcList/>", 1)),
		"a statement's own namespace": strings.Replace(xmlDoc(event), "<EPCISBody>", `<EPCISHeader><dscsaTransactionStatement xmlns="dscsaTransactionStatement"><affirmTransactionStatement>true</affirmTransactionStatement></dscsaTransactionStatement></EPCISHeader><EPCISBody>`, 1),
	} {
		doc, err := DecodeBytes([]byte(in), Options{})
		if err != nil || len(doc.Events) != 1 {
			t.Errorf("%s: got %+v, error %v, want one event", name, doc, err)
			continue
		}
		if extra := doc.Events[0].Extensions; len(extra) > 0 {
			t.Errorf("%s: got extensions %+v, want none", name, extra)
		}
		checkRoundTrip(t, name, doc)
	}
}
