package epcis

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// fuzzOptions keep one input cheap.
func fuzzOptions() Options { return Options{MaxBytes: 1 << 20, MaxEvents: 1000} }

// checkDecoded holds what was decoded to the promise that it can be written in
// every form and read back equal.
func checkDecoded(t *testing.T, data []byte) {
	doc, err := DecodeBytes(data, fuzzOptions())
	if err != nil {
		if err.Error() == "" {
			t.Fatal("an error without words")
		}
		return
	}
	checkRoundTrip(t, "input", doc)
}

func addTestdata(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		f.Fatalf("got %d files for %s, error %v, want some", len(files), pattern, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

func FuzzDecodeXML(f *testing.F) {
	addTestdata(f, "*.xml")
	f.Add([]byte(`<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:1"><EPCISBody><EventList/></EPCISBody></e:EPCISDocument>`))
	f.Add([]byte(xmlDoc(`<ObjectEvent xmlns:x="urn:x" a="b" x:c="d">` + xmlWhen + `<epcList/><action>ADD</action><extension><y>1<z q="2" context="3"/></y><comment>c</comment>` +
		`<ilmd><bare/><x:l>gs1:a</x:l></ilmd></extension><x:t>x:y</x:t><x:t><x:t/><type>e</type></x:t></ObjectEvent>`)))
	f.Add([]byte(xmlDoc(`<AssociationEvent xmlns:x="https://x/">` + xmlWhen + `<parentID>urn:p:q</parentID><action>DELETE</action><readPoint><id>geo:1,2</id><extension><o/></extension><x:p/></readPoint>` +
		`<sensorElementList><sensorElement x:a="1"><sensorReport type="gs1:Mass" value="01.50" booleanValue="true" component="cbv:Comp-x"/><x:f/></sensorElement></sensorElementList></AssociationEvent>`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if i := bytes.IndexByte(data, '<'); i != 0 {
			return
		}
		checkDecoded(t, data)
	})
}

func FuzzDecodeJSON(f *testing.F) {
	addTestdata(f, "*.jsonld")
	f.Add([]byte(`[{"type":"ObjectEvent","eventTime":"2026-01-01T00:00:00Z","action":"ADD","epcList":[],"ex:a":{"@b":[1,null,{"#text":"x"}]}}]`))
	f.Add([]byte(`{"@context":["u",{"x":"urn:x","y":{"@id":"https://y/"},"t":"x:term"}],"type":"EPCISDocument","x:ignoreFields":["x:h"],"epcisBody":{"eventList":[` +
		`{"type":"TransformationEvent",` + jsonWhen + `,"inputQuantityList":[{"epcClass":"x:c","quantity":1.50}],"ilmd":{"x:a":{"@xmlns:x":"urn:z","#text":"v"},"y:bList":["1",true]},` +
		`"t":null,"https://z/k":{"bare":{"id":"i","@type":"x:q"}},"x:h":0,"@y:at":"v","errorDeclaration":{"reason":"incorrect_data","x:e":[]},"comment":"c"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || data[0] != '{' && data[0] != '[' {
			return
		}
		checkDecoded(t, data)
	})
}

// FuzzTranslate holds translations to their promise: the digest stays, and a
// translation of a translation changes nothing.
func FuzzTranslate(f *testing.F) {
	for _, id := range []string{
		"urn:epc:id:sgtin:0614141.107346.a%2Fb", "urn:epc:id:giai:0614141.%22x", "urn:epc:idpat:sgtin:4012345.012345.*",
		"https://id.gs1.org/01/10614141073464/21/a'b", "https://x.example/gtin/614141073464/ser/%27?10=a", "https://id.gs1.org/8004/0614141A",
	} {
		f.Add(id)
	}
	known := func(string) int { return 7 }
	f.Fuzz(func(t *testing.T, id string) {
		e := &Event{Type: ObjectEvent, Time: NewTime(time.Unix(0, 0)), EPCs: []string{id}}
		want, err := e.Digest()
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []EPCFormat{EPCDigitalLink, EPCURN} {
			once := Translate(e, to, known)
			if got, _ := once.Digest(); got != want {
				t.Errorf("%q as %s is %q, with another digest", id, to, once.EPCs[0])
			}
			if twice := Translate(&once, to, known); twice.EPCs[0] != once.EPCs[0] {
				t.Errorf("%q as %s is %q, then %q", id, to, once.EPCs[0], twice.EPCs[0])
			}
		}
	})
}
