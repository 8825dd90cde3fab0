package epcis

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// xmlDoc wraps one event of XML 1.2; the event begins on line 2.
func xmlDoc(event string) string {
	return `<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2"><EPCISBody><EventList>` + "\n" +
		event + "\n</EventList></EPCISBody></e:EPCISDocument>"
}

func jsonDoc(event string) string {
	return `{"@context":"` + standardContextURL + `","type":"EPCISDocument","schemaVersion":"2.0","epcisBody":{"eventList":[` + "\n" + event + "\n]}}"
}

const xmlWhen = `<eventTime>2026-01-01T00:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>`

const jsonWhen = `"eventTime":"2026-01-01T00:00:00Z","eventTimeZoneOffset":"+00:00"`

func TestRefusedXML(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", " \n", "document: is empty"},
		{"neither form", "hello", "document, line 1: is neither XML nor JSON: it must begin with <, { or ["},
		{"UTF-16", "\xff\xfe<\x00", "document, line 1: is UTF-16; write it in UTF-8"},
		{"not UTF-8", "<a>\n\xe9</a>", "document, line 2: byte 0xe9 is not UTF-8; write the document in UTF-8"},
		{"declared encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><ä/>`, `document, line 1: declares encoding "ISO-8859-1"; write it in UTF-8`},
		{"doctype", "<!DOCTYPE x [<!ENTITY a \"b\">]>\n<x>&a;</x>", "document, line 1: has a DOCTYPE with declarations of its own; they are refused unread"},
		{"another root", `<html/>`, "document, line 1, html: is not an EPCIS root element: want EPCISDocument in namespace urn:epcglobal:epcis:xsd:1 or urn:epcglobal:epcis:xsd:2"},
		{"cut off", xmlDoc("<ObjectEvent>")[:120], "event 1, line 3: is not well-formed XML: it ends in the middle; the file seems cut off"},
		{"cut off between tags", strings.TrimSuffix(xmlDoc("<ObjectEvent>"), "\n</EventList></EPCISBody></e:EPCISDocument>"), "event 1, line 2: is not well-formed XML: it ends inside <ObjectEvent>; the file seems cut off"},
		{"crossed tags", xmlDoc("<ObjectEvent><a></b></ObjectEvent>"), "event 1, line 2: is not well-formed XML: <a> is closed by </b>"},
		{"undeclared prefix", xmlDoc("<ObjectEvent><x:a/></ObjectEvent>"), `event 1, line 2: is not well-formed XML: prefix "x" of "x:a" is not declared`},
		{"attribute named by a colon", xmlDoc(`<ObjectEvent :=""/>`), `document, line 2: is not well-formed XML: the name ":" has a colon too many`},
		{"name beyond Latin", xmlDoc(`<ObjectEvent Ж="1"/>`), `document, line 2: has the name "Ж"; want letters up to U+024F, digits, and _ - . after the first letter`},
		{"attribute twice", xmlDoc(`<ObjectEvent a="1" a="2"/>`), "document, line 2: is not well-formed XML: attribute a is given twice"},
		{"too deep", strings.Repeat("<a>", 100), "document, line 1, a: is not an EPCIS root element: want EPCISDocument in namespace urn:epcglobal:epcis:xsd:1 or urn:epcglobal:epcis:xsd:2"},
		{"too deep inside", xmlDoc("<ObjectEvent>" + strings.Repeat("<a>", 100)), "event 1, line 2: nests elements deeper than 64"},
		{"unknown event", xmlDoc("<QuantityEvent/>"), "event 1, line 2, QuantityEvent: is deprecated since EPCIS 1.1; send an ObjectEvent with a quantityList"},
		{"no time", xmlDoc("<ObjectEvent><epcList/><action>ADD</action></ObjectEvent>"), "event 1, line 2, eventTime: is missing"},
		{"no zone", xmlDoc("<ObjectEvent><eventTime>2026-01-01T00:00:00</eventTime></ObjectEvent>"), `event 1, line 2, eventTime: "2026-01-01T00:00:00" has no time zone: end it with Z or an offset like -05:00`},
		{"bad offset", xmlDoc("<ObjectEvent><eventTime>2026-01-01T00:00:00Z</eventTime><eventTimeZoneOffset>-5</eventTimeZoneOffset></ObjectEvent>"), `event 1, line 2, eventTimeZoneOffset: is "-5": want an offset like -05:00`},
		{"bad action", xmlDoc("<ObjectEvent>" + xmlWhen + "<epcList/><action>add</action></ObjectEvent>"), `event 1, line 2, action: is "add": want ADD, OBSERVE or DELETE`},
		{"unknown field", xmlDoc("<ObjectEvent>" + xmlWhen + "<epcList/>\n<lot>A</lot></ObjectEvent>"), "event 1, line 3, lot: is not a field of ObjectEvent; fields of your own need a namespace of your own"},
		{"not a URI", xmlDoc("<ObjectEvent>" + xmlWhen + "<epcList><epc>0123</epc></epcList></ObjectEvent>"), `event 1, line 2, epcList 0: is "0123": want a URI such as urn:epc:id:sgtin:0355154.094495.100`},
		{"no parent", xmlDoc("<AggregationEvent>" + xmlWhen + "<childEPCs/><action>ADD</action></AggregationEvent>"), "event 1, line 2, parentID: is missing: AggregationEvent with action ADD needs one"},
		{"parent left open", xmlDoc("<AggregationEvent>" + xmlWhen + "<parentID/><childEPCs/><action>ADD</action></AggregationEvent>"), "event 1, line 2, parentID: is missing: AggregationEvent with action ADD needs one"},
		{"another type's field", xmlDoc("<ObjectEvent>" + xmlWhen + "<epcList/><parentID>urn:x:y</parentID><action>ADD</action></ObjectEvent>"), "event 1, line 2, parentID: is not a field of ObjectEvent"},
		{"no transaction", xmlDoc("<TransactionEvent>" + xmlWhen + "<epcList/><action>ADD</action></TransactionEvent>"), "event 1, line 2, bizTransactionList: is missing: a TransactionEvent names at least one business transaction"},
		{"bad word", xmlDoc("<ObjectEvent>" + xmlWhen + "<bizStep>sending</bizStep></ObjectEvent>"), `event 1, line 2, bizStep: is "sending": neither a word of CBV 2.0 nor a URI`},
		{"a query, not its answer", `<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2"><EPCISBody><q:Poll/></EPCISBody></q:EPCISQueryDocument>`, "document, line 1, Poll: is not an element of EPCISBody: want EventList or QueryResults"},
		{"a clock never set", xmlDoc("<ObjectEvent><eventTime>0001-01-01T00:00:00Z</eventTime><epcList/><action>ADD</action></ObjectEvent>"), `event 1, line 2, eventTime: is "0001-01-01T00:00:00Z", before 1970: the clock that gave it was not set`},
		{"a day that is none", xmlDoc("<ObjectEvent><eventTime>2026-02-30T00:00:00Z</eventTime></ObjectEvent>"), `event 1, line 2, eventTime: "2026-02-30T00:00:00Z" not a date and time like 2026-11-20T22:10:00.000-05:00`},
		{"an offset no place has", xmlDoc("<ObjectEvent><eventTime>2026-02-03T00:00:00Z</eventTime><eventTimeZoneOffset>+27:00</eventTimeZoneOffset></ObjectEvent>"), `event 1, line 2, eventTimeZoneOffset: is "+27:00": want an offset like -05:00`},
		{"UTF-16 without a mark", "<\x00?\x00", "document, line 1: is UTF-16; write it in UTF-8"},
		{"bomb", "<!DOCTYPE b [\n<!ENTITY a \"0123456789\">\n<!ENTITY b \"&a;&a;&a;\">]>\n<b>&b;</b>", "document, line 3: has a DOCTYPE with declarations of its own; they are refused unread"},
		{"entity of nobody", xmlDoc("<ObjectEvent><eventID>&b;</eventID></ObjectEvent>"), "event 1, line 2: is not well-formed XML: invalid character entity &b;"},
		{"two documents", xmlDoc("") + "\n" + xmlDoc(""), "document, line 4: is not well-formed XML: a second root element <e:EPCISDocument>"},
		{"text after the end", xmlDoc("") + "\nPK", "document, line 4: has text outside its root element"},
		{"another namespace", `<EPCISDocument xmlns="urn:epcglobal:epcis:xsd:3"/>`, "document, line 1, {urn:epcglobal:epcis:xsd:3}EPCISDocument: is not an EPCIS root element: want EPCISDocument in namespace urn:epcglobal:epcis:xsd:1 or urn:epcglobal:epcis:xsd:2"},
		{"NUL", xmlDoc("<ObjectEvent>\x00</ObjectEvent>"), "event 1, line 2: is not well-formed XML: illegal character code U+0000"},
		{"huge quantity", xmlDoc("<ObjectEvent>" + xmlWhen + "<action>ADD</action><extension><quantityList><quantityElement><epcClass>urn:x:y</epcClass><quantity>1e999</quantity></quantityElement></quantityList></extension></ObjectEvent>"), `event 1, line 2, quantityList 0 quantity: is "1e999": want a decimal number`},
		{"no number", xmlDoc("<ObjectEvent>" + xmlWhen + "<action>ADD</action><extension><quantityList><quantityElement><epcClass>urn:x:y</epcClass><quantity>NaN</quantity></quantityElement></quantityList></extension></ObjectEvent>"), `event 1, line 2, quantityList 0 quantity: is "NaN": want a decimal number`},
		{"time twice", xmlDoc("<ObjectEvent>" + xmlWhen + xmlWhen + "</ObjectEvent>"), "event 1, line 2, eventTime: is given twice"},
		{"many prefixes", xmlDoc("<ObjectEvent" + manyAttributes(200, "xmlns:n%d='urn:n'") + "><a" + manyAttributes(200, "xmlns:m%d='urn:n'") + "><a" + manyAttributes(200, "xmlns:o%d='urn:n'") + "/></a></ObjectEvent>"), "event 1, line 2: has more than 512 namespace declarations in force"},
		{"many attributes", xmlDoc("<ObjectEvent" + manyAttributes(257, "n%d='1'") + "/>"), "document, line 2: has more than 256 attributes on <ObjectEvent>"},
		{"carried too deep", xmlDoc("<ObjectEvent>" + xmlWhen + "<epcList/><action>ADD</action><x:a xmlns:x='urn:x'>" + strings.Repeat("<b>", 24) + strings.Repeat("</b>", 24) + "</x:a></ObjectEvent>"), "document, line 2, b: is nested deeper than 24 inside what is carried along"},
		{"bad expiry", xmlDoc(`<ObjectEvent>` + xmlWhen + `<epcList/><action>ADD</action><extension><ilmd><c:itemExpirationDate xmlns:c="urn:epcglobal:cbv:mda">271231</c:itemExpirationDate></ilmd></extension></ObjectEvent>`), `event 1, line 2, ilmd itemExpirationDate: is "271231": want YYYY-MM-DD`},
	} {
		checkRefused(t, c.name, c.in, c.want)
	}
}

func TestRefusedJSON(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"two documents", jsonDoc("") + jsonDoc(""), "document, line 3: is not well-formed JSON: something follows its end"},
		{"UTF-16 without a mark", "{\x00\"\x00", "document, line 1: is UTF-16; write it in UTF-8"},
		{"not UTF-8", "{\"a\":\n\"\xe9\"}", "document, line 2: byte 0xe9 is not UTF-8; write the document in UTF-8"},
		{"half a pair", jsonDoc(`{"type":"ObjectEvent","eventID":"\uDFFF\u0000"}`), "document, line 2, at /epcisBody/eventList/0/eventID: holds a control character, which no other form of EPCIS can carry"},
		{"comment", "{\n// no\n}", "document, line 2: is not well-formed JSON: invalid character '/'"},
		{"huge number", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","quantityList":[{"epcClass":"urn:x:y","quantity":1e999}]}`), `event 1, line 2, at /epcisBody/eventList/0/quantityList/0/quantity, quantityList 0 quantity: is "1e999": want a decimal number`},
		{"huge measurement", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[],"sensorElementList":[{"sensorReport":[{"value":1e308},{"maxValue":1e309}]}]}`), `event 1, line 2, at /epcisBody/eventList/0/sensorElementList/0/sensorReport/1/maxValue, sensorElementList 0 sensorReport 1 maxValue: is "1e309": want a number that fits 64 bits`},
		{"a measurement in words", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[],"sensorElementList":[{"sensorReport":[{"value":"warm"}]}]}`), `event 1, line 2, at /epcisBody/eventList/0/sensorElementList/0/sensorReport/0/value, sensorElementList 0 sensorReport 0 value: is "warm": want a number that fits 64 bits`},
		{"a long measurement", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[],"sensorElementList":[{"sensorReport":[{"value":` + strings.Repeat("1", 400) + `}]}]}`), `event 1, line 2, at /epcisBody/eventList/0/sensorElementList/0/sensorReport/0/value, sensorElementList 0 sensorReport 0 value: is "` + strings.Repeat("1", 100) + `...": want a number that fits 64 bits`},
		{"a clock never set", jsonDoc(`{"type":"ObjectEvent","eventTime":"1066-10-14T09:00:00Z","action":"ADD","epcList":[]}`), `event 1, line 2, at /epcisBody/eventList/0/eventTime, eventTime: is "1066-10-14T09:00:00Z", before 1970: the clock that gave it was not set`},
		{"array of arrays", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[],"x:a":[[1]]}`), "event 1, line 2, at /epcisBody/eventList/0/x:a, a: is an array of arrays, which no other form of EPCIS can carry"},
		{"carried too deep", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[],"x:a":` + strings.Repeat(`{"b":`, 24) + "1" + strings.Repeat("}", 24) + "}"), "document, line 2, b: is nested deeper than 24 inside what is carried along"},
		{"many namespaces", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[]` + manyAttributes(201, `,"https://x/%d/a":1`) + "}"), "document, line 2, {https://x/200/}a: stands in one of more than 200 namespaces"},
		{"many attributes", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[]` + manyAttributes(201, `,"@x:a%d":"1"`) + "}"), "document, line 2, x:a200: is one of more than 200 attributes of one element"},
		{"event in a string", jsonDoc(`"ObjectEvent"`), "event 1, line 2, at /epcisBody/eventList/0, type: is missing: want an EPCIS event type"},
		{"cut off", `{"type":"EPCISDocument",`, "document, line 1: is not well-formed JSON: it ends too early; the file seems cut off"},
		{"key twice", `{"type":"EPCISDocument","type":"x"}`, `document, line 1, at /type: key "type" is given twice`},
		{"more after", `[] []`, "document, line 1: is not well-formed JSON: something follows its end"},
		{"too deep", strings.Repeat("[", 100), "document, line 1, at /" + strings.Repeat("0/", 63) + "0: nests values deeper than 64"},
		{"no context", `{"type":"EPCISDocument","epcisBody":{}}`, "document, line 1, at /@context, @context: is missing: without it no bare word has a meaning"},
		{"another type", `{"type":"Invoice"}`, `document, line 1, at /type, type: is "Invoice": want EPCISDocument or an event type`},
		{"unknown event", jsonDoc(`{"type":"Event"}`), "event 1, line 2, at /epcisBody/eventList/0, type Event: is not an EPCIS event type: want ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent or AssociationEvent"},
		{"control character", jsonDoc(`{"type":"ObjectEvent","eventID":"a\u0001"}`), "document, line 2, at /epcisBody/eventList/0/eventID: holds a control character, which no other form of EPCIS can carry"},
		{"unknown field", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"epcList":[],"action":"ADD","lot":"A"}`), "event 1, line 2, at /epcisBody/eventList/0/lot, lot: is not a field of ObjectEvent; fields of your own need a namespace of your own"},
		{"bare ILMD", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"ilmd":{"lotNumber":"A"}}`), "event 1, line 2, at /epcisBody/eventList/0/ilmd/lotNumber, ilmd lotNumber: has no namespace: want a prefix declared in @context, such as cbvmda:lotNumber"},
		{"quantity as text", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"quantityList":[{"epcClass":"urn:x:y","quantity":"3"}]}`), "event 1, line 2, at /epcisBody/eventList/0/quantityList, quantityList: has a quantity that is a string: want a number"},
		{"EPC as number", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"epcList":[17]}`), "event 1, line 2, at /epcisBody/eventList/0/epcList, epcList: holds a number: want identifiers"},
		{"second event", jsonDoc(`{"type":"ObjectEvent",` + jsonWhen + `,"epcList":[],"action":"ADD"},` + "\n" + `{"type":"ObjectEvent",` + jsonWhen + `,"epcList":[]}`), "event 2, line 3, at /epcisBody/eventList/1/action, action: is missing: want ADD, OBSERVE or DELETE"},
	} {
		checkRefused(t, c.name, c.in, c.want)
	}
}

// manyAttributes repeats text, which holds a number, n times.
func manyAttributes(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " "+text, i)
	}
	return b.String()
}

func checkRefused(t *testing.T, name, in, want string) {
	t.Helper()
	doc, err := Decode(strings.NewReader(in), Options{})
	if err == nil {
		t.Errorf("%s: got %d events, want error %q", name, len(doc.Events), want)
		return
	}
	var typed *Error
	if !errors.As(err, &typed) {
		t.Errorf("%s: got %T, want *Error", name, err)
	}
	if err.Error() != want {
		t.Errorf("%s:\ngot  %s\nwant %s", name, err, want)
	}
}

func TestLimits(t *testing.T) {
	event := "<ObjectEvent>" + xmlWhen + "<epcList/><action>ADD</action></ObjectEvent>"
	for _, c := range []struct {
		name, in, want string
		opt            Options
	}{
		{"bytes", xmlDoc(event), "document: is larger than 100 bytes", Options{MaxBytes: 100}},
		{"XML events", xmlDoc(event + "\n" + event), "document, line 3: has more than 1 events", Options{MaxEvents: 1}},
		{"JSON events", `[{"type":"ObjectEvent",` + jsonWhen + `,"epcList":[],"action":"ADD"},{}]`, "document, line 1, at /1: has more than 1 events", Options{MaxEvents: 1}},
		{"XML elements", xmlDoc(event), "event 1, line 2: has too many elements; split it into several documents", Options{MaxElements: 9}},
		{"JSON values", `[{"type":"ObjectEvent","eventID":"a"}]`, "document, line 1, at /0/eventID: has too many values; split it into several documents", Options{MaxElements: 3}},
		{"depth", xmlDoc(event), "event 1, line 2: nests elements deeper than 4", Options{MaxDepth: 4}},
	} {
		_, err := Decode(strings.NewReader(c.in), c.opt)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}
