package repository

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// pattern is a pattern of EPCs, urn:epc:idpat: (Tag Data Standard, section 8).
type pattern struct {
	of     gs1.EPCPattern
	scheme string
	// start is how the canonical IDs of its members begin; none if that is
	// not known. product is the GTIN that they all have, if they do.
	start   []string
	product string
}

// parsePattern reads a pattern.
func parsePattern(uri string) (pattern, error) {
	of, err := gs1.ParseEPCPattern(uri)
	if err != nil {
		return pattern{}, err
	}
	scheme, body, _ := strings.Cut(strings.TrimPrefix(uri, "urn:epc:idpat:"), ":")
	p := pattern{of: of, scheme: scheme}
	p.start = p.starts(uri, strings.Split(body, "."))
	if len(p.start) == 1 {
		p.product = productOf(p.start[0])
	}
	return p, nil
}

// match tells whether a thing or class is a member. An EPC URI shows its
// company prefix, which must be the pattern's; a Digital Link does not, so its
// digits decide.
func (p *pattern) match(text, canonical string) bool {
	if strings.HasPrefix(text, "urn:epc:id:") {
		e, err := gs1.ParseEPC(text)
		return err == nil && p.of.Match(e)
	}
	if strings.Contains(canonical, "(235)") != (p.scheme == "upui") {
		return false // both are of a GTIN
	}
	return slices.ContainsFunc(p.start, func(begin string) bool { return strings.HasPrefix(canonical, begin) })
}

// identifier is the application identifier of a scheme's key, and whether a
// digit of the key comes before the company prefix.
func identifier(scheme string) (ai string, leads bool) {
	switch scheme {
	case "sgtin", "upui":
		return "(01)", true
	case "itip":
		return "(8006)", true
	case "sscc":
		return "(00)", true
	case "sgln":
		return "(414)", false
	case "pgln":
		return "(417)", false
	case "grai":
		return "(8003)0", false
	case "giai":
		return "(8004)", false
	case "gsrn":
		return "(8018)", false
	case "gsrnp":
		return "(8017)", false
	case "gdti":
		return "(253)", false
	case "sgcn":
		return "(255)", false
	case "cpi":
		return "(8010)", false
	case "gsin":
		return "(402)", false
	case "ginc":
		return "(401)", false
	}
	return "", false
}

func (p *pattern) starts(uri string, parts []string) []string {
	given := slices.Index(parts, "*")
	if given < 0 {
		given = len(parts)
	}
	ai, leads := identifier(p.scheme)
	switch {
	case ai == "":
		return nil
	case given == 0:
		return []string{ai}
	case given > 1:
		return p.keyStart(uri, ai, parts)
	case !leads:
		return []string{ai + parts[0]}
	}
	var out []string
	for _, digit := range "0123456789" {
		out = append(out, ai+string(digit)+parts[0])
	}
	return out
}

// keyStart is for patterns that give the whole key, and leave the serial open.
func (p *pattern) keyStart(uri, ai string, parts []string) []string {
	switch p.scheme {
	case "sgln":
		uri = "urn:epc:id:sgln:" + parts[0] + "." + parts[1] + ".0"
	case "itip":
		product := canonicalID("urn:epc:idpat:sgtin:" + parts[0] + "." + parts[1] + ".*")
		return []string{ai + strings.TrimPrefix(product, "(01)")}
	}
	if id := canonicalID(uri); id != uri {
		return []string{id}
	}
	return nil
}

// matcher matches things against values and patterns.
type matcher struct {
	written  map[string]bool // values as they were given
	exact    map[string]bool // their canonical IDs
	patterns []pattern
}

// matchAny tells whether one thing matches. What is written as the query has
// it is looked for first: an event may have thousands of EPCs, and to make an
// ID canonical takes a microsecond.
func (m *matcher) matchAny(lists [][]string) bool {
	for _, list := range lists {
		if slices.ContainsFunc(list, func(text string) bool { return m.written[text] }) {
			return true
		}
	}
	for _, list := range lists {
		if slices.ContainsFunc(list, m.match) {
			return true
		}
	}
	return false
}

func (m *matcher) match(text string) bool {
	if text == "" {
		return false
	}
	id := canonicalID(text)
	return m.exact[id] || slices.ContainsFunc(m.patterns, func(p pattern) bool { return p.match(text, id) })
}
