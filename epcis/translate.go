package epcis

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// EPCFormat is the notation in which a caller wants GS1 keys: the header
// GS1-EPC-Format of EPCIS 2.0.
type EPCFormat uint8

// The notations. The zero value leaves every key as it was written.
const (
	EPCAsWritten   EPCFormat = iota // Never_Translates
	EPCDigitalLink                  // Always_GS1_Digital_Link: https://id.gs1.org/01/...
	EPCURN                          // Always_EPC_URN: urn:epc:id:sgtin:...
)

// String returns the value of the header that asks for f.
func (f EPCFormat) String() string {
	switch f {
	case EPCDigitalLink:
		return "Always_GS1_Digital_Link"
	case EPCURN:
		return "Always_EPC_URN"
	default:
		return "Never_Translates"
	}
}

// ParseEPCFormat reads the header's value. No_Preference is EPCAsWritten. An
// empty value is EPCDigitalLink, which the standard makes the default; false
// means that the value is none of the standard's.
func ParseEPCFormat(header string) (EPCFormat, bool) {
	switch header {
	case "", "Always_GS1_Digital_Link":
		return EPCDigitalLink, true
	case "Always_EPC_URN":
		return EPCURN, true
	case "Never_Translates", "No_Preference":
		return EPCAsWritten, true
	}
	return EPCAsWritten, false
}

// PrefixLength tells how many of digits, which begin with a GS1 Company Prefix,
// are that prefix, or 0 when it is not known. An EPC URN shows the length, and
// no other notation of a key does.
type PrefixLength func(digits string) int

// KnownPrefixes returns the PrefixLength of a list of company prefixes.
func KnownPrefixes(known []gs1.CompanyPrefix) PrefixLength {
	sorted := slices.Clone(known)
	slices.Sort(sorted)
	return func(digits string) int {
		i, found := slices.BinarySearch(sorted, gs1.CompanyPrefix(digits))
		if found {
			return len(digits)
		}
		// GS1 gives out no prefix that another begins with, so the one that
		// digits begin with, if any, is next below.
		if i > 0 && strings.HasPrefix(digits, string(sorted[i-1])) {
			return len(sorted[i-1])
		}
		return 0
	}
}

// Translate returns e with its identifiers in notation f: objects, classes,
// places, parties, business transactions and sensor devices. What has no such
// notation is left as written: keys that GS1 does not define, patterns without a
// Digital Link, a Digital Link that says more than an EPC URN can hold or whose
// company prefix known does not know. known may be nil. e stays as it was, and
// both have one Digest.
func Translate(e *Event, f EPCFormat, known PrefixLength) Event {
	out := *e
	if f == EPCAsWritten {
		return out
	}
	out.eachIdentifier(func(id *string) {
		switch f {
		case EPCDigitalLink:
			*id = toLink(*id)
		case EPCURN:
			*id = toURN(*id, known)
		case EPCAsWritten: // above
		}
	})
	return out
}

func toLink(id string) string {
	if !strings.HasPrefix(id, "urn:epc:") {
		return id
	}
	// The form that the event hash takes: both notations have one digest.
	if link, ok := canonicalLink(id); ok {
		return link
	}
	return id
}

func toURN(id string, known PrefixLength) string {
	if known == nil || !strings.HasPrefix(id, "https://") && !strings.HasPrefix(id, "http://") {
		return id
	}
	elements, err := gs1.ParseLegacyDigitalLink(id)
	if err != nil {
		return id
	}
	n := known(prefixDigits(elements))
	if n == 0 {
		return id
	}
	// A prefix of 4 or 5 digits is written as one of 6 (TDS 6.3.1).
	epc, err := elements.EPC(max(n, shortestPrefix))
	if err != nil || !sameElements(elements, epc.Elements()) {
		return id
	}
	urn := epc.String()
	if toLink(urn) != canonicalValue(id) {
		return id // written so that its digest would change
	}
	return urn
}

// The lengths of a company prefix in an EPC.
const (
	shortestPrefix = 6
	longestPrefix  = 12
)

// prefixDigits returns the digits of the key from its company prefix on, as many
// of them as a prefix can have.
func prefixDigits(elements gs1.Elements) string {
	for n := longestPrefix; n >= shortestPrefix; n-- {
		if epc, err := elements.EPC(n); err == nil {
			return string(epc.CompanyPrefix())
		}
	}
	return ""
}

// sameElements tells whether b says all that a says.
func sameElements(a, b gs1.Elements) bool {
	for _, e := range a {
		if !slices.Contains(b, e) {
			return false
		}
	}
	return true
}
