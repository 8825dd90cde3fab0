package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

const storySecondPharmacy = "9521006000005"

// TestTemplates: every op has an example that can be signed.
func TestTemplates(t *testing.T) {
	list := pedigree(t, "tx", "template").want(t, exitOK)
	for _, k := range app.Kinds() {
		s := pedigree(t, "tx", "template", strings.ToLower(k.String())).want(t, exitOK, `"op": "`+k.String()+`"`, "  ")
		op, err := app.UnmarshalOp([]byte(s.out))
		if err != nil || op.Kind() != k {
			t.Errorf("template of %s: %v in %s", k, err, s.out)
		}
		if !strings.Contains(list.out, k.String()+"\n") {
			t.Errorf("%s is not in the list %s", k, list.out)
		}
	}
	pedigree(t, "tx", "template", "Sell").want(t, exitUsage, `no op "Sell"`, "RegisterProduct")
	pedigree(t, "tx", "template", "Pack", "Ship").want(t, exitUsage)
}

func TestReportHint(t *testing.T) {
	const key = "010952100110001421A3K2KM39YL"
	for _, tc := range []struct {
		code   app.Code
		detail string
		want   string
	}{
		{app.CodeEnded, key + " was dispensed", `pedigree report "(01)09521001100014(21)A3K2KM39YL" --at`},
		{app.CodeMoved, "ended: gone (" + key + " left holding 11", `pedigree report "(01)09521001100014(21)A3K2KM39YL" --at`},
		{app.CodeNotOwner, "owner 9521005000006, signer 9521006000005", "pedigree report SCAN --at"},
		{app.CodeRecalled, key, ""},
	} {
		got := reportHint(tc.code, tc.detail)
		if (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%s, %q: got %q, want %q", tc.code, tc.detail, got, tc.want)
		}
		if advice := adviceOf(tc.code, tc.detail, nil, ""); !strings.HasPrefix(advice, tc.code.Advice()) || !strings.HasSuffix(advice, got) {
			t.Errorf("advice on %s: got %q, want the code's and %q", tc.code, advice, got)
		}
	}
}

// TestConflictHint: who signs on behalf of another reports on its behalf.
func TestConflictHint(t *testing.T) {
	by, err := gs1.ParseGLN(storyPharmacy)
	if err != nil {
		t.Fatal(err)
	}
	c := &client.Conflict{Key: "010952100110001421A3K2KM39YL", By: by, Location: by, Says: "it was dispensed"}
	for keyFile, want := range map[string]string{
		"":                       "--at " + storyPharmacy + " --key KEY-FILE",
		"agent.json":             "--at " + storyPharmacy + " --key agent.json",
		keyFor("agent.json", by): "--at " + storyPharmacy + " --key agent.json --for " + storyPharmacy,
	} {
		if got := hintOf(app.CodeEnded, "", c, keyFile); !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want %q at its end", got, want)
		}
	}
}

// testSubmit hands in ops written as JSON.
func (n *partnerNet) testSubmit(t *testing.T) {
	file := filepath.Join(n.dir, "op.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	op := strings.Replace(pedigree(t, "tx", "template", "RegisterProduct").out, "09521001100014", "09521001777773", 1)
	write(op)
	submit := []string{"tx", "submit", file}
	var v outcome
	pedigree(t, n.sign(1, append(submit, "--at", "2026-01-31T08:00:00Z", "--output", "json"), "alder")...).want(t, exitOK).read(t, &v)
	if v.Op != "RegisterProduct" || v.Height == 0 || v.Code != app.CodeOK || v.Partner.String() != "9521001000000" || v.ChainID != "partner-test" {
		t.Errorf("got %+v, want a RegisterProduct of alder in a block", v)
	}
	pedigree(t, n.ask(1, "tx", "show", v.Tx.String())...).want(t, exitOK, "RegisterProduct by Alder", "event of 2026-01-31T08:00:00Z")
	pedigree(t, n.sign(1, submit, "alder")...).want(t, exitNo, "REFUSED (code 302, product-exists)", "do: use the registered product")

	var out, errOut bytes.Buffer
	other := strings.Replace(op, "09521001777773", "09521001777780", 1)
	code := run(t.Context(), n.sign(1, []string{"tx", "submit", "-"}, "alder"), strings.NewReader(other), &out, &errOut)
	said{code, out.String(), errOut.String()}.want(t, exitOK, "accepted")

	pedigree(t, n.sign(1, submit)...).want(t, exitUsage, "--key")
	pedigree(t, n.sign(1, submit, "alder", "elm")...).want(t, exitUsage, "signed by one partner")
	pedigree(t, n.sign(1, append(submit, "--at", "yesterday"), "alder")...).want(t, exitUsage, "with its zone")
	pedigree(t, n.sign(1, []string{"tx", "submit"}, "alder")...).want(t, exitUsage)
	pedigree(t, n.sign(1, []string{"tx", "submit", file + "x"}, "alder")...).want(t, exitTrouble, "op.jsonx")
	write(strings.Replace(op, `"name"`, `"nome"`, 1))
	pedigree(t, n.sign(1, submit, "alder")...).want(t, exitTrouble, `unknown field "nome"`, "nothing was sent")
}

// testMark marks packages, and clears the marks.
func (n *partnerNet) testMark(t *testing.T) {
	mark := func(by, scan string, flags ...string) said {
		t.Helper()
		return pedigree(t, n.sign(3, append([]string{"mark", scan}, flags...), by)...)
	}
	// Its owner stops a bottle, wherever it stands.
	mark("elm", storyBottle, "suspect", "--block").want(t, exitOK, storyBottle+" is marked suspect", "nobody can ship or dispense it", "was shown where it is", "Mark by "+storyPharmacy)
	pedigree(t, n.ask(0, "verify", storyBottle)...).want(t, exitNo, "sellable:  NO", "suspect")
	mark("elm", storyBottle, "suspect").want(t, exitNo, "mark-exists")
	mark("fir", storyBottle, "suspect", "--clear").want(t, exitNo, "mark-unknown")
	mark("fir", storyBottle, "suspect", "--clear", "--by", storyPharmacy).want(t, exitNo, "not-authorized")
	mark("elm", storyBottle, "suspect", "--clear").want(t, exitOK, "no longer marked suspect")
	pedigree(t, n.ask(0, "verify", storyBottle)...).want(t, exitOK, "sellable:  YES")

	// Strangers only warn; a regulator takes the warning back.
	mark("fir", storyTote, "stolen", "--block").want(t, exitNo, "not-authorized")
	mark("fir", storyTote, "stolen").want(t, exitOK, "it is a warning")
	var v outcome
	mark("office", storyTote, "stolen", "--clear", "--by", storySecondPharmacy, "--output", "json").want(t, exitOK).read(t, &v)
	if v.Op != "ClearMark" || len(v.Words) != 1 || v.Height == 0 {
		t.Errorf("got %+v, want a ClearMark in a block, and words", v)
	}

	// What is not there, or was dispensed, is marked by its number.
	mark("alder", storyMadeUp, "illegitimate", "--block").want(t, exitOK, "has never seen it")
	mark("alder", storyDispensed, "suspect").want(t, exitOK, "by the ledger it was dispensed")

	mark("elm", storyBottle, "odd").want(t, exitUsage, "no kind of mark")
	mark("elm", "4711", "suspect").want(t, exitUsage, "cannot be read")
	mark("elm", storyBottle, "suspect", "--block", "--clear").want(t, exitUsage, "either --block or --clear")
	mark("elm", storyBottle, "suspect", "--by", storyPharmacy).want(t, exitUsage, "--by belongs to --clear")
	mark("elm", storyBottle, "suspect", "--clear", "--by", "12").want(t, exitUsage, "--by 12")
}

// testEvidence writes the evidence of the report on the dispensed bottle, and
// checks it without a network.
func (n *partnerNet) testEvidence(t *testing.T) {
	file, genesis := filepath.Join(n.dir, "report.evidence"), n.Node(0).Home().GenesisFile()
	export := func(flags ...string) said {
		return pedigree(t, n.ask(0, append([]string{"proof", "evidence", "export", storyDispensed, "-o", file}, flags...)...)...)
	}
	words := []string{
		"ReportConflict of " + storyDispensed, "(" + storySecondPharmacy + ") reported it in block", "it has " + storyDispensed + " in hand at site " + storySecondPharmacy,
		"was dispensed by " + storyPharmacy, "is a warning", "the file holds",
	}
	export().want(t, exitOK, append(words, "checked by the light client")...)
	export("--by", storySecondPharmacy).want(t, exitOK)
	export("--by", storyPharmacy).want(t, exitNo, "no report stands")
	export("--by", "12").want(t, exitUsage, "--by 12")
	pedigree(t, n.ask(0, "proof", "evidence", "export", storyBottle, "-o", file)...).want(t, exitNo, "no report stands")
	pedigree(t, n.ask(0, "proof", "evidence", "export", storyBottle)...).want(t, exitUsage, "-o")

	verify := func(flags ...string) said {
		return pedigree(t, append([]string{"proof", "evidence", "verify", file}, flags...)...)
	}
	verify("--genesis", genesis, "--scan", storyDispensed).want(t, exitOK, words...)
	var r evidenceReport
	verify("--genesis", genesis, "--output", "json").want(t, exitOK).read(t, &r)
	if !r.Holds || r.Evidence.Op != "ReportConflict" || r.Evidence.By.GLN.String() != storySecondPharmacy {
		t.Errorf("got %+v, want a ReportConflict of %s", r, storySecondPharmacy)
	}
	verify("--genesis", genesis, "--scan", storyBottle).want(t, exitNo, "REFUSED", "it is about")
	verify("--validators-hash", strings.Repeat("ab", 32)).want(t, exitNo, "cannot be trusted")
	verify().want(t, exitUsage, "say whom you trust")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	verify("--genesis", genesis).want(t, exitNo, "REFUSED", "the file is refused")
}

// testReport reports packages in hand that the ledger has elsewhere.
func (n *partnerNet) testReport(t *testing.T) {
	report := func(scan, at string) said {
		t.Helper()
		return pedigree(t, n.sign(0, []string{"report", scan, "--at", at}, "fir")...)
	}
	report(storyDispensed, storySecondPharmacy).
		want(t, exitOK, "by the ledger it was dispensed by "+storyPharmacy, "marked duplicate", "do not sell it", "ReportConflict by "+storySecondPharmacy)
	report(storyDispensed, storySecondPharmacy).want(t, exitNo, "mark-exists")
	n.testEvidence(t)
	report(storyRecalled, storySecondPharmacy).want(t, exitOK, "by the ledger it is with "+storyPharmacy)
	pedigree(t, n.ask(0, "item", storyRecalled)...).want(t, exitOK, "duplicate", storySecondPharmacy)
	// It takes its warning back: the recall's test needs the package.
	pedigree(t, n.sign(0, []string{"mark", storyRecalled, "duplicate", "--clear"}, "fir")...).want(t, exitOK)
	pedigree(t, n.sign(0, []string{"report", storyBottle, "--at", storyPharmacy}, "elm")...).want(t, exitNo, "no-conflict", "nothing to report")

	report(storyMadeUp, storySecondPharmacy).want(t, exitNo, "never seen it")
	report(storyTote, storySecondPharmacy).want(t, exitUsage, "is a container")
	report(storyCase, storySecondPharmacy).want(t, exitUsage, "is a container")
	report(storyDispensed, "").want(t, exitUsage, "--at is needed")
	report(storyDispensed, "12").want(t, exitUsage, "--at 12")
}
