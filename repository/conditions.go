package repository

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

func (p *parser) must(c condition) { p.q.conditions = append(p.q.conditions, c) }

// times reads the parameters on times of the event.
func (p *parser) times() (known bool, err error) {
	q := p.q
	switch p.name {
	case "GE_eventTime":
		return true, p.bound(&q.geTime)
	case "LT_eventTime":
		return true, p.bound(&q.ltTime)
	case "GE_recordTime":
		return true, p.bound(&q.geRecorded)
	case "LT_recordTime":
		return true, p.bound(&q.ltRecorded)
	case "GE_errorDeclarationTime", "LT_errorDeclarationTime", "GE_errorDeclaration_Time", "LT_errorDeclaration_Time":
		var b bound
		if err := p.bound(&b); err != nil {
			return true, err
		}
		ge, lt := b, bound{}
		if strings.HasPrefix(p.name, "LT") {
			ge, lt = lt, ge
		}
		p.must(condition{terms: []term{{kindFlag, flagError}}, match: func(c *candidate) bool {
			return c.Event.Error != nil && covers(ge, lt, c.Event.Error.Time.At)
		}})
		return true, nil
	}
	return false, nil
}

func (p *parser) bound(b *bound) error {
	at, err := p.instant()
	*b = bound{true, at}
	return err
}

func (p *parser) instant() (time.Time, error) {
	text, err := p.one()
	if err != nil {
		return time.Time{}, err
	}
	at, ok := parseInstant(text)
	if !ok {
		return at, p.fail("is %q: want a date and time with a zone, such as 2026-11-20T22:10:00.000-05:00", clip(text))
	}
	return at, nil
}

// words reads the parameters on words and names of the event.
func (p *parser) words() (known bool, err error) {
	switch p.name {
	case "eventType":
		p.oneOf(kindType, strings.TrimSpace, func(e *epcis.Event) []string { return []string{e.Type} })
	case "EQ_action":
		if err := p.only("ADD", "OBSERVE", "DELETE"); err != nil {
			return true, err
		}
		p.oneOf(0, strings.TrimSpace, func(e *epcis.Event) []string { return []string{e.Action} })
	case "EQ_bizStep":
		p.oneOf(kindBizStep, bizStepOf, func(e *epcis.Event) []string { return []string{e.BizStep} })
	case "EQ_disposition":
		p.oneOf(kindDisposition, dispositionOf, func(e *epcis.Event) []string { return []string{e.Disposition} })
	case "EQ_persistentDisposition_set":
		p.oneOf(0, dispositionOf, func(e *epcis.Event) []string { return e.PersistentDisposition.Set })
	case "EQ_persistentDisposition_unset":
		p.oneOf(0, dispositionOf, func(e *epcis.Event) []string { return e.PersistentDisposition.Unset })
	case "EQ_transformationID":
		p.oneOf(kindTransformation, canonicalID, func(e *epcis.Event) []string { return []string{e.TransformationID} })
	case "EQ_eventID":
		p.eventID()
	case "EQ_errorReason":
		p.oneOf(0, func(s string) string { return wordOf(errorReasons, s) }, func(e *epcis.Event) []string {
			if e.Error == nil {
				return nil
			}
			return []string{e.Error.Reason}
		})
	case "EQ_correctiveEventID":
		p.oneOf(0, strings.TrimSpace, func(e *epcis.Event) []string {
			if e.Error == nil {
				return nil
			}
			return e.Error.CorrectiveIDs
		})
	case "EXISTS_errorDeclaration":
		return true, p.flag(flagError, func(e *epcis.Event) bool { return e.Error != nil })
	case "EXISTS_sensorElementList":
		return true, p.flag(flagSensor, func(e *epcis.Event) bool { return len(e.SensorElements) > 0 })
	default:
		return false, nil
	}
	return true, nil
}

func (p *parser) only(allowed ...string) error {
	for _, v := range p.values {
		if !slices.Contains(allowed, v) {
			return p.fail("is %q: want %s", clip(v), strings.Join(allowed, " or "))
		}
	}
	return nil
}

// oneOf demands that a field hold one of the values, both in the form that
// fold gives them. Kind 0 is not indexed.
func (p *parser) oneOf(k kind, fold func(string) string, get func(e *epcis.Event) []string) {
	c := condition{}
	set := make(map[string]bool, len(p.values))
	for _, v := range p.values {
		v = fold(v)
		set[v] = true
		if k != 0 {
			c.terms = append(c.terms, term{k, v})
		}
	}
	c.match = func(c *candidate) bool {
		return slices.ContainsFunc(get(c.Event), func(v string) bool { return v != "" && set[fold(v)] })
	}
	p.must(c)
}

func (p *parser) eventID() {
	c := condition{}
	set := make(map[string]bool, len(p.values))
	for _, v := range p.values {
		set[v] = true
		c.terms = append(c.terms, term{kindID, v})
	}
	c.match = func(c *candidate) bool { return set[c.ID] }
	p.must(c)
}

// yes reads a parameter that is given or not: its value is empty, true, or 1;
// "false" is as if it were not given.
func (p *parser) yes() (bool, error) {
	text := ""
	if len(p.values) > 0 {
		text = p.values[0]
	}
	if text == "" || text == "null" {
		return true, nil
	}
	b, err := strconv.ParseBool(text)
	if err != nil {
		return false, p.fail("is %q: want true or false", clip(text))
	}
	return b, nil
}

func (p *parser) flag(name string, has func(e *epcis.Event) bool) error {
	yes, err := p.yes()
	if err == nil && yes {
		p.must(condition{terms: []term{{kindFlag, name}}, match: func(c *candidate) bool { return has(c.Event) }})
	}
	return err
}
