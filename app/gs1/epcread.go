package gs1

import (
	"strconv"
	"strings"
)

func (e *EPC) read(body string) *ScanError {
	n, hasSuffix := e.Kind.digits()
	prefix, rest, ok := strings.Cut(body, ".")
	if !ok {
		return problem(ProblemTooShort, len(body), "want the company prefix, a dot and the reference")
	}
	ref, suffix, found := strings.Cut(rest, ".")
	if found != hasSuffix {
		return problem(ProblemNotScan, len(body), "wrong number of parts between dots")
	}
	if i := firstNonDigit(prefix); i >= 0 {
		return notDigit(prefix, i)
	}
	if i := firstNonDigit(ref); i >= 0 {
		return shift(notDigit(ref, i), len(prefix)+1)
	}
	if err := checkPrefixLen(len(prefix)); err != nil {
		return err
	}
	if len(prefix)+len(ref) != n {
		p := ProblemTooShort
		if len(prefix)+len(ref) > n {
			p = ProblemTooLong
		}
		return problem(p, len(prefix)+1, "want "+strconv.Itoa(n)+" digits with the company prefix, found "+strconv.Itoa(len(prefix)+len(ref)))
	}
	e.PrefixLen = len(prefix)
	e.setKey(prefix, ref)
	return e.setSuffix(suffix, len(body)-len(suffix))
}

func checkPrefixLen(n int) *ScanError {
	if n < minEPCPrefix || n > maxEPCPrefix {
		return problem(ProblemValue, 0, "want a company prefix of 6 to 12 digits, found "+strconv.Itoa(n))
	}
	return nil
}

// setKey puts prefix and reference together: the indicator or extension digit
// stands first in the reference, but before the prefix in the key.
func (e *EPC) setKey(prefix, ref string) {
	switch e.Kind {
	case EPCSSCC:
		s := ref[:1] + prefix + ref[1:]
		copy(e.SSCC[:], s)
		e.SSCC[17] = mod10(s)
	case EPCSGLN, EPCPGLN:
		s := prefix + ref
		copy(e.GLN[:], s)
		e.GLN[12] = mod10(s)
	default:
		s := ref[:1] + prefix + ref[1:]
		copy(e.GTIN[:], s)
		e.GTIN[13] = mod10(s)
	}
}

// setSuffix checks and sets the part after the second dot.
func (e *EPC) setSuffix(s string, at int) *ScanError {
	var err error
	value := unescape(s, false)
	switch e.Kind {
	case EPCSGTIN:
		err = ValidSerial(value)
	case EPCLGTIN:
		err = ValidLot(value)
	case EPCSGLN:
		err = validText(value, "254")
		if value == noExtension {
			value = ""
		}
	case EPCProduct:
		if s != "*" {
			return problem(ProblemValue, at, "want * for any serial, found "+strconv.Quote(clip(s)))
		}
		value = ""
	case EPCSSCC, EPCPGLN: // they have no third part
	}
	if err != nil {
		bad := asScanError(err)
		bad.Offset = at // the value was unescaped: point at its beginning
		return bad
	}
	e.Suffix = value
	return nil
}
