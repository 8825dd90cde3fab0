package gs1

import "strings"

const (
	// maxRepairLen bounds the scans searched for lost separators.
	maxRepairLen = 512
	// maxLost is the number of lost separators looked for in one scan.
	maxLost = 3
	// maxRepairs bounds the readings tried for one scan, whatever it holds.
	maxRepairs = 1000
)

// diagnoseLostSeparator reports a variable-length value that swallowed what
// follows it, if a separator put back makes the whole scan valid.
func diagnoseLostSeparator(s string, e *ScanError) *ScanError {
	if e.Problem != ProblemTooLong && e.Problem != ProblemMissingAI && e.Problem != ProblemCharacter {
		return nil
	}
	start, separator, ok := rawBody(s)
	if !ok || len(s) > maxRepairLen {
		return nil
	}
	r := repair{separator: separator, left: maxRepairs}
	at, es := r.try(s[start:], maxLost)
	if es == nil {
		return nil
	}
	return &ScanError{
		Problem: ProblemLostSeparator, AI: r.ai, Offset: start + at,
		Detail: "the separator after (" + r.ai + ") is missing, so that it swallowed what follows",
		Hint:   "let the reader send GS (0x1D); probably meant is " + es.Bracketed(),
	}
}

// rawBody finds the element string in scanner data and its separator.
func rawBody(s string) (start int, separator byte, ok bool) {
	switch {
	case s == "":
		return 0, 0, false
	case s[0] == '^':
		return 1, '^', true
	case s[0] == ']' && isSymbology(s) && s[1] != 'E' && s[1] != 'I':
		return symbologyLen, groupSeparator, true
	case s[0] >= '0' && s[0] <= '9':
		return 0, groupSeparator, true
	default:
		return 0, 0, false
	}
}

// repair is a search for lost separators.
type repair struct {
	separator byte
	ai        string // the AI after whose value the first one is missing
	left      int    // readings that may still be tried
}

// try puts a separator back wherever a common AI could begin inside a
// variable-length value, those with a check digit or a date first since they
// can hardly occur by chance. It returns where the first one belongs and the
// elements then read, or nil.
func (r *repair) try(body string, left int) (int, Elements) {
	if left == 0 {
		return 0, nil
	}
	for _, strong := range [...]bool{true, false} {
		for at := 0; at < len(body); {
			ai, sp, e := nextAI(body[at:])
			if e != nil {
				break
			}
			at += len(ai)
			end := r.valueEnd(body, at, sp)
			if !sp.preset {
				if cut, es := r.cut(body, at, end, strong, left, sp); es != nil {
					r.ai = ai
					return cut, es
				}
			}
			at = end
			if at < len(body) && body[at] == r.separator {
				at++
			}
		}
	}
	return 0, nil
}

// valueEnd returns the end of the value that begins at offset at: after its
// fixed length, or the next separator.
func (r *repair) valueEnd(body string, at int, sp spec) int {
	end := len(body)
	if i := strings.IndexByte(body[at:], r.separator); i >= 0 {
		end = at + i
	}
	if sp.preset {
		_, longest := valueBounds(sp.format)
		end = min(end, at+longest)
	}
	return end
}

// cut tries every place in the value body[at:end].
func (r *repair) cut(body string, at, end int, strong bool, left int, sp spec) (int, Elements) {
	_, longest := valueBounds(sp.format)
	for i := at + 1; i < end && i-at <= longest; i++ {
		if swallowed(body[i:end]) == 0 || (swallowed(body[i:end]) == 2) != strong {
			continue
		}
		if r.left--; r.left < 0 {
			return 0, nil
		}
		whole := body[:i] + string(rune(r.separator)) + body[i:]
		es, e := parseRaw(whole, r.separator)
		if e == nil && checkTogether(es) == nil {
			return i, es
		}
		if e == nil || e.Offset <= i {
			continue
		}
		if _, es = r.try(whole, left-1); es != nil {
			return i, es
		}
	}
	return 0, nil
}

// swallowed grades how much s looks as if an element began there: 0 not, 1 by
// its AI alone, 2 also by a check digit or a date.
func swallowed(s string) int {
	ai, sp, e := nextAI(s)
	if e != nil || len(s) == len(ai) {
		return 0
	}
	switch ai {
	case "00", "01", "02", "11", "13", "15", "16", "17", "410", "411", "412", "413", "414", "415", "416", "417":
		if _, e := checkValue(ai, sp, s[len(ai):]); e != nil {
			return 0
		}
		return 2
	case "10", "21", "30", "37", "22", "235", "240", "241", "250", "251", "254", "710", "711", "712", "713", "714", "715", "716", "717":
		return 1
	default:
		return 0
	}
}
