package repository

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// things reads the parameters on places and on the goods.
func (p *parser) things() (known bool, err error) {
	switch p.name {
	case "EQ_readPoint", "WD_readPoint":
		p.places(kindReadPoint, func(e *epcis.Event) string { return e.ReadPoint.ID })
	case "EQ_bizLocation", "WD_bizLocation":
		p.places(kindBizLocation, func(e *epcis.Event) string { return e.BizLocation.ID })
	case "MATCH_epc":
		return true, p.epcs(func(e *epcis.Event) [][]string { return [][]string{e.EPCs, e.ChildEPCs} })
	case "MATCH_parentID":
		return true, p.epcs(func(e *epcis.Event) [][]string { return [][]string{{e.ParentID}} })
	case "MATCH_inputEPC":
		return true, p.epcs(func(e *epcis.Event) [][]string { return [][]string{e.InputEPCs} })
	case "MATCH_outputEPC":
		return true, p.epcs(func(e *epcis.Event) [][]string { return [][]string{e.OutputEPCs} })
	case "MATCH_anyEPC":
		return true, p.epcs(func(e *epcis.Event) [][]string {
			return [][]string{e.EPCs, e.ChildEPCs, {e.ParentID}, e.InputEPCs, e.OutputEPCs}
		})
	case "MATCH_epcClass":
		return true, p.classes(func(e *epcis.Event) [][]epcis.Quantity { return [][]epcis.Quantity{e.Quantities, e.ChildQuantities} })
	case "MATCH_inputEPCClass":
		return true, p.classes(func(e *epcis.Event) [][]epcis.Quantity { return [][]epcis.Quantity{e.InputQuantities} })
	case "MATCH_outputEPCClass":
		return true, p.classes(func(e *epcis.Event) [][]epcis.Quantity { return [][]epcis.Quantity{e.OutputQuantities} })
	case "MATCH_anyEPCClass":
		return true, p.classes(quantities)
	default:
		return false, nil
	}
	return true, nil
}

// quantities are all quantity lists of an event.
func quantities(e *epcis.Event) [][]epcis.Quantity {
	return [][]epcis.Quantity{e.Quantities, e.ChildQuantities, e.InputQuantities, e.OutputQuantities}
}

// places demands a place, or with WD_ one that stands below it in the master
// data.
func (p *parser) places(k kind, get func(e *epcis.Event) string) {
	var ids []string
	for _, v := range p.values {
		ids = append(ids, canonicalPlaces(v)...)
	}
	made := func(ids []string) condition {
		c := condition{}
		set := make(map[string]bool, len(ids))
		for _, id := range ids {
			set[id] = true
			c.terms = append(c.terms, term{k, id})
		}
		c.match = func(c *candidate) bool { return get(c.Event) != "" && set[canonicalID(get(c.Event))] }
		return c
	}
	if !strings.HasPrefix(p.name, "WD_") {
		p.must(made(ids))
		return
	}
	p.must(condition{resolve: func(s *snapshot) (condition, error) {
		all, err := s.descendants(ids)
		return made(all), err
	}})
}

// patterns reads values that name things or patterns of things.
func (p *parser) patterns(k kind) (m matcher, c condition, err error) {
	m.exact, m.written = make(map[string]bool), make(map[string]bool)
	for _, v := range p.values {
		if !strings.HasPrefix(v, "urn:epc:idpat:") {
			id := canonicalID(v)
			m.exact[id], m.written[v] = true, true
			c.terms = append(c.terms, term{k, id})
			continue
		}
		pat, err := parsePattern(v)
		if err != nil {
			return m, c, p.fail("%q: %v", clip(v), err)
		}
		m.patterns = append(m.patterns, pat)
		if pat.product != "" {
			c.terms = append(c.terms, term{kindProduct, pat.product})
			continue
		}
		for _, begin := range pat.start {
			c.open = append(c.open, term{k, begin})
		}
	}
	if slices.ContainsFunc(m.patterns, func(pat pattern) bool { return len(pat.start) == 0 }) {
		c.terms, c.open = nil, nil // the index knows nothing of one of them
	}
	return m, c, nil
}

// epcs demands that one of the listed EPCs match (EPCIS 2.0, 8.2.7.1.1).
func (p *parser) epcs(get func(e *epcis.Event) [][]string) error {
	m, c, err := p.patterns(kindEPC)
	c.match = func(c *candidate) bool { return m.matchAny(get(c.Event)) }
	p.must(c)
	return err
}

// classes demands that one of the listed classes match. A pattern of a
// product's items names the product's class and all its lots.
func (p *parser) classes(get func(e *epcis.Event) [][]epcis.Quantity) error {
	m, c, err := p.patterns(kindClass)
	c.match = func(c *candidate) bool {
		var ids []string
		for _, list := range get(c.Event) {
			for _, q := range list {
				ids = append(ids, q.EPCClass)
			}
		}
		return m.matchAny([][]string{ids})
	}
	p.must(c)
	return err
}
