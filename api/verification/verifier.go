package verification

import (
	"context"
	"errors"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// ErrProductUnknown says that no product with that GTIN is on the ledger.
var ErrProductUnknown = errors.New("the ledger knows no product with that GTIN")

// Standing is what the ledger says of a partner that asks.
type Standing uint8

// The standings of a requester.
const (
	// Unrecognised: no such partner is registered.
	Unrecognised Standing = iota
	// NotPermitted: it is registered, but suspended or without a credential
	// that is valid now.
	NotPermitted
	// Permitted: it is an authorised trading partner.
	Permitted
)

// Verifier answers verification requests from the ledger. Its methods may be
// called from any goroutine.
type Verifier interface {
	// Verify returns what is proved about the package in the claim, identity
	// compared with the claim's lot and expiry; ErrProductUnknown when the
	// GTIN is not on the ledger.
	Verify(ctx context.Context, claim proof.Claim) (*proof.Pedigree, error)
	// Serves returns nil if the GTIN is on the ledger, ErrProductUnknown if
	// not.
	Serves(ctx context.Context, gtin gs1.GTIN) error
	// Requester returns the standing of the partner that asks.
	Requester(ctx context.Context, gln gs1.GLN) (Standing, error)
}
