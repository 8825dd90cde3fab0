package gs1

import (
	"strconv"
	"strings"
)

const (
	// groupSeparator is how scanners transmit FNC1 between elements (GS 7.8.4).
	groupSeparator = 0x1D
	// maxScanLen bounds what is read at all. The largest symbol, a QR code of
	// version 40, holds 4,296 alphanumeric characters.
	maxScanLen = 8192
	// maxElements bounds the elements of one scan; the pairwise rules below
	// take time with its square.
	maxElements = 64
)

// ParseElementString reads an unbracketed element string in which '^' stands
// for FNC1, such as "^0100301162001165211234^17280131". It begins with FNC1, as
// the symbol does.
func ParseElementString(s string) (Elements, error) {
	if s == "" || s[0] != '^' {
		return nil, problem(ProblemNotScan, 0, "an element string begins with ^ (FNC1)")
	}
	es, e := parseRaw(s[1:], '^')
	if e != nil {
		return nil, shift(e, 1)
	}
	if e = checkTogether(es); e != nil {
		return nil, e
	}
	return es, nil
}

// parseRaw cuts an element string at its AIs (GS 7.8.6). One separator is
// tolerated after any element and at the end, as readers and the GS1 reference
// do; rules between elements are not checked.
func parseRaw(s string, separator byte) (Elements, *ScanError) {
	if s == "" {
		return nil, problem(ProblemEmpty, 0, "the symbol holds no data")
	}
	if len(s) > maxScanLen {
		return nil, problem(ProblemTooLong, maxScanLen, "want at most "+strconv.Itoa(maxScanLen)+" characters")
	}
	es := make(Elements, 0, 4)
	for at := 0; at < len(s); {
		ai, sp, e := nextAI(s[at:])
		if e != nil {
			return es, shift(e, at)
		}
		at += len(ai)
		n, e := rawValue(ai, sp, s[at:], separator)
		if e != nil {
			return es, shift(e, at)
		}
		if len(es) == maxElements {
			return es, problem(ProblemTooLong, at, "want at most "+strconv.Itoa(maxElements)+" elements")
		}
		es = append(es, Element{AI: ai, Value: s[at : at+n]})
		at += n
		if at < len(s) && s[at] == separator {
			at++
		}
	}
	return es, nil
}

// nextAI finds the application identifier that s begins with.
func nextAI(s string) (string, spec, *ScanError) {
	if len(s) >= 2 {
		n := aiLength(s[0], s[1])
		if n > 0 && n <= len(s) {
			if sp, ok := lookup(s[:n]); ok {
				return s[:n], sp, nil
			}
		}
	}
	return "", spec{}, &ScanError{
		Problem: ProblemUnknownAI, Offset: 0,
		Detail: "no application identifier begins " + strconv.Quote(clip(s[:min(len(s), 4)])),
	}
}

// rawValue returns the length of the value at the start of s.
func rawValue(ai string, sp spec, s string, separator byte) (int, *ScanError) {
	end := strings.IndexByte(s, separator)
	if end < 0 {
		end = len(s)
	}
	n, e := checkValue(ai, sp, s[:end])
	if e != nil {
		return 0, e
	}
	if !sp.preset && n < end {
		return 0, withAI(problem(ProblemTooLong, n, "want at most "+strconv.Itoa(n)+" characters, found "+strconv.Itoa(end)), ai)
	}
	return n, nil
}

// ParseBracketed reads the form printed under a barcode, such as
// "(01)00301162001165(21)1234". A bracket that opens inside a value is written
// with a backslash before it.
func ParseBracketed(s string) (Elements, error) {
	es, e := parseBracketed(s)
	if e != nil {
		return nil, e
	}
	if e = checkTogether(es); e != nil {
		return nil, e
	}
	return es, nil
}

func parseBracketed(s string) (Elements, *ScanError) {
	if s == "" || s[0] != '(' {
		return nil, problem(ProblemNotScan, 0, "want (AI) first")
	}
	if len(s) > maxScanLen {
		return nil, problem(ProblemTooLong, maxScanLen, "want at most "+strconv.Itoa(maxScanLen)+" characters")
	}
	es := make(Elements, 0, 4)
	for at := 0; at < len(s); {
		ai, sp, e := bracketedAI(s[at:])
		if e != nil {
			return nil, shift(e, at)
		}
		at += len(ai) + 2
		value, used := bracketedValue(s[at:])
		if e := checkWhole(ai, sp, value); e != nil {
			return nil, shift(e, at)
		}
		if len(es) == maxElements {
			return nil, problem(ProblemTooLong, at, "want at most "+strconv.Itoa(maxElements)+" elements")
		}
		es = append(es, Element{AI: ai, Value: value})
		at += used
	}
	return es, nil
}

// bracketedAI reads "(AI)" at the start of s, which begins with "(".
func bracketedAI(s string) (string, spec, *ScanError) {
	end := strings.IndexByte(s, ')')
	if end < 0 {
		return "", spec{}, problem(ProblemNotScan, len(s), "the bracket is not closed")
	}
	if sp, ok := lookup(s[1:end]); ok {
		return s[1:end], sp, nil
	}
	return "", spec{}, &ScanError{
		Problem: ProblemUnknownAI, AI: clip(s[1:end]), Offset: 1,
		Detail: "no such application identifier",
		Hint:   `inside a value, write an opening bracket as \(`,
	}
}

// bracketedValue reads up to the next bracket that is not escaped; it returns
// the value and the bytes it took.
func bracketedValue(s string) (string, int) {
	end := 0
	for end < len(s) && s[end] != '(' {
		if s[end] == '\\' && end+1 < len(s) && s[end+1] == '(' {
			end++
		}
		end++
	}
	return strings.ReplaceAll(s[:end], `\(`, "("), end
}

// checkWhole checks that a delimited value fits its AI from end to end.
func checkWhole(ai string, sp spec, value string) *ScanError {
	n, e := checkValue(ai, sp, value)
	shortest, longest := valueBounds(sp.format)
	switch {
	case e != nil && e.Problem == ProblemEmpty:
		return e
	case len(value) > longest:
		return withAI(problem(ProblemTooLong, longest, "want at most "+strconv.Itoa(longest)+" characters, found "+strconv.Itoa(len(value))), ai)
	case e != nil && e.Problem != ProblemCharacter && len(value) < shortest:
		return withAI(problem(ProblemTooShort, len(value), "want "+strconv.Itoa(shortest)+" characters, found "+strconv.Itoa(len(value))), ai)
	case e != nil:
		return e
	case n < len(value):
		return withAI(problem(ProblemTooLong, n, "the format ends after "+strconv.Itoa(n)+" characters"), ai)
	default:
		return nil
	}
}
