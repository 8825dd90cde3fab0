package client

import (
	"context"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// EPC URIs show where an identifier's company prefix ends, which the identifier
// does not tell: the ledger knows it of products and of partners' prefixes.

// epc is the EPC URI of an item or container.
func (x *Teller) epc(ctx context.Context, key gs1.Key) (string, error) {
	if sg, ok := key.SGTIN(); ok {
		digits, err := x.productPrefix(ctx, sg.GTIN)
		if err != nil {
			return "", err
		}
		epc, err := sg.EPC(digits)
		return epc.String(), err
	}
	sscc, _ := key.SSCC()
	digits, err := x.prefix(ctx, sscc.String()[1:])
	if err != nil {
		return "", err
	}
	epc, err := sscc.EPC(digits)
	return epc.String(), err
}

// location is the SGLN of a site or party, without extension.
func (x *Teller) location(ctx context.Context, gln gs1.GLN) (string, error) {
	digits, err := x.prefix(ctx, gln.String())
	if err != nil {
		return "", err
	}
	epc, err := gln.Location(digits, "")
	return epc.String(), err
}

func (x *Teller) productPrefix(ctx context.Context, gtin gs1.GTIN) (int, error) {
	if n, ok := x.prefixes[gtin.String()]; ok {
		return n, nil
	}
	p, err := read(ctx, x.c, app.ProductKey(gtin), app.DecodeProduct)
	if err != nil {
		return 0, err
	}
	if p == nil {
		return 0, fmt.Errorf("GTIN %s: %w", gtin, ErrNotFound)
	}
	return x.remember(gtin.String(), int(p.PrefixDigits)), nil
}

// The lengths of company prefixes in EPC URIs, and the one that is taken when
// no partner registered the prefix.
const (
	minPrefix   = 6
	maxPrefix   = 12
	usualPrefix = 7
)

// prefix is the length of the registered company prefix with which digits
// begin.
func (x *Teller) prefix(ctx context.Context, digits string) (int, error) {
	if n, ok := x.prefixes[digits]; ok {
		return n, nil
	}
	found := usualPrefix
	for n := minPrefix; n <= maxPrefix; n++ {
		raw, err := x.c.Record(ctx, app.PrefixKey(gs1.CompanyPrefix(digits[:n])))
		if err != nil {
			return 0, err
		}
		if raw != nil {
			found = n
			break
		}
	}
	return x.remember(digits, found), nil
}
