package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// The story's packages, as element strings.
const (
	storyBottle    = "(01)09521001100014(21)A3N9QGNNBQ"
	storyDispensed = "(01)09521001100014(21)A3K2KM39YL"
	storyRecalled  = "(01)09521001100014(21)B267RXJ76N"
	storyMadeUp    = "(01)09521001100014(21)A3NEVERMADE"
	storyPallet    = "(00)095210010000000017"
	storyTote      = "(00)095210030000000770"
	storyCase      = "(01)59521001100019(21)C1002"

	storyPharmacy = "9521005000006"
)

// TestPartners does with the commands what partners do: the story goes in, and
// everybody asks about it.
func TestPartners(t *testing.T) {
	n := startPartnerNet(t)
	n.testCapture(t)
	if t.Failed() {
		return
	}
	t.Run("verify", n.testVerify)
	t.Run("verify batch", n.testVerifyBatch)
	t.Run("inbound", n.testInbound)
	t.Run("proof", n.testProof)
	t.Run("item", n.testItem)
	t.Run("trace", n.testTrace)
	t.Run("tx", n.testTx)
	t.Run("trust", n.testTrust)
	t.Run("refused documents", n.testRefusedDocuments)
	t.Run("submit", n.testSubmit)
	t.Run("mark", n.testMark)
	t.Run("report", n.testReport)
	t.Run("clocks", n.testClocks)
	t.Run("exceptions", n.testExceptions)
	t.Run("errors", n.testErrors)
	t.Run("recall", n.testRecall)
	t.Run("return", n.testReturn)
}

// testCapture takes documents 1 to 6 in.
func (n *partnerNet) testCapture(t *testing.T) {
	pedigree(t, n.sign(0, []string{"capture", n.document(t, "1")}, "alder")...).
		want(t, exitOK, "Commission tx", "RegisterProduct", "inferred: product 09521001100014")
	var r captureReport
	pedigree(t, n.sign(0, []string{"capture", "--output", "json", n.document(t, "2")}, "alder")...).want(t, exitOK).read(t, &r)
	if len(r.Files) != 1 || !slices.Equal(r.Files[0].WentIn, []int{1}) || r.Files[0].Captured[0].Ops[0].Shipment != 1 || r.ChainID != "partner-test" {
		t.Errorf("document 2: got %+v, want event 1 as shipment 1", r)
	}
	pedigree(t, n.sign(1, []string{"capture", n.document(t, "3"), n.document(t, "4")}, "cedar", "alder")...).want(t, exitOK, "shipment 2")
	// On its way a package is nobody's to sell.
	pedigree(t, n.ask(0, "item", storyBottle)...).want(t, exitOK, "It is on its way.", "under way to "+storyPharmacy+" in shipment 2")
	pedigree(t, n.ask(0, "verify", storyBottle)...).want(t, exitNo, "identity:  KNOWN", "sellable:  NO", "[in_transit]", "record the receipt")
	pedigree(t, n.sign(2, []string{"capture", n.document(t, "5"), n.document(t, "6")}, "elm")...).want(t, exitOK, "Dispense tx")
	// Nothing happens twice.
	pedigree(t, n.sign(3, []string{"capture", n.document(t, "1"), n.document(t, "3"), n.document(t, "4"), n.document(t, "5"), n.document(t, "6")}, "alder")...).
		want(t, exitOK, "recorded before").without(t, "REFUSED")
}

// testRefusedDocuments takes in what must not go in.
func (n *partnerNet) testRefusedDocuments(t *testing.T) {
	copyTurnsUp := n.document(t, "8")
	pedigree(t, n.sign(2, []string{"capture", copyTurnsUp}, "elm")...).
		want(t, exitNo, "ended", "code 402", "report the conflict", "event 1 was refused", "nothing went in",
			"it was dispensed by "+storyPharmacy, `put that on record: pedigree report "`+storyDispensed+`" --at `+storyPharmacy+" --key "+keyPath(n.dir, "elm"))
	var r captureReport
	pedigree(t, n.sign(2, []string{"capture", "--output", "json", copyTurnsUp, n.document(t, "7")}, "elm")...).want(t, exitNo).read(t, &r)
	if f := r.Files[0]; f.Refused != 1 || len(f.WentIn) != 0 || !strings.Contains(f.Advice, "pedigree report") || f.Captured[0].Code != app.CodeEnded || !slices.Equal(r.Files[1].NotTried, []int{1}) {
		t.Errorf("document 8: got %+v and %+v, want event 1 refused as ended and document 7 not tried", f, r.Files[1])
	}
	pedigree(t, n.sign(2, []string{"capture", n.document(t, "7")}, "alder")...).
		want(t, exitNo, "no key of that partner is at hand")

	raw, err := os.ReadFile(n.document(t, "4"))
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(n.dir, "broken.xml")
	for _, tc := range []struct{ old, new, want string }{
		{"<eventTime>2026-01-15T08:10:00Z", "<eventTime>2026-01-15T08:10:00", "event 2, line"},
		{"<action>DELETE</action>", "<action>TAKE</action>", "TAKE"},
		{"</epcis:EPCISDocument>", "", "line"},
	} {
		if err := os.WriteFile(broken, bytes.Replace(raw, []byte(tc.old), []byte(tc.new), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		pedigree(t, n.sign(2, []string{"capture", n.document(t, "7"), broken}, "elm")...).
			want(t, exitTrouble, "broken.xml", tc.want, "nothing was sent")
	}
}

// testRecall recalls a lot, after which nobody can dispense of it.
func (n *partnerNet) testRecall(t *testing.T) {
	pedigree(t, n.ask(1, "verify", storyRecalled)...).want(t, exitOK, "sellable:  YES")
	n.recall(t, "ALD-2601B")
	pedigree(t, n.sign(2, []string{"capture", n.document(t, "7")}, "elm")...).
		want(t, exitNo, "recalled", "code 413", "return it as the recall says")
	pedigree(t, n.ask(1, "verify", storyRecalled, "--witness", n.Node(3).RPC())...).
		want(t, exitNo, "identity:  KNOWN", "sellable:  NO", "[Recalled]", "dissolution", "do: ")
	n.reach(t, "ALD-2601B")
	pedigree(t, n.ask(1, "item", storyPallet)...).want(t, exitOK, "It is an empty container.")
	pedigree(t, n.ask(1, "item", storyRecalled)...).want(t, exitOK, "RECALLED (class 2)")
	pedigree(t, n.ask(1, "trace", storyRecalled)...).want(t, exitOK, "in stock")
}

// recall recalls a lot of the story's product.
func (n *partnerNet) recall(t *testing.T, lot string) {
	t.Helper()
	args := []string{"recall", "09521001100014", lot, "--class", "2", "--depth", "retail", "--reason", "dissolution below specification"}
	pedigree(t, n.sign(0, args, "elm")...).want(t, exitNo, "REFUSED (code 206, not-labeler)", "let the labeler sign", "Recall was refused")
	pedigree(t, n.sign(0, args, "alder")...).want(t, exitOK, "is recalled, class 2, down to retail", "in the supply chain", "Recall by 9521001", "in block")
	pedigree(t, n.sign(0, append(args, "--output", "json"), "alder")...).want(t, exitNo, `"codeName": "already-recalled"`)
	for _, tc := range []struct{ old, new, want string }{
		{"09521001100014", "09521001100015", "check digit"},
		{"2", "4", "--class is"},
		{"retail", "street", "--depth is"},
		{"dissolution below specification", strings.Repeat("x", 81), "--reason is"},
		{"--class", "--klass", "unknown flag"},
	} {
		wrong := slices.Clone(args)
		wrong[slices.Index(wrong, tc.old)] = tc.new
		pedigree(t, n.sign(0, wrong, "alder")...).want(t, exitUsage, tc.want)
	}
	pedigree(t, n.sign(0, args)...).want(t, exitUsage, "--key")
}

// reach lets the pharmacy acknowledge a recall, and everybody ask who has the
// lot.
func (n *partnerNet) reach(t *testing.T, lot string) {
	t.Helper()
	lotOf := []string{"09521001100014", lot}
	pedigree(t, n.sign(1, append([]string{"recall", "ack"}, append(lotOf, "--found", "2")...), "elm")...).want(t, exitOK, "2 found and set aside")
	s := pedigree(t, n.ask(2, append([]string{"recall", "reach"}, lotOf...)...)...).
		want(t, exitOK, "packages", "Elm Street Pharmacy", "Cedar Drug Wholesale", "outstanding", "total", "\ncomplete: ", "proved at height")
	var r reachReport
	pedigree(t, n.ask(3, append([]string{"recall", "reach", "--output", "json"}, lotOf...)...)...).want(t, exitOK).read(t, &r)
	if !r.Complete || r.Live != r.Lot.Commissioned-r.Lot.Ended || r.Acknowledged != 1 || len(r.Holders) < 2 {
		t.Errorf("reach: got %+v, want it complete with the pharmacy's answer\n%s", r, s.out)
	}
}

// history is the JSON of trace, as a program reads it.
type history struct {
	Steps []struct{ Kind, Tx, EventHash string }
}

// testTx looks transactions up.
func (n *partnerNet) testTx(t *testing.T) {
	var tr history
	pedigree(t, n.ask(0, "trace", storyDispensed, "--output", "json")...).want(t, exitOK).read(t, &tr)
	last := tr.Steps[len(tr.Steps)-1]
	pedigree(t, n.ask(0, "tx", "show", last.Tx)...).
		want(t, exitOK, "Dispense by Elm Street Pharmacy (fictional) ("+storyPharmacy+")", last.EventHash, "accepted", "checked by the light client")
	var r struct {
		Transactions []struct {
			ID, Kind, EventHash string
			Shipment            uint64
			Op                  map[string]any
		}
	}
	for _, hash := range []string{last.EventHash, strings.TrimSuffix(last.EventHash, "?ver=CBV2.0")} {
		pedigree(t, n.ask(0, "tx", "show", "--event", hash, "--output", "json")...).want(t, exitOK).read(t, &r)
		if len(r.Transactions) != 1 || r.Transactions[0].ID != last.Tx || r.Transactions[0].Op["openings"] == nil {
			t.Errorf("tx show --event %s: got %+v, want transaction %s with its op", hash, r, last.Tx)
		}
	}
	pedigree(t, n.ask(0, "tx", "show", strings.Repeat("00", 32))...).want(t, exitNo, "no such transaction")
	pedigree(t, n.ask(0, "tx", "show", "abc")...).want(t, exitUsage, "64 hexadecimal digits")
	pedigree(t, n.ask(0, "tx", "show", "ni:///sha-256;12")...).want(t, exitUsage, "not an event hash")
	pedigree(t, n.ask(0, "tx", "show")...).want(t, exitUsage)
}

// testTrace asks for histories.
func (n *partnerNet) testTrace(t *testing.T) {
	var r history
	pedigree(t, n.ask(1, "trace", storyDispensed, "--output", "json")...).want(t, exitOK).read(t, &r)
	var kinds []string
	for _, s := range r.Steps {
		kinds = append(kinds, s.Kind)
	}
	want := []string{"Commission", "Pack", "Pack", "Ship", "Receive", "Unpack", "Unpack", "Pack", "Ship", "Receive", "Dispense"}
	if !slices.Equal(kinds, want) {
		t.Errorf("history of %s: got %v, want %v", storyDispensed, kinds, want)
	}
	pedigree(t, n.ask(1, "trace", storyDispensed)...).want(t, exitOK,
		"commissioned in lot ALD-2601A", "packed into "+storyPallet, "dispensed to a patient", "Elm Street Pharmacy", "agree with the proved pedigree")
	for _, key := range []string{storyPallet, storyTote, storyCase, storyBottle} {
		pedigree(t, n.ask(1, "trace", key)...).want(t, exitOK, "Cedar Drug Wholesale", "agree with the proved pedigree")
	}
	for _, name := range []string{"history.xml", "history.jsonld"} {
		file := filepath.Join(n.dir, name)
		pedigree(t, n.ask(1, "trace", storyDispensed, "--epcis", file)...).want(t, exitOK, "11 events, 11 of them exactly")
		// All of it is in the ledger already: capturing it changes nothing.
		s := pedigree(t, n.sign(1, []string{"capture", file}, "alder")...).want(t, exitOK)
		if got := strings.Count(s.out, "recorded before"); got != 11 {
			t.Errorf("%s: %d events found recorded, want 11: %s", name, got, s.out)
		}
	}
	pedigree(t, n.ask(1, "trace", storyMadeUp)...).want(t, exitNo, "knows of no such")
	pedigree(t, n.ask(1, "trace", "4711")...).want(t, exitUsage, "cannot be read")
}

// testItem asks where things are.
func (n *partnerNet) testItem(t *testing.T) {
	for _, tc := range []struct {
		key  string
		want []string
	}{
		{storyBottle, []string{"It is in stock.", "It stands in container " + storyTote, "Elm Street Pharmacy (fictional) (" + storyPharmacy + ") owns and has it", "Lot ALD-2601A"}},
		{storyDispensed, []string{"It was dispensed to a patient", "It ended with Elm"}},
		{storyCase, []string{"It is a container with 12 packages in it.", "12 of GTIN 09521001100014, lot ALD-2601A"}},
		{storyPallet, []string{"It is an empty container.", "Cedar Drug Wholesale"}},
	} {
		pedigree(t, n.ask(2, "item", tc.key)...).want(t, exitOK, tc.want...)
	}
	s := pedigree(t, n.ask(2, "item", storyTote, "--contents", "100")...).want(t, exitOK, "not proved", storyBottle)
	s.without(t, storyDispensed)
	if got := strings.Count(s.out, "(21)"); got != 11 {
		t.Errorf("the tote lists %d packages, want 11: %s", got, s.out)
	}
	pedigree(t, n.ask(2, "item", storyTote, "--contents", "3")...).want(t, exitOK, "...")
	pedigree(t, n.ask(2, "item", "(00)095210030000000787")...).want(t, exitNo, "never")
	pedigree(t, n.ask(2, "item", storyMadeUp)...).want(t, exitNo, "give --lot")
	pedigree(t, n.ask(2, "item", storyMadeUp, "--lot", "ALD-2601A")...).want(t, exitNo, "never seen it")
	var r struct {
		Words    []string
		Pedigree json.RawMessage
	}
	pedigree(t, n.ask(2, "item", storyBottle, "--output", "json")...).want(t, exitOK).read(t, &r)
	if len(r.Words) == 0 || !bytes.Contains(r.Pedigree, []byte(`"height"`)) {
		t.Errorf("item as JSON: got %+v, want words and the pedigree", r)
	}
}
