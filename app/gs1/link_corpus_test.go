package gs1

import (
	"strings"
	"testing"
)

func TestCorpusDigitalLink(t *testing.T) {
	type vector struct {
		Src, Kind, Input, Expect string
		Stem                     *string
		Valid                    bool
		Options                  map[string]any
		ExpectPath               string `json:"expect_path"`
		ExpectQuery              string `json:"expect_query"`
		Args                     []string
	}
	c := &tally{name: "gs1-syntax-engine/digital-link"}
	for _, line := range corpusLines(t, "gs1-syntax-engine/digital-link.dev.jsonl") {
		v := decode[vector](t, line)
		_, zero := v.Options["PermitZeroSuppressedGTINinDLuris"]
		_, alpha := v.Options["PermitConvenienceAlphas"]
		_, unknown := v.Options["Validation.UNKNOWN_AI_NOT_DL_ATTR"]
		switch {
		case unknown:
			_, err := ParseDigitalLink(v.Input)
			c.differs(t, v.Kind != "digital_link_to_element_string" || problemOf(err) != 0 || !v.Valid, "unknown AIs permitted there", v.Input)
		case v.Kind == "digital_link_to_element_string":
			parse := ParseDigitalLink
			if zero || alpha {
				parse = ParseLegacyDigitalLink
			}
			es, err := parse(v.Input)
			ok := (err == nil) == v.Valid && (err != nil || es.ElementString() == v.Expect)
			c.result(t, ok, "%s %q: got %q, %v; want %v %q", v.Src, v.Input, es.ElementString(), err, v.Valid, v.Expect)
		case v.Kind == "element_string_to_digital_link":
			stem := CanonicalStem
			if v.Stem != nil {
				stem = *v.Stem
			}
			es, e := parseBracketed(v.Input)
			var got string
			var err error
			if e == nil {
				got, err = es.DigitalLink(stem)
			}
			ok := (e == nil && err == nil) == v.Valid && got == v.Expect
			c.result(t, ok, "%s %q: got %q, %v; want %v %q", v.Src, v.Input, got, err, v.Valid, v.Expect)
		case v.Kind == "uri_unescape" && !strings.Contains(v.ExpectPath, "\ufffd"):
			p, q := unescape(v.Input, false), unescape(v.Input, true)
			c.result(t, p == v.ExpectPath && q == v.ExpectQuery, "%s %q: got %q, %q; want %q, %q", v.Src, v.Input, p, q, v.ExpectPath, v.ExpectQuery)
		case v.Kind == "uri_escape":
			p, q := escape(v.Args[0], false), escape(v.Args[0], true)
			c.result(t, p == v.Args[1] && q == v.Args[2], "%s %q: got %q, %q; want %q", v.Src, v.Args[0], p, q, v.Args[1:])
		default:
			c.skip(v.Kind + " of bytes JSON cannot hold")
		}
	}
	c.log(t, 120, map[string]int{"unknown AIs permitted there": 2, "uri_unescape of bytes JSON cannot hold": 1})
}

func TestCorpusOtherDigitalLinks(t *testing.T) {
	type vector struct {
		Src, Input, Error, Unbracketed, Note string
		Valid                                bool
	}
	type counts struct {
		tried  int
		differ map[string]int
	}
	for name, want := range map[string]counts{
		"bwipp-gs1":            {48, map[string]int{"GS1's engine leaves a bad escape as it is": 2}},
		"gs1-dl-simple-parser": {38, map[string]int{"unknown AIs permitted there": 1}},
	} {
		c := &tally{name: name + "/digital-link"}
		for _, line := range corpusLines(t, name+"/digital-link.dev.jsonl") {
			v := decode[vector](t, line)
			es, err := ParseLegacyDigitalLink(v.Input)
			if strings.Contains(v.Input, "89=") {
				c.differs(t, (err == nil) != v.Valid, "unknown AIs permitted there", v.Input)
				continue
			}
			if v.Error == "GS1dlBadHexCharacter" {
				c.differs(t, err == nil, "GS1's engine leaves a bad escape as it is", v.Input)
				continue
			}
			ok := (err == nil) == v.Valid
			if v.Valid && v.Unbracketed != "" {
				ok = ok && es.ElementString() == v.Unbracketed
			}
			c.result(t, ok, "%s %q: got %q, %v; want %v %q %s", v.Src, v.Input, es.ElementString(), err, v.Valid, v.Unbracketed, v.Error)
		}
		c.log(t, want.tried, want.differ)
	}
}
