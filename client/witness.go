package client

import (
	"context"
	"fmt"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

// witness is a record, or its absence, with the proof of it, checked.
type witness struct {
	key, value, evidence []byte // value is nil when there is none
	header               *types.LightBlock
}

// witnessBy asks for a record in the state to which a verified header commits.
func (c *Client) witnessBy(ctx context.Context, lb *types.LightBlock, key []byte) (*witness, error) {
	value, evidence, err := c.recordProof(ctx, uint64(lb.Height)-1, key)
	if err != nil {
		return nil, err
	}
	if err := proof.CheckRecord(lb.AppHash, key, value, evidence); err != nil {
		return nil, fmt.Errorf("the node's answer does not stand in the state that the validators signed: %w", err)
	}
	return &witness{key, value, evidence, lb}, nil
}

// decoded reads the record of a witness.
func decoded[R any](w *witness, decode func([]byte) (*R, error)) (*Proven[R], error) {
	p := &Proven[R]{Height: uint64(w.header.Height) - 1, Time: w.header.Time}
	if w.value == nil {
		return p, nil
	}
	var err error
	p.Record, err = decode(w.value)
	return p, err
}

// QueryProof is Query, and gives the proof for others to check: they need
// nothing but the validators they trust (proof.RecordFile).
func QueryProof[R any](ctx context.Context, c *Client, decode func([]byte) (*R, error), path string, args ...string) (*Proven[R], *proof.RecordFile, error) {
	key, err := provableKey(path, args)
	if err != nil {
		return nil, nil, err
	}
	w, err := c.witness(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	return handOn(w, decode)
}

// QueryProofAt is QueryAt, and gives the proof for others to check.
func QueryProofAt[R any](ctx context.Context, c *Client, height uint64, decode func([]byte) (*R, error), path string, args ...string) (*Proven[R], *proof.RecordFile, error) {
	key, err := provableKey(path, args)
	if err != nil {
		return nil, nil, err
	}
	l, err := c.needLight()
	if err != nil {
		return nil, nil, err
	}
	lb, err := l.Verify(ctx, height+1)
	if err != nil {
		return nil, nil, err
	}
	w, err := c.witnessBy(ctx, lb, key)
	if err != nil {
		return nil, nil, err
	}
	return handOn(w, decode)
}

func handOn[R any](w *witness, decode func([]byte) (*R, error)) (*Proven[R], *proof.RecordFile, error) {
	p, err := decoded(w, decode)
	if err != nil {
		return nil, nil, err
	}
	file, err := proof.NewRecordFile(w.key, w.value, w.evidence, w.header)
	return p, file, err
}
