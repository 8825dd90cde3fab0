package edge

import (
	"fmt"
	"net/http"

	"github.com/pedigree-ledger/pedigree/client"
)

// Unreadable is the answer to a barcode or another GS1 identifier that cannot be
// read: what is wrong with it and the likely cure, as package gs1 found it.
// where names the parameter.
func Unreadable(where string, err error) *Problem {
	d := client.Diagnose(err)
	words := where + ": " + d.Words + ": " + d.Detail
	if d.AI != "" {
		words = where + ": (" + d.AI + ") " + d.Words + ": " + d.Detail
	}
	if d.Hint != "" {
		words += "; do: " + d.Hint
	}
	p := NewProblem(http.StatusBadRequest, words)
	p.Type, p.Title = "urn:pedigree:scan:"+d.Problem, "a GS1 identifier cannot be read"
	if d.Offset >= 0 {
		where = fmt.Sprintf("%s, character %d", where, d.Offset+1)
	}
	return p.Wrongf(where, "%s: %s", d.Words, d.Detail)
}
