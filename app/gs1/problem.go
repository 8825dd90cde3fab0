package gs1

import "strconv"

// Problem names the part of a scan or identifier that is wrong. The zero value
// is no problem. Numbers are stable.
type Problem uint8

// The problems, in no particular order of severity.
const (
	// ProblemCheckDigit: the mod-10 check digit does not fit the other digits.
	ProblemCheckDigit Problem = iota + 1
	// ProblemUnknownAI: no GS1 application identifier begins here.
	ProblemUnknownAI
	// ProblemLostSeparator: a variable-length value swallowed what follows it,
	// because the FNC1 (GS, 0x1D) between them is missing.
	ProblemLostSeparator
	// ProblemCapsLock: the letters' case is swapped.
	ProblemCapsLock
	// ProblemKeyboard: a keyboard-wedge scanner typed through a layout other
	// than the one the computer is set to.
	ProblemKeyboard
	// ProblemEmpty: an application identifier without a value.
	ProblemEmpty
	// ProblemTooShort: the value has fewer characters than its format requires.
	ProblemTooShort
	// ProblemTooLong: the value has more characters than its format allows.
	ProblemTooLong
	// ProblemCharacter: a character outside the set the format allows.
	ProblemCharacter
	// ProblemDate: a date or time that does not exist.
	ProblemDate
	// ProblemMissingAI: an application identifier without the one it needs
	// beside it, such as a serial without its GTIN.
	ProblemMissingAI
	// ProblemExclusiveAI: two application identifiers that exclude each other.
	ProblemExclusiveAI
	// ProblemRepeatedAI: one application identifier twice with different values.
	ProblemRepeatedAI
	// ProblemValue: a value its own rule refuses (a code list, a range).
	ProblemValue
	// ProblemNotScan: nothing that GS1 defines.
	ProblemNotScan
)

// String returns the problem in words for a person.
func (p Problem) String() string {
	switch p {
	case ProblemCheckDigit:
		return "wrong check digit"
	case ProblemUnknownAI:
		return "unknown application identifier"
	case ProblemLostSeparator:
		return "lost group separator"
	case ProblemCapsLock:
		return "upper and lower case swapped"
	case ProblemKeyboard:
		return "wrong keyboard layout"
	case ProblemEmpty:
		return "empty value"
	case ProblemTooShort:
		return "value too short"
	case ProblemTooLong:
		return "value too long"
	case ProblemCharacter:
		return "character not allowed"
	case ProblemDate:
		return "no such date"
	case ProblemMissingAI:
		return "missing companion"
	case ProblemExclusiveAI:
		return "identifiers exclude each other"
	case ProblemRepeatedAI:
		return "repeated with different values"
	case ProblemValue:
		return "value not allowed"
	case ProblemNotScan:
		return "not a GS1 scan"
	default:
		return "problem " + strconv.Itoa(int(p))
	}
}

// Code returns the problem's short stable name, such as "check-digit", for
// JSON and metrics.
func (p Problem) Code() string {
	codes := [...]string{
		"none", "check-digit", "unknown-ai", "lost-separator", "caps-lock", "keyboard-layout",
		"empty", "too-short", "too-long", "character", "date", "missing-ai", "exclusive-ai",
		"repeated-ai", "value", "not-a-scan",
	}
	if int(p) >= len(codes) {
		return strconv.Itoa(int(p))
	}
	return codes[p]
}

// ScanError says which part of a scan or identifier is wrong. Every error of
// this package is one.
type ScanError struct {
	// Problem is what is wrong.
	Problem Problem
	// AI is the application identifier concerned, or empty.
	AI string
	// Offset is the byte in the input where the trouble shows, or -1 if it has
	// no place there.
	Offset int
	// Detail says what was expected and what was found.
	Detail string
	// Hint says what to do about it; may be empty.
	Hint string
}

// asScanError gives an error of this package its type back.
func asScanError(err error) *ScanError {
	return err.(*ScanError) //nolint:errorlint // never wrapped: every error of this package is one
}

// Error returns "(AI) problem at byte n: detail; hint".
func (e *ScanError) Error() string {
	s := e.Problem.String()
	if e.AI != "" {
		s = "(" + e.AI + ") " + s
	}
	if e.Offset >= 0 {
		s += " at byte " + strconv.Itoa(e.Offset)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// problem returns a ScanError without an AI; its offset is within the value.
func problem(p Problem, offset int, detail string) *ScanError {
	return &ScanError{Problem: p, Offset: offset, Detail: detail}
}

// quoteByte renders one input byte for a message.
func quoteByte(c byte) string {
	if c >= 0x80 {
		return "byte 0x" + strconv.FormatUint(uint64(c), 16)
	}
	return strconv.QuoteRune(rune(c))
}
