package gs1

import (
	"strconv"
	"strings"
)

// ParseScan reads whatever a person or a reader hands over: scanner data with
// its symbology identifier (]d2, ]C1, ]e0, ]Q3, ]J1, ]E0, ]E4, ]I1, or a plain
// symbol holding a URI), bare element strings with GS (0x1D) or, when they
// begin with it, '^' for FNC1, the bracketed form, a Digital Link, an EPC URI,
// or the bare digits of a GTIN or SSCC. White space around it is ignored.
//
// The error is a *ScanError that names the cause most likely to help: first
// damage done between reader and computer (case, keyboard layout, separators),
// then what is wrong with the data itself.
func ParseScan(s string) (Elements, error) {
	const white = " \t\r\n"
	trimmed := strings.TrimLeft(s, white)
	lead := len(s) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, white)
	if len(trimmed) > maxScanLen {
		return nil, problem(ProblemTooLong, maxScanLen, "want at most "+strconv.Itoa(maxScanLen)+" characters")
	}
	es, e := readScan(trimmed)
	if e != nil {
		return nil, shift(diagnose(trimmed, e), lead)
	}
	return es, nil
}

// readScan dispatches on how the scan begins, which is different for each form.
func readScan(s string) (Elements, *ScanError) {
	var es Elements
	var e *ScanError
	switch {
	case s == "":
		return nil, problem(ProblemNotScan, 0, "nothing was scanned")
	case s[0] == ']':
		es, e = readSymbol(s)
	case s[0] == '(':
		es, e = parseBracketed(s)
	case s[0] == '^':
		es, e = parseRaw(s[1:], '^')
		e = shiftIf(e, 1)
	case isWebURI(s):
		return parseLink(s, false)
	case strings.HasPrefix(s, "urn:"):
		return readEPC(s)
	default:
		es, e = readBare(s)
	}
	if e == nil {
		e = checkTogether(es)
	}
	if e != nil {
		return nil, e
	}
	return es, nil
}

func shiftIf(e *ScanError, by int) *ScanError {
	if e == nil {
		return nil
	}
	return shift(e, by)
}

func readEPC(s string) (Elements, *ScanError) {
	epc, err := ParseEPC(s)
	if err != nil {
		return nil, asScanError(err)
	}
	return epc.Elements(), nil
}

const symbologyLen = 3

// readSymbol reads data with a symbology identifier (ISO/IEC 15424, GS 5.1.3).
func readSymbol(s string) (Elements, *ScanError) {
	if len(s) < symbologyLen {
		return nil, problem(ProblemNotScan, len(s), "the symbology identifier is cut short")
	}
	data := s[symbologyLen:]
	switch s[:symbologyLen] {
	case "]d2", "]C1", "]Q3", "]e0", "]J1":
		if len(data) > 1 && data[0] == groupSeparator {
			// Some readers transmit the FNC1 that opens the symbol as well.
			es, e := parseRaw(data[1:], groupSeparator)
			return es, shiftIf(e, symbologyLen+1)
		}
		es, e := parseRaw(data, groupSeparator)
		return es, shiftIf(e, symbologyLen)
	case "]E0":
		return readRetail(data, 13)
	case "]E4":
		return readRetail(data, 8)
	case "]I0", "]I1":
		return readRetail(data, 14)
	default:
		return readPlainSymbol(s[:symbologyLen], data)
	}
}

// readRetail reads an EAN, UPC or ITF-14 symbol: n digits of a GTIN, and
// perhaps a composite component after "|]e0".
func readRetail(data string, n int) (Elements, *ScanError) {
	digits, composite, isComposite := strings.Cut(data, "|]e0")
	if e := checkKey(digits, n); e != nil {
		return nil, shift(withAI(e, "01"), symbologyLen)
	}
	es := Elements{{AI: "01", Value: "000000"[:14-n] + digits}}
	if !isComposite {
		return es, nil
	}
	rest, e := parseRaw(composite, groupSeparator)
	if e != nil {
		return nil, shift(e, symbologyLen+n+len("|]e0"))
	}
	return append(es, rest...), nil
}

// readPlainSymbol reads a symbol that is not marked as GS1: it may hold a
// Digital Link or an EPC URI.
func readPlainSymbol(id, data string) (Elements, *ScanError) {
	if id[2] < '0' || id[2] > '9' {
		return nil, problem(ProblemNotScan, 0, "no symbology identifier "+strconv.Quote(id))
	}
	switch {
	case isWebURI(data):
		es, e := parseLink(data, false)
		return es, shiftIf(e, symbologyLen)
	case strings.HasPrefix(data, "urn:"):
		es, e := readEPC(data)
		return es, shiftIf(e, symbologyLen)
	default:
		return nil, &ScanError{
			Problem: ProblemNotScan, Offset: 0,
			Detail: "symbol " + id + " is not marked as GS1 and holds no URI",
			Hint:   "a GS1 symbol begins with FNC1; the label was printed without, or it is another barcode on the package",
		}
	}
}

// readBare reads data without any mark of its form. The digits of one key are
// recognized by length and check digit before they are taken for AIs.
func readBare(s string) (Elements, *ScanError) {
	allDigits := firstNonDigit(s) < 0
	if allDigits {
		if g, err := ParseGTIN(s); err == nil {
			return Elements{{AI: "01", Value: g.String()}}, nil
		}
	}
	start := 0
	if s[0] == groupSeparator && len(s) > 1 {
		start = 1
	}
	es, e := parseRaw(s[start:], groupSeparator)
	if allDigits && (e != nil || checkTogether(es) != nil) {
		if c, err := ParseSSCC(s); err == nil {
			return Elements{{AI: "00", Value: c.String()}}, nil
		}
	}
	if e == nil {
		return es, nil
	}
	if bad, ok := bareDigits(s); ok && allDigits {
		return nil, bad
	}
	if e.Problem == ProblemUnknownAI && e.Offset == 0 && firstNonDigit(s[:min(2, len(s))]) >= 0 {
		e.Problem = ProblemNotScan
	}
	return nil, shift(e, start)
}

// bareDigits says what is wrong with digits that have the length of a key.
func bareDigits(s string) (*ScanError, bool) {
	switch len(s) {
	case 8, 12, 13, 14:
		_, err := ParseGTIN(s)
		return asScanError(err), true
	case 18:
		_, err := ParseSSCC(s)
		return asScanError(err), true
	default:
		return nil, false
	}
}
