package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestBench measures our ledger for two seconds: that it runs and reports, not
// how fast.
func TestBench(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"bench", "--only", "ours", "--serials", "1", "--per-tx", "200", "--seconds", "2", "--profile", t.TempDir()}
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	for _, want := range []string{"serials/s", "finalize block", "MiB/node"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, stdout.String())
		}
	}
}

func TestBenchCompares(t *testing.T) {
	r := benchReport{
		Ours:  &benchFigures{Ledger: "ours", SerialsPerSecond: 120_000, BytesPerSecond: 2e6, Tenth: benchLatency{P50: 90 * time.Millisecond}},
		Naive: &benchFigures{Ledger: "naive", SerialsPerSecond: 4_000},
		Empty: &benchFigures{Ledger: "empty", BytesPerSecond: 4e6},
	}
	r.compare()
	var out bytes.Buffer
	r.text(&out)
	for _, want := range []string{"30.0 times (floor 10)", "50% (floor 20%)", "90ms"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestBenchRefusesNonsense(t *testing.T) {
	for _, args := range [][]string{{"--per-tx", "0"}, {"--per-tx", "20000"}, {"--seconds", "0"}, {"--only", "mine"}, {"verify", "--seconds", "0"}, {"verify", "--concurrency", "0"}, {"verify", "--pace", "0"}, {"verify", "--warm", "-1"}} {
		var stderr bytes.Buffer
		if code := run(t.Context(), append([]string{"bench"}, args...), strings.NewReader(""), &bytes.Buffer{}, &stderr); code != exitUsage {
			t.Errorf("%v: exit code %d, want %d: %s", args, code, exitUsage, stderr.String())
		}
	}
}

// TestBenchSerials: the mixing of serials loses none.
func TestBenchSerials(t *testing.T) {
	seen := make(map[string]bool)
	for i := range uint64(20_000) {
		s := benchSerial(i)
		if len(s) != 12 || seen[s] {
			t.Fatalf("serial %d is %q, seen before: %v", i, s, seen[s])
		}
		seen[s] = true
	}
}

// TestBenchVerify measures verification of one lot for a second: that it runs
// and reports, not how fast.
func TestBenchVerify(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"bench", "verify", "--serials", "1", "--concurrency", "3", "--seconds", "1", "--warm", "0", "--pace", "0.1"}
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	for _, want := range []string{"10240 serials", "record", "library", "http", "p99"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, stdout.String())
		}
	}
}
