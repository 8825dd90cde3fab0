package repository

import (
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// somePrefix is a length for company prefixes where the key alone matters.
const somePrefix = 7

// canonicalID gives all forms of a GS1 key one text, the bracketed element
// string of its most specific key: an EPC URI, a Digital Link of any domain,
// or element strings. Anything else stands as written.
func canonicalID(text string) string {
	text = strings.TrimSpace(text)
	if es, ok := keyElements(text); ok {
		return es.Bracketed()
	}
	return text
}

func keyElements(text string) (gs1.Elements, bool) {
	if strings.HasPrefix(text, "urn:epc:") {
		e, err := gs1.ParseEPC(text)
		return e.Elements(), err == nil
	}
	var es gs1.Elements
	var err error
	switch {
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"):
		es, err = gs1.ParseLegacyDigitalLink(text)
	case strings.HasPrefix(text, "("), len(text) > 13 && isDigits(text[:2]) && !strings.Contains(text, ":"):
		es, err = gs1.ParseScan(text)
	default:
		return nil, false
	}
	if err != nil {
		return nil, false
	}
	e, err := es.EPC(somePrefix)
	if err != nil {
		return es, true
	}
	return e.Elements(), true
}

// canonicalPlaces is canonicalID for what a query says of a place or party: a
// GLN of 13 digits stands for the place and for the party.
func canonicalPlaces(text string) []string {
	if g, err := gs1.ParseGLN(strings.TrimSpace(text)); err == nil {
		return []string{"(414)" + g.String(), "(417)" + g.String()}
	}
	return []string{canonicalID(text)}
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// bizStepOf and dispositionOf give all forms of a CBV word one text.
func bizStepOf(text string) string {
	word, _ := epcis.BizStepWord(strings.TrimSpace(text))
	return word
}

func dispositionOf(text string) string {
	word, _ := epcis.DispositionWord(strings.TrimSpace(text))
	return word
}

// The names under which CBV lists business transaction types, source and
// destination types and error reasons.
const (
	bizTransactionTypes = "btt"
	endpointTypes       = "sdt"
	errorReasons        = "er"
)

// wordOf gives all forms of a word of a CBV list one text: bare, URN, web URI
// and CURIE.
func wordOf(list, text string) string {
	text = strings.TrimSpace(text)
	for _, form := range []string{"urn:epcglobal:cbv:" + list + ":", "https://ref.gs1.org/cbv/" + strings.ToUpper(list) + "-", "cbv:" + strings.ToUpper(list) + "-"} {
		if word, ok := strings.CutPrefix(text, form); ok {
			return word
		}
	}
	return text
}

// measurementOf gives all forms of a measurement type one text.
func measurementOf(text string) string {
	text = strings.TrimSpace(text)
	for _, form := range []string{"https://gs1.org/voc/", "https://www.gs1.org/voc/", "gs1:"} {
		text = strings.TrimPrefix(text, form)
	}
	return strings.TrimPrefix(text, "MeasurementType-")
}
