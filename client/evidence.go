package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Evidence asks for what is behind the report that stands on an item: two
// commissions of one key, or a package in hand that the ledger has elsewhere.
// by names the partner that reported; zero means whoever's report blocks, else
// the latest. The file is checked against headers that the light client
// verified, and proves the same to others. The error is ErrNotFound when no
// report stands on the key.
func (c *Client) Evidence(ctx context.Context, key gs1.Key, by gs1.GLN) (*proof.Evidence, *proof.EvidenceFile, error) {
	l, err := c.needLight()
	if err != nil {
		return nil, nil, err
	}
	marks, err := read(ctx, c, app.MarksKey(key), app.DecodeMarks)
	if err != nil {
		return nil, nil, err
	}
	m, err := c.reportOn(ctx, marks, by)
	if err != nil {
		return nil, nil, err
	}
	if m == nil {
		return nil, nil, fmt.Errorf("no report stands on %s: %w", key.Bracketed(), ErrNotFound)
	}
	file, err := c.buildEvidence(ctx, proof.Report{Key: key, Tx: m.Tx, Block: m.Height})
	if err != nil {
		return nil, nil, err
	}
	var trust [2]proof.Trust
	report, state := file.Blocks()
	for i, height := range [...]int64{report.Height, state.Height} {
		lb, err := l.Verify(ctx, uint64(height))
		if err != nil {
			return nil, nil, err
		}
		trust[i] = proof.TrustHeader(c.chainID, lb.Hash())
	}
	e, err := file.Verify(trust[0], trust[1], proof.Options{Claim: proof.Claim{Key: key}})
	if err != nil {
		return nil, nil, fmt.Errorf("the node's evidence is refused: %w", err)
	}
	return e, file, nil
}

// reportOn picks the mark that a report left: of a partner, or the first that
// blocks, or the last; nil when there is none. A mark duplicate that was set by
// the op Mark is no report.
func (c *Client) reportOn(ctx context.Context, marks *app.Marks, by gs1.GLN) (found *app.Mark, err error) {
	if marks == nil {
		return nil, nil
	}
	for i := range marks.Marks {
		m := &marks.Marks[i]
		if m.Kind != app.MarkDuplicate || by != (gs1.GLN{}) && m.By != by || found != nil && found.Blocking {
			continue
		}
		tx, err := c.Tx(ctx, m.Tx)
		if err != nil {
			return nil, err
		}
		if tx.Kind == app.KindReportConflict.String() || tx.Kind == app.KindReportDuplicate.String() {
			found = m
		}
	}
	return found, nil
}

// buildEvidence shows the state that the report left or, when the node has
// pruned it, the latest.
func (c *Client) buildEvidence(ctx context.Context, r proof.Report) (*proof.EvidenceFile, error) {
	file, err := proof.BuildEvidence(ctx, source{c}, r)
	var refused *QueryError
	if !errors.As(err, &refused) || refused.Code != queryNoHeight {
		return file, err
	}
	height, err := c.settled(ctx)
	if err != nil {
		return nil, err
	}
	r.Height = height - 1
	return proof.BuildEvidence(ctx, source{c}, r)
}

// Transactions returns the transactions of a block.
func (s source) Transactions(ctx context.Context, height uint64) ([][]byte, error) {
	block, err := s.c.blockAt(ctx, height)
	if err != nil {
		return nil, err
	}
	return block.Txs.ToSliceOfBytes(), nil
}
