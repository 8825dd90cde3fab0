package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Unpack takes items and containers out of one container (CBV unpacking). The
// items become one loose holding, the containers outermost; both inherit the
// custody and the holds of what they leave. All says that the container is
// then empty, and is checked.
//
// Codes: those of acting, those of claiming goods, not-possessor, those of
// opening entries, partial, not-a-container, not-all, holding-exists.
type Unpack struct {
	Container HoldingID `json:"container"`
	All       bool      `json:"all"`
	// Loose numbers the loose holding of the items.
	Loose    uint32    `json:"loose"`
	Openings []Opening `json:"openings"`
}

// Kind is KindUnpack.
func (*Unpack) Kind() Kind { return KindUnpack }

func (o *Unpack) opened() int { return countOpened(o.Openings) }

func (o *Unpack) encode(e *wire.Encoder) {
	e.Raw(o.Container[:])
	e.Bool(o.All)
	e.Uint32(o.Loose)
	writeOpenings(e, o.Openings)
}

func (o *Unpack) decode(d *wire.Decoder) {
	o.Container, o.All, o.Loose, o.Openings = readHoldingID(d), d.Bool(), d.Uint32(), readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one entry is unpacked")
	}
	for i := range o.Openings {
		if o.Openings[i].Holding != o.Container {
			d.Fail("every entry is unpacked from the container")
			return
		}
	}
}

func (o *Unpack) validate(d *draft) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	taken, err := d.open(o.Openings, want{containers: true})
	if err != nil {
		return err
	}
	if h := d.holdings.get(o.Container); h.Kind != KindContainer {
		return reject(CodeNotAContainer, "holding %s is a %s", o.Container, h.Kind)
	}
	if err := d.takeOut(taken, o.Loose, taken[0].custody); err != nil {
		return err
	}
	d.raise(o.Container, 0)
	if !o.All {
		return nil
	}
	if err := d.settle(); err != nil {
		return err
	}
	if h := d.holdings.get(o.Container); h.Live > 0 || h.Children > 0 {
		return reject(CodeNotAll, "container %s still holds %d items at any depth and %d containers", h.Key, h.Live, h.Children)
	}
	return nil
}

// takeOut moves items into a new loose holding under c and makes containers
// outermost, under the custody of what they leave.
func (d *draft) takeOut(all []taken, loose uint32, c custody) error {
	items, containers := split(all)
	leaving := make([]HoldingID, len(containers))
	for i := range containers {
		leaving[i] = containers[i].entry.Child
	}
	if err := noOverlap(leaving, all); err != nil {
		return err
	}
	for i := range containers {
		t := &containers[i]
		d.release(containers[i:i+1], Moved, t.entry.Child)
		d.detach(t)
	}
	if len(items) == 0 {
		return nil
	}
	_, err := d.newLoose(items, loose, c)
	return err
}

// split separates items from containers, keeping their order.
func split(all []taken) (items, containers []taken) {
	for i := range all {
		if all[i].entry.IsContainer() {
			containers = append(containers, all[i])
		} else {
			items = append(items, all[i])
		}
	}
	return items, containers
}

// noOverlap refuses an op that names a holding whole and also opens something
// inside it: no holding plays two roles (design 01, section 4).
func noOverlap(whole []HoldingID, opened []taken) error {
	if len(whole) == 0 {
		return nil
	}
	named := make(map[HoldingID]bool, len(whole))
	for _, id := range whole {
		named[id] = true
	}
	for i := range opened {
		for _, id := range opened[i].from {
			if named[id] {
				return reject(CodeRoleConflict, "%s is opened out of holding %s, which the op also names whole", opened[i].entry.Key, id)
			}
		}
	}
	return nil
}
