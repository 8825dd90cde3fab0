package edge

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// rendered is a document as it is served.
type rendered struct {
	ContentType string `header:"Content-Type" doc:"the type of the body"`
	Policy      string `header:"Content-Security-Policy" doc:"what the page may load: nothing but its own style"`
	Caching     string `header:"Cache-Control" doc:"for how long the answer may be kept"`
	Body        []byte
}

// describe registers the API's description of itself. It is rendered when it
// is first asked for, with all operations registered by then.
func (e *Edge) describe() {
	e.serveDocument("describeJSON", "/openapi.json", "The API's description, OpenAPI 3.1, as JSON", "application/openapi+json", "",
		func() ([]byte, error) { return json.Marshal(e.Description()) })
	e.serveDocument("describeYAML", "/openapi.yaml", "The API's description, OpenAPI 3.1, as YAML", "application/openapi+yaml", "",
		func() ([]byte, error) { return e.Description().YAML() })
	e.serveDocument("readReference", "/docs", "The API's description for people, as a page without scripts", "text/html; charset=utf-8", pagePolicy(), e.renderPage)
}

// root leads who asks for nothing in particular to the description, unless a
// part has an answer of its own.
func (e *Edge) root() {
	if _, pattern := e.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}}); pattern != "" {
		return
	}
	e.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/docs", http.StatusSeeOther)
	})
}

func (e *Edge) serveDocument(id, path, summary, contentType, policy string, render func() ([]byte, error)) {
	once := sync.OnceValues(render)
	media, _, _ := strings.Cut(contentType, ";")
	huma.Register(e.api, With(huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"Description"},
		Responses: map[string]*huma.Response{"200": {
			Description: "the description",
			Content:     map[string]*huma.MediaType{media: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, Always), func(context.Context, *struct{}) (*rendered, error) {
		body, err := once()
		if err != nil {
			return nil, Trouble(err)
		}
		return &rendered{ContentType: contentType, Policy: policy, Caching: "public, max-age=300", Body: body}, nil
	})
}

// Description is the API's description, complete when every operation is
// registered.
func (e *Edge) Description() *huma.OpenAPI {
	e.polish()
	return e.api.OpenAPI()
}

// polisher ends the description, once: huma reads the same map while it serves.
// Huma's own form of error is taken out, which it enters whether anything has
// it or not, and what the types' tags leave open is filled in.
func polisher(e *Edge) func() {
	return sync.OnceFunc(func() {
		types := e.api.OpenAPI().Components.Schemas
		delete(types.Map(), "ErrorModel")
		delete(types.Map(), "ErrorDetail")
		explain(types)
	})
}
