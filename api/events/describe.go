package events

import (
	"context"
	"maps"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// answer describes what an operation answers.
type answer struct {
	json    any // a value of the type of the JSON answer, nil for none
	api     huma.API
	doc     bool // an EPCIS query document, in JSON-LD or XML
	xml     bool // there is XML too
	paged   bool
	headers []string
	media   string // of an answer in bytes
}

// responses describes the one answer of an operation that is no problem, with
// the headers that every answer has.
func responses(status int, description string, a answer) map[string]*huma.Response {
	r := &huma.Response{Description: description, Headers: make(map[string]*huma.Param)}
	for _, name := range append([]string{"GS1-EPCIS-Version", "GS1-CBV-Version", "GS1-Extensions"}, a.headers...) {
		r.Headers[name] = &huma.Param{Description: headerMeaning(name), Schema: &huma.Schema{Type: huma.TypeString}}
	}
	if a.paged {
		for _, name := range []string{"Link", "GS1-Next-Page-Token-Expires"} {
			r.Headers[name] = &huma.Param{Description: headerMeaning(name), Schema: &huma.Schema{Type: huma.TypeString}}
		}
	}
	r.Content = a.content()
	return map[string]*huma.Response{strconv.Itoa(status): r}
}

func (a *answer) content() map[string]*huma.MediaType {
	out := make(map[string]*huma.MediaType)
	object := &huma.Schema{Type: huma.TypeObject, Description: "an EPCISQueryDocument (EPCIS 2.0 JSON Schema)", AdditionalProperties: true}
	text := &huma.Schema{Type: huma.TypeString, Description: "XML in the namespace urn:epcglobal:epcis:xsd:2"}
	if a.json != nil {
		t := reflect.TypeOf(a.json)
		out["application/json"] = &huma.MediaType{Schema: a.api.OpenAPI().Components.Schemas.Schema(t, true, t.Name())}
	}
	if a.doc {
		out["application/json"], out["application/ld+json"] = &huma.MediaType{Schema: object}, &huma.MediaType{Schema: object}
	}
	if a.doc || a.xml {
		out["application/xml"] = &huma.MediaType{Schema: text}
	}
	if a.media != "" {
		out[a.media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// offer registers an operation whose answers have the headers that its
// Responses say: the framework would add all that a rawAnswer may have.
func offer[I, O any](a huma.API, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	said := make(map[string]map[string]*huma.Param)
	for status, r := range op.Responses {
		said[status] = maps.Clone(r.Headers)
	}
	huma.Register(a, op, handler)
	for status, headers := range said {
		op.Responses[status].Headers = headers
	}
}

// headerMeaning says what a header of an answer is.
func headerMeaning(name string) string {
	meanings := map[string]string{
		"GS1-EPCIS-Version":                 "the EPCIS version of the answer",
		"GS1-CBV-Version":                   "the CBV version of the answer",
		"GS1-Extensions":                    "the extensions that the request named",
		"GS1-EPCIS-Min":                     "the lowest EPCIS version that is read",
		"GS1-EPCIS-Max":                     "the highest EPCIS version that is read",
		"GS1-CBV-Min":                       "the lowest CBV version that is read",
		"GS1-CBV-Max":                       "the highest CBV version that is read",
		"GS1-EPC-Format":                    "the notations in which EPCs can be had",
		"GS1-CBV-XML-Format":                "the notations in which words of CBV can be had in XML",
		"GS1-Vendor-Version":                "the program's version",
		"GS1-EPCIS-Capture-Limit":           "how many events one document may have",
		"GS1-EPCIS-Capture-File-Size-Limit": "how many bytes one document may have",
		"GS1-Capture-Error-Behaviour":       "the error behaviours that there are",
		"GS1-Query-Min-Record-Time":         "from which record time on events are sent",
		"GS1-Next-Page-Token-Expires":       "until when the token in Link can be used",
		"Link":                              "the next page, with rel=\"next\"; absent on the last",
		"Location":                          "the path of what was made",
		"Allow":                             "the methods of the path",
		"ETag":                              "names the answer; it holds until something is captured",
	}
	return meanings[name]
}

// header describes a header of a request.
func header(name, doc string, values ...string) *huma.Param {
	schema := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		schema.Enum = append(schema.Enum, v)
	}
	return &huma.Param{Name: name, In: "header", Description: doc, Schema: schema}
}

// queryParam describes a query parameter.
func queryParam(name, kind, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: kind}}
}

// params are an operation's own parameters and those that all have.
func params(own ...*huma.Param) []*huma.Param {
	return append(own, header("GS1-Extensions", "prefixes of namespaces, as prefix=namespace in a list"))
}

// pageParams are the parameters of a listing.
func pageParams(own ...*huma.Param) []*huma.Param {
	return params(append(own,
		queryParam("perPage", huma.TypeInteger, "how many there are on a page, at most 1,000; 30 if absent"),
		queryParam("nextPageToken", huma.TypeString, "the token in the Link of the page before"),
		header("GS1-EPCIS-Min", "the lowest EPCIS version that the caller reads"), header("GS1-EPCIS-Max", "the highest EPCIS version that the caller reads"),
		header("GS1-CBV-Min", "the lowest CBV version that the caller reads"), header("GS1-CBV-Max", "the highest CBV version that the caller reads"),
	)...)
}

// registerRaw registers an operation whose body the handler reads itself. Huma
// reads and judges the body of an operation that describes one, so the
// description is completed afterwards.
func registerRaw[I, O any](a huma.API, op huma.Operation, body map[string]*huma.Schema, handler func(context.Context, *I) (*O, error)) {
	op.RequestBody = &huma.RequestBody{Required: true, Content: make(map[string]*huma.MediaType)}
	for media := range body {
		op.RequestBody.Content[media] = &huma.MediaType{}
	}
	offer(a, op, handler)
	for media, schema := range body {
		op.RequestBody.Content[media].Schema = schema
	}
}

// documentBody describes a body that is a document.
func documentBody() map[string]*huma.Schema {
	object := &huma.Schema{Type: huma.TypeObject, Description: "an EPCISDocument or an EPCISQueryDocument (EPCIS 2.0 JSON Schema)", AdditionalProperties: true}
	text := &huma.Schema{Type: huma.TypeString, Description: "an EPCISDocument or an EPCISQueryDocument (EPCIS XSD 1.x or 2.0)"}
	return map[string]*huma.Schema{"application/json": object, "application/ld+json": object, "application/xml": text, "text/xml": text}
}
