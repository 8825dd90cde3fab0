package epcis

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// canonicalValue gives a value the one form that the event hash uses: CBV URNs
// become web URIs, numbers lose what does not change them, GS1 keys become
// canonical Digital Link URIs (CBV 2.0, event hash ID).
func canonicalValue(text string) string {
	text = expandCURIE(strings.TrimSpace(text))
	text = webVocabulary(text)
	if n, ok := canonicalNumber(text); ok {
		return n
	}
	if link, ok := canonicalLink(text); ok {
		return link
	}
	return text
}

func webVocabulary(text string) string {
	if !strings.Contains(text, "urn:epcglobal:cbv:") {
		return text
	}
	return strings.NewReplacer(
		"urn:epcglobal:cbv:bizstep:", nsCBV+"BizStep-",
		"urn:epcglobal:cbv:disp:", nsCBV+"Disp-",
		"urn:epcglobal:cbv:btt:", nsCBV+"BTT-",
		"urn:epcglobal:cbv:sdt:", nsCBV+"SDT-",
		"urn:epcglobal:cbv:er:", nsCBV+"ER-",
	).Replace(text)
}

// canonicalNumber writes a decimal number the way the reference implementation
// of the event hash does: through a 64-bit float, integers in full, no trailing
// zeros, an exponent below 0.0001. So lot "0012" is 12 and lot "12E4" is 120000
// in a hash; the values themselves are kept as they are.
func canonicalNumber(text string) (string, bool) {
	if !isFloatSyntax(text) {
		return text, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return text, false
	}
	switch {
	case f == 0:
		return "0", true
	case f == math.Trunc(f):
		whole, _ := new(big.Float).SetFloat64(f).Int(nil)
		return whole.String(), true
	case math.Abs(f) < 1e-4:
		return strconv.FormatFloat(f, 'e', -1, 64), true
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// isFloatSyntax accepts what the reference implementation's language takes for a
// decimal number: sign, digits with single underscores between them, point,
// exponent.
func isFloatSyntax(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	mantissa, exponent, hasExponent := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent, hasExponent = s[:i], s[i+1:], true
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole == "" && fraction == "" || !isDigits(whole, true) || !isDigits(fraction, true) {
		return false
	}
	if !hasExponent {
		return true
	}
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	return isDigits(exponent, false)
}

func isDigits(s string, mayBeEmpty bool) bool {
	if s == "" {
		return mayBeEmpty
	}
	for i := 0; i < len(s); i++ {
		switch {
		case '0' <= s[i] && s[i] <= '9':
		case s[i] == '_' && i > 0 && s[i-1] != '_' && i < len(s)-1:
		default:
			return false
		}
	}
	return true
}

// canonicalTime writes an instant in UTC to the millisecond, rounding the fourth
// decimal half up (CBV 2.0, event hash ID, the rule on timestamps).
func canonicalTime(t time.Time) string {
	return t.UTC().Add(500 * time.Microsecond).Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
}

// canonicalTimeText is canonicalTime for text inside carried trees, left alone
// when it is no time.
func canonicalTimeText(text string) string {
	t, err := parseTime(strings.TrimSpace(text))
	if err != nil {
		return strings.TrimSpace(text)
	}
	return canonicalTime(t.At)
}
