package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

const (
	storyMaker      = "9521001000000"
	storyWholesaler = "9521003000008"
)

// testClocks asks, answers, and reads what is due: all of one node, which has
// in its index what it gave a verdict on.
func (n *partnerNet) testClocks(t *testing.T) {
	message := filepath.Join(n.dir, "ti-request.json")
	if err := os.WriteFile(message, []byte(`{"tiRequestSet": {}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(by string, args ...string) said {
		t.Helper()
		return pedigree(t, n.sign(1, append([]string{"request"}, args...), by)...)
	}
	clocks := func(gln string, flags ...string) said {
		t.Helper()
		return pedigree(t, append([]string{"clocks", gln, "--node", n.Node(1).RPC()}, flags...)...)
	}
	clocks(storyMaker).want(t, exitOK, "nothing is due from "+storyMaker)
	ask("office", "09521001100014", "--lot", "ALD-2601A", "--to", storyMaker, "--ask", "transaction-information", "--reason", "recalled", "--message", message, "--drill").
		want(t, exitOK, "trace request 1: "+storyMaker+" is asked for transaction-information, due 2")
	var v outcome
	ask("elm", storyBottle, "--to", storyMaker, "--ask", "verification", "--reason", "suspect", "--output", "json").want(t, exitOK).read(t, &v)
	if v.Number != 2 || v.Op != "RequestTrace" {
		t.Errorf("got %+v, want trace request 2", v)
	}
	ask("elm", storyBottle, "--to", storyMaker, "--ask", "all-known-owners", "--reason", "recalled").want(t, exitNo, "role-missing")
	ask("elm", storyPallet, "--to", storyMaker, "--ask", "verification", "--reason", "suspect").want(t, exitUsage, "of one package")
	ask("elm", storyBottle, "--to", storyMaker, "--ask", "all-known-owners", "--reason", "saleable-return").want(t, exitUsage, "belongs to --ask verification")
	ask("elm", storyBottle, "--to", storyMaker, "--ask", "everything", "--reason", "suspect").want(t, exitUsage, "--ask is")
	ask("elm", storyBottle, "--to", storyMaker, "--ask", "verification", "--reason", "curious").want(t, exitUsage, "--reason is")
	ask("elm", storyBottle, "--ask", "verification", "--reason", "suspect").want(t, exitUsage, "--to is needed")

	clocks(storyMaker).want(t, exitOK, "trace-request 1: transaction-information, for 9521009", "trace-request 2: verification, for "+storyPharmacy)
	respond := func(by string, args ...string) said {
		t.Helper()
		return pedigree(t, n.sign(1, append([]string{"respond"}, args...), by)...)
	}
	respond("cedar", "2", "--outcome", "match").want(t, exitNo, "not-authorized")
	respond("alder", "2", "--outcome", "match", "--text", "ours").want(t, exitOK, "trace request 2 is answered: match")
	respond("alder", "2", "--outcome", "refused").want(t, exitNo, "already-answered")
	respond("alder", "7", "--outcome", "answered").want(t, exitNo, "request-unknown")
	respond("alder", "0", "--outcome", "answered").want(t, exitUsage, "a number is expected")
	respond("alder", "1", "--outcome", "perhaps").want(t, exitUsage, "--outcome is")
	s := clocks(storyMaker, "--all").want(t, exitOK, "trace-request 1", "match 2", "asked "+storyMaker)
	if strings.Contains(s.out, "trace-request 2:") {
		t.Errorf("what was answered is still due: %s", s.out)
	}
	var r clocksReport
	clocks(storyMaker, "--all", "--output", "json").want(t, exitOK).read(t, &r)
	if len(r.Due) != 1 || len(r.Requests) != 2 || r.Requests[0].Number != 2 || r.Requests[0].Answer.Outcome != app.TraceMatch || !r.Requests[1].Drill || (r.Requests[1].Message == app.Digest{}) {
		t.Errorf("got %+v", r)
	}
	pedigree(t, n.ask(1, "request", "show", "2")...).want(t, exitOK, storyPharmacy+" asked "+storyMaker, "match 2", "as of block", "checked by the light client")
	pedigree(t, n.ask(1, "request", "show", "99")...).want(t, exitNo, "no record of that number")
	clocks("12").want(t, exitUsage, "the partner 12")
}

// testExceptions sorts out a delivery.
func (n *partnerNet) testExceptions(t *testing.T) {
	do := func(by string, args ...string) said {
		t.Helper()
		return pedigree(t, n.sign(1, append([]string{"exception"}, args...), by)...)
	}
	do("elm", "open", "--against", storyWholesaler, "--shipment", "2", "--type", "underage", "--quantity", "2", "--wanted", "send-product", "--text", "two short").
		want(t, exitOK, "exception 1: underage, against "+storyWholesaler)
	do("elm", "open", "--against", storyMaker, "--shipment", "2", "--type", "underage").want(t, exitNo, "not-authorized")
	do("elm", "open", "--against", storyMaker, "--type", "odd").want(t, exitUsage, "--type")
	do("elm", "open", "--against", storyMaker, "--type", "other", "--wanted", "odd").want(t, exitUsage, "--wanted")
	do("elm", "open", "--against", storyMaker, "--type", "other", "--source", "odd").want(t, exitUsage, "--source")
	do("elm", "open", "--type", "other").want(t, exitUsage, "--against is needed")
	do("elm", "open", "--against", storyMaker, "--type", "other", "--message", filepath.Join(n.dir, "none")).want(t, exitTrouble, "none")

	do("elm", "respond", "1", "--accept").want(t, exitNo, "not-authorized")
	do("cedar", "respond", "1", "--reject", "--offer", "credit-account", "--follow-up", "phone").want(t, exitOK, "rejected; offered instead: credit-account")
	do("cedar", "respond", "1", "--accept").want(t, exitOK, "exception 1 is accepted")
	do("cedar", "respond", "1").want(t, exitUsage, "either --accept or --reject")
	do("cedar", "respond", "1", "--accept", "--offer", "send-product").want(t, exitUsage, "--offer belongs to --reject")
	do("elm", "resolve", "1", "--text", strings.Repeat("x", 201)).want(t, exitUsage, "at most 200")
	do("elm", "resolve", "1").want(t, exitOK, "exception 1 is resolved")
	do("cedar", "respond", "1", "--accept").want(t, exitNo, "exception-resolved")
	list := func(args ...string) said {
		t.Helper()
		return pedigree(t, append([]string{"exception", "list", "--node", n.Node(1).RPC()}, args...)...)
	}
	pedigree(t, n.ask(1, "exception", "show", "1", "--output", "json")...).want(t, exitOK, `"status": "resolved"`, `"text": "two short"`)
	pedigree(t, n.ask(1, "exception", "show", "9")...).want(t, exitNo, "no record of that number")
	list(storyPharmacy).want(t, exitOK, "resolved", "underage of 2", "two short")
	list(storyPharmacy, "--status", "open").want(t, exitOK, "no exception")
	list(storyPharmacy, "--status", "odd").want(t, exitTrouble, "open, accepted, rejected, resolved or all")
}

// testErrors declares steps of a history errors.
func (n *partnerNet) testErrors(t *testing.T) {
	var r history
	pedigree(t, n.ask(1, "trace", storyDispensed, "--output", "json")...).want(t, exitOK).read(t, &r)
	tx := r.Steps[0].Tx
	declare := func(by string, args ...string) said {
		t.Helper()
		return pedigree(t, n.sign(1, append([]string{"error", "declare"}, args...), by)...)
	}
	declare("alder", tx, "--reason", "incorrect_data", "--event", r.Steps[0].EventHash, "--corrective", r.Steps[1].EventHash, "--text", "net content").
		want(t, exitOK, "is declared an error: incorrect_data")
	declare("alder", tx, "--reason", "did_not_occur").want(t, exitNo, "already-corrected")
	declare("cedar", tx, "--reason", "did_not_occur").want(t, exitOK)
	declare("alder", tx, "--reason", "odd").want(t, exitUsage, "--reason is")
	declare("alder", "12", "--reason", "did_not_occur").want(t, exitUsage, "64 hexadecimal digits")
	declare("alder", tx, "--reason", "did_not_occur", "--corrective", "12").want(t, exitUsage, "--corrective is an event's hash")
	pedigree(t, n.ask(1, "trace", storyDispensed)...).want(t, exitOK,
		"declared an error by "+storyMaker, "incorrect_data, net content; corrected by ni:///sha-256;",
		"called an error by "+storyWholesaler+", who did not sign it")
	pedigree(t, "error", "list", storyMaker, "--node", n.Node(1).RPC()).want(t, exitOK, "tx "+tx, "net content")
	pedigree(t, "error", "list", storyPharmacy, "--node", n.Node(1).RPC()).want(t, exitOK, "no error was declared")

	// The same as an EPCIS document: the event once more, with the declaration.
	raw, err := os.ReadFile(n.document(t, "6"))
	if err != nil {
		t.Fatal(err)
	}
	correct := func(event string) said {
		t.Helper()
		file := filepath.Join(n.dir, "correction.jsonld")
		text := strings.Replace(string(raw), `"eventTimeZoneOffset"`, `"errorDeclaration": {"declarationTime": "2026-01-17T09:00:00Z", "reason": "incorrect_data",
			"correctiveEventIDs": ["`+r.Steps[1].EventHash+`", "urn:uuid:0d7e8f6a-3f0c-4f6b-9a58-0b1f0c6a3d11"]}, "eventTimeZoneOffset"`, 1)
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "2026-01-16T10:00:00Z", event)), 0o600); err != nil {
			t.Fatal(err)
		}
		return pedigree(t, n.sign(1, []string{"capture", file}, "elm")...)
	}
	const dispensed = "2026-01-16T10:00:00Z"
	correct(dispensed).want(t, exitOK, "error declaration: dispensing", "DeclareError tx", "is no hash, and left out")
	correct(dispensed).want(t, exitOK, "recorded before")
	correct("2026-01-16T11:00:00Z").want(t, exitNo, "no transaction carries the event that it corrects")
	pedigree(t, n.ask(1, "trace", storyDispensed)...).want(t, exitOK, "declared an error by "+storyPharmacy, "incorrect_data; corrected by")
}
