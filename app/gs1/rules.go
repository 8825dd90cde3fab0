package gs1

import "strings"

// checkPercent checks that every % begins a two-digit hexadecimal escape.
func checkPercent(s string) *ScanError {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) || hexValue(s[i+1]) < 0 || hexValue(s[i+2]) < 0 {
			return problem(ProblemValue, i, "want two hexadecimal digits after %")
		}
	}
	return nil
}

// checkKeyPrefix checks that a key of free form begins as company prefixes do,
// with two digits. The prefix itself cannot be told from what follows it.
func checkKeyPrefix(s string) *ScanError {
	ok := len(s) >= 2 && firstNonDigit(s[:2]) < 0
	return requireThat(ok, s, "a GS1 company prefix first")
}

// checkMedia checks an AIDC media type, AI (7241): 01 to 10 by GS1, 80 to 99
// for national use.
func checkMedia(s string) *ScanError {
	n := number(s)
	return requireThat(n >= 1 && n <= 10 || n >= 80 && n <= 99, s, "01 to 10 or 80 to 99")
}

// checkPiece checks "piece of total", two halves of equal length.
func checkPiece(s string) *ScanError {
	if len(s) == 0 || len(s)%2 != 0 {
		return problem(ProblemTooShort, len(s), "want piece and total of equal length")
	}
	piece, total := number(s[:len(s)/2]), number(s[len(s)/2:])
	return requireThat(piece > 0 && total > 0 && piece <= total, s, "a piece from 1 to the total")
}

// checkSequence checks "position/count", as in 2/3.
func checkSequence(s string) *ScanError {
	pos, count, ok := strings.Cut(s, "/")
	ok = ok && isCounting(pos) && isCounting(count) && number(pos) <= number(count)
	return requireThat(ok, s, "position/count such as 2/3")
}

func isCounting(s string) bool {
	return s != "" && len(s) <= 18 && firstNonDigit(s) < 0 && s[0] != '0'
}

// checkPair checks the two check characters that end a Global Model Number,
// modulo 1021 (GS 7.9.5).
func checkPair(s string) *ScanError {
	const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	if len(s) < 2 {
		return problem(ProblemTooShort, len(s), "want two check characters")
	}
	body, pair := s[:len(s)-2], s[len(s)-2:]
	sum, weight := 0, 2
	for i := len(body) - 1; i >= 0; i-- {
		sum += order82(body[i]) * weight
		weight = nextPrime(weight)
	}
	sum %= 1021
	want := string([]byte{alphabet[sum/32], alphabet[sum%32]})
	if pair == want {
		return nil
	}
	return problem(ProblemCheckDigit, len(body), "the check characters should be "+want+", found "+pair)
}

// order82 returns the place of a character in set 82.
func order82(c byte) int {
	const set = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	return strings.IndexByte(set, c)
}

func nextPrime(p int) int {
	for n := p + 1; ; n++ {
		prime := true
		for d := 2; d*d <= n; d++ {
			prime = prime && n%d != 0
		}
		if prime {
			return n
		}
	}
}

// checkPadding checks base64 padding, if there is any: it fills up to a multiple
// of four, and the bits it leaves unused are zero.
func checkPadding(s string) *ScanError {
	data := strings.TrimRight(s, "=")
	pad := len(s) - len(data)
	if pad == 0 {
		return requireThat(!strings.Contains(data, "="), s, "padding at the end only")
	}
	ok := pad <= 2 && len(s)%4 == 0 && !strings.Contains(data, "=") && order64(data[len(data)-1])%(1<<(2*pad)) == 0
	return requireThat(ok, s, "base64url padded to a multiple of four")
}

func order64(c byte) int {
	const set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return strings.IndexByte(set, c)
}
