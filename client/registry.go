package client

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Partners returns a page of all partners, ascending by the end of their
// credentials.
func (c *Client) Partners(ctx context.Context, page app.PageRequest) (*app.Page[app.PartnerEnd], error) {
	return listPage[app.PartnerEnd](ctx, c, page, app.PathPartners)
}

// Expiring returns a page of the partners whose credential has ended or ends
// within that many days after the last block, and of those that are suspended,
// ascending by the end.
func (c *Client) Expiring(ctx context.Context, days uint32, page app.PageRequest) (*app.Page[app.PartnerEnd], error) {
	return listPage[app.PartnerEnd](ctx, c, page, app.PathExpiring, number(uint64(days)))
}

// ProvenPartner is a partner with its record, proved.
type ProvenPartner struct {
	GLN gs1.GLN `json:"gln"`
	Proven[app.Partner]
}

// Authorized says what stands in the way of the partner's trade at a time in
// seconds UTC: "suspended", "ended", "not yet valid", or nothing.
func (p *ProvenPartner) Authorized(at uint64) (why string) {
	r := p.Record
	switch {
	case r == nil:
		return "not registered"
	case r.Standing != app.StandingActive:
		return "suspended"
	case at >= r.Credential.Until:
		return "ended"
	case at < r.Credential.From:
		return "not yet valid"
	}
	return ""
}

// ProvePartners proves the records of partners that a listing named, all in
// the state of one height. That each record is genuine is proved; that the
// listing left nobody out is not. There must be a light client: see UseLight.
func (c *Client) ProvePartners(ctx context.Context, listed []app.PartnerEnd) ([]ProvenPartner, error) {
	at, err := c.provenAt(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ProvenPartner, 0, len(listed))
	for i := range listed {
		gln := listed[i].GLN
		p, err := proveBy(ctx, c, at.header, app.PartnerKey(gln), app.DecodePartner)
		if err != nil {
			return nil, fmt.Errorf("partner %s: %w", gln, err)
		}
		out = append(out, ProvenPartner{gln, *p})
	}
	return out, nil
}

// QueryAt is Query in the state after the block at a height of the past. The
// node must still keep that state (its setting keepVersions: a thousand heights
// unless it says otherwise; an archive keeps all), and the header of the height
// after it; otherwise the error is a *QueryError, or says that the header is
// gone.
func QueryAt[R any](ctx context.Context, c *Client, height uint64, decode func([]byte) (*R, error), path string, args ...string) (*Proven[R], error) {
	key, err := provableKey(path, args)
	if err != nil {
		return nil, err
	}
	l, err := c.needLight()
	if err != nil {
		return nil, err
	}
	lb, err := l.Verify(ctx, height+1)
	if err != nil {
		return nil, err
	}
	return proveBy(ctx, c, lb, key, decode)
}

// ErrNoState means that there is no signed state of a moment: it lies before the
// first block, or after the last.
var ErrNoState = errors.New("there is no signed state of that time")

// PartnerAt proves what was registered about a partner at a moment of the past:
// who was authorised, and who was suspended. It is the state after the last
// block that is not later than the moment; that no later block was, is proved
// by its header and the next one. What QueryAt says of the past holds here.
func (c *Client) PartnerAt(ctx context.Context, gln gs1.GLN, at time.Time) (*ProvenPartner, error) {
	l, err := c.needLight()
	if err != nil {
		return nil, err
	}
	height, err := c.heightAt(ctx, at)
	if err != nil {
		return nil, err
	}
	first, err := l.Verify(ctx, height)
	if err != nil {
		return nil, err
	}
	next, err := l.Verify(ctx, height+1)
	if err != nil {
		return nil, err
	}
	if first.Time.After(at) || !next.Time.After(at) {
		return nil, fmt.Errorf("the node says that block %d is the last one at %s; by the headers that the validators signed it is not", height, at.UTC().Format(time.RFC3339))
	}
	p, err := proveBy(ctx, c, next, app.PartnerKey(gln), app.DecodePartner)
	if err != nil {
		return nil, err
	}
	return &ProvenPartner{gln, *p}, nil
}

// heightAt finds the last block that is not later than a time, by what the node
// says of its headers.
func (c *Client) heightAt(ctx context.Context, at time.Time) (uint64, error) {
	last, err := signedHeader(ctx, c.rpc, nil)
	if err != nil {
		return 0, err
	}
	if !last.Time.After(at) {
		return 0, fmt.Errorf("%w: the last block is of %s, and the state at %s is not signed yet; ask for the present one", ErrNoState, last.Time.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	}
	var failed error
	later := sort.Search(int(last.Height), func(i int) bool {
		height := int64(i) + 1
		h, err := signedHeader(ctx, c.rpc, &height)
		if err != nil && !strings.Contains(err.Error(), "lowest height") && failed == nil {
			failed = err
		}
		return err == nil && h.Time.After(at)
	})
	if failed != nil {
		return 0, failed
	}
	if later == 0 {
		return 0, fmt.Errorf("%w: there was no block yet at %s", ErrNoState, at.UTC().Format(time.RFC3339))
	}
	return uint64(later), nil
}

// Rotate makes a new key for the partner of a signer that the client uses, and
// hands in the RotateKey that adds it and, after a grace period, retires the
// old one. save keeps the new key before anything is sent, so that it is never
// lost once the ledger knows it. The client signs with the new key from then
// on, if the ledger accepted it.
func (c *Client) Rotate(ctx context.Context, old *Signer, grace time.Duration, save func(*Signer) error) (*Signer, *Outcome, error) {
	fresh, err := GenerateSigner(old.Partner)
	if err != nil {
		return nil, nil, err
	}
	if err := save(fresh); err != nil {
		return nil, nil, err
	}
	op := &app.RotateKey{
		Add:    []app.NewKeyProof{app.ProvePossession(fresh.private, c.chainID, fresh.Partner)},
		Retire: []app.Retirement{{Key: old.KeyID()}},
	}
	if grace > 0 {
		op.Retire[0].From = uint64(time.Now().Add(grace).Unix())
	}
	out, err := c.Submit(ctx, old.Partner, op, 0, app.EventHash{})
	if err == nil && out.OK() {
		c.Use(fresh)
	}
	return fresh, out, err
}
