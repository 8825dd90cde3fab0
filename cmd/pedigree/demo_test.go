package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDemo tells the whole story: the command that every newcomer runs first.
func TestDemo(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"demo", "--once", "--dir", t.TempDir()}, strings.NewReader(""), &stdout, &stderr)
	if code != exitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	for _, want := range []string{
		"identity right?  YES  commissioned by Alder Pharmaceuticals in lot ALD-2601A",
		"may be sold?     YES",
		"verified offline",
		"the serial is not among the 48 commissioned",
		"return to Dogwood Distribution: refused, as it must be: illegal-edge",
		"the wholesaler receives it back",
		"dispense it meanwhile: refused, as it must be: marked",
		"answered: match",
		"investigation closed, cleared",
		"refused, as it must be: recalled",
		"asked for transaction-information",
		"refused, as it must be: ended",
		"every signature, result and app hash agrees",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the story lacks %q:\n%s", want, stdout.String())
		}
	}
}

func TestDemoSpeaksToPeople(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"demo", "--once", "--output", "json"}, strings.NewReader(""), &stdout, &stderr)
	if code != exitUsage || !strings.Contains(stderr.String(), "speaks to people") {
		t.Errorf("exit code %d, want %d: %s", code, exitUsage, stderr.String())
	}
}

func TestCastNames(t *testing.T) {
	for line, want := range map[string]string{
		"to 9521003000008: block 3":     "to Cedar Drug Wholesale: block 3",
		"(00)095210010000000017":        "(00)095210010000000017",
		"by 9521001000000 at height 28": "by Alder Pharmaceuticals at height 28",
	} {
		if got := castNames(line); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
