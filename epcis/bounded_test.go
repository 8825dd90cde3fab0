package epcis

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostile are documents made to cost more than they weigh, each about size
// bytes.
func hostile(size int) map[string]string {
	fill := func(head, unit, tail string) string { return head + strings.Repeat(unit, size/len(unit)) + tail }
	const event = `[{"type":"ObjectEvent",` + jsonWhen + `,"action":"ADD","epcList":[],"x:a":`
	xmlEvent := "<ObjectEvent>" + xmlWhen + "<epcList/><action>ADD</action><x:a xmlns:x='urn:x'>"
	namespaces := ""
	for i := range 250 {
		namespaces += fmt.Sprintf(" xmlns:n%d='urn:n'", i)
	}
	attributes := ""
	for i := range 250 {
		attributes += fmt.Sprintf(" a%d=''", i)
	}
	return map[string]string{
		"JSON empty arrays":      fill(event+"[", "[],", "[]]}]"),
		"JSON empty objects":     fill(event+"[", "{},", "{}]}]"),
		"JSON numbers":           fill(event+"[", "1,", "1]}]"),
		"JSON one long number":   fill(event, "1", "}]"),
		"JSON one long exponent": fill(event[:len(event)-7]+`,"quantityList":[{"epcClass":"urn:x:y","quantity":1e`, "9", "}]}]"),
		"JSON one long string":   fill(event+`"`, "x", `"}]`),
		"JSON escapes":           fill(event+`"`, `\u0041`, `"}]`),
		"JSON events":            fill("[", `{"type":"ObjectEvent"},`, "{}]"),
		"JSON contexts":          fill(event+"[", `{"@context":{"y":"urn:y"}},`, "1]}]"),
		"JSON EPCs":              fill(`[{"type":"ObjectEvent",`+jsonWhen+`,"action":"ADD","epcList":[`, `"a:b",`, `"a:b"]}]`),
		"XML empty elements":     xmlDoc(fill(xmlEvent, "<b/>", "</x:a></ObjectEvent>")),
		"XML prefixed elements":  xmlDoc(fill(xmlEvent, "<x:b/>", "</x:a></ObjectEvent>")),
		"XML attributes":         xmlDoc(fill(xmlEvent, "<b"+attributes+"/>", "</x:a></ObjectEvent>")),
		"XML namespaces":         xmlDoc(fill(xmlEvent, "<b"+namespaces+"/>", "</x:a></ObjectEvent>")),
		"XML nested namespaces":  xmlDoc(strings.Repeat("<ObjectEvent"+namespaces+">", 50) + fill("", "<x/>", "")),
		"XML text":               xmlDoc(fill(xmlEvent, "x", "</x:a></ObjectEvent>")),
		"XML entities":           xmlDoc(fill(xmlEvent, "&lt;", "</x:a></ObjectEvent>")),
		"XML comments":           xmlDoc(fill(xmlEvent, "<!---->", "</x:a></ObjectEvent>")),
		"XML text in pieces":     xmlDoc(fill(xmlEvent, "x<!---->", "</x:a></ObjectEvent>")),
		"XML events":             xmlDoc(fill("", "<ObjectEvent>"+xmlWhen+"<epcList/><action>ADD</action></ObjectEvent>", "")),
		"XML EPCs":               xmlDoc(fill("<ObjectEvent>"+xmlWhen+"<action>ADD</action><epcList>", "<epc>a:b</epc>", "</epcList></ObjectEvent>")),
		"spaces":                 fill("", " ", ""),
	}
}

// TestHostileDocumentsAreBounded demands that reading costs no more than a
// multiple of the document's size and of the elements that are allowed, and does
// not take long.
func TestHostileDocumentsAreBounded(t *testing.T) {
	const size, elements = 1 << 20, 100_000
	const perByte, perElement = 10, 1300
	for name, doc := range hostile(size) {
		data := []byte(doc)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := DecodeBytes(data, Options{MaxElements: elements})
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		spent := after.TotalAlloc - before.TotalAlloc
		t.Logf("%-24s %5d KiB allocated in %v, error %.80v", name, spent>>10, took.Round(time.Millisecond), err)
		if limit := uint64(perByte*len(data) + perElement*elements); spent > limit {
			t.Errorf("%s: allocated %d bytes, want at most %d", name, spent, limit)
		}
		if took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// endless is a document that never ends.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += int64(len(p))
	return len(p), nil
}

// TestReadNoMoreThanAllowed stops reading at the limit, whatever a sender claims.
func TestReadNoMoreThanAllowed(t *testing.T) {
	var in endless
	_, err := Decode(&in, Options{MaxBytes: 1 << 20})
	if err == nil || err.Error() != "document: is larger than 1048576 bytes" {
		t.Errorf("got %v", err)
	}
	if in.read > 2<<20 {
		t.Errorf("read %d bytes of a document limited to %d", in.read, 1<<20)
	}
}
