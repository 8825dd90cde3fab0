package client

import (
	"context"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// NextLoose is the first free number of the loose holding that the items among
// openings would make. The holding's id depends on each item's effective
// acquired, so their custody is looked up (design 01, section 4).
func (p *Plan) NextLoose(ctx context.Context, openings []app.Opening) (uint32, error) {
	var entries []app.Entry
	for i := range openings {
		o := &openings[i]
		effective, base, err := p.acquired(ctx, o.Holding, o.Segment)
		if err != nil {
			return 0, err
		}
		for _, e := range o.Entries {
			if e.IsContainer() {
				continue
			}
			if effective != base {
				e.Acquired = effective
			}
			entries = append(entries, e)
		}
	}
	if len(entries) == 0 {
		return 0, nil
	}
	roots := rootsOf(entries)
	for n := uint32(0); ; n++ {
		raw, err := p.record(ctx, app.HoldingKey(app.LooseID(roots, n)))
		if err != nil || raw == nil {
			return n, err
		}
	}
}

// rootsOf are the roots that new entries of one destination make: sorted by
// key, cut every 1,024.
func rootsOf(entries []app.Entry) []merkle.Hash {
	slices.SortFunc(entries, func(a, b app.Entry) int { return strings.Compare(string(a.Key), string(b.Key)) })
	var roots []merkle.Hash
	for chunk := range slices.Chunk(entries, merkle.SegmentSize) {
		roots = append(roots, app.EntriesRoot(chunk))
	}
	return roots
}

// acquired is the effective acquired of what stands in a segment, as the ledger
// would judge it for the signer, and the segment's base. Goods on their way to
// the signer are received first, which sets it.
func (p *Plan) acquired(ctx context.Context, id app.HoldingID, segment uint32) (effective, base uint64, err error) {
	return acquiredBy(ctx, p.record, p.signer, id, segment)
}

// acquiredBy is acquired with any way to read records.
func acquiredBy(ctx context.Context, record recordReader, signer gs1.GLN, id app.HoldingID, segment uint32) (effective, base uint64, err error) {
	s, err := mustRead(ctx, record, app.SegmentKey(id, segment), app.DecodeSegment)
	if err != nil {
		return 0, 0, err
	}
	var line []*app.Holding
	for at := id; !at.IsZero() && len(line) <= app.MaxDepth; {
		h, err := mustRead(ctx, record, app.HoldingKey(at), app.DecodeHolding)
		if err != nil {
			return 0, 0, err
		}
		line, at = append(line, h), h.Parent
	}
	outermost := line[len(line)-1]
	effective = outermost.Acquired
	if outermost.Shipment != 0 {
		sh, err := mustRead(ctx, record, app.ShipmentKey(outermost.Shipment), app.DecodeShipment)
		if err != nil {
			return 0, 0, err
		}
		if sh.To == signer && sh.Purpose.ChangesOwner() {
			effective = outermost.Shipment
		}
	}
	for i := len(line) - 2; i >= 0; i-- {
		if effective == line[i].Joined {
			effective = line[i].Acquired
		}
	}
	return effective, s.Base, nil
}
