package repository

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// sample is a value that a parameter takes.
func sample(p Parameter) string {
	switch {
	case len(p.Enum) > 0:
		return p.Enum[0]
	case p.Name == "orderBy":
		return "eventTime"
	}
	switch p.Type {
	case "date-time":
		return "2026-11-20T22:10:00.000-05:00"
	case "number":
		return "1.5"
	case "integer":
		return "3"
	case "boolean":
		return "true"
	case "uri":
		return "urn:epc:id:sgtin:0614141.107346.2018"
	}
	return "2026-11-20T22:10:00Z"
}

// named puts something into the braces of a parameter's name.
func named(p Parameter) string {
	field := "cbvmda:lotNumber"
	if strings.Contains(p.Name, "ATTR_") {
		field = "readPoint"
	}
	return strings.NewReplacer("{type}", "po", "{uom}", "KGM", "{fieldname}", field, "{attribute}", "site").Replace(p.Name)
}

// TestParametersAreRead checks that every parameter that is described is read,
// refuses what is malformed, and survives being written and read again.
func TestParametersAreRead(t *testing.T) {
	for _, p := range Parameters() {
		values := url.Values{named(p): {sample(p)}}
		if p.Name == "eventCountLimit" {
			values.Set("orderBy", "eventTime")
		}
		q, err := ParseQuery(values)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		raw, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseQueryJSON(raw)
		if err != nil || again.digest() != q.digest() {
			t.Errorf("%s: written as %s and read again: %v", p.Name, raw, err)
		}
		if p.Type == "string" && len(p.Enum) == 0 && !strings.Contains(p.Name, "G") && p.Name != "orderBy" || p.Type == "uri" || p.Name == "nextPageToken" || strings.HasPrefix(p.Name, "EQ_") && p.Type == "string" || strings.HasPrefix(p.Name, "HASATTR") {
			continue // any text will do
		}
		var wrong *QueryError
		if _, err := ParseQuery(url.Values{named(p): {"~"}}); !errors.As(err, &wrong) || !strings.Contains(wrong.Parameter, strings.SplitN(p.Name, "{", 2)[0]) {
			t.Errorf("%s=~: %v", p.Name, err)
		}
	}
}

func TestQueriesRefused(t *testing.T) {
	for _, query := range []string{
		"bizStep=shipping", "EQ_bizstep=shipping", "GE_bizStep=x", "EQ_action=REMOVE", "GE_eventTime=2026-11-20T22:10:00", "GE_eventTime=yesterday",
		"orderBy=quantity", "orderDirection=UP", "eventCountLimit=1", "eventCountLimit=1&maxEventCount=2&orderBy=eventTime", "perPage=0", "perPage=x",
		"maxEventCount=-1", "MATCH_epc=urn:epc:idpat:sgtin:x.*.*", "EQ_quantity=NaN", "EQ_quantity=0x10", "GT_quantity=1|2", "GT_quantity=1e999",
		"EQ_nobody:field=1", "EQATTR_readPoint=x", "HASATTR_epcList=x", "EXISTS_errorDeclaration=maybe", "GE_eventTime=2026-11-20T22:10:00Z&GE_eventTime=2026-11-20T22:10:00Z",
		"GT_cbvmda:lotNumber=abc", "foo", "=", "EQ_=x", "EQ_booleanValue=yes", "GT_value_CEL=warm", "GT_type=x",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var wrong *QueryError
		if _, err := ParseQuery(values); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", query, err)
		}
	}
	for _, query := range []string{
		"", "null", "[]", `"x"`, "{}{}", `{"eventType":{}}`, `{"eventType":[["x"]]}`, `{"@context":[[]]}`, `{"@context":1}`, `{"EQ_x:y":"z"}`,
		strings.Repeat("[", 70_000),
	} {
		var wrong *QueryError
		if _, err := ParseQueryJSON([]byte(query)); !errors.As(err, &wrong) {
			t.Errorf("%.40s: %v", query, err)
		}
	}
}

// TestPrefixes checks the three ways to name an extension field.
func TestPrefixes(t *testing.T) {
	declared := epcis.Namespace{Prefix: "ex", URI: "http://ns.example.com/epcis/"}
	short, err := ParseQuery(url.Values{"EQ_ILMD_ex:colour": {"red"}}, declared)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"EQ_ILMD_http://ns.example.com/epcis#colour", "EQ_ILMD_{http://ns.example.com/epcis/}colour"} {
		long, err := ParseQuery(url.Values{name: {"red"}})
		if err != nil || long.digest() != short.digest() {
			t.Errorf("%s: %v, digests %x and %x", name, err, long.digest(), short.digest())
		}
	}
	inJSON, err := ParseQueryJSON([]byte(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"http://ns.example.com/epcis/"}],"EQ_ILMD_ex:colour":["red"]}`))
	if err != nil || inJSON.digest() != short.digest() {
		t.Errorf("in JSON: %v", err)
	}
}

func TestAnd(t *testing.T) {
	a, err := ParseQueryJSON([]byte(`{"EQ_bizStep":["shipping"]}`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseQuery(url.Values{"EQ_action": {"OBSERVE"}, "perPage": {"5"}})
	if err != nil {
		t.Fatal(err)
	}
	both, err := a.And(b)
	if err != nil || len(both.conditions) != 2 || both.PerPage() != 5 {
		t.Fatalf("both: %+v, %v", both, err)
	}
	other, err := ParseQuery(url.Values{"EQ_bizStep": {"receiving"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.And(other); err == nil {
		t.Fatal("two values for one parameter were taken")
	}
}

// FuzzParseQuery checks that no query is fatal, and that what is read is
// written and read again as the same.
func FuzzParseQuery(f *testing.F) {
	for _, p := range Parameters() {
		f.Add(named(p) + "=" + url.QueryEscape(sample(p)))
	}
	r, err := Open(Config{Dir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = r.Close() })
	if _, err := r.Add(f.Context(), []NewEvent{{Event: shipped("1", 1), Standing: Recorded}, {Event: shipped("2", 2), Standing: Told}}); err != nil {
		f.Fatal(err)
	}
	f.Add("EQ_ILMD_http://ns.example.com/epcis%23colour=red|green&orderBy=eventTime&eventCountLimit=3")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, err := ParseQuery(values)
		if err != nil {
			return
		}
		raw, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseQueryJSON(raw)
		if err != nil {
			t.Fatalf("%s: written as %s: %v", query, raw, err)
		}
		if again.digest() != q.digest() {
			t.Fatalf("%s: written as %s, which is another query", query, raw)
		}
		q.SetPage(0, "")
		var large *TooLargeError
		if _, err := r.Find(t.Context(), q, ""); err != nil && !errors.As(err, &large) {
			t.Fatal(err)
		}
	})
}

// FuzzParseQueryJSON checks that no JSON is fatal.
func FuzzParseQueryJSON(f *testing.F) {
	f.Add([]byte(`{"@context":[{"ex":"http://ns.example.com/epcis/"}],"eventType":["ObjectEvent"],"EQ_ex:a":1,"EXISTS_errorDeclaration":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		q, err := ParseQueryJSON(data)
		if err != nil {
			return
		}
		raw, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > maxQueryBytes {
			return // escapes made it longer
		}
		if again, err := ParseQueryJSON(raw); err != nil || again.digest() != q.digest() {
			t.Fatalf("written as %s: %v", raw, err)
		}
	})
}

// FuzzCursor checks that a cursor is read only as it was written, and for its
// query.
func FuzzCursor(f *testing.F) {
	secret := []byte("secret")
	c := cursor{head: 9, last: position{1, 2}, left: 3, digest: [8]byte{4}}
	f.Add(c.encode(secret))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := decodeCursor(secret, text, c.digest)
		if err == nil && (*got != c || text != c.encode(secret)) {
			t.Fatalf("%q was read as %+v", text, got)
		}
		if _, err := decodeCursor(secret, text, [8]byte{5}); err == nil {
			t.Fatalf("%q was read for another query", text)
		}
	})
}

// FuzzRecords checks that no damaged record is fatal.
func FuzzRecords(f *testing.F) {
	e := shipped("1", 1)
	raw, err := encodeRecord(&Stored{Seq: 1, ID: "x", Event: e, Standing: Recorded})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(encodeDocument([]byte("<a/>"), "text/xml", e.Time.At))
	f.Add(encodeAnswer(1, [32]byte{2}, []byte("yes")))
	f.Add(head{3, 4}.encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if s, err := decodeRecord(raw); err == nil {
			s.writes()
			if _, err := encodeRecord(s); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = decodeDocument(raw)
		_, _, _, _ = decodeAnswer(raw)
		_, _ = decodeHead(raw)
		_ = decodeJSON(raw, &Job{})
		_ = decodeJSON(raw, &SubscriptionState{})
	})
}
