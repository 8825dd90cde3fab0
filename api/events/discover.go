package events

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// rootPath is how the mux writes the path "/" alone.
const rootPath = "/{$}"

// registerRoot registers the list of the top-level resources. A browser is led
// to the page for people instead.
func (p *part) registerRoot(a huma.API) {
	op := p.operation("listResources", http.MethodGet, rootPath, "List the top-level resources", edge.Read)
	op.Description = "Who asks for text/html is led to the page for people."
	op.Security = nil
	op.Parameters = params(header("GS1-EPCIS-Min", "the lowest EPCIS version that the caller reads"), header("GS1-EPCIS-Max", "the highest EPCIS version that the caller reads"),
		header("GS1-CBV-Min", "the lowest CBV version that the caller reads"), header("GS1-CBV-Max", "the highest CBV version that the caller reads"))
	op.Responses = responses(http.StatusOK, "the top-level resources", answer{json: Collection{}, api: a})
	offer(a, op, func(_ context.Context, in *eventsInput) (*rawAnswer, error) {
		if strings.Contains(in.ctx.Header("Accept"), "text/html") {
			return &rawAnswer{Status: http.StatusSeeOther, Location: "/docs"}, nil
		}
		return jsonAnswer(collection([]string{"queries", "capture", "events", "eventTypes", "epcs", "readPoints", "bizLocations", "dispositions", "bizSteps"}))
	})
}

// registerDiscovery registers OPTIONS on each path: its methods, and what the
// repository speaks (EPCIS 2.0, section 12.3).
func (p *part) registerDiscovery(a huma.API) {
	for _, path := range p.paths {
		op := p.describedOnly("discover", http.MethodOptions, path, "Discover what the path offers")
		op.Security = edge.Need(edge.Read)
		op.OperationID += strings.Map(letters, path)
		for _, name := range strings.Split(path, "/") {
			if trimmed := strings.Trim(name, "{}"); trimmed != name && trimmed != "$" {
				op.Parameters = append(op.Parameters, pathParam(trimmed, "as for the other methods"))
			}
		}
		offered := p.offered(path)
		var names []string
		for name := range offered {
			names = append(names, name)
		}
		op.DefaultStatus = http.StatusNoContent
		op.Responses = responses(http.StatusNoContent, "the headers say it", answer{headers: names})
		offer(a, op, func(_ context.Context, in *eventsInput) (*struct{}, error) {
			for name, value := range offered {
				in.ctx.SetHeader(name, value)
			}
			return nil, nil
		})
	}
	if root := a.OpenAPI().Paths[rootPath]; root != nil {
		delete(a.OpenAPI().Paths, rootPath)
		a.OpenAPI().Paths["/"] = root
	}
}

// letters keeps what may stand in the name of an operation.
func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return -1
}

// allowed lists the methods of a path: those of its operations, OPTIONS itself,
// and HEAD, which is answered wherever GET is.
func allowed(methods []string) []string {
	out := []string{http.MethodOptions}
	for _, m := range methods {
		if out = append(out, m); m == http.MethodGet {
			out = append(out, http.MethodHead)
		}
	}
	return out
}

// offered are the headers of the answer to OPTIONS.
func (p *part) offered(path string) map[string]string {
	out := map[string]string{
		"Allow":         strings.Join(allowed(p.methods[path]), ", "),
		"GS1-EPCIS-Min": epcisVersion, "GS1-EPCIS-Max": epcisVersion, "GS1-CBV-Min": cbvVersion, "GS1-CBV-Max": cbvVersion,
		"GS1-EPC-Format":     "Always_GS1_Digital_Link, Always_EPC_URN, Never_Translates",
		"GS1-CBV-XML-Format": "Always_Web_URI, Always_URN, Never_Translates",
	}
	if path == rootPath || path == "/capture" { // where documents are taken in, and for the whole
		out["GS1-EPCIS-Min"], out["GS1-CBV-Min"] = epcisMin, cbvMin
	}
	version := p.VendorVersion
	if version == "" {
		version = "unknown"
	}
	out["GS1-Vendor-Version"] = version
	if path == "/capture" && p.Captures != nil {
		out["GS1-Capture-Error-Behaviour"] = "all"
		for name, value := range p.Captures.limits() {
			out[name] = value
		}
	}
	if strings.HasSuffix(path, "/{subscriptionID}") {
		out["GS1-Query-Min-Record-Time"] = "1970-01-01T00:00:00Z"
	}
	return out
}
