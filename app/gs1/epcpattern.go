package gs1

import (
	"slices"
	"strconv"
	"strings"
)

// EPCPattern is a pattern of EPC URIs, urn:epc:idpat: (TDS 8): a scheme whose
// last parts, from one on, stand for any value. A URI that names one thing is
// a pattern of itself. Queries for EPCs take them (EPCIS 2.0, 8.2.7.1).
type EPCPattern struct {
	kind EPCKind
	// parts are those that are given, in canonical escapes; the rest is any.
	parts []string
}

// ParseEPCPattern reads a pattern such as urn:epc:idpat:sgtin:0614141.*.*, or
// the URI of one thing or class.
func ParseEPCPattern(uri string) (EPCPattern, error) {
	if e, err := ParseEPC(uri); err == nil && !e.anyOfClass() {
		_, parts := e.parts()
		return EPCPattern{e.Kind, parts}, nil
	}
	rest, ok := strings.CutPrefix(uri, "urn:epc:idpat:")
	name, body, found := strings.Cut(rest, ":")
	if !ok || !found {
		return EPCPattern{}, problem(ProblemNotScan, 0, "want an EPC URI or a pattern of EPC URIs, found "+strconv.Quote(clip(uri)))
	}
	for k := EPCSGTIN; k < EPCLGTIN; k++ {
		s := k.scheme()
		if s.uri != "urn:epc:id:"+name+":" {
			continue
		}
		if !strings.Contains(body, anySerial) {
			// All parts are given: the pattern of one thing.
			if e, err := ParseEPC(s.uri + body); err == nil {
				_, parts := e.parts()
				return EPCPattern{k, parts}, nil
			}
		}
		p := EPCPattern{kind: k}
		if err := p.read(&s, body); err != nil {
			return EPCPattern{}, shift(err, len(uri)-len(body))
		}
		return p, nil
	}
	return EPCPattern{}, problem(ProblemNotScan, 0, "no EPC scheme is called "+strconv.Quote(clip(name)))
}

// read takes the parts of a pattern: given ones first, then any.
func (p *EPCPattern) read(s *epcScheme, body string) *ScanError {
	parts := strings.Split(body, ".")
	if len(parts) != s.parts() {
		return problem(ProblemNotScan, len(body), "want "+strconv.Itoa(s.parts())+" parts between dots, found "+strconv.Itoa(len(parts)))
	}
	given := len(parts)
	for given > 0 && parts[given-1] == anySerial {
		given--
	}
	if given == len(parts) {
		return problem(ProblemValue, 0, "no part stands for any, and it is the EPC of no one thing")
	}
	at := 0
	for i, part := range parts[:given] {
		if part == anySerial || part == "" {
			return problem(ProblemValue, at, "a part that stands for any is followed by none that is given")
		}
		if i == 0 {
			if j := firstNonDigit(part); j >= 0 {
				return notDigit(part, j)
			}
			if err := checkPrefixLen(len(part)); err != nil {
				return err
			}
		}
		if i == 1 {
			if _, err := s.key(parts[0], part); err != nil {
				return shift(err, at)
			}
		}
		at += len(part) + 1
		p.parts = append(p.parts, escapeEPC(unescape(part, false)))
	}
	return nil
}

// Match reports whether e is one of the pattern's EPCs.
func (p EPCPattern) Match(e EPC) bool {
	kind, parts := e.parts()
	if kind != p.kind || len(parts) < len(p.parts) {
		return false
	}
	for i := range p.parts {
		if parts[i] != p.parts[i] {
			return false
		}
	}
	return true
}

// String returns the pattern, its reserved characters escaped, or the URI of the
// one thing or lot that it stands for; "" for the zero value.
func (p EPCPattern) String() string {
	s := p.kind.scheme()
	if s.ai == "" {
		return ""
	}
	if len(p.parts) == s.parts() {
		return s.uri + strings.Join(p.parts, ".")
	}
	name := strings.TrimPrefix(s.uri, "urn:epc:id:")
	parts := slices.Clone(p.parts)
	for len(parts) < s.parts() {
		parts = append(parts, anySerial)
	}
	return "urn:epc:idpat:" + name + strings.Join(parts, ".")
}

// anyOfClass reports whether e stands for any serial of a type.
func (e EPC) anyOfClass() bool { return e.Class() && e.Kind != EPCLGTIN }

// parts returns the kind of e and the parts of its URI between dots.
func (e EPC) parts() (EPCKind, []string) {
	s := e.Kind.scheme()
	return e.Kind, strings.SplitN(strings.TrimPrefix(e.String(), s.uri), ".", s.parts())
}
