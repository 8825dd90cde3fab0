package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Spot shows where a marked key is: by an opening of one entry for an item, by
// its own holding for a container. Neither means the ledger is not shown.
type Spot struct {
	// Container is the container's own holding, or zero.
	Container HoldingID `json:"container"`
	// Opening opens exactly one entry, or is nil.
	Opening *Opening `json:"opening,omitempty"`
}

func (s *Spot) encode(e *wire.Encoder) {
	switch {
	case s.Opening != nil:
		e.Uint8(2)
		s.Opening.encode(e)
	case !s.Container.IsZero():
		e.Uint8(1)
		e.Raw(s.Container[:])
	default:
		e.Uint8(0)
	}
}

func readSpot(d *wire.Decoder) (s Spot) {
	switch d.Uint8() {
	case 0:
	case 1:
		if s.Container = readHoldingID(d); s.Container.IsZero() {
			d.Fail("a container's holding is not zero")
		}
	case 2:
		o := readOpening(d)
		if s.Opening = &o; len(o.Positions) != 1 {
			d.Fail("a spot opens one entry, found %d", len(o.Positions))
		}
	default:
		d.Fail("a spot is none, a container or an opening")
	}
	return s
}

// opened counts the entries a spot opens.
func (s *Spot) opened() int {
	if s.Opening == nil {
		return 0
	}
	return 1
}

// SetMark sets a mark on one key (the op Mark). The owner or the possessor may
// block, showing where the item is; so may the labeler of its lot. The
// product's labeler or a regulator may, shown or not. Anyone else's mark is
// alerting. Goods in transit may be marked. The mark recalled is set by Recall
// only, which counts it.
//
// Codes: suspended, not-authorized, mark-exists, too-many-marks,
// holding-unknown, segment-unknown, opening-invalid, wrong-level, moved,
// ended, container-in-use.
type SetMark struct {
	Key      gs1.Key  `json:"key"`
	Mark     MarkKind `json:"mark"`
	Blocking bool     `json:"blocking"`
	Spot
}

// Kind is KindMark.
func (*SetMark) Kind() Kind { return KindMark }

func (o *SetMark) encode(e *wire.Encoder) {
	e.String8(string(o.Key))
	e.Uint8(uint8(o.Mark))
	e.Bool(o.Blocking)
	o.Spot.encode(e)
}

func (o *SetMark) decode(d *wire.Decoder) {
	o.Key, o.Mark, o.Blocking, o.Spot = readKey(d), readPartnerMark(d), d.Bool(), readSpot(d)
}

func (o *SetMark) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	l, err := d.spot(o.Key, &o.Spot)
	if err != nil {
		return err
	}
	if o.Blocking && !d.mayBlock(o.Key, l) && !o.ofLot(d) {
		return reject(CodeNotAuthorized, "only the owner or possessor (showing where it is), the labeler or a regulator may block %s", o.Key)
	}
	if err := d.addMark(o.Key, o.Mark, o.Blocking, l); err != nil {
		return err
	}
	d.emit(EventMarked, "key", string(o.Key), "mark", o.Mark.String(), "blocking", boolText(o.Blocking))
	return nil
}

// spot checks where a key is shown to be; nil when it is not shown.
func (d *draft) spot(key gs1.Key, s *Spot) (lineage, error) {
	if s.Opening == nil && s.Container.IsZero() {
		return nil, nil
	}
	if s.Opening == nil {
		return d.containerSpot(key, s.Container)
	}
	l, err := d.need(s.Opening.Holding)
	if err != nil {
		return nil, err
	}
	items, err := d.show(s.Opening, l, want{partial: true})
	if err != nil {
		return nil, err
	}
	if items[0].entry.Key != key {
		return nil, reject(CodeOpeningInvalid, "the opening shows %s, not %s", items[0].entry.Key, key)
	}
	return l, nil
}

// containerSpot checks that a holding is the present use of a container.
func (d *draft) containerSpot(key gs1.Key, id HoldingID) (lineage, error) {
	l, err := d.need(id)
	if err != nil {
		return nil, err
	}
	h := d.holdings.get(id)
	if h.Kind != KindContainer || h.Key != key {
		return nil, reject(CodeOpeningInvalid, "holding %s is not the container %s", id, key)
	}
	if d.holdings.get(ContainerID(key, h.N+1)) != nil {
		return nil, reject(CodeContainerInUse, "container %s has been used again", key)
	}
	return l, nil
}

// mayBlock reports whether the signer's mark on a key may block.
func (d *draft) mayBlock(key gs1.Key, l lineage) bool {
	if d.signer.Roles.Has(RoleRegulator) {
		return true
	}
	if sg, ok := key.SGTIN(); ok {
		if p := d.products.get(sg.GTIN); p != nil && d.actsFor(p.Labeler) {
			return true
		}
	}
	if l == nil {
		return false
	}
	c := d.custodyOf(l)
	return d.actsFor(c.owner) || d.actsFor(c.possessor)
}

// ofLot reports whether the signer answers for the lot of the item that is
// shown: the labeler that commissioned it may have sold the product since.
func (s *Spot) ofLot(d *draft) bool {
	return s.Opening != nil && d.labels(s.Opening.Entries[0].LotID())
}

// addMark adds the signer's mark to a key and, when l says where it is,
// locates it there.
func (d *draft) addMark(key gs1.Key, kind MarkKind, blocking bool, l lineage) error {
	return d.putMark(key, Mark{
		Kind: kind, By: d.by, Blocking: blocking, Height: d.block.Height, Time: d.block.Time, Tx: d.tx.ID(),
	}, l)
}

// putMark adds a mark of the signer's to a key and, when l says where it is,
// locates it there.
func (d *draft) putMark(key gs1.Key, mark Mark, l lineage) error {
	m := d.marks.get(key)
	if m == nil {
		m = &Marks{}
	}
	if m.find(mark.Kind, mark.By) >= 0 {
		return reject(CodeMarkExists, "%s is marked %s by %s", key, mark.Kind, mark.By)
	}
	if n := m.alerting(); len(m.Marks) >= maxMarks || !mark.Blocking && n >= maxAlerting {
		return reject(CodeTooManyMarks, "%s bears %d marks, %d of them alerting", key, len(m.Marks), n)
	}
	before := !m.Located.IsZero() && m.Blocking()
	m.Marks = append(m.Marks, mark)
	if l != nil && m.Located.IsZero() {
		m.Located = l[0] // otherwise it is this holding, or that of a duplicate
	}
	d.marks.put(key, m)
	d.recountMark(m, before)
	return nil
}

// recountMark adjusts the marked counts after a key's marks or location
// changed; before says whether it was counted.
func (d *draft) recountMark(m *Marks, before bool) {
	after := !m.Located.IsZero() && m.Blocking()
	switch {
	case after && !before:
		d.countMarked(d.line(m.Located), 1)
	case before && !after:
		d.countMarked(d.line(m.Located), -1)
	}
}
