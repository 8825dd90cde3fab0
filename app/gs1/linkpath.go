package gs1

import (
	"strconv"
	"strings"
)

// readPath finds the rightmost primary key, so that a stem may hold anything,
// and takes the pairs from there on.
func (l *link) readPath(path string) *ScanError {
	start := l.findKey(path)
	if start < 0 {
		return problem(ProblemNotScan, -1, "the path holds no GS1 key such as /01/ and a GTIN")
	}
	rest := path[start:]
	for rest != "" {
		var ai, value string
		ai, value, rest = cutPair(rest)
		if e := l.add(l.spell(ai), unescape(value, false)); e != nil {
			return e
		}
	}
	l.inPath = len(l.es)
	return l.checkOrder()
}

// findKey walks back over /AI/value pairs to the one whose AI is a primary key.
func (l *link) findKey(path string) int {
	for end := len(path); end > 0; {
		value := strings.LastIndexByte(path[:end], '/')
		if value <= 0 {
			return -1
		}
		key := strings.LastIndexByte(path[:value], '/')
		if key < 0 {
			return -1
		}
		sp, ok := lookup(l.spell(path[key+1 : value]))
		if !ok {
			return -1
		}
		if sp.primary {
			return key
		}
		end = key
	}
	return -1
}

// cutPair cuts "/ai/value" off the front of s.
func cutPair(s string) (ai, value, rest string) {
	ai, value, _ = strings.Cut(s[1:], "/")
	if i := strings.IndexByte(value, '/'); i >= 0 {
		return ai, value[:i], value[i:]
	}
	return ai, value, ""
}

// spell turns the words of older versions into AIs, if they are allowed.
func (l *link) spell(word string) string {
	if !l.legacy {
		return word
	}
	words := [...][2]string{
		{"sscc", "00"},
		{"gtin", "01"},
		{"cpv", "22"},
		{"lot", "10"},
		{"ser", "21"},
		{"itip", "8006"},
		{"gmn", "8013"},
		{"cpid", "8010"},
		{"cpsn", "8011"},
		{"gln", "414"},
		{"party", "417"},
		{"glnx", "254"},
		{"payTo", "415"},
		{"refno", "8020"},
		{"gsrnp", "8017"},
		{"gsrn", "8018"},
		{"srin", "8019"},
		{"gcn", "255"},
		{"ginc", "401"},
		{"gsin", "402"},
		{"gdti", "253"},
		{"grai", "8003"},
		{"giai", "8004"},
	}
	for _, w := range words {
		if w[0] == word {
			return w[1]
		}
	}
	return word
}

// add checks one element and appends it.
func (l *link) add(ai, value string) *ScanError {
	sp, ok := lookup(ai)
	if !ok {
		return &ScanError{Problem: ProblemUnknownAI, AI: clip(ai), Offset: -1, Detail: "no such application identifier"}
	}
	if _, there := l.es.Get(ai); there {
		return &ScanError{Problem: ProblemRepeatedAI, AI: ai, Offset: -1, Detail: "a Digital Link has each AI once"}
	}
	if len(l.es) == maxElements {
		return problem(ProblemTooLong, -1, "want at most "+strconv.Itoa(maxElements)+" elements")
	}
	if n := len(value); l.legacy && ai == "01" && (n == 8 || n == 12 || n == 13) {
		value = "000000"[:14-n] + value
	}
	if e := checkWhole(ai, sp, value); e != nil {
		e.Offset = -1 // the value was unescaped: its offsets are not the URI's
		if n := len(value); ai == "01" && e.Problem == ProblemTooShort && (n == 8 || n == 12 || n == 13) {
			e.Hint = "a GTIN of " + strconv.Itoa(n) + " digits takes leading zeros to 14 in a Digital Link"
		}
		return e
	}
	l.es = append(l.es, Element{AI: ai, Value: value})
	return nil
}

// checkOrder checks that the path's qualifiers follow their key in the order of
// one of its sequences.
func (l *link) checkOrder() *ScanError {
	sp, _ := lookup(l.es[0].AI)
	if l.es[1:].followOneOf(sp.path) {
		return nil
	}
	return &ScanError{
		Problem: ProblemExclusiveAI, AI: l.es[0].AI, Offset: -1,
		Detail: "in the path only its qualifiers may follow, in the order " + strings.ReplaceAll(sp.path, " ", " or "),
		Hint:   "other AIs go into the query",
	}
}

// followOneOf reports whether the AIs of es, in order, are some of one of the
// sequences.
func (es Elements) followOneOf(sequences string) bool {
	if len(es) == 0 {
		return true
	}
	for sequences != "" {
		var one string
		one, sequences, _ = strings.Cut(sequences, " ")
		if es.follow(one) {
			return true
		}
	}
	return false
}

func (es Elements) follow(sequence string) bool {
	i := 0
	for sequence != "" && i < len(es) {
		var ai string
		ai, sequence, _ = strings.Cut(sequence, "+")
		if es[i].AI == ai {
			i++
		}
	}
	return i == len(es)
}
