package gs1

import (
	"strconv"
	"strings"
)

// component is one part of an AI's format.
type component struct {
	set      byte // N, X, Y or Z
	min, max int
	optional bool
	rules    string // joined by "+"
}

// nextComponent cuts the first component off a spec's format.
func nextComponent(format string) (component, string) {
	word, rest, _ := strings.Cut(format, " ")
	var c component
	if word[0] == '?' {
		c.optional = true
		word = word[1:]
	}
	c.set, word = word[0], word[1:]
	length, rules, _ := strings.Cut(word, ":")
	c.rules, c.min = rules, 1
	variable := false
	if length, variable = strings.CutPrefix(length, ".."); variable {
		c.max = int(number(length))
		return c, rest
	}
	c.max = int(number(length))
	c.min = c.max
	return c, rest
}

// checkValue checks the value of an AI against its format, consuming from s as
// much as the format allows, and returns how much that is. The error's offset
// is within s. Content is checked before length, so that a letter among digits
// is reported as such and not as a value cut short.
func checkValue(ai string, sp spec, s string) (int, *ScanError) {
	if s == "" {
		return 0, &ScanError{Problem: ProblemEmpty, AI: ai, Detail: "no value follows the identifier"}
	}
	used, format := 0, sp.format
	for format != "" {
		var c component
		c, format = nextComponent(format)
		rest := s[used:]
		if rest == "" && c.optional {
			break
		}
		n, e := checkComponent(c, rest)
		if e != nil {
			return 0, shift(withAI(e, ai), used)
		}
		used += n
	}
	return used, nil
}

func checkComponent(c component, s string) (int, *ScanError) {
	n := min(len(s), c.max)
	part := s[:n]
	if e := checkSet(c.set, part); e != nil {
		return 0, e
	}
	if n < c.min {
		return 0, problem(ProblemTooShort, n, "want "+strconv.Itoa(c.min)+" characters here, found "+strconv.Itoa(n))
	}
	for rules := c.rules; rules != ""; {
		var rule string
		rule, rules, _ = strings.Cut(rules, "+")
		if e := checkRule(rule, part); e != nil {
			return 0, e
		}
	}
	return n, nil
}

// checkSet checks every character of s against a character set.
func checkSet(set byte, s string) *ScanError {
	switch set {
	case 'N':
		if i := firstNonDigit(s); i >= 0 {
			return notDigit(s, i)
		}
	case 'X':
		for i := 0; i < len(s); i++ {
			if !in82(s[i]) {
				return not82(s, i)
			}
		}
	case 'Y':
		for i := 0; i < len(s); i++ {
			if !in39(s[i]) {
				return problem(ProblemCharacter, i, quoteByte(s[i])+" is not in GS1 character set 39")
			}
		}
	case 'Z':
		for i := 0; i < len(s); i++ {
			if !in64(s[i]) && s[i] != '=' {
				return problem(ProblemCharacter, i, quoteByte(s[i])+" is not in the base64url alphabet")
			}
		}
	}
	return nil
}

// valueBounds returns the shortest and longest value of a format.
func valueBounds(format string) (int, int) {
	shortest, longest := 0, 0
	for format != "" {
		var c component
		c, format = nextComponent(format)
		if !c.optional {
			shortest += c.min
		}
		longest += c.max
	}
	return shortest, longest
}
