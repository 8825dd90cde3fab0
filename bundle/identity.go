package bundle

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/client"
)

// commissionID names one commission: all of it came into being at once.
type commissionID struct {
	lot      app.LotID
	sequence uint32
}

// errCommission means that a node's entries are not those of a commission.
var errCommission = errors.New("the node's entries are not those behind the root of the commission")

// prove proves that the packages of the bundle were commissioned in their lots:
// the entries of a whole commission lead to the root in its record, so that one
// record proves all packages of it.
func (m *maker) prove(ctx context.Context, b *Bundle) error {
	p := &prover{m: m, byLot: make(map[app.LotID]*lotPackages), known: make(map[commissionID]map[gs1.Key]bool)}
	for i := range b.Transactions {
		for j := range b.Transactions[i].Lines {
			p.add(&b.Transactions[i].Lines[j])
		}
	}
	for _, id := range p.order {
		if err := p.lot(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// prover looks packages up in the commissions of their lots.
type prover struct {
	m     *maker
	byLot map[app.LotID]*lotPackages
	order []app.LotID
	// known are the keys of the commissions that were proved; nil for one that
	// was not.
	known map[commissionID]map[gs1.Key]bool
}

// lotPackages are the packages of one lot, in the order in which they were
// found. A package may have been sold more than once.
type lotPackages struct {
	order []gs1.Key
	by    map[gs1.Key][]*Package
}

func (p *prover) add(l *Line) {
	id := app.LotID{GTIN: l.Product.GTIN, Lot: l.Lot.Lot}
	of := p.byLot[id]
	if of == nil {
		of = &lotPackages{by: make(map[gs1.Key][]*Package)}
		p.byLot[id], p.order = of, append(p.order, id)
	}
	for i := range l.Packages {
		pack := &l.Packages[i]
		if of.by[pack.Key] == nil {
			of.order = append(of.order, pack.Key)
		}
		of.by[pack.Key] = append(of.by[pack.Key], pack)
	}
}

// lot proves the packages of a lot. Each commission that the index names for a
// package proves all of its others too.
func (p *prover) lot(ctx context.Context, id app.LotID) error {
	of := p.byLot[id]
	for _, key := range of.order {
		if of.by[key][0].Proved {
			continue
		}
		why, err := p.find(ctx, id, key)
		if err != nil {
			return err
		}
		for _, pack := range of.by[key] {
			if !pack.Proved {
				pack.Why, pack.commission = why, commissionID{id, unprovedCommission}
			}
		}
	}
	return nil
}

// unprovedCommission stands for the commissions of packages that could not be
// proved: no lot has as many.
const unprovedCommission = 1<<32 - 1

// find proves a package and all of its commission, or says why it cannot.
func (p *prover) find(ctx context.Context, id app.LotID, key gs1.Key) (why string, err error) {
	place, err := p.m.c.Place(ctx, key)
	if errors.Is(err, client.ErrNotFound) {
		return "the node knows of no such package", nil
	}
	if err != nil {
		return "", err
	}
	why = "the node names no commission of it in this lot"
	for _, at := range place.Commissions {
		if at.Lot != id {
			continue
		}
		keys, err := p.commission(ctx, commissionID{id, at.Sequence})
		switch {
		case errors.Is(err, errCommission):
			why = err.Error()
		case err != nil:
			return "", err
		case !keys[key]:
			why = "it is not in the commission that the node names"
		default:
			p.proved(commissionID{id, at.Sequence}, keys)
			return "", nil
		}
	}
	return why, nil
}

// proved notes a commission at every package that is in it.
func (p *prover) proved(id commissionID, keys map[gs1.Key]bool) {
	of := p.byLot[id.lot]
	for _, key := range of.order {
		for _, pack := range of.by[key] {
			if keys[key] && !pack.Proved {
				pack.Proved, pack.Why, pack.commission = true, "", id
			}
		}
	}
}

// commission returns the keys of a commission, proved.
func (p *prover) commission(ctx context.Context, id commissionID) (map[gs1.Key]bool, error) {
	if keys, ok := p.known[id]; ok {
		if keys == nil {
			return nil, errCommission
		}
		return keys, nil
	}
	keys, err := p.m.commissioned(ctx, id)
	if err != nil && !errors.Is(err, errCommission) {
		return nil, err
	}
	p.known[id] = keys
	return keys, err
}

// commissioned reads the entries of a commission and holds them to the root in
// its record, which is proved.
func (m *maker) commissioned(ctx context.Context, id commissionID) (map[gs1.Key]bool, error) {
	record, err := client.QueryAt(ctx, m.c, m.records.height, app.DecodeCommissionRecord, "/commission/{gtin}/{lot}/{sequence}",
		id.lot.GTIN.String(), id.lot.Lot, strconv.FormatUint(uint64(id.sequence), 10))
	if err != nil {
		return nil, err
	}
	if record.Record == nil {
		return nil, fmt.Errorf("%w: there is no commission %d of %s", errCommission, id.sequence, id.lot)
	}
	segments, err := m.c.CommissionSegments(ctx, id.lot, id.sequence)
	if err != nil {
		return nil, err
	}
	keys := make(map[gs1.Key]bool)
	var roots []merkle.Hash
	for i := range segments {
		entries, err := m.c.Entries(ctx, segments[i].Holding, 0)
		if err != nil {
			return nil, err
		}
		if i < len(segments)-1 && len(entries) != merkle.SegmentSize {
			return nil, errCommission
		}
		roots = append(roots, app.EntriesRoot(entries))
		for j := range entries {
			keys[entries[j].Key] = entries[j].LotID() == id.lot
		}
	}
	if len(roots) == 0 || merkle.RootOfSegments(roots) != record.Record.Root {
		return nil, errCommission
	}
	return keys, nil
}
