package gs1

import "strings"

// readQuery takes the parameters whose name is all digits as AIs, and of older
// versions the two words that stood for AIs here.
func (l *link) readQuery(query string) *ScanError {
	for query != "" {
		var param string
		param, query, _ = strings.Cut(query, "&")
		ai, value, pair := strings.Cut(param, "=")
		if l.legacy {
			ai = spellExpiry(ai)
		}
		if !pair || ai == "" || firstNonDigit(ai) >= 0 {
			continue
		}
		if e := l.add(ai, unescape(value, true)); e != nil {
			return e
		}
		if e := l.checkAttribute(ai); e != nil {
			return e
		}
	}
	return nil
}

// spellExpiry turns the words of older versions in a query into AIs (DL 1.2,
// 3.6).
func spellExpiry(word string) string {
	switch word {
	case "exp":
		return "17"
	case "expdt":
		return "7003"
	default:
		return word
	}
}

// checkAttribute checks that an AI may stand in the query: it is one of those
// that may, and no qualifier that the path has room for.
func (l *link) checkAttribute(ai string) *ScanError {
	sp, _ := lookup(ai)
	if !sp.attribute {
		return &ScanError{Problem: ProblemExclusiveAI, AI: ai, Offset: -1, Detail: "may not stand in the query of a Digital Link"}
	}
	key, _ := lookup(l.es[0].AI)
	if l.es[1:l.inPath].roomFor(ai, key.path) {
		return &ScanError{
			Problem: ProblemExclusiveAI, AI: ai, Offset: -1,
			Detail: "as a qualifier of (" + l.es[0].AI + ") it belongs in the path, not the query",
		}
	}
	return nil
}

// roomFor reports whether a sequence that holds ai also holds all of es.
func (es Elements) roomFor(ai, sequences string) bool {
	for sequences != "" {
		var one string
		one, sequences, _ = strings.Cut(sequences, " ")
		if hasWord(one, ai) && es.follow(one) {
			return true
		}
	}
	return false
}

func hasWord(sequence, ai string) bool {
	for sequence != "" {
		var one string
		one, sequence, _ = strings.Cut(sequence, "+")
		if one == ai {
			return true
		}
	}
	return false
}
