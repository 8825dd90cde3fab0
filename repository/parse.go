package repository

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// The bounds of a query.
const (
	maxParameters = 200
	maxValues     = 5000 // of all parameters together
	maxValueBytes = 2048
)

// ParseQuery reads a query from the parameters of a URL: lists are separated
// by "|", or given as the parameter several times. prefixes are those that the
// caller declared (header GS1-Extensions) for names of extension fields, which
// are written prefix:name or namespace#name. The error is a *QueryError that
// names the parameter; a parameter that is not known is an error.
func ParseQuery(values url.Values, prefixes ...epcis.Namespace) (*Query, error) {
	var all []given
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, given{name, values[name]})
	}
	return parseGiven(all, prefixes, true)
}

// ParseQueryJSON reads a query from a JSON object, as named queries hold it:
// values are text, numbers, true, false, null or lists of them, and @context
// may declare prefixes. The errors are those of ParseQuery.
func ParseQueryJSON(data []byte) (*Query, error) {
	if len(data) > maxQueryBytes {
		return nil, &QueryError{"query", fmt.Sprintf("has %d bytes, at most %d are read", len(data), maxQueryBytes)}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var object map[string]any
	if err := dec.Decode(&object); err != nil || object == nil {
		return nil, &QueryError{"query", "want a JSON object of parameters and values"}
	}
	if dec.More() {
		return nil, &QueryError{"query", "something follows the JSON object"}
	}
	prefixes, err := contextPrefixes(object["@context"])
	if err != nil {
		return nil, err
	}
	delete(object, "@context")
	var all []given
	for _, name := range slices.Sorted(maps.Keys(object)) {
		values, err := jsonValues(name, object[name])
		if err != nil {
			return nil, err
		}
		all = append(all, given{name, values})
	}
	return parseGiven(all, prefixes, false)
}

// contextPrefixes reads the prefixes that a JSON-LD context declares by itself.
func contextPrefixes(context any) ([]epcis.Namespace, error) {
	var out []epcis.Namespace
	switch c := context.(type) {
	case nil, string: // the standard's context has the standard's prefixes
	case []any:
		for _, part := range c {
			if _, nested := part.([]any); nested {
				return nil, &QueryError{"@context", "a list stands in a list"}
			}
			more, err := contextPrefixes(part)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	case map[string]any:
		for _, prefix := range slices.Sorted(maps.Keys(c)) {
			if uri, ok := c[prefix].(string); ok {
				out = append(out, epcis.Namespace{Prefix: prefix, URI: uri})
			}
		}
	default:
		return nil, &QueryError{"@context", "want a URI, an object or a list of them"}
	}
	return out, nil
}

func jsonValues(name string, value any) ([]string, error) {
	switch v := value.(type) {
	case nil:
		return []string{""}, nil
	case string:
		return []string{v}, nil
	case json.Number:
		return []string{v.String()}, nil
	case bool:
		return []string{strconv.FormatBool(v)}, nil
	case []any:
		var out []string
		for _, part := range v {
			if _, nested := part.([]any); nested {
				return nil, &QueryError{name, "a list stands in a list"}
			}
			one, err := jsonValues(name, part)
			if err != nil {
				return nil, err
			}
			out = append(out, one...)
		}
		return out, nil
	default:
		return nil, &QueryError{name, "want text, a number or a list of them"}
	}
}

// parseGiven checks bounds, splits lists where they may be joined, and parses.
func parseGiven(all []given, prefixes []epcis.Namespace, joined bool) (*Query, error) {
	if len(all) > maxParameters {
		return nil, &QueryError{"query", fmt.Sprintf("has %d parameters, at most %d are read", len(all), maxParameters)}
	}
	count := 0
	for i := range all {
		var values []string
		for _, v := range all[i].Values {
			parts := []string{v}
			if joined && isList(all[i].Name) {
				parts = strings.Split(v, "|")
			}
			values = append(values, parts...)
			if len(v) > maxValueBytes*len(parts) {
				return nil, &QueryError{all[i].Name, fmt.Sprintf("a value has more than %d bytes", maxValueBytes)}
			}
		}
		if all[i].Values = values; len(values) == 0 {
			return nil, &QueryError{all[i].Name, "has no value"}
		}
		if !utf8.ValidString(all[i].Name + strings.Join(values, "")) {
			return nil, &QueryError{strings.ToValidUTF8(clip(all[i].Name), "?"), "is not UTF-8"}
		}
		if count += len(values); count > maxValues {
			return nil, &QueryError{all[i].Name, fmt.Sprintf("the query has more than %d values", maxValues)}
		}
		if len(all[i].Name) > maxValueBytes {
			return nil, &QueryError{all[i].Name[:64] + "...", "is too long a name"}
		}
	}
	return parse(all, prefixes)
}

// isList tells which parameters of a URL are lists joined with "|".
func isList(name string) bool {
	return name == "eventType" || strings.HasPrefix(name, "EQ_") || strings.HasPrefix(name, "EQATTR_") ||
		strings.HasPrefix(name, "MATCH_") || strings.HasPrefix(name, "WD_") || strings.HasPrefix(name, "HASATTR_")
}

// parser reads the parameters of one query.
type parser struct {
	q        *Query
	prefixes []epcis.Namespace
	name     string // of the parameter being read
	values   []string
}

func parse(all []given, prefixes []epcis.Namespace) (*Query, error) {
	p := &parser{q: &Query{maxCount: -1}, prefixes: prefixes}
	for _, g := range all {
		p.name, p.values = g.Name, g.Values
		if err := p.parameter(); err != nil {
			return nil, err
		}
		if p.name != "perPage" && p.name != "nextPageToken" {
			p.q.given = append(p.q.given, given{p.name, p.values})
		}
	}
	slices.SortFunc(p.q.given, func(a, b given) int { return strings.Compare(a.Name, b.Name) })
	return p.q, p.together()
}

// together checks what parameters demand of each other.
func (p *parser) together() error {
	q := p.q
	ordered := slices.ContainsFunc(q.given, func(g given) bool { return g.Name == "orderBy" })
	switch {
	case q.countLimit > 0 && q.maxCount >= 0:
		return &QueryError{"eventCountLimit", "excludes maxEventCount: give one of them"}
	case q.countLimit > 0 && !ordered:
		return &QueryError{"eventCountLimit", "needs orderBy, which says which events are the first"}
	}
	if !ordered {
		q.ascending = true
		if q.geTime.set || q.ltTime.set {
			q.order = byTime // no order is asked for, and this one is at hand
		}
	}
	return nil
}

func (p *parser) fail(format string, args ...any) error {
	return &QueryError{p.name, fmt.Sprintf(format, args...)}
}

// parameter reads one parameter: those of a fixed name first, then those whose
// names hold a type, a unit or a field.
func (p *parser) parameter() error {
	for _, try := range []func() (bool, error){p.control, p.times, p.words, p.things, p.sensor, p.flexible} {
		if known, err := try(); known || err != nil {
			return err
		}
	}
	return p.fail("is not a parameter of this query interface (EPCIS 2.0, section 8.2.7.1); names of extension fields need a declared prefix or a namespace: prefix:name or namespace#name")
}

// one returns the parameter's only value.
func (p *parser) one() (string, error) {
	if len(p.values) != 1 {
		return "", p.fail("want one value, found %d", len(p.values))
	}
	return p.values[0], nil
}

func (p *parser) number(least int) (int, error) {
	text, err := p.one()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, p.fail("is %q: want a whole number from %d on", clip(text), least)
	}
	return n, nil
}

// clip keeps messages short whatever the input.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// control reads what shapes the result.
func (p *parser) control() (known bool, err error) {
	q := p.q
	switch p.name {
	case "orderBy":
		return true, p.orderBy()
	case "orderDirection":
		var text string
		if text, err = p.one(); err == nil && text != "ASC" && text != "DESC" {
			err = p.fail("is %q: want ASC or DESC", clip(text))
		}
		q.ascending = text == "ASC"
	case "eventCountLimit":
		q.countLimit, err = p.number(1)
	case "maxEventCount":
		q.maxCount, err = p.number(0)
	case "perPage":
		q.perPage, err = p.number(1)
	case "nextPageToken":
		q.token, err = p.one()
	default:
		return false, nil
	}
	return true, err
}

func (p *parser) orderBy() error {
	text, err := p.one()
	if err != nil {
		return err
	}
	switch text {
	case "eventTime":
		p.q.order = byTime
	case "recordTime":
		p.q.order = bySeq
	default:
		f, err := p.field(text)
		if err != nil {
			return err
		}
		p.q.order, p.q.orderField = byField, f
		p.values = []string{f.String()}
	}
	return nil
}
