package gs1

import "strconv"

// maxCheckedDigits bounds CheckDigit's input: the longest GS1 key with a check
// digit has 18 digits.
const maxCheckedDigits = 32

// CheckDigit returns the mod-10 check digit ('0' to '9') that completes digits,
// which are given without it: weights 3, 1, 3, 1 ... from the right (GS 7.9).
// It refuses an empty string, more than 32 digits and anything but digits.
func CheckDigit(digits string) (byte, error) {
	if digits == "" {
		return 0, problem(ProblemEmpty, 0, "no digits to compute a check digit over")
	}
	if len(digits) > maxCheckedDigits {
		return 0, problem(ProblemTooLong, -1, "check digit over "+strconv.Itoa(len(digits))+" digits, want 1 to 32")
	}
	if i := firstNonDigit(digits); i >= 0 {
		return 0, notDigit(digits, i)
	}
	return mod10(digits), nil
}

// mod10 is the one check digit routine; digits holds digits only.
func mod10[T string | []byte](digits T) byte {
	sum, weight := 0, 3
	for i := len(digits) - 1; i >= 0; i-- {
		sum += int(digits[i]-'0') * weight
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10)
}

// checkKey checks a fixed-length numeric key: n digits, the last of them the
// check digit over the rest.
func checkKey[T string | []byte](s T, n int) *ScanError {
	if i := firstNonDigit(s); i >= 0 {
		return notDigit(s, i)
	}
	if len(s) < n {
		return problem(ProblemTooShort, len(s), "want "+strconv.Itoa(n)+" digits, found "+strconv.Itoa(len(s)))
	}
	if len(s) > n {
		return problem(ProblemTooLong, n, "want "+strconv.Itoa(n)+" digits, found "+strconv.Itoa(len(s)))
	}
	return checkLast(s)
}

// checkLast checks that the last of at least two digits is the check digit.
func checkLast[T string | []byte](s T) *ScanError {
	want, got := mod10(s[:len(s)-1]), s[len(s)-1]
	if want == got {
		return nil
	}
	return &ScanError{
		Problem: ProblemCheckDigit,
		Offset:  len(s) - 1,
		Detail:  "the check digit of " + string(s) + " should be " + string(rune(want)) + ", found " + string(rune(got)),
		Hint:    "a digit was misread or mistyped: scan again",
	}
}

func firstNonDigit[T string | []byte](s T) int {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return -1
}

func notDigit[T string | []byte](s T, i int) *ScanError {
	e := problem(ProblemCharacter, i, "want a digit, found "+quoteByte(s[i]))
	switch s[i] {
	case 'O', 'o':
		e.Hint = "probably a zero typed as the letter O"
	case 'l', 'I', 'i':
		e.Hint = "probably a one typed as a letter"
	}
	return e
}
