package edge

import (
	"context"
	"errors"
	"net/http"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Trouble makes a problem of why the ledger could not be asked, or its answer
// not be believed. What the caller may see of it is in the problem; the error
// itself, which may name machines, is for the log: errors.Unwrap gives it. An
// error that is a problem already stays what it is.
func Trouble(err error) error {
	var known *Problem
	if errors.As(err, &known) {
		return err
	}
	status, detail := explain(err)
	return &troubled{NewProblem(status, detail), err}
}

// troubled is a problem with its cause.
type troubled struct {
	*Problem
	cause error
}

// Unwrap is the cause.
func (t *troubled) Unwrap() error { return t.cause }

// explain finds the status and the words for an error of package client.
func explain(err error) (status int, detail string) {
	var refused *client.QueryError
	switch {
	case errors.Is(err, client.ErrNotFound):
		return http.StatusNotFound, "the ledger knows of no such thing, as far as this node's index has come"
	case errors.Is(err, proof.ErrStale):
		return http.StatusServiceUnavailable, "the last signed state is older than the answer may be: the node is behind, or the network stands still"
	case errors.Is(err, proof.ErrInvalid), errors.Is(err, proof.ErrForm), errors.Is(err, proof.ErrUntrusted):
		return http.StatusBadGateway, "the node's answer does not stand in the state that the validators signed, and is not passed on"
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout, "the node took too long"
	case errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable, "the request was given up"
	case errors.As(err, &refused):
		return http.StatusServiceUnavailable, "the node cannot answer now: " + refused.Log
	default:
		return http.StatusServiceUnavailable, "the node cannot be asked now; its operator finds more in the log, under this request's id"
	}
}
