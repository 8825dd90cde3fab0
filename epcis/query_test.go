package epcis

import (
	"strings"
	"testing"
)

// answer is a query document about two events, master data beside them.
func answer(t *testing.T) *Document {
	t.Helper()
	e := decodeEvent(t, xmlDoc("<ObjectEvent>"+xmlWhen+"<epcList><epc>urn:epc:id:sgtin:0358160.001010.1</epc></epcList><action>ADD</action></ObjectEvent>"))
	created, err := parseTime("2026-11-21T08:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	place := VocabularyElement{ID: "urn:epc:id:sgln:0358160.00001.0", Attributes: []Attribute{{ID: "urn:epcglobal:cbv:mda#name", Value: "Works"}}}
	return &Document{
		CreationDate: created,
		Query:        &QueryResults{QueryName: "SimpleEventQuery", SubscriptionID: "s-1"},
		MasterData:   []Vocabulary{{Type: TypeLocation, Elements: []VocabularyElement{place}}},
		Events:       []Event{*e, *e},
	}
}

func TestQueryDocumentsInEveryForm(t *testing.T) {
	nothing, master := answer(t), answer(t)
	nothing.Events, nothing.MasterData = nil, nil
	master.Events = nil
	for name, doc := range map[string]*Document{"events": answer(t), "nothing found": nothing, "master data": master} {
		for _, form := range allForms() {
			out, err := form.encode(doc)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(out), "EPCISQueryDocument") {
				t.Errorf("%s as %s is no query document:\n%s", name, form.name, out)
			}
			got, err := DecodeBytes(out, Options{})
			if err != nil {
				t.Errorf("%s as %s: %v\n%s", name, form.name, err, out)
				continue
			}
			if got.Query == nil || *got.Query != *doc.Query {
				t.Errorf("%s as %s: got query %+v, want %+v", name, form.name, got.Query, doc.Query)
			}
			if len(got.Events) != len(doc.Events) || len(got.MasterData) != len(doc.MasterData) {
				t.Errorf("%s as %s: got %d events and %d vocabularies, want %d and %d\n%s", name, form.name,
					len(got.Events), len(got.MasterData), len(doc.Events), len(doc.MasterData), out)
			}
		}
	}
}

// TestAnswerInJSON shows the layout that a query's caller gets.
func TestAnswerInJSON(t *testing.T) {
	doc := answer(t)
	doc.MasterData, doc.Events = nil, doc.Events[:1]
	out, err := EncodeJSON20(doc)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "@context": [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
  ],
  "type": "EPCISQueryDocument",
  "schemaVersion": "2.0",
  "creationDate": "2026-11-21T08:00:00Z",
  "epcisBody": {
    "queryResults": {
      "queryName": "SimpleEventQuery",
      "subscriptionID": "s-1",
      "resultsBody": {
        "eventList": [
          {
            "type": "ObjectEvent",
            "eventTime": "2026-01-01T00:00:00Z",
            "eventTimeZoneOffset": "+00:00",
            "epcList": [
              "urn:epc:id:sgtin:0358160.001010.1"
            ],
            "action": "ADD"
          }
        ]
      }
    }
  }
}
`
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestOneEventAlone(t *testing.T) {
	e := decodeEvent(t, xmlDoc(`<ObjectEvent xmlns:shop="https://shop.example/">`+xmlWhen+`<epcList/><action>ADD</action><shop:till>3</shop:till></ObjectEvent>`))
	out, err := EncodeEventJSON20(e, []Namespace{{"shop", "https://shop.example/"}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), `"shop:till": "3"`) {
		t.Errorf("the extension lost its prefix:\n%s", out)
	}
	if d := Diff(e, decodeEvent(t, string(out))); d != "" {
		t.Errorf("read back, it differs:\n%s", d)
	}
	if _, err := EncodeEventJSON20(&Event{Type: ObjectEvent}, nil); err == nil {
		t.Error("an event without a time was written")
	}
}
