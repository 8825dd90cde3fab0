package events_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/client/desktest"
)

// openAPI is what is read of the standard's description of the interface.
type openAPI struct {
	Paths      map[string]map[string]json.RawMessage
	Components struct {
		Responses map[string]described
	}
}

// described is one answer of an operation.
type described struct {
	Ref     string `json:"$ref"`
	Headers map[string]json.RawMessage
}

// standard reads the standard's OpenAPI, or skips the test where it is not.
func standard(t *testing.T) *openAPI {
	t.Helper()
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "gs1-epcis", "rest", "openapi.json"))
	if err != nil {
		t.Skipf("the standard's OpenAPI is not here: %v", err)
	}
	var out openAPI
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// answers lists the answers of an operation that are no problem.
func (o *openAPI) answers(t *testing.T, raw json.RawMessage) map[string]described {
	t.Helper()
	var op struct{ Responses map[string]described }
	if err := json.Unmarshal(raw, &op); err != nil {
		t.Fatal(err)
	}
	out := make(map[string]described)
	for status, r := range op.Responses {
		if status[0] != '2' {
			continue
		}
		if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
			r = o.Components.Responses[name]
		}
		out[status] = r
	}
	return out
}

// TestStandardPaths asks for each path of the standard with each of its methods,
// and compares status and headers with what the standard describes.
func TestStandardPaths(t *testing.T) {
	api, s, hook := standard(t), newServer(t), newReceiver(t)
	job := s.capture(sale(s.desk))
	s.do("POST", "/queries", shipped, "Content-Type", jsonType).want(http.StatusCreated)
	const subscriptions = "/queries/shipped/subscriptions"
	subscribe := `{"dest":"` + hook.URL + `","stream":true}`
	sub := s.do("POST", subscriptions, subscribe, "Content-Type", jsonType).want(http.StatusCreated).header.Get("Location")
	fill := strings.NewReplacer(
		"{captureID}", job.CaptureID, "{eventID}", "urn:uuid:1", "{eventType}", "ObjectEvent", "{bizStep}", "shipping", "{disposition}", "in_transit",
		"{epc}", "urn:epc:id:sgtin:0614141.000001.S000001", "{bizLocation}", "urn:epc:id:sgln:0614141.00000.0", "{readPoint}", "urn:epc:id:sgln:0614141.00000.0",
		"{queryName}", "shipped", "{subscriptionID}", strings.TrimPrefix(sub, subscriptions+"/"), "{token}", "dG9rZW4",
	)
	event := s.desk.Commissioning("L1", 8, 8)
	event.ID = "urn:uuid:1"
	s.capture(desktest.Document(event))
	bodies := map[string]string{
		"POST /capture": `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[` + inspecting + `]}}`,
		"POST /events":  inspecting, "POST /queries": `{"name":"again","query":{}}`, "POST " + subscriptions: subscribe,
	}
	served := 0
	var paths []string
	for path := range api.Paths {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	slices.Reverse(paths)                                                 // and what is below something before it
	for _, method := range []string{"OPTIONS", "GET", "POST", "DELETE"} { // what deletes comes last
		for _, path := range paths {
			raw, ok := api.Paths[path][strings.ToLower(method)]
			if !ok {
				continue
			}
			served++
			at := fill.Replace(path)
			r := s.do(method, at, bodies[method+" "+at], "Content-Type", jsonType)
			for status, want := range api.answers(t, raw) {
				if status != strconv.Itoa(r.status) {
					t.Errorf("%s %s: got status %d, want %s: %s", method, path, r.status, status, r.body)
					continue
				}
				for name := range want.Headers {
					if _, ok := r.header[http.CanonicalHeaderKey(name)]; !ok && !onlyPaged(name) {
						t.Errorf("%s %s: the answer has no header %s", method, path, name)
					}
				}
			}
		}
	}
	if served < 60 {
		t.Errorf("%d operations of the standard were tried: the corpus is not what it was", served)
	}
}

const inspecting = `{"type":"ObjectEvent","eventTime":"2026-01-01T00:00:00Z","eventTimeZoneOffset":"+00:00","action":"OBSERVE","bizStep":"inspecting","epcList":["urn:epc:id:sgtin:0614141.000001.1"],"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]}`

// onlyPaged are the headers that an answer has only where another page follows.
func onlyPaged(name string) bool { return name == "Link" || name == "GS1-Next-Page-Token-Expires" }
