package gs1

import "strconv"

// GTIN is a Global Trade Item Number as 14 ASCII digits, shorter forms padded
// with zeros on the left (GS 3.3.2). A value from ParseGTIN or GTINFromBytes is
// valid; the zero value means no GTIN.
type GTIN [14]byte

// SSCC is a Serial Shipping Container Code, 18 ASCII digits (GS 3.3.1). A value
// from ParseSSCC or SSCCFromBytes is valid; the zero value means no SSCC.
type SSCC [18]byte

// GLN is a Global Location Number, 13 ASCII digits (GS 3.7). A value from
// ParseGLN or GLNFromBytes is valid; the zero value means no GLN.
type GLN [13]byte

// ParseGTIN reads a GTIN of 8, 12, 13 or 14 digits and checks its check digit.
func ParseGTIN(s string) (GTIN, error) {
	var g GTIN
	switch len(s) {
	case 8, 12, 13, 14:
	default:
		p := ProblemTooShort
		if len(s) > 14 {
			p = ProblemTooLong
		}
		return g, withAI(problem(p, -1, "a GTIN has 8, 12, 13 or 14 digits, found "+strconv.Itoa(len(s))+" characters"), "01")
	}
	if e := checkKey(s, len(s)); e != nil {
		return g, withAI(e, "01")
	}
	pad := len(g) - len(s)
	for i := range pad {
		g[i] = '0'
	}
	copy(g[pad:], s)
	return g, nil
}

// GTINFromBytes checks 14 raw bytes: digits with a right check digit.
func GTINFromBytes(b [14]byte) (GTIN, error) {
	if e := checkKey(b[:], len(b)); e != nil {
		return GTIN{}, withAI(e, "01")
	}
	return b, nil
}

// ParseSSCC reads an SSCC of exactly 18 digits and checks its check digit.
func ParseSSCC(s string) (SSCC, error) {
	var c SSCC
	if e := checkKey(s, len(c)); e != nil {
		return c, withAI(e, "00")
	}
	copy(c[:], s)
	return c, nil
}

// SSCCFromBytes checks 18 raw bytes: digits with a right check digit.
func SSCCFromBytes(b [18]byte) (SSCC, error) {
	if e := checkKey(b[:], len(b)); e != nil {
		return SSCC{}, withAI(e, "00")
	}
	return b, nil
}

// ParseGLN reads a GLN of exactly 13 digits and checks its check digit.
func ParseGLN(s string) (GLN, error) {
	var l GLN
	if e := checkKey(s, len(l)); e != nil {
		return l, withAI(e, "414")
	}
	copy(l[:], s)
	return l, nil
}

// GLNFromBytes checks 13 raw bytes: digits with a right check digit.
func GLNFromBytes(b [13]byte) (GLN, error) {
	if e := checkKey(b[:], len(b)); e != nil {
		return GLN{}, withAI(e, "414")
	}
	return b, nil
}

func withAI(e *ScanError, ai string) *ScanError {
	e.AI = ai
	return e
}

// String returns the 14 digits, or "" for the zero value.
func (g GTIN) String() string { return digitsOf(g[:]) }

// String returns the 18 digits, or "" for the zero value.
func (c SSCC) String() string { return digitsOf(c[:]) }

// String returns the 13 digits, or "" for the zero value.
func (l GLN) String() string { return digitsOf(l[:]) }

func digitsOf(b []byte) string {
	if b[0] == 0 {
		return ""
	}
	return string(b)
}

// IsZero reports whether g holds no GTIN.
func (g GTIN) IsZero() bool { return g == GTIN{} }

// IsZero reports whether c holds no SSCC.
func (c SSCC) IsZero() bool { return c == SSCC{} }

// IsZero reports whether l holds no GLN.
func (l GLN) IsZero() bool { return l == GLN{} }

// Indicator returns the first digit: '0' for a base unit, '1' to '8' for a
// packaging level, '9' for variable measure (GS 2.1.3). It does not tell the
// packaging level by itself: a case may have indicator 0.
func (g GTIN) Indicator() byte { return g[0] }

// UnderPrefix reports whether g was allocated under the company prefix p.
func (g GTIN) UnderPrefix(p CompanyPrefix) bool { return under(g[1:13], p) }

// UnderPrefix reports whether c was allocated under the company prefix p.
func (c SSCC) UnderPrefix(p CompanyPrefix) bool { return under(c[1:17], p) }

// UnderPrefix reports whether l was allocated under the company prefix p.
func (l GLN) UnderPrefix(p CompanyPrefix) bool { return under(l[:12], p) }

// under compares without allocating; an empty prefix covers nothing.
func under(body []byte, p CompanyPrefix) bool {
	return p != "" && len(p) <= len(body) && string(body[:len(p)]) == string(p)
}
