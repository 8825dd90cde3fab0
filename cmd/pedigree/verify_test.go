package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// answer is the JSON of verify, as a program reads it.
type answer struct {
	Scan struct {
		Key, Lot, Expiry any
		Suspicions       []client.ScanProblem
	}
	Unreadable         *client.ScanProblem
	Identity, Sellable proof.Verdict
	Do                 string
	Proved             bool
	Pedigree           json.RawMessage
}

// testVerify scans packages.
func (n *partnerNet) testVerify(t *testing.T) {
	good := []string{
		storyBottle,
		"]d2010952100110001421A3N9QGNNBQ\x1d1731123110ALD-2601A",
		"^010952100110001421A3N9QGNNBQ^10ALD-2601A^17311231",
		"https://id.gs1.org/01/09521001100014/10/ALD-2601A/21/A3N9QGNNBQ?17=311231",
		"urn:epc:id:sgtin:9521001.010001.A3N9QGNNBQ",
		"010952100110001421A3N9QGNNBQ",
	}
	for _, scan := range good {
		pedigree(t, n.ask(3, "verify", scan)...).want(t, exitOK, "identity:  KNOWN", "sellable:  YES", "Exemplar", "proved in")
	}
	for _, tc := range []struct {
		name     string
		args     []string
		identity string
		vrs      string
		do       string
		proved   bool
	}{
		{"other lot", []string{storyBottle + "(10)ALD-2601B"}, proof.Mismatch, "No_match_GTIN_Serial_Lot", "compare", true},
		{"other expiry", []string{storyBottle, "--expiry", "2030-12-31"}, proof.Mismatch, "No_match_GTIN_Serial_Expiry", "compare", true},
		{"other both", []string{storyBottle + "(17)301231", "--lot", "X"}, proof.Mismatch, "No_match_GTIN_Serial_Lot_Expiry", "compare", true},
		{"made up", []string{storyMadeUp + "(10)ALD-2601A"}, proof.Unknown, "No_match_GTIN_Serial", "quarantine", true},
		{"made up lot", []string{storyMadeUp, "--lot", "NEVER"}, proof.Unknown, "No_match_GTIN_Serial", "quarantine", true},
		{"made up, no lot", []string{storyMadeUp}, proof.Unknown, "No_match_GTIN_Serial", "give the lot", false},
		{"unknown product", []string{"(01)09521001100021(21)1"}, proof.Unknown, "No_match_GTIN_Serial", "quarantine", true},
		{"dispensed", []string{storyDispensed}, proof.Known, "", "copy", true},
		{"empty pallet", []string{storyPallet}, proof.Known, "", "", true},
	} {
		var a answer
		pedigree(t, n.ask(3, append([]string{"verify", "--output", "json"}, tc.args...)...)...).want(t, exitNo).read(t, &a)
		if a.Identity.Word != tc.identity || a.Identity.VRS != tc.vrs || a.Sellable.Word != proof.No || !strings.Contains(a.Do, tc.do) || a.Proved != tc.proved {
			t.Errorf("%s: got %+v, want identity %s %s, sellable NO, advice with %q, proved %t", tc.name, a, tc.identity, tc.vrs, tc.do, tc.proved)
		}
	}
	// A scan that reads well and looks wrong says so before "unknown".
	pedigree(t, n.ask(3, "verify", "(01)09521001100014(21)a3n9qgnnbq")...).
		want(t, exitNo, "may have been read wrongly", "A3N9QGNNBQ", "identity:  UNKNOWN")
	pedigree(t, n.ask(3, "verify", "]d2010952100110001421A3N9QGNNBQ10ALD-2601A")...).want(t, exitNo, "separator")
}

// TestVerifyUnreadable shows barcodes that are wrong: no node is asked.
func TestVerifyUnreadable(t *testing.T) {
	for _, tc := range []struct{ scan, problem, ai, hint string }{
		{"(01)09521001100015(21)A3N9QGNNBQ", "check-digit", "01", ""},
		{"(01)09521001100014(09)1", "unknown-ai", "", ""},
		{"(01)09521001100014", "missing-ai", "", "two-dimensional"},
		{"hello", "not-a-scan", "", ""},
		{"(01)09521001100014(21)A3(17)991345", "date", "17", ""},
	} {
		s := pedigree(t, "verify", tc.scan, "--output", "json")
		var a answer
		s.want(t, exitNo).read(t, &a)
		if a.Unreadable == nil || a.Unreadable.Problem != tc.problem || tc.ai != "" && a.Unreadable.AI != tc.ai || !strings.Contains(a.Do, tc.hint) {
			t.Errorf("%s: got %+v, want problem %s of (%s), hint with %q", tc.scan, a.Unreadable, tc.problem, tc.ai, tc.hint)
		}
		if a.Identity.Word != proof.Unreadable || a.Sellable.Word != proof.No {
			t.Errorf("%s: got %s and %s, want UNREADABLE and NO", tc.scan, a.Identity.Word, a.Sellable.Word)
		}
		pedigree(t, "verify", tc.scan).want(t, exitNo, "the barcode cannot be read")
	}
	pedigree(t, "verify").want(t, exitUsage)
	pedigree(t, "verify", storyBottle, "--expiry", "soon").want(t, exitUsage, "--expiry")
	pedigree(t, "verify", storyBottle, "--lot", "a b").want(t, exitUsage, "--lot")
	pedigree(t, "verify", storyBottle, "--node", "http://127.0.0.1:1").want(t, exitTrouble, "cannot be reached")
	pedigree(t, "capture", "x.xml", "--key", "y", "--node", "http://127.0.0.1:1").want(t, exitTrouble, "x.xml")
	pedigree(t, "capture", "x.xml").want(t, exitUsage, "--key")
}

// testProof writes pedigree files and checks them offline.
func (n *partnerNet) testProof(t *testing.T) {
	file := filepath.Join(n.dir, "bottle.pedigree")
	genesis := n.Node(0).Home().GenesisFile()
	var ex exportReport
	pedigree(t, n.ask(0, "proof", "export", storyBottle, "-o", file, "--output", "json")...).want(t, exitOK)
	s := pedigree(t, n.ask(0, "proof", "export", storyBottle, "-o", file, "--output", "json")...)
	var raw struct {
		Bytes int
		Trust trustReport
	}
	s.read(t, &raw)
	ex.Bytes, ex.Trust = raw.Bytes, raw.Trust
	pedigree(t, "proof", "verify", file, "--genesis", genesis).
		want(t, exitOK, "identity:  KNOWN", "sellable:  YES", "the file holds on chain partner-test")
	pedigree(t, "proof", "verify", file, "--validators-hash", ex.Trust.ValidatorsHash, "--scan", storyBottle, "--lot", "ALD-2601A").want(t, exitOK)
	pedigree(t, "proof", "verify", file, "--genesis", genesis, "--lot", "OTHER").want(t, exitOK, proof.Mismatch)
	pedigree(t, "proof", "verify", file, "--genesis", genesis, "--scan", storyDispensed).want(t, exitNo, "REFUSED", "it is about")
	pedigree(t, "proof", "verify", file, "--validators-hash", strings.Repeat("ab", 32)).want(t, exitNo, "cannot be trusted")
	pedigree(t, "proof", "verify", file, "--validators-hash", ex.Trust.ValidatorsHash, "--chain-id", "other").want(t, exitNo, "of chain")
	pedigree(t, "proof", "verify", file, "--genesis", genesis, "--max-age", "1ns").want(t, exitNo, "not of the right age")
	pedigree(t, "proof", "verify", file).want(t, exitUsage, "say whom you trust")
	pedigree(t, "proof", "verify", file, "--validators-hash", "12").want(t, exitUsage, "64 hexadecimal")
	pedigree(t, "proof", "verify", filepath.Join(n.dir, "missing"), "--genesis", genesis).want(t, exitTrouble)
	pedigree(t, "proof", "show", file).want(t, exitOK, "NOT CHECKED", "item about", "holding", "lot")
	var shown struct{ Bytes int }
	pedigree(t, "proof", "show", file, "--output", "json").want(t, exitOK).read(t, &shown)
	if info, err := os.Stat(file); err != nil || int64(shown.Bytes) != info.Size() || shown.Bytes != ex.Bytes {
		t.Errorf("proof show says %d bytes, export %d, the file has %v (%v)", shown.Bytes, ex.Bytes, info.Size(), err)
	}
	n.testProofTampered(t, file, genesis)
	n.testProofNegative(t, genesis)
}

func (n *partnerNet) testProofTampered(t *testing.T, file, genesis string) {
	t.Helper()
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(n.dir, "bad.pedigree")
	for _, at := range []int{0, 9, len(good) / 3, len(good) - 1} {
		p := append([]byte(nil), good...)
		p[at] ^= 1
		if err := os.WriteFile(bad, p, 0o600); err != nil {
			t.Fatal(err)
		}
		var r struct {
			Holds bool
			Why   string
		}
		pedigree(t, "proof", "verify", bad, "--genesis", genesis, "--output", "json").want(t, exitNo).read(t, &r)
		if r.Holds || r.Why == "" {
			t.Errorf("byte %d changed: got %+v, want a refusal with a reason", at, r)
		}
	}
	if err := os.WriteFile(bad, make([]byte, proof.MaxBytes+10), 0o600); err != nil {
		t.Fatal(err)
	}
	pedigree(t, "proof", "verify", bad, "--genesis", genesis).want(t, exitNo, "REFUSED")
	pedigree(t, "proof", "show", bad).want(t, exitNo, "not a pedigree file")
}

// testProofNegative proves what never was.
func (n *partnerNet) testProofNegative(t *testing.T, genesis string) {
	t.Helper()
	file := filepath.Join(n.dir, "never.pedigree")
	pedigree(t, n.ask(0, "proof", "export", storyMadeUp, "-o", file)...).want(t, exitNo, "--lot")
	pedigree(t, n.ask(0, "proof", "export", storyMadeUp)...).want(t, exitUsage, "-o")
	pedigree(t, n.ask(0, "proof", "export", storyMadeUp, "--lot", "ALD-2601A", "-o", file)...).want(t, exitOK, "never-commissioned")
	pedigree(t, "proof", "verify", file, "--genesis", genesis).
		want(t, exitOK, "identity:  UNKNOWN", "the serial is not among the 48", "sellable:  NO", "the file holds")
	pedigree(t, "proof", "show", file).want(t, exitOK, "never-commissioned")
}

// testTrust asks with other things to trust.
func (n *partnerNet) testTrust(t *testing.T) {
	rpc := n.Node(1).RPC()
	pedigree(t, "verify", storyBottle, "--node", rpc).want(t, exitOK, "the node vouches for itself", "compare the hash")
	pedigree(t, "verify", storyBottle, "--home", string(n.Node(2).Home())).want(t, exitOK, "the genesis of ")
	var r struct{ Trust trustReport }
	pedigree(t, "item", storyBottle, "--node", rpc, "--witness", n.Node(3).RPC(), "--output", "json").want(t, exitOK).read(t, &r)
	if !r.Trust.OwnWord || len(r.Trust.ValidatorsHash) != 64 || len(r.Trust.Witnesses) != 1 {
		t.Errorf("trust: got %+v, want the node's own word, a hash, and one witness", r.Trust)
	}
	pedigree(t, "verify", storyBottle, "--node", rpc, "--trust-height", "2", "--trust-hash", strings.Repeat("11", 32)).want(t, exitTrouble)
	pedigree(t, "verify", storyBottle, "--node", rpc, "--trust-height", "2").want(t, exitUsage)
	other := filepath.Join(n.dir, "other.json")
	raw, err := os.ReadFile(n.Node(0).Home().GenesisFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte(strings.Replace(string(raw), `"power": "10"`, `"power": "11"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	pedigree(t, "verify", storyBottle, "--node", rpc, "--genesis", other).want(t, exitTrouble, "another chain")
	pedigree(t, n.ask(1, "verify", storyBottle, "--max-age", time.Nanosecond.String())...).want(t, exitTrouble, "--max-age")
}
