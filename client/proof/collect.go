package proof

import (
	"bytes"
	"context"
	"fmt"

	"github.com/pedigree-ledger/pedigree/internal/wire"
	stateproof "github.com/pedigree-ledger/pedigree/state/proof"
)

// collector collects records of one state with their proofs. As records it
// reads from the source whatever it is asked for and is not known.
type collector struct {
	ctx  context.Context
	from interface {
		Record(ctx context.Context, height uint64, key []byte) (value, proof []byte, err error)
	}
	height  uint64
	known   *stateproof.Known
	reading *stateproof.Reading
}

// read lets judge read records, and returns a part of the tree that shows what
// it read and nothing else.
func (c *collector) read(judge func(records) error) (witness []byte, err error) {
	c.reading = c.known.Read()
	if err := judge(c); err != nil {
		return nil, fmt.Errorf("the node's answers do not fit each other: %w", err)
	}
	e := wire.NewEncoder(6 << 10)
	c.reading.Encode(e)
	return e.Bytes(), nil
}

// Get reads one record, with its proof from the source where it is not known.
func (c *collector) Get(key []byte) ([]byte, bool, error) {
	if value, present, err := c.reading.Get(key); err == nil {
		return value, present, nil
	}
	value, proof, err := c.from.Record(c.ctx, c.height, key)
	if err != nil {
		return nil, false, err
	}
	if err := c.known.Add(key, value, proof); err != nil {
		return nil, false, fmt.Errorf("%w: the node's answer at height %d: %v", ErrInvalid, c.height, err)
	}
	return c.reading.Get(key)
}

// Scan fetches every record under a prefix. That a key is absent is proved by
// its neighbors, and the one above it is the next record.
func (c *collector) Scan(prefix []byte, fn func(key, value []byte) error) error {
	for next := prefix; ; {
		if _, present, err := c.Get(next); err != nil {
			return err
		} else if !present {
			next = c.reading.After(next)
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
