package gs1

import "strings"

// String returns the URI, its reserved characters escaped (TDS 6.3), or "" for
// the zero value.
func (e EPC) String() string {
	n := e.PrefixLen
	switch e.Kind {
	case EPCSSCC:
		return e.Kind.prefix() + string(e.SSCC[1:1+n]) + "." + string(e.SSCC[:1]) + string(e.SSCC[1+n:17])
	case EPCPGLN:
		return e.Kind.prefix() + string(e.GLN[:n]) + "." + string(e.GLN[n:12])
	case EPCSGLN:
		ext := e.Suffix
		if ext == "" {
			ext = noExtension
		}
		return e.Kind.prefix() + string(e.GLN[:n]) + "." + string(e.GLN[n:12]) + "." + escapeEPC(ext)
	case EPCSGTIN, EPCLGTIN, EPCProduct:
		tail := "*"
		if e.Kind != EPCProduct {
			tail = escapeEPC(e.Suffix)
		}
		return e.Kind.prefix() + string(e.GTIN[1:1+n]) + "." + string(e.GTIN[:1]) + string(e.GTIN[1+n:13]) + "." + tail
	default:
		return ""
	}
}

// escapeEPC escapes the characters of set 82 that a URN may not hold as such
// (TDS table A-1).
func escapeEPC(s string) string {
	if !strings.ContainsAny(s, "\"%&/<>?") {
		return s
	}
	return strings.NewReplacer(`"`, "%22", "%", "%25", "&", "%26", "/", "%2F", "<", "%3C", ">", "%3E", "?", "%3F").Replace(s)
}

// EPC returns the item's EPC for a company prefix of prefixLen digits, 6 to 12.
func (s SGTIN) EPC(prefixLen int) (EPC, error) {
	return made(EPC{Kind: EPCSGTIN, GTIN: s.GTIN, Suffix: s.Serial, PrefixLen: prefixLen})
}

// EPC returns the logistic unit's EPC for a company prefix of prefixLen digits,
// 6 to 12.
func (c SSCC) EPC(prefixLen int) (EPC, error) {
	return made(EPC{Kind: EPCSSCC, SSCC: c, PrefixLen: prefixLen})
}

// Location returns the SGLN for a company prefix of prefixLen digits, 6 to 12,
// with the extension, or without if it is "" or "0".
func (l GLN) Location(prefixLen int, extension string) (EPC, error) {
	if extension == noExtension {
		extension = ""
	}
	return made(EPC{Kind: EPCSGLN, GLN: l, Suffix: extension, PrefixLen: prefixLen})
}

// Party returns the PGLN for a company prefix of prefixLen digits, 6 to 12.
func (l GLN) Party(prefixLen int) (EPC, error) {
	return made(EPC{Kind: EPCPGLN, GLN: l, PrefixLen: prefixLen})
}

// LotEPC returns the LGTIN for a company prefix of prefixLen digits, 6 to 12.
func (g GTIN) LotEPC(prefixLen int, lot string) (EPC, error) {
	return made(EPC{Kind: EPCLGTIN, GTIN: g, Suffix: lot, PrefixLen: prefixLen})
}

// ProductEPC returns the pattern of all serials of g for a company prefix of
// prefixLen digits, 6 to 12.
func (g GTIN) ProductEPC(prefixLen int) (EPC, error) {
	return made(EPC{Kind: EPCProduct, GTIN: g, PrefixLen: prefixLen})
}

// made checks an EPC put together from parts.
func made(e EPC) (EPC, error) {
	if err := checkPrefixLen(e.PrefixLen); err != nil {
		return EPC{}, err
	}
	if e.GTIN.IsZero() && e.SSCC.IsZero() && e.GLN.IsZero() {
		return EPC{}, problem(ProblemEmpty, -1, "no GS1 key was given")
	}
	var err error
	switch {
	case e.Kind == EPCSGTIN:
		err = ValidSerial(e.Suffix)
	case e.Kind == EPCLGTIN:
		err = ValidLot(e.Suffix)
	case e.Suffix != "":
		err = validText(e.Suffix, "254")
	}
	if err != nil {
		return EPC{}, err
	}
	return e, nil
}
