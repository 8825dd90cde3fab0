package edge

import (
	"context"
	"errors"
	"net/http"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// LedgerTrouble is Trouble for an error of package client: it says what kept the
// node from answering, or its answer from being believed, as far as a caller may
// know. Status 404 means that the ledger knows of no such thing, 502 that the
// node's proof does not hold, 503 that the node cannot answer now.
func LedgerTrouble(err error) *Problem {
	var refused *client.QueryError
	status, detail := http.StatusServiceUnavailable, ""
	switch {
	case errors.Is(err, client.ErrNotFound):
		return NotFound.Problem("the ledger knows of no such thing, as far as this node's index has come")
	case errors.Is(err, client.ErrNoState):
		return NotFound.Problem("%s", err)
	case errors.As(err, &refused) && refused.Malformed():
		return BadRequest.Problem("%s", refused.Log)
	case errors.Is(err, proof.ErrStale):
		detail = "the last signed state is older than the answer may be: the node is behind, or the network stands still"
	case errors.Is(err, proof.ErrInvalid), errors.Is(err, proof.ErrForm), errors.Is(err, proof.ErrUntrusted):
		status, detail = http.StatusBadGateway, "the node's answer does not stand in the state that the validators signed, and is not passed on"
	case errors.Is(err, context.Canceled):
		detail = "the request was given up"
	case errors.As(err, &refused):
		detail = "the node cannot answer now: " + refused.Log
	default:
		return Trouble(err)
	}
	p := NewProblem(status, detail)
	p.cause = err
	return p
}
