package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testVerifyBatch verifies packages from a file, one on each line.
func (n *partnerNet) testVerifyBatch(t *testing.T) {
	file := filepath.Join(n.dir, "returns.txt")
	batch := func(lines ...string) said {
		t.Helper()
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return pedigree(t, n.ask(0, "verify", "batch", file)...)
	}
	batch(storyBottle, "", storyRecalled).want(t, exitOK, "2 of 2 packages", "KNOWN      YES  "+storyBottle, "checked by the light client")
	batch(storyBottle, storyDispensed, storyMadeUp+"(10)ALD-2601A", storyMadeUp, "4711").
		want(t, exitNo, "1 of 5 packages", "4 of 5 packages may not be sold", "dispensed", "UNKNOWN    NO", "a proof needs the lot", "UNREADABLE NO")
	var r batchReport
	pedigree(t, n.ask(0, "verify", "batch", file, "--output", "json")...).want(t, exitNo).read(t, &r)
	if r.Packages != 5 || r.Sellable != 1 || len(r.Answers) != 5 || r.Answers[1].Line != 2 || r.Answers[4].Identity.Word != "UNREADABLE" {
		t.Errorf("got %+v", r)
	}
	pedigree(t, n.ask(0, "verify", "batch", file+"x")...).want(t, exitTrouble, "returns.txtx")
	pedigree(t, n.ask(0, "verify", "batch")...).want(t, exitUsage, "one file")
}

// testInbound asks what came to the wholesaler.
func (n *partnerNet) testInbound(t *testing.T) {
	pedigree(t, n.ask(0, "inbound", "9521003000008")...).want(t, exitOK, "shipment 1, sale from 9521001000000", "received", "as of block", "checked by the light client")
	var r inboundReport
	pedigree(t, n.ask(0, "inbound", "9521003000008", "--since", "2026-01-01", "--until", "2027-01-01", "--output", "json")...).want(t, exitOK).read(t, &r)
	if len(r.Items) != 1 || r.Items[0].Received != r.Items[0].Shipped || len(r.BySupplier) != 0 {
		t.Errorf("got %+v", r)
	}
	pedigree(t, n.ask(0, "inbound", "9521003000008", "--until", "2020-01-01")...).want(t, exitOK, "nothing was shipped to it")
	pedigree(t, n.ask(0, "inbound", "12")...).want(t, exitUsage, "12")
	pedigree(t, n.ask(0, "inbound", "9521003000008", "--since", "yesterday")...).want(t, exitUsage, "--since is a day")
}
