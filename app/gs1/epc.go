package gs1

import (
	"strconv"
	"strings"
)

// EPCKind is the scheme of an EPC URI.
type EPCKind uint8

// The schemes read and written here (TDS 6.3, 6.4, CBV 8.3).
const (
	// EPCSGTIN: urn:epc:id:sgtin, an item.
	EPCSGTIN EPCKind = iota + 1
	// EPCSSCC: urn:epc:id:sscc, a logistic unit.
	EPCSSCC
	// EPCSGLN: urn:epc:id:sgln, a location, with or without extension.
	EPCSGLN
	// EPCPGLN: urn:epc:id:pgln, a party.
	EPCPGLN
	// EPCLGTIN: urn:epc:class:lgtin, a lot of a trade item.
	EPCLGTIN
	// EPCProduct: urn:epc:idpat:sgtin with any serial, a trade item.
	EPCProduct
)

// EPC is an EPC URI read or about to be written. The company prefix is a part
// of it that its GS1 key cannot give back, so its length is kept.
type EPC struct {
	// Kind is the scheme; it says which fields below hold something.
	Kind EPCKind
	// GTIN is set for EPCSGTIN, EPCLGTIN and EPCProduct.
	GTIN GTIN
	// SSCC is set for EPCSSCC.
	SSCC SSCC
	// GLN is set for EPCSGLN and EPCPGLN.
	GLN GLN
	// Suffix is the serial of an EPCSGTIN, the lot of an EPCLGTIN, the extension
	// of an EPCSGLN or "" if it has none.
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
)

func (k EPCKind) prefix() string {
	switch k {
	case EPCSGTIN:
		return "urn:epc:id:sgtin:"
	case EPCSSCC:
		return "urn:epc:id:sscc:"
	case EPCSGLN:
		return "urn:epc:id:sgln:"
	case EPCPGLN:
		return "urn:epc:id:pgln:"
	case EPCLGTIN:
		return "urn:epc:class:lgtin:"
	case EPCProduct:
		return "urn:epc:idpat:sgtin:"
	default:
		return ""
	}
}

// ParseEPC reads an EPC URI of one of the kinds above. Reserved characters that
// should have been escaped but stand alone are taken as they are, since
// partners send them; String writes them escaped.
func ParseEPC(uri string) (EPC, error) {
	for k := EPCSGTIN; k <= EPCProduct; k++ {
		body, ok := strings.CutPrefix(uri, k.prefix())
		if !ok {
			continue
		}
		e := EPC{Kind: k}
		if err := e.read(body); err != nil {
			return EPC{}, shift(err, len(uri)-len(body))
		}
		return e, nil
	}
	return EPC{}, &ScanError{
		Problem: ProblemNotScan, Offset: 0,
		Detail: "want an EPC URI of scheme sgtin, sscc, sgln, pgln or lgtin, found " + strconv.Quote(clip(uri)),
	}
}

// digits returns how many digits company prefix and reference have together,
// and whether a third part follows.
func (k EPCKind) digits() (n int, suffix bool) {
	switch k {
	case EPCSSCC:
		return 17, false
	case EPCSGLN:
		return 12, true
	case EPCPGLN:
		return 12, false
	default:
		return 13, true
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

// CompanyPrefix returns the company prefix the URI shows.
func (e EPC) CompanyPrefix() CompanyPrefix {
	switch e.Kind {
	case EPCSSCC:
		return CompanyPrefix(e.SSCC[1 : 1+e.PrefixLen])
	case EPCSGLN, EPCPGLN:
		return CompanyPrefix(e.GLN[:e.PrefixLen])
	case EPCSGTIN, EPCLGTIN, EPCProduct:
		return CompanyPrefix(e.GTIN[1 : 1+e.PrefixLen])
	default:
		return ""
	}
}

// Elements returns the element strings that say the same (TDS 7).
func (e EPC) Elements() Elements {
	switch e.Kind {
	case EPCSGTIN:
		return Elements{{"01", e.GTIN.String()}, {"21", e.Suffix}}
	case EPCSSCC:
		return Elements{{"00", e.SSCC.String()}}
	case EPCSGLN:
		if e.Suffix == "" {
			return Elements{{"414", e.GLN.String()}}
		}
		return Elements{{"414", e.GLN.String()}, {"254", e.Suffix}}
	case EPCPGLN:
		return Elements{{"417", e.GLN.String()}}
	case EPCLGTIN:
		return Elements{{"01", e.GTIN.String()}, {"10", e.Suffix}}
	case EPCProduct:
		return Elements{{"01", e.GTIN.String()}}
	default:
		return nil
	}
}
