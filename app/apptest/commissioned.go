package apptest

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// commission is what one Commission brought into being.
type commission struct {
	lot      string
	sequence uint32
	entries  []app.Entry
}

// feedCommission keeps the entries of a Commission, as its result tells them.
func (c *Contents) feedCommission(res *app.Result) {
	for _, ch := range res.Changes {
		if app.RecordKind(ch.Key[0]) != app.RecordCommission {
			continue
		}
		lot := ch.Key[16 : 16+int(ch.Key[15])] // behind prefix, GTIN, length
		made := commission{lot: string(lot), sequence: binary.BigEndian.Uint32(ch.Key[16+len(lot):])}
		for _, s := range res.Contents {
			made.entries = append(made.entries, s.Entries...)
		}
		c.commissions = append(c.commissions, made)
	}
}

// Commissions shows every commission that an item is in, ascending by lot and
// sequence: one, unless somebody commissioned its key again.
func (c *Contents) Commissions(key gs1.Key) (out []app.CommissionedIn) {
	for _, m := range c.commissions {
		i := slices.IndexFunc(m.entries, func(e app.Entry) bool { return e.Key == key })
		if i < 0 {
			continue
		}
		leaves := make([]merkle.Hash, len(m.entries))
		for j := range m.entries {
			leaves[j] = m.entries[j].Leaf()
		}
		in := app.CommissionedIn{Lot: m.lot, Sequence: m.sequence, Position: uint16(i)}
		if in.Siblings = must(merkle.NewTree(leaves).Prove([]uint16{in.Position})); len(in.Siblings) == 0 {
			in.Siblings = nil
		}
		out = append(out, in)
	}
	slices.SortFunc(out, func(a, b app.CommissionedIn) int {
		if n := strings.Compare(a.Lot, b.Lot); n != 0 {
			return n
		}
		return int(a.Sequence) - int(b.Sequence)
	})
	return out
}
