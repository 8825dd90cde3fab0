package gs1

import (
	"strings"
	"testing"
)

// TestCorpusDamage does to every good scan of the corpus what happens between
// reader and computer, and counts what the diagnosis makes of it.
func TestCorpusDamage(t *testing.T) {
	type vector struct {
		Scan  string
		Valid bool `json:"scan_valid"`
	}
	// What a US reader's keys come out as on a German layout.
	german := strings.NewReplacer("y", "z", "z", "y", "Y", "Z", "Z", "Y", "-", "ß", "_", "?", "/", "-", "?", "_", ":", "Ö", ";", "ö",
		"'", "ä", `"`, "Ä", "]", "+", "=", "´", "+", "`", "&", "/", "(", ")", ")", "=", "*", "(", "<", ";", ">", ":")
	swapped, typed := &tally{name: "caps lock"}, &tally{name: "German layout"}
	lost := map[string]int{}
	for _, line := range corpusLines(t, "derived-gs1-pharma/dev.jsonl") {
		v := decode[vector](t, line)
		good, err := ParseScan(v.Scan)
		if err != nil {
			continue
		}
		_, err = ParseScan(swapCase(v.Scan))
		swapped.result(t, problemOf(err) == ProblemCapsLock && strings.HasSuffix(err.Error(), good.Bracketed()), "swapped case of %q: %v", v.Scan, err)
		_, err = ParseScan(german.Replace(v.Scan))
		typed.result(t, problemOf(err) == ProblemKeyboard, "German layout of %q: %v", v.Scan, err)
		dropped := strings.ReplaceAll(v.Scan, "\x1d", "")
		if strings.TrimSuffix(v.Scan, "\x1d") == dropped {
			continue
		}
		es, err := ParseScan(dropped)
		switch {
		case err != nil:
			lost[problemOf(err).Code()]++
		case es.Bracketed() == good.Bracketed():
			lost["harmless"]++
		case len(es.Suspicions()) > 0:
			lost["accepted, suspected"]++
		default:
			lost["accepted"]++
		}
	}
	swapped.log(t, 687, nil)
	typed.log(t, 687, nil)
	t.Logf("corpus lost separators, all dropped: %v", lost)
	if lost["lost-separator"] < 5*lost["accepted"] || lost["lost-separator"] == 0 {
		t.Errorf("lost separators are seldom seen: %v", lost)
	}
}
