package main

import (
	"fmt"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// adviceOf is what to do about a refusal, with the command that does it where
// there is one.
func adviceOf(code app.Code, detail string) string {
	advice := code.Advice()
	if hint := reportHint(code, detail); hint != "" {
		advice += "; " + hint
	}
	return advice
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
