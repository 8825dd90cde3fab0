package gs1

import "strings"

// Suspicions returns what looks wrong about a scan that reads well, to be shown
// before an item is called unknown: a value that may have swallowed other
// elements because the separator was lost or sent as text, and letters that may
// have been typed with caps lock on. It returns nil if nothing does.
func (es Elements) Suspicions() []*ScanError {
	var found []*ScanError
	for i := range es {
		sp, _ := lookup(es[i].AI)
		if sp.preset {
			continue
		}
		if at := es.suspectCut(es[i]); at > 0 {
			found = append(found, &ScanError{
				Problem: ProblemLostSeparator, AI: es[i].AI, Offset: -1,
				Detail: "the value " + es[i].Value + " may be " + es[i].Value[:at] + " with " + es[i].Value[at:] + " after a lost separator",
				Hint:   "scan again with a reader that sends GS (0x1D)",
			})
			continue
		}
		if ai := es[i].AI; (ai == "21" || ai == "10") && onlyLower(es[i].Value) {
			found = append(found, &ScanError{
				Problem: ProblemCapsLock, AI: ai, Offset: -1,
				Detail: "all letters of " + es[i].Value + " are lower case; printed may be " + swapCase(es[i].Value),
				Hint:   "turn caps lock off and scan again",
			})
		}
	}
	return found
}

// suspectCut returns where another element may begin in the value: after a
// separator sent as text, or where one with a check digit or date could stand,
// or a lot or serial that the scan lacks; 0 if nowhere.
func (es Elements) suspectCut(el Element) int {
	for _, text := range writtenSeparators() {
		if at := strings.Index(el.Value, text); at > 0 {
			return at
		}
	}
	for i := 1; i < len(el.Value); i++ {
		rest := el.Value[i:]
		grade := swallowed(rest)
		if grade == 0 {
			continue
		}
		inner, e := parseRaw(rest, groupSeparator)
		if e != nil {
			continue
		}
		_, there := es.Get(inner[0].AI)
		lacking := inner[0].AI == "10" || inner[0].AI == "21"
		if !there && (grade == 2 || lacking && len(rest) > 4) {
			return i
		}
	}
	return 0
}

func onlyLower(s string) bool {
	lower := false
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			return false
		}
		lower = lower || s[i] >= 'a' && s[i] <= 'z'
	}
	return lower
}
