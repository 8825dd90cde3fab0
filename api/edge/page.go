package edge

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page
	"encoding/base64"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/app"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// page is what the human page shows.
type page struct {
	Title, Version string
	Introduction   []string
	Sections       []Section
	Scopes         []ScopeMeaning
	Kinds          []KindMeaning
	Codes          []app.Code
	Types          []typeView
	Style          template.CSS
}

// typeView is a type of the description, for people to read.
type typeView struct {
	Name, Meaning string
	Fields        []Field
}

// renderPage writes the human page: no script, and nothing from another host.
func (e *Edge) renderPage() ([]byte, error) {
	types := typesOf(e.api.OpenAPI())
	bare := func(name string) string { return strings.TrimPrefix(name, "list of ") }
	t, err := template.New("page").Funcs(template.FuncMap{
		"paragraphs": paragraphs,
		"bare":       bare,
		"isType": func(name string) bool {
			return slices.ContainsFunc(types, func(t typeView) bool { return t.Name == bare(name) })
		},
	}).Parse(pageHTML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, page{
		Title: e.cfg.Title, Version: e.cfg.Version, Introduction: paragraphs(introduction), Sections: e.Reference(),
		Scopes: Scopes(), Kinds: Kinds(), Codes: app.Codes(), Types: types, Style: template.CSS(pageCSS),
	})
	return b.Bytes(), err
}

// pagePolicy lets a browser load nothing but the page with its own style.
func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func paragraphs(text string) []string {
	var out []string
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// typesOf lists the object types of the description, by name.
func typesOf(doc *huma.OpenAPI) []typeView {
	schemas := doc.Components.Schemas.Map()
	var out []typeView
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := schemas[name]
		v := typeView{Name: name, Meaning: s.Description}
		for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
			v.Fields = append(v.Fields, fieldOf(member, "", "", s.Properties[member], slices.Contains(s.Required, member)))
		}
		out = append(out, v)
	}
	return out
}
