package gs1

import "strings"

// checkTogether checks the rules between elements (GS 4.13): a repeated AI has
// one value, no two exclude each other, and each has the companions it needs.
func checkTogether(es Elements) *ScanError {
	if e := checkRepeats(es); e != nil {
		return e
	}
	for i := range es {
		sp, known := lookup(es[i].AI)
		if !known {
			continue
		}
		if other := barred(es, es[i].AI, sp.bars); other != "" {
			return &ScanError{
				Problem: ProblemExclusiveAI, AI: es[i].AI, Offset: -1,
				Detail: "(" + es[i].AI + ") may not stand beside (" + other + ")",
			}
		}
	}
	for i := range es {
		sp, known := lookup(es[i].AI)
		if known && sp.needs != "" && !satisfied(es, sp.needs) {
			return &ScanError{
				Problem: ProblemMissingAI, AI: es[i].AI, Offset: -1,
				Detail: "(" + es[i].AI + ") needs " + spellNeeds(sp.needs) + " beside it",
				Hint:   hintMissing(es[i].AI),
			}
		}
	}
	return checkSignature(es)
}

func checkRepeats(es Elements) *ScanError {
	for i := range es {
		for j := range i {
			if es[i].AI == es[j].AI && es[i].Value != es[j].Value {
				return &ScanError{
					Problem: ProblemRepeatedAI, AI: es[i].AI, Offset: -1,
					Detail: "both " + es[j].Value + " and " + es[i].Value,
					Hint:   "two labels were read as one: scan them one at a time",
				}
			}
		}
	}
	return nil
}

// checkSignature checks that a digital signature, AI (8030), signs a key with
// its serial part, which is optional in these three.
func checkSignature(es Elements) *ScanError {
	if _, signed := es.Get("8030"); !signed {
		return nil
	}
	for i := range es {
		ai, n := es[i].AI, 13
		if ai == "8003" {
			n = 14
		}
		if (ai == "253" || ai == "255" || ai == "8003") && len(es[i].Value) <= n {
			return &ScanError{
				Problem: ProblemMissingAI, AI: ai, Offset: -1,
				Detail: "a signed (" + ai + ") needs its serial component",
			}
		}
	}
	return nil
}

// barred returns the first AI in es that the patterns exclude, self aside.
func barred(es Elements, self, patterns string) string {
	for patterns != "" {
		var p string
		p, patterns, _ = strings.Cut(patterns, " ")
		for i := range es {
			if es[i].AI != self && matchesAI(p, es[i].AI) {
				return es[i].AI
			}
		}
	}
	return ""
}

// satisfied reports whether es has every AI of one of the alternatives.
func satisfied(es Elements, needs string) bool {
	for needs != "" {
		var group string
		group, needs, _ = strings.Cut(needs, " ")
		if hasAll(es, group) {
			return true
		}
	}
	return false
}

func hasAll(es Elements, group string) bool {
	for group != "" {
		var p string
		p, group, _ = strings.Cut(group, "+")
		found := false
		for i := range es {
			found = found || matchesAI(p, es[i].AI)
		}
		if !found {
			return false
		}
	}
	return true
}

// matchesAI compares an AI with a pattern in which n is any digit.
func matchesAI(pattern, ai string) bool {
	if len(pattern) != len(ai) {
		return false
	}
	for i := range len(ai) {
		if pattern[i] != 'n' && pattern[i] != ai[i] {
			return false
		}
	}
	return true
}

func spellNeeds(needs string) string {
	s := strings.ReplaceAll(needs, "+", ") with (")
	return "(" + strings.ReplaceAll(s, " ", ") or (") + ")"
}

func hintMissing(ai string) string {
	switch ai {
	case "10", "17", "21":
		return "the GTIN is in another barcode on the package, or was not read: scan the whole label"
	default:
		return ""
	}
}
