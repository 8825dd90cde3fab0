package gs1

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

// refusedRightly reports whether a vector that the translator's authors call
// valid is not: GS1's tag data tables want a reference after the company prefix
// and a piece not above its total.
func refusedRightly(input string) bool {
	switch input {
	case "https://id.gs1.org/8010/123457-57578",
		"urn:epc:idpat:cpi:164759476414..*",
		"https://id.gs1.org/401/656987789012",
		"urn:epc:idpat:itip:164759476414.5.56.34.*":
		return true
	default:
		return false
	}
}

// attributeLinks reports whether a vector of the OpenEPCIS translator is about
// a Digital Link with attributes, which is no EPC.
func attributeLinks(src string) bool { return strings.HasPrefix(src, "GTIN") }

type translation struct {
	Src, Op, Input, Expect, Note string
	Valid                        bool
	GCP                          json.RawMessage `json:"gcp_length"`
	Engine                       *bool           `json:"gs1_engine_accepts_dl"`
}

// prefixLen is the length of the company prefix that the vector gives, or shows
// in what it expects, or 0.
func (v *translation) prefixLen() int {
	if n, err := strconv.Atoi(string(v.GCP)); err == nil {
		return n
	}
	e, err := ParseEPC(v.Expect)
	if err != nil {
		return 0
	}
	return e.PrefixLen
}

func TestCorpusEPCTranslation(t *testing.T) {
	c := &tally{name: "openepcis-translator/epc-translation"}
	for _, line := range corpusLines(t, "openepcis-translator/epc-translation.dev.jsonl") {
		v := decode[translation](t, line)
		var got string
		var err error
		toLink := strings.HasSuffix(v.Op, "urn_to_dl")
		if toLink {
			got, err = epcToLink(v.Input)
		} else {
			got, err = linkToEPC(v.Input, v.prefixLen(), strings.HasPrefix(v.Op, "class"))
		}
		switch {
		case v.Valid && strings.Contains(v.Input, "#"):
			c.differs(t, got != v.Expect, "a # begins a link's fragment", v.Input)
		case v.Valid && refusedRightly(v.Input):
			c.differs(t, err != nil, "refused by GS1's tables", v.Input)
		case v.Valid && !*v.Engine && toLink:
			// The vector writes reserved characters as they are.
			c.result(t, err == nil && unescape(got, false) == v.Expect, "%s %q: got %q, %v; want %q", v.Src, v.Input, got, err, v.Expect)
		case v.Valid && !*v.Engine:
			c.differs(t, err != nil, "refused by GS1's engine", v.Input)
		case toLink:
			ok := (err == nil) == v.Valid && (err != nil || sameLink(got, v.Expect))
			c.result(t, ok, "%s %q: got %q, %v; want %v %q (%s)", v.Src, v.Input, got, err, v.Valid, v.Expect, v.Note)
		default:
			ok := (err == nil) == v.Valid && got == v.Expect
			c.result(t, ok, "%s %s %q: got %q, %v; want %v %q (%s)", v.Src, v.Op, v.Input, got, err, v.Valid, v.Expect, v.Note)
		}
	}
	c.log(t, 277, map[string]int{"a # begins a link's fragment": 1, "refused by GS1's engine": 27, "refused by GS1's tables": 3})
}

// sameLink compares two Digital Links by what they hold.
func sameLink(a, b string) bool {
	x, errx := ParseDigitalLink(a)
	y, erry := ParseDigitalLink(b)
	return errx == nil && erry == nil && x.Bracketed() == y.Bracketed()
}

func epcToLink(uri string) (string, error) {
	e, err := ParseEPC(uri)
	if err != nil {
		return "", err
	}
	return e.Elements().DigitalLink(CanonicalStem)
}

// linkToEPC translates a Digital Link to the EPC URI of the same thing.
func linkToEPC(link string, prefixLen int, class bool) (string, error) {
	es, err := ParseDigitalLink(link)
	if err != nil {
		return "", err
	}
	toEPC := es.EPC
	if class {
		toEPC = es.ClassEPC
	}
	e, err := toEPC(prefixLen)
	if err != nil {
		return "", err
	}
	return e.String(), nil
}

func TestCorpusEPCValidation(t *testing.T) {
	c := &tally{name: "openepcis-translator/epc-validation"}
	for _, line := range corpusLines(t, "openepcis-translator/epc-validation.dev.jsonl") {
		v := decode[translation](t, line)
		var err error
		switch {
		case attributeLinks(v.Src):
			_, err = ParseDigitalLink(v.Input)
		case strings.HasPrefix(v.Input, "urn:"):
			_, err = ParseEPC(v.Input)
		default:
			_, err = linkToEPC(v.Input, v.prefixLen(), false)
		}
		if reason := validationDiffers(&v, err); reason != "" {
			c.differs(t, (err == nil) != v.Valid, reason, v.Input)
			continue
		}
		c.result(t, (err == nil) == v.Valid, "%s %q: got %v; want %v (%s)", v.Src, v.Input, err, v.Valid, v.Note)
	}
	c.log(t, 271, map[string]int{
		"a link, though not of what is looked for": 4, "refused by GS1's tables": 4, "refused: character": 8, "refused: check-digit": 32,
		"refused: exclusive-ai": 1, "refused: missing-ai": 1, "refused: not-a-scan": 1, "refused: too-short": 2,
	})
}

// validationDiffers gives the reason why a verdict of the OpenEPCIS validator is
// not GS1's, or "": it checks no check digits, takes reserved characters as they
// are, and asks of some links more than they need to be links.
func validationDiffers(v *translation, err error) string {
	isURN := strings.HasPrefix(v.Input, "urn:")
	switch {
	case v.Valid && strings.Contains(v.Input, "#"):
		return "a # begins a link's fragment"
	case v.Valid && refusedRightly(v.Input):
		return "refused by GS1's tables"
	case v.Valid && !isURN && err != nil:
		return "refused: " + problemOf(err).Code()
	case !v.Valid && attributeLinks(v.Src) && err == nil:
		return "a link, though not of what is looked for"
	default:
		return ""
	}
}

func TestCorpusTagVectors(t *testing.T) {
	type vector struct {
		Scheme string
		URI    string `json:"epc_pure_identity_uri"`
	}
	c := &tally{name: "epc-coder-tds"}
	for _, line := range corpusLines(t, "epc-coder-tds/rfid-tag-vectors.dev.jsonl") {
		v := decode[vector](t, line)
		e, err := ParseEPC(v.URI)
		c.result(t, err == nil && e.String() == v.URI, "%q: got %q, %v", v.URI, e.String(), err)
	}
	c.log(t, 15, nil)
}
