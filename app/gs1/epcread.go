package gs1

import (
	"strconv"
	"strings"
)

// read takes the parts of a URI apart and checks each.
func (e *EPC) read(s *epcScheme, body string) *ScanError {
	n := s.parts()
	if s.serial == "" && s.digits > 0 {
		n++ // digits hold no dot: one more is a mistake
	}
	parts := strings.SplitN(body, ".", n)
	if len(parts) == 1 {
		return problem(ProblemTooShort, len(body), "want the company prefix, a dot and the reference")
	}
	if len(parts) != s.parts() {
		return problem(ProblemNotScan, len(body), "want "+strconv.Itoa(s.parts())+" parts between dots, found "+strconv.Itoa(len(parts)))
	}
	prefix, ref := parts[0], parts[1]
	if i := firstNonDigit(prefix); i >= 0 {
		return notDigit(prefix, i)
	}
	if err := checkPrefixLen(len(prefix)); err != nil {
		return err
	}
	key, err := s.key(prefix, ref)
	if err != nil {
		return shift(err, len(prefix)+1)
	}
	at := len(prefix) + 1 + len(ref) + 1
	if s.pieces {
		if err := checkPieces(parts[2], parts[3]); err != nil {
			return shift(err, at)
		}
		key += parts[2] + parts[3]
		at = len(body) - len(parts[4])
	}
	e.PrefixLen = len(prefix)
	if s.serial == "" {
		return e.set(s, key, "", len(prefix)+1)
	}
	serial, err := readSuffix(s, parts[len(parts)-1])
	if err != nil {
		return shift(err, at)
	}
	return e.set(s, key, serial, at)
}

// key puts prefix and reference together, with what the AI's value has before
// them and the check digit after. A bad reference is reported by its offset in
// ref.
func (s *epcScheme) key(prefix, ref string) (string, *ScanError) {
	if s.digits == 0 {
		if ref == "" {
			return "", problem(ProblemEmpty, 0, "no reference follows the company prefix")
		}
		return prefix + unescape(ref, false), nil
	}
	if i := firstNonDigit(ref); i >= 0 {
		return "", notDigit(ref, i)
	}
	if n := len(prefix) + len(ref); n != s.digits {
		p := ProblemTooShort
		if n > s.digits {
			p = ProblemTooLong
		}
		return "", problem(p, 0, "want "+strconv.Itoa(s.digits)+" digits with the company prefix, found "+strconv.Itoa(n))
	}
	digits := prefix + ref
	if s.lead {
		digits = ref[:1] + prefix + ref[1:]
	}
	return s.before + digits + string(rune(mod10(digits))), nil
}

func checkPieces(piece, total string) *ScanError {
	if len(piece) != 2 || len(total) != 2 {
		return problem(ProblemValue, 0, "want piece and total of two digits each, found "+strconv.Quote(clip(piece+"."+total)))
	}
	return nil
}

func checkPrefixLen(n int) *ScanError {
	if n < minEPCPrefix || n > maxEPCPrefix {
		return problem(ProblemValue, 0, "want a company prefix of 6 to 12 digits, found "+strconv.Itoa(n))
	}
	return nil
}

// readSuffix reads the last part.
func readSuffix(s *epcScheme, raw string) (string, *ScanError) {
	switch value := unescape(raw, false); {
	case s.class && raw != anySerial:
		return "", problem(ProblemValue, 0, "want * for any serial, found "+strconv.Quote(clip(raw)))
	case s.class, s.serial == "254" && value == noExtension:
		return "", nil
	case value == "":
		return "", withAI(problem(ProblemEmpty, 0, "no serial follows the last dot"), s.serial)
	default:
		return value, nil
	}
}

// set checks a key and its serial against their application identifiers and
// puts them into e. A problem with the serial is reported at the byte given: it
// was unescaped, so its own offsets mean nothing.
func (e *EPC) set(s *epcScheme, key, serial string, at int) *ScanError {
	value := key
	if s.serial == s.ai {
		value += serial
	}
	if err := checkElement(s.ai, value); err != nil {
		err.Offset = at
		return err
	}
	if s.serial != s.ai && serial != "" {
		if err := checkElement(s.serial, serial); err != nil {
			err.Offset = at
			return err
		}
	}
	e.Suffix = serial
	switch s.ai {
	case "01":
		copy(e.GTIN[:], key)
	case "00":
		copy(e.SSCC[:], key)
	case "414", "417":
		copy(e.GLN[:], key)
	default:
		e.Value = key
	}
	return nil
}

// checkElement checks the whole value of an application identifier.
func checkElement(ai, value string) *ScanError {
	sp, _ := lookup(ai)
	return checkWhole(ai, sp, value)
}
