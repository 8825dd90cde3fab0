package proof

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	stateproof "github.com/pedigree-ledger/pedigree/state/proof"
)

// ReportSource is a node, as BuildEvidence needs it. Nothing that it says is
// believed.
type ReportSource interface {
	// Record returns the value of a state key at a height, nil when it is
	// absent, with the ICS-23 proof of it.
	Record(ctx context.Context, height uint64, key []byte) (value, proof []byte, err error)
	// LightBlock returns the signed header at a height with its validators,
	// waiting for it if it is about to come; 0 is the latest.
	LightBlock(ctx context.Context, height uint64) (*types.LightBlock, error)
	// Transactions returns the transactions of the block at a height, in
	// order, as they stand in it.
	Transactions(ctx context.Context, height uint64) ([][]byte, error)
}

// Report names the report to show.
type Report struct {
	Key gs1.Key
	// Tx is the reporting transaction, and Block the height of its block: as
	// the mark on the key says.
	Tx    app.TxID
	Block uint64
	// Height is the height whose state is shown, at least Block; 0 is Block:
	// the state that the report itself left.
	Height uint64
}

// BuildEvidence makes the file behind a report. Headers are not verified here:
// Verify does, with the caller's trust. The error is the source's, or wraps
// ErrInvalid when what it says does not fit together.
func BuildEvidence(ctx context.Context, src ReportSource, r Report) (*EvidenceFile, error) {
	if r.Height == 0 {
		r.Height = r.Block
	}
	f := &EvidenceFile{key: r.Key}
	if err := f.find(ctx, src, r); err != nil {
		return nil, err
	}
	for i, b := range [...]struct {
		at     **types.LightBlock
		height uint64
	}{{&f.report, r.Block}, {&f.state, r.Height + 1}} {
		lb, err := src.LightBlock(ctx, b.height)
		if err != nil {
			return nil, err
		}
		if *b.at, err = trim(lb); err != nil {
			return nil, err
		}
		if f.blockRaw[i], err = encodeBlock(*b.at); err != nil {
			return nil, err
		}
	}
	if err := f.collect(ctx, src); err != nil {
		return nil, err
	}
	if n := len(f.Encode()); n > MaxBytes {
		return nil, fmt.Errorf("the evidence would have %d bytes, at most %d", n, MaxBytes)
	}
	return f, nil
}

// find looks for the tx in its block.
func (f *EvidenceFile) find(ctx context.Context, src ReportSource, r Report) error {
	txs, err := src.Transactions(ctx, r.Block)
	if err != nil {
		return err
	}
	ids := make([]app.TxID, len(txs))
	for i := range txs {
		ids[i] = sha256.Sum256(txs[i])
	}
	i := slices.Index(ids, r.Tx)
	if i < 0 {
		return fmt.Errorf("%w: block %d of the node has no transaction %s", ErrInvalid, r.Block, r.Tx)
	}
	f.tx, f.path = txs[i], pathOfTx(ids, i)
	return nil
}

// collect fetches the records that the evidence rests on.
func (f *EvidenceFile) collect(ctx context.Context, src ReportSource) error {
	known, err := stateproof.NewKnown(f.state.AppHash)
	if err != nil {
		return err
	}
	c := &collector{ctx: ctx, from: src, height: uint64(f.state.Height) - 1, known: known}
	f.witness, err = c.read(func(r records) error {
		j := reportJudge{records: r, key: f.key, report: f.report, state: f.state}
		_, err := j.judge(f.tx, f.path)
		return err
	})
	return err
}
