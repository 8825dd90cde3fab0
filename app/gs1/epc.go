package gs1

import (
	"strconv"
	"strings"
)

// EPC is an EPC URI read or about to be written. The company prefix is a part
// of it that its GS1 key cannot give back, so its length is kept.
type EPC struct {
	// Kind is the scheme; it says which fields below hold something.
	Kind EPCKind
	// GTIN is set for EPCSGTIN, EPCLGTIN, EPCProduct, EPCUPUI and
	// EPCUnitPackType.
	GTIN GTIN
	// SSCC is set for EPCSSCC.
	SSCC SSCC
	// GLN is set for EPCSGLN and EPCPGLN.
	GLN GLN
	// Value is the key of every other kind as its application identifier writes
	// it, check digit included, without its serial.
	Value string
	// Suffix is the serial, the lot of an EPCLGTIN, the extension of an EPCSGLN
	// or "" if it has none; "" where it stands for any.
	Suffix string
	// PrefixLen is the length of the company prefix, 6 to 12.
	PrefixLen int
}

const (
	// minEPCPrefix and maxEPCPrefix bound the company prefix in an EPC URI (TDS
	// 6.3.1, the partition tables).
	minEPCPrefix = 6
	maxEPCPrefix = 12
	// noExtension is the SGLN extension that says there is none (TDS 6.3.3).
	noExtension = "0"
	// anySerial stands for any serial in a pattern (TDS 8).
	anySerial = "*"
)

// ParseEPC reads an EPC URI of one of the kinds. Reserved characters that
// should have been escaped but stand alone are taken as they are, since
// partners send them; String writes them escaped.
func ParseEPC(uri string) (EPC, error) {
	for k := EPCSGTIN; k < epcKinds; k++ {
		s := k.scheme()
		body, ok := strings.CutPrefix(uri, s.uri)
		if !ok {
			continue
		}
		e := EPC{Kind: k}
		if err := e.read(&s, body); err != nil {
			return EPC{}, shift(err, len(uri)-len(body))
		}
		return e, nil
	}
	return EPC{}, &ScanError{
		Problem: ProblemNotScan, Offset: 0,
		Detail: "want an EPC URI of a GS1 key, such as urn:epc:id:sgtin:..., found " + strconv.Quote(clip(uri)),
	}
}

// SGTIN returns the item, and false if e names none.
func (e EPC) SGTIN() (SGTIN, bool) {
	return SGTIN{GTIN: e.GTIN, Serial: e.Suffix}, e.Kind == EPCSGTIN
}

// Key returns the key of the item or logistic unit, and false for other kinds.
func (e EPC) Key() (Key, bool) {
	switch e.Kind {
	case EPCSGTIN:
		return ItemKey(e.GTIN, e.Suffix), true
	case EPCSSCC:
		return LogisticKey(e.SSCC), true
	default:
		return "", false
	}
}

// Class reports whether e names a class of things: a lot, or all of a type.
func (e EPC) Class() bool { return e.Kind >= EPCLGTIN }

// CompanyPrefix returns the company prefix the URI shows.
func (e EPC) CompanyPrefix() CompanyPrefix {
	return CompanyPrefix(e.fromPrefix()[:e.PrefixLen])
}

// fromPrefix is the key from its company prefix on.
func (e EPC) fromPrefix() string {
	s := e.Kind.scheme()
	key := e.value()[len(s.before):]
	if s.lead {
		key = key[1:]
	}
	return key
}

// value is the key as its application identifier writes it, without serial.
func (e EPC) value() string {
	switch {
	case !e.GTIN.IsZero():
		return e.GTIN.String()
	case !e.SSCC.IsZero():
		return e.SSCC.String()
	case !e.GLN.IsZero():
		return e.GLN.String()
	default:
		return e.Value
	}
}

// Elements returns the element strings that say the same (TDS 7).
func (e EPC) Elements() Elements {
	s := e.Kind.scheme()
	switch {
	case s.ai == "":
		return nil
	case e.Suffix == "":
		return Elements{{s.ai, e.value()}}
	case s.serial == s.ai:
		return Elements{{s.ai, e.value() + e.Suffix}}
	default:
		return Elements{{s.ai, e.value()}, {s.serial, e.Suffix}}
	}
}
