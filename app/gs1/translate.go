package gs1

import (
	"slices"
	"strconv"
	"strings"
)

// Form is a way of writing a GS1 key.
type Form uint8

// The forms that Translate writes. It reads all of them but FormKey, whose
// digits need no translation, and FormPattern where that stands for more than
// one type.
const (
	// FormBracketed is the element string printed under a barcode.
	FormBracketed Form = iota + 1
	// FormElementString is the element string with '^' for FNC1.
	FormElementString
	// FormScan is what a scanner transmits for a GS1 DataMatrix.
	FormScan
	// FormDigitalLink is the canonical GS1 Digital Link URI.
	FormDigitalLink
	// FormEPC is the pure identity URI of one thing, urn:epc:id:.
	FormEPC
	// FormClass is the URI of the class of a thing: its lot if one is named,
	// else its type.
	FormClass
	// FormPattern is the pattern of all things of its type, urn:epc:idpat:.
	FormPattern
	// FormKey is the canonical Key of an item or logistic unit.
	FormKey
)

// Translation is a GS1 key written in another form.
type Translation struct {
	// Text is the key in the form that was asked for.
	Text string
	// LeftOut are the element strings that the form has no place for, such as
	// the expiry that stood beside an item's serial; nil if it says all.
	LeftOut Elements
}

// Translate writes a key in another form, whatever form it comes in (all that
// ParseScan reads). An EPC URI needs the length of the company prefix: it is
// that of the URI given, or of the longest of the company prefixes that the key
// begins with. The error, a *ScanError, gives the reason if s is no key or
// there is no such form of it.
func Translate(s string, to Form, prefixes ...CompanyPrefix) (Translation, error) {
	if strings.HasPrefix(s, "urn:") {
		return translateEPC(s, to)
	}
	es, err := ParseScan(s)
	if err != nil {
		return Translation{}, err
	}
	if to != FormEPC && to != FormClass && to != FormPattern {
		return es.plain(to)
	}
	n, err := es.PrefixLen(prefixes...)
	if err != nil {
		return Translation{}, err
	}
	return es.epc(to, n)
}

func translateEPC(uri string, to Form) (Translation, error) {
	e, err := ParseEPC(uri)
	if err != nil {
		if _, perr := ParseEPCPattern(uri); perr == nil {
			err = problem(ProblemValue, 0, "a pattern stands for many keys and has no other form")
		}
		return Translation{}, err
	}
	switch {
	case to == FormClass && e.Class():
		return Translation{Text: e.String()}, nil
	case to == FormEPC, to == FormClass, to == FormPattern:
		return e.Elements().epc(to, e.PrefixLen)
	default:
		return e.Elements().plain(to)
	}
}

// plain writes the forms that need no company prefix.
func (es Elements) plain(to Form) (Translation, error) {
	switch to {
	case FormBracketed:
		return Translation{Text: es.Bracketed()}, nil
	case FormElementString:
		return Translation{Text: es.ElementString()}, nil
	case FormScan:
		return Translation{Text: es.Scan()}, nil
	case FormDigitalLink:
		uri, err := es.DigitalLink(CanonicalStem)
		return Translation{Text: uri}, err
	case FormKey:
		key, ok := es.Key()
		if !ok {
			return Translation{}, problem(ProblemMissingAI, -1, "the ledger's keys are those of an item, (01) and (21), and of a logistic unit, (00)")
		}
		if key.IsLogistic() {
			return Translation{string(key), es.without("00")}, nil
		}
		return Translation{string(key), es.without("01", "21")}, nil
	default:
		return Translation{}, problem(ProblemValue, -1, "no form has the number "+strconv.Itoa(int(to)))
	}
}

// epc writes the forms that need a company prefix.
func (es Elements) epc(to Form, prefixLen int) (Translation, error) {
	var e EPC
	var err error
	switch to {
	case FormEPC:
		if e, err = es.EPC(prefixLen); err == nil && e.Class() {
			err = problem(ProblemMissingAI, -1, "no serial is named: the key is that of a class of things")
		}
	case FormClass:
		e, err = es.ClassEPC(prefixLen)
	default:
		e, err = es.without("10").ClassEPC(prefixLen)
	}
	if err != nil {
		return Translation{}, err
	}
	var said []string
	for _, x := range e.Elements() {
		said = append(said, x.AI)
	}
	left := es.without(said...)
	if v := e.Elements()[0]; e.Class() {
		if full, _ := es.Get(v.AI); full != v.Value {
			left = append(left, Element{v.AI, full}) // its serial is in the same value
		}
	}
	return Translation{e.String(), left}, nil
}

// without returns the elements of other AIs, or nil.
func (es Elements) without(ais ...string) Elements {
	var rest Elements
	for _, e := range es {
		if !slices.Contains(ais, e.AI) {
			rest = append(rest, e)
		}
	}
	return rest
}

// PrefixLen returns the length that an EPC URI gives the company prefix of the
// key: that of the longest of the prefixes which the key begins with. Prefixes
// of 4 and 5 digits count as 6, the least there is (TDS, partition tables). The
// digits alone do not tell the length; the error says so if no prefix fits.
func (es Elements) PrefixLen(prefixes ...CompanyPrefix) (int, error) {
	e, err := es.EPC(minEPCPrefix)
	if err != nil {
		return 0, err
	}
	key, n := e.fromPrefix(), 0
	for _, p := range prefixes {
		if len(p) > n && strings.HasPrefix(key, string(p)) {
			n = len(p)
		}
	}
	if n == 0 {
		return 0, problem(ProblemValue, -1, "which digits of "+strconv.Quote(clip(key))+" are the company prefix is not known: none of the prefixes given begins it")
	}
	return max(n, minEPCPrefix), nil
}
