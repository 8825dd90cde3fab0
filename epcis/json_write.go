package epcis

import (
	"bytes"
	"encoding/json"
)

// jsonOut is an object under construction: members in the order they were set.
type jsonOut []jsonField

type jsonField struct {
	key   string
	value any // string, json.Number, bool, nil, jsonOut or []any
}

func (o *jsonOut) set(key string, value any) { *o = append(*o, jsonField{key, value}) }

// text sets key unless value is empty.
func (o *jsonOut) text(key, value string) {
	if value != "" {
		o.set(key, value)
	}
}

// list sets key unless the list is empty.
func (o *jsonOut) list(key string, items []any) {
	if len(items) > 0 {
		o.set(key, items)
	}
}

// gatherer builds an object whose keys may come again: siblings of one name are
// an array in JSON.
type gatherer struct {
	out jsonOut
	at  map[string]int
}

func (g *gatherer) add(key string, value any) {
	i, again := g.at[key]
	if !again {
		if g.at == nil {
			g.at = make(map[string]int)
		}
		g.at[key] = len(g.out)
		g.out.set(key, value)
		return
	}
	if many, ok := g.out[i].value.([]any); ok {
		g.out[i].value = append(many, value)
		return
	}
	g.out[i].value = []any{g.out[i].value, value}
}

func texts(list []string) []any {
	out := make([]any, 0, len(list))
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

// jsonPrinter writes values with two spaces of indentation.
type jsonPrinter struct {
	buf   bytes.Buffer
	depth int
}

func (p *jsonPrinter) newline() {
	p.buf.WriteByte('\n')
	for i := 0; i < p.depth; i++ {
		p.buf.WriteString("  ")
	}
}

func (p *jsonPrinter) value(v any) {
	switch v := v.(type) {
	case jsonOut:
		p.between('{', '}', len(v), func(i int) {
			p.string(v[i].key)
			p.buf.WriteString(": ")
			p.value(v[i].value)
		})
	case []any:
		p.between('[', ']', len(v), func(i int) { p.value(v[i]) })
	case json.Number:
		p.buf.WriteString(string(v))
	case bool:
		if v {
			p.buf.WriteString("true")
		} else {
			p.buf.WriteString("false")
		}
	case string:
		p.string(v)
	default:
		p.buf.WriteString("null")
	}
}

func (p *jsonPrinter) between(open, end byte, n int, item func(int)) {
	p.buf.WriteByte(open)
	p.depth++
	for i := 0; i < n; i++ {
		if i > 0 {
			p.buf.WriteByte(',')
		}
		p.newline()
		item(i)
	}
	p.depth--
	if n > 0 {
		p.newline()
	}
	p.buf.WriteByte(end)
}

func (p *jsonPrinter) string(s string) {
	enc := json.NewEncoder(&p.buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string into a bytes.Buffer cannot fail
	p.buf.Truncate(p.buf.Len() - 1)
}

// isJSONNumber tells whether s may stand in JSON as a number as it is.
func isJSONNumber(s string) bool {
	return s != "" && s[0] != '"' && s[0] != '{' && s[0] != '[' && s[0] != 't' && s[0] != 'f' && s[0] != 'n' &&
		s == string(bytes.TrimSpace([]byte(s))) && json.Valid([]byte(s))
}

// number writes a decimal as a JSON number, in the canonical form where JSON
// does not allow it as written (a leading zero or plus sign).
func number(s string) any {
	if isJSONNumber(s) {
		return json.Number(s)
	}
	if c, ok := canonicalNumber(s); ok && isJSONNumber(c) {
		return json.Number(c)
	}
	return s
}
