package verification

import (
	"context"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// ledger is the Verifier that asks a node. All that it says is proved against
// headers that the light client verified.
type ledger struct {
	client *client.Client
	config *Config // complete once requests come
}

// Verify returns what is proved about a package.
func (l ledger) Verify(ctx context.Context, claim proof.Claim) (*proof.Pedigree, error) {
	ped, _, err := l.client.Pedigree(ctx, claim, proof.Options{MaxAge: l.config.MaxAge, Now: l.config.Now()})
	if err != nil {
		return nil, err
	}
	if ped.Product == nil {
		return nil, ErrProductUnknown
	}
	return ped, nil
}

// Serves looks the product up.
func (l ledger) Serves(ctx context.Context, gtin gs1.GTIN) error {
	p, err := client.Query(ctx, l.client, app.DecodeProduct, "/product/{gtin}", gtin.String())
	if err == nil && p.Record == nil {
		err = ErrProductUnknown
	}
	return err
}

// Requester judges a partner by its record: it must be registered, active and
// within the time of its credential.
func (l ledger) Requester(ctx context.Context, gln gs1.GLN) (Standing, error) {
	p, err := client.Query(ctx, l.client, app.DecodePartner, "/partner/{gln}", gln.String())
	if err != nil {
		return Unrecognised, err
	}
	if p.Record == nil {
		return Unrecognised, nil
	}
	known := client.ProvenPartner{GLN: gln, Proven: *p}
	if known.Authorized(uint64(max(l.config.Now().Unix(), 0))) != "" {
		return NotPermitted, nil
	}
	return Permitted, nil
}
