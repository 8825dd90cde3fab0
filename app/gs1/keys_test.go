package gs1

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseGTIN(t *testing.T) {
	for _, tc := range []struct {
		in, want string
		problem  Problem
	}{
		{"00301162001165", "00301162001165", 0},
		{"301162001165", "00301162001165", 0},
		{"0301162001165", "00301162001165", 0},
		{"02345673", "00000002345673", 0},
		{"00301162001164", "", ProblemCheckDigit},
		{"0030116200116O", "", ProblemCharacter},
		{"", "", ProblemTooShort},
		{"0030116200116", "", ProblemCheckDigit},
		{"00301162001", "", ProblemTooShort},
		{"003011620011650", "", ProblemTooLong},
	} {
		got, err := ParseGTIN(tc.in)
		if got.String() != tc.want || problemOf(err) != tc.problem {
			t.Errorf("ParseGTIN(%q) = %q, %v; want %q, %v", tc.in, got, err, tc.want, tc.problem)
		}
		if got.IsZero() != (tc.problem != 0) {
			t.Errorf("ParseGTIN(%q).IsZero() = %v, want %v", tc.in, got.IsZero(), tc.problem != 0)
		}
	}
}

// problemOf returns the problem an error names, 0 for nil.
func problemOf(err error) Problem {
	var e *ScanError
	if !errors.As(err, &e) {
		return 0
	}
	return e.Problem
}

func TestFixedKeys(t *testing.T) {
	sscc, err := ParseSSCC("106141412345678908")
	if err != nil || sscc.String() != "106141412345678908" || !sscc.UnderPrefix("0614141") || sscc.UnderPrefix("0614142") {
		t.Errorf("ParseSSCC: got %q, %v; want it under 0614141 only", sscc, err)
	}
	if _, err = SSCCFromBytes([18]byte{}); problemOf(err) != ProblemCharacter {
		t.Errorf("SSCCFromBytes(zero) = %v, want %v", err, ProblemCharacter)
	}
	gln, err := ParseGLN("0614141000005")
	if err != nil || gln.String() != "0614141000005" || !gln.UnderPrefix("061414100000") || gln.UnderPrefix("") {
		t.Errorf("ParseGLN: got %q, %v; want it under 061414100000", gln, err)
	}
	if _, err = GLNFromBytes([13]byte([]byte("0614141000006"))); problemOf(err) != ProblemCheckDigit {
		t.Errorf("GLNFromBytes: got %v, want %v", err, ProblemCheckDigit)
	}
	g, err := GTINFromBytes([14]byte([]byte("50301162001160")))
	if err != nil || g.Indicator() != '5' || !g.UnderPrefix("030116") || g.UnderPrefix("503011") {
		t.Errorf("GTINFromBytes: got %q, %v; want it under 030116 only", g, err)
	}
	for in, want := range map[string]Problem{"030116": 0, "0301": 0, "030": ProblemTooShort, "0301162001165": ProblemTooLong, "03011A": ProblemCharacter} {
		if _, err := ParseCompanyPrefix(in); problemOf(err) != want {
			t.Errorf("ParseCompanyPrefix(%q) = %v, want %v", in, err, want)
		}
	}
	for in, want := range map[string]Problem{"": ProblemEmpty, "12A": ProblemCharacter, strings.Repeat("1", 33): ProblemTooLong} {
		if _, err := CheckDigit(in); problemOf(err) != want {
			t.Errorf("CheckDigit(%q) = %v, want %v", in, err, want)
		}
	}
	if c, err := CheckDigit("0030116200116"); c != '5' || err != nil {
		t.Errorf("CheckDigit = %q, %v; want '5'", c, err)
	}
}

func TestParseKey(t *testing.T) {
	for _, tc := range []struct {
		in      string
		problem Problem
		offset  int
	}{
		{"010030116200116521S-1", 0, 0},
		{"01003011620011652112345678901234567890", 0, 0},
		{"00106141412345678908", 0, 0},
		{"0100301162001165211234567890123456789012", ProblemTooLong, 38},
		{"010030116200116521", ProblemEmpty, 18},
		{"010030116200116421A", ProblemCheckDigit, 15},
		{"010030116200116521A B", ProblemCharacter, 19},
		{"00106141412345678909", ProblemCheckDigit, 19},
		{"0010614141234567890", ProblemTooShort, 19},
		{"(01)00301162001165(21)S", ProblemNotScan, 0},
		{"", ProblemNotScan, 0},
		{"010030116200116510LOT", ProblemNotScan, 0},
	} {
		k, err := ParseKey(tc.in)
		if problemOf(err) != tc.problem {
			t.Errorf("ParseKey(%q) = %v, want %v", tc.in, err, tc.problem)
			continue
		}
		var e *ScanError
		if errors.As(err, &e) {
			if e.Offset != tc.offset {
				t.Errorf("ParseKey(%q) offset = %d, want %d", tc.in, e.Offset, tc.offset)
			}
			continue
		}
		s, isItem := k.SGTIN()
		c, isLogistic := k.SSCC()
		if isItem == isLogistic || isLogistic != k.IsLogistic() {
			t.Errorf("key %q: item %v, logistic %v, IsLogistic %v", k, isItem, isLogistic, k.IsLogistic())
		}
		if isItem && s.Key() != k || isLogistic && LogisticKey(c) != k {
			t.Errorf("key %q does not come back from its parts", k)
		}
	}
}

func TestParseDate6(t *testing.T) {
	for _, tc := range []struct {
		in   string
		ref  int
		want string
	}{
		{"280131", 2026, "2028-01-31"},
		{"280200", 2026, "2028-02-29"},
		{"270200", 2026, "2027-02-28"},
		{"760101", 2026, "2076-01-01"},
		{"770101", 2026, "1977-01-01"},
		{"490101", 1999, "2049-01-01"},
		{"500101", 1999, "1950-01-01"},
		{"000229", 2026, "2000-02-29"},
		{"271301", 2026, ""},
		{"270230", 2026, ""},
		{"27010", 2026, ""},
		{"2701011", 2026, ""},
		{"27O101", 2026, ""},
	} {
		d, err := ParseDate6(tc.in, tc.ref)
		if d.String() != tc.want || (err == nil) != (tc.want != "") {
			t.Errorf("ParseDate6(%q, %d) = %q, %v; want %q", tc.in, tc.ref, d, err, tc.want)
		}
	}
}

// TestDateAgainstTime walks every day of five centuries beside package time.
func TestDateAgainstTime(t *testing.T) {
	day := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	for end := time.Date(2470, 1, 1, 0, 0, 0, 0, time.UTC); day.Before(end); {
		d := FromUnix(uint64(day.Unix()) + 86399)
		if got, want := d.String(), day.Format("2006-01-02"); got != want {
			t.Fatalf("FromUnix(%d) = %s, want %s", day.Unix(), got, want)
		}
		if got, want := d.AI(), day.Format("060102"); got != want {
			t.Fatalf("AI() = %s, want %s", got, want)
		}
		if back, err := ParseDateISO(d.String()); back != d || err != nil {
			t.Fatalf("ParseDateISO(%s) = %s, %v", d, back, err)
		}
		day = day.AddDate(0, 0, 1)
		if got, want := d.EndUnix(), uint64(day.Unix()); got != want {
			t.Fatalf("%s.EndUnix() = %d, want %d", d, got, want)
		}
	}
	if got := FromUnix(1 << 63).String(); got != "9999-12-31" {
		t.Errorf("FromUnix(2^63) = %s, want 9999-12-31", got)
	}
	if got := Date(0).EndUnix(); got != 0 {
		t.Errorf("Date(0).EndUnix() = %d, want 0", got)
	}
	for _, bad := range []string{"", "2027-02-29", "2027-13-01", "0000-01-01", "2027-01-00", "2027/01/01", "2027-1-01", "20270-1-01"} {
		if d, err := ParseDateISO(bad); err == nil {
			t.Errorf("ParseDateISO(%q) = %s, want an error", bad, d)
		}
	}
}

func TestKeysInJSON(t *testing.T) {
	type record struct {
		Item   GTIN
		Unit   SSCC
		Place  GLN
		Expiry Date
		Key    Key
		Prefix CompanyPrefix
	}
	for _, want := range []string{
		`{"Item":"00301162001165","Unit":"106141412345678908","Place":"0614141000005","Expiry":"2028-01-31","Key":"00106141412345678908","Prefix":"030116"}`,
		`{"Item":"","Unit":"","Place":"","Expiry":"","Key":"","Prefix":""}`,
	} {
		var r record
		if err := json.Unmarshal([]byte(want), &r); err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if got, err := json.Marshal(r); err != nil || string(got) != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
	for _, bad := range []string{`{"Item":"1"}`, `{"Unit":"x"}`, `{"Place":"0614141000006"}`, `{"Expiry":"280131"}`, `{"Key":"01"}`, `{"Prefix":"a"}`} {
		var r record
		if err := json.Unmarshal([]byte(bad), &r); problemOf(err) == 0 {
			t.Errorf("%s: got %+v, %v; want a ScanError", bad, r, err)
		}
	}
}

func BenchmarkParseKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseKey("01003011620011652112345678901234567890"); err != nil {
			b.Fatal(err)
		}
	}
}
