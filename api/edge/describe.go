package edge

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const introduction = `The HTTP edge of a Pedigree node or gateway: EPCIS 2.0 capture and query, ` +
	`verification messages, the ledger's records with their proofs, and submission.

Errors are problems (RFC 9457, application/problem+json; application/problem+xml for who prefers XML in Accept) with the id of the request, which is also in X-Request-Id. ` +
	`Request bodies must not be compressed; answers are, for who takes gzip.`

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		scheme: {
			Type: "http", Scheme: "bearer", BearerFormat: "pedigree_<id>_<secret>",
			Description: "A token that the node's operator made with pedigree token create. The scopes stand beside each operation.",
		},
		certScheme: {
			Type:        "mutualTLS",
			Description: "A client certificate that the node's operator entered with pedigree token create --cert.",
		},
	}
}

// schemaNamer names the schemas of types: the type's own name, with that of its
// package before it where two packages use the same. Huma's own namer would
// refuse the second.
func schemaNamer() func(reflect.Type, string) string {
	owners := make(map[string]reflect.Type)
	return func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if t.Kind() != reflect.Struct {
			return name
		}
		prefix := "Inline" // a type without a name has no package either
		if base := path.Base(t.PkgPath()); t.PkgPath() != "" {
			prefix = strings.ToUpper(base[:1]) + base[1:]
		}
		for n := name; ; n = prefix + n {
			if owner, taken := owners[n]; !taken || owner == t {
				owners[n] = t
				return n
			}
		}
	}
}

// problemSchema is the schema of Problem, by reference.
func problemSchema(api *huma.OpenAPI) *huma.Schema {
	return api.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
}
