package gs1

import "strconv"

// maxSerialLen is the longest value of AI (21) and of AI (10) in characters.
const maxSerialLen = 20

// ValidSerial checks a serial number, AI (21): 1 to 20 characters of GS1
// character set 82, case-sensitive, leading zeros significant (GS 3.5.2).
func ValidSerial(s string) error { return validText(s, "21") }

// ValidLot checks a batch or lot number, AI (10): 1 to 20 characters of GS1
// character set 82 (GS 3.4.1).
func ValidLot(s string) error { return validText(s, "10") }

func validText(s, ai string) error {
	if s == "" {
		return &ScanError{Problem: ProblemEmpty, AI: ai, Detail: "want 1 to 20 characters"}
	}
	for i := 0; i < len(s); i++ {
		if !in82(s[i]) {
			return withAI(not82(s, i), ai)
		}
	}
	if len(s) > maxSerialLen {
		return withAI(problem(ProblemTooLong, maxSerialLen, "want at most 20 characters, found "+strconv.Itoa(len(s))), ai)
	}
	return nil
}

// in82 reports whether c is in GS1 AI encodable character set 82 (GS table
// 7.11-1), a subset of ISO/IEC 646.
func in82(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		return true
	case c >= '%' && c <= '?': // % & ' ( ) * + , - . / 0-9 : ; < = > ?
		return true
	default:
		return c == '!' || c == '"' || c == '_'
	}
}

// in39 reports whether c is in GS1 AI encodable character set 39 (GS table
// 7.11-2).
func in39(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '#' || c == '-' || c == '/'
}

// in64 reports whether c is in the file-safe base64 alphabet (GS table 7.11-3),
// padding aside.
func in64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func not82(s string, i int) *ScanError {
	e := problem(ProblemCharacter, i, quoteByte(s[i])+" is not in GS1 character set 82")
	switch {
	case s[i] == ' ':
		e.Hint = "GS1 values hold no spaces"
	case s[i] == '^' || s[i] < ' ':
		e.Hint = "a separator or control character stands inside a value"
	}
	return e
}
