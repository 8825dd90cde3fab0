package proof

import (
	"bytes"
	"context"
	"fmt"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/internal/wire"
	stateproof "github.com/pedigree-ledger/pedigree/state/proof"
)

// collector collects records with their proofs. As records it reads from the
// source whatever it is asked for.
type collector struct {
	ctx  context.Context
	from interface {
		Record(ctx context.Context, height uint64, key []byte) (value, proof []byte, err error)
	}
	height uint64
	block  *types.LightBlock
	multi  stateproof.Multi
}

// shown is what was collected as a file shows it: judge reads it once more, and
// what it did not need is dropped.
func (c *collector) shown(judge func(records) error) ([]byte, error) {
	e := wire.NewEncoder(16 << 10)
	c.multi.Encode(e)
	shown := stateproof.DecodeMulti(wire.NewDecoder(e.Bytes()))
	if err := judge(shown); err != nil {
		return nil, fmt.Errorf("the collected proofs do not hold: %w", err)
	}
	shown.Prune()
	e = wire.NewEncoder(16 << 10)
	shown.Encode(e)
	return e.Bytes(), nil
}

// Get fetches one record with its proof.
func (c *collector) Get(key []byte) ([]byte, bool, error) {
	if value, present, err := c.multi.Get(key); err == nil {
		return value, present, nil
	}
	value, proof, err := c.from.Record(c.ctx, c.height, key)
	if err != nil {
		return nil, false, err
	}
	if err := c.multi.Add(c.block.AppHash, key, value, proof); err != nil {
		return nil, false, fmt.Errorf("%w: the node's answer at height %d: %v", ErrInvalid, c.height, err)
	}
	return value, value != nil, nil
}

// Scan fetches every record under a prefix. That a key is absent is proved by
// its neighbors, and the one above it is the next record.
func (c *collector) Scan(prefix []byte, fn func(key, value []byte) error) error {
	for next := prefix; ; {
		if _, present, err := c.Get(next); err != nil {
			return err
		} else if !present {
			next = c.multi.After(next)
		}
		if len(next) < len(prefix) || string(next[:len(prefix)]) != string(prefix) {
			return nil
		}
		value, _, err := c.Get(next)
		if err != nil {
			return err
		}
		if err := fn(next, value); err != nil {
			return err
		}
		next = append(bytes.Clone(next), 0)
	}
}
