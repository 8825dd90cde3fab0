package main

import (
	"fmt"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// adviceOf is what to do about a refusal, with the command that does it where
// there is one: found is the report that the client offers, or nil, and keyFile
// what follows --key there.
func adviceOf(code app.Code, detail string, found *client.Conflict, keyFile string) string {
	advice := code.Advice()
	if hint := hintOf(code, detail, found, keyFile); hint != "" {
		advice += "; " + hint
	}
	return advice
}

func hintOf(code app.Code, detail string, found *client.Conflict, keyFile string) string {
	if found != nil {
		return conflictHint(found, keyFile)
	}
	return reportHint(code, detail)
}

// reportHint is the command by which a partner says that it has a package in
// hand that the ledger has elsewhere, or ended; empty where the refusal is of
// another kind. Packages of counterfeiters are found in just this way.
func reportHint(code app.Code, detail string) string {
	when := ""
	switch code {
	case app.CodeEnded, app.CodeMoved:
		when = "if you have the package in hand"
	case app.CodeNotOwner, app.CodeNotPossessor:
		when = "if you have the package in hand and received it from nobody"
	default:
		return ""
	}
	scan := "SCAN"
	if key, ok := keyIn(detail); ok {
		scan = fmt.Sprintf("%q", key.Bracketed())
	}
	return fmt.Sprintf("%s, put that on record: pedigree report %s --at GLN-OF-YOUR-SITE --key KEY-FILE", when, scan)
}

// conflictHint is the command that sends the report which a refusal suggests.
func conflictHint(c *client.Conflict, keyFile string) string {
	if keyFile == "" {
		keyFile = "KEY-FILE"
	}
	when := "if you have it in hand"
	if _, duplicate := c.Op.(*app.ReportDuplicate); duplicate {
		when = "the number is on two packages"
	}
	return fmt.Sprintf("by the ledger %s; %s, put that on record: pedigree report %q --at %s --key %s", c.Says, when, c.Key.Bracketed(), c.Location, keyFile)
}

// keyIn finds the package that a refusal names.
func keyIn(detail string) (gs1.Key, bool) {
	for _, word := range strings.Fields(detail) {
		key, err := gs1.ParseKey(strings.TrimPrefix(word, "("))
		if _, item := key.SGTIN(); err == nil && item {
			return key, true
		}
	}
	return "", false
}
