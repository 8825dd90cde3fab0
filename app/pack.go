package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Pack puts items and outermost containers into a container (CBV packing). The
// container is the N-th use of Parent; an SSCC under a prefix of the owner or the
// possessor comes into being by being packed. The signer owns or possesses the goods; all of
// them share owner, possessor, location and holds with the container (rule 2).
//
// Codes: those of acting, those of claiming goods, not-possessor, those of
// opening entries, partial, wrong-level, foreign-prefix, has-parent,
// nothing-named, custody-differs, not-a-container, cycle, too-deep,
// lot-mismatch, too-many-lots, duplicate-key, holding-exists,
// container-in-use, retention, role-conflict.
type Pack struct {
	Parent gs1.Key `json:"parent"`
	N      uint32  `json:"n"`
	// Children are outermost containers, strictly ascending, at most 1,024.
	Children []HoldingID `json:"children,omitempty"`
	Openings []Opening   `json:"openings,omitempty"`
}

// Kind is KindPack.
func (*Pack) Kind() Kind { return KindPack }

func (o *Pack) opened() int { return countOpened(o.Openings) }

func (o *Pack) encode(e *wire.Encoder) {
	e.String8(string(o.Parent))
	e.Uint32(o.N)
	writeHoldingIDs(e, o.Children)
	writeOpenings(e, o.Openings)
}

func (o *Pack) decode(d *wire.Decoder) {
	o.Parent, o.N = readKey(d), d.Uint32()
	o.Children, o.Openings = readHoldingIDs(d), readOpenings(d)
}

func writeHoldingIDs(e *wire.Encoder, ids []HoldingID) {
	e.Count(len(ids))
	for i := range ids {
		e.Raw(ids[i][:])
	}
}

// readHoldingIDs reads a strictly ascending list of at most 1,024 ids.
func readHoldingIDs(d *wire.Decoder) []HoldingID {
	var out []HoldingID
	n := d.Count(maxHoldings, 32)
	for i := range n {
		out = append(out, readHoldingID(d))
		if i > 0 && string(out[i-1][:]) >= string(out[i][:]) {
			d.Fail("holdings are not ascending")
			return nil
		}
	}
	return out
}

func (o *Pack) validate(d *draft) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	if len(o.Children) == 0 && len(o.Openings) == 0 {
		return reject(CodeNothingNamed, "container %s", o.Parent)
	}
	items, err := d.open(o.Openings, want{})
	if err != nil {
		return err
	}
	if err := noOverlap(o.Children, items); err != nil {
		return err
	}
	c, err := o.shared(d, items)
	if err != nil {
		return err
	}
	parent, err := o.container(d, c)
	if err != nil {
		return err
	}
	return o.fill(d, parent, items)
}

// shared returns the one custody of everything that is packed.
func (o *Pack) shared(d *draft, items []taken) (c custody, err error) {
	all := make([]custody, 0, len(o.Children)+1)
	for _, id := range o.Children {
		h, err := d.needWhole(id)
		if err != nil {
			return c, err
		}
		if h.Kind != KindContainer {
			return c, reject(CodeNotAContainer, "holding %s is a %s; open its items instead", id, h.Kind)
		}
		childCustody, _, err := d.claim(lineage{id}, false)
		if err != nil {
			return c, err
		}
		if err := noPartials(id, h); err != nil {
			return c, err
		}
		all = append(all, childCustody)
	}
	for i := range items {
		if i == 0 || items[i].custody != items[i-1].custody {
			all = append(all, items[i].custody)
		}
	}
	return all[0], oneCustody(all)
}

// oneCustody refuses goods of more than one custody.
func oneCustody(all []custody) error {
	for _, c := range all[1:] {
		if c.holds != all[0].holds {
			return reject(CodeCustodyDiffers, "holds %s; and holds %s", all[0].holds, c.holds)
		}
		if c != all[0] {
			return reject(CodeCustodyDiffers, "owner %s, possessor %s at %s; and owner %s, possessor %s at %s",
				all[0].owner, all[0].possessor, all[0].location, c.owner, c.possessor, c.location)
		}
	}
	return nil
}

// container finds the container to pack, or creates it.
func (o *Pack) container(d *draft, c custody) (lineage, error) {
	id := ContainerID(o.Parent, o.N)
	if d.holdings.get(id) == nil {
		if !o.Parent.IsLogistic() {
			return nil, reject(CodeHoldingUnknown, "container %s was not commissioned", o.Parent)
		}
		if err := d.mayCreate(o.Parent, "", c); err != nil {
			return nil, err
		}
		if err := d.newContainer(o.Parent, o.N, "", c); err != nil {
			return nil, err
		}
		return lineage{id}, nil
	}
	if err := d.inUse(d.holdings.get(id)); err != nil {
		return nil, err
	}
	l := d.line(id)
	own, _, err := d.claim(l, false)
	if err != nil {
		return nil, err
	}
	return l, oneCustody([]custody{c, own})
}

// fill moves the items in and attaches the children, as new segments.
func (o *Pack) fill(d *draft, parent lineage, items []taken) error {
	if err := d.takesLots(parent, o.Children, items); err != nil {
		return err
	}
	entries := entriesOf(items)
	for _, id := range o.Children {
		e, err := d.attach(id, parent)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	pieces, err := cut(entries)
	if err != nil {
		return err
	}
	if slices.Contains(sources(items), parent[0]) {
		return reject(CodeRoleConflict, "items are packed into the container they are in")
	}
	d.release(items, Moved, parent[0])
	for _, from := range sources(items) {
		d.absorb(parent[0], from)
	}
	d.addSegments(parent, pieces)
	d.arrive(parent, items)
	d.touch(parent[0])
	d.raise(parent[0], d.leaveTime(items))
	return nil
}

// takesLots refuses items and children of another lot than a case declares,
// in the container and in everything it stands in.
func (d *draft) takesLots(parent lineage, children []HoldingID, items []taken) error {
	for _, up := range parent {
		declared := d.holdings.get(up).Declared
		if declared == "" {
			continue
		}
		for i := range items {
			if items[i].entry.Lot != declared {
				return reject(CodeLotMismatch, "%s is of lot %s, the case takes %s", items[i].entry.Key, items[i].entry.Lot, declared)
			}
		}
		for _, id := range children {
			for _, lc := range d.lotsOf(id) {
				if lc.lot.Lot != declared {
					return reject(CodeLotMismatch, "container %s contains lot %s, the case takes %s", d.holdings.get(id).Key, lc.lot.Lot, declared)
				}
			}
		}
	}
	return nil
}
