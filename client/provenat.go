package client

import (
	"context"

	"github.com/cometbft/cometbft/types"
)

// provenAt proves records of one height.
type provenAt struct {
	c      *Client
	height uint64
	header *types.LightBlock
}

// provenAt settles on the latest height that can be proved.
func (c *Client) provenAt(ctx context.Context) (*provenAt, error) {
	l, err := c.needLight()
	if err != nil {
		return nil, err
	}
	height, err := c.settled(ctx)
	if err != nil {
		return nil, err
	}
	lb, err := l.Verify(ctx, height)
	if err != nil {
		return nil, err
	}
	return &provenAt{c, height - 1, lb}, nil
}

// proveAt returns a record, or nil when it is proved that there is none.
func proveAt[R any](ctx context.Context, at *provenAt, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	p, err := proveBy(ctx, at.c, at.header, key, decode)
	if err != nil {
		return nil, err
	}
	return p.Record, nil
}

// proveBy proves a record in the state to which a verified header commits.
func proveBy[R any](ctx context.Context, c *Client, lb *types.LightBlock, key []byte, decode func([]byte) (*R, error)) (*Proven[R], error) {
	w, err := c.witnessBy(ctx, lb, key)
	if err != nil {
		return nil, err
	}
	return decoded(w, decode)
}
