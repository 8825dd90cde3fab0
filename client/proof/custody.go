package proof

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// chain follows the parents of a holding to the outermost one and reads its
// custody there. Only an outermost holding stores custody, so the chain cannot
// end early.
func (j *judge) chain(id app.HoldingID) error {
	for {
		h, err := need(j, app.HoldingKey(id), app.DecodeHolding)
		if err != nil {
			return err
		}
		j.out.Chain = append(j.out.Chain, Holding{ID: id, Holding: *h})
		if h.Parent.IsZero() {
			break
		}
		if len(j.out.Chain) > app.MaxDepth {
			return fmt.Errorf("%w: holding %s stands deeper than %d levels", ErrInvalid, j.out.Chain[0].ID, app.MaxDepth)
		}
		id = h.Parent
	}
	for i := range j.out.Chain {
		if err := j.containerMarks(&j.out.Chain[i]); err != nil {
			return err
		}
	}
	return j.custody(j.outermost())
}

func (j *judge) outermost() *Holding { return &j.out.Chain[len(j.out.Chain)-1] }

// containerMarks reads the marks of a container's key where the rules look at
// them: when the holding counts something marked in it (rule 7).
func (j *judge) containerMarks(h *Holding) (err error) {
	if h.Kind == app.KindContainer && h.Marked > 0 && h.Key != j.st.Key {
		h.Marks, err = read(j, app.MarksKey(h.Key), app.DecodeMarks)
	}
	return err
}

// custody reads whose the goods are, who has them and what they are on.
func (j *judge) custody(h *Holding) (err error) {
	j.out.Location = h.Location
	if j.out.Owner, err = j.party(h.Owner); err != nil {
		return err
	}
	j.out.Possessor = j.out.Owner
	if h.Possessor != h.Owner {
		if j.out.Possessor, err = j.party(h.Possessor); err != nil {
			return err
		}
	}
	if h.Shipment == 0 {
		return nil
	}
	s, err := need(j, app.ShipmentKey(h.Shipment), app.DecodeShipment)
	if err == nil {
		j.out.Shipment = &app.ShipmentSummary{Number: h.Shipment, Status: s.Status(), Shipment: *s}
	}
	return err
}

func (j *judge) party(gln gs1.GLN) (*Party, error) {
	p, err := need(j, app.PartnerKey(gln), app.DecodePartner)
	if err != nil {
		return nil, err
	}
	return &Party{gln, *p}, nil
}

// effective is the shipment by which what stands in the chain last changed
// owner (design 01, section 4).
func (j *judge) effective() uint64 {
	chain := j.out.Chain
	acquired := j.outermost().Acquired
	for i := len(chain) - 2; i >= 0; i-- {
		if acquired == chain[i].Joined {
			acquired = chain[i].Acquired
		}
	}
	return acquired
}

// container judges a container: its latest use and what is in it.
func (j *judge) container() error {
	key, n := j.st.Key, j.st.N
	if !key.IsLogistic() {
		p, sg, err := j.product()
		switch {
		case err != nil:
			return err
		case p == nil:
			j.never("GTIN %s is not registered", sg.GTIN)
			return j.first()
		case p.Level == app.LevelUnit:
			return fmt.Errorf("%w: GTIN %s is at level unit, its serials are items", ErrInvalid, sg.GTIN)
		}
	}
	h, err := read(j, app.HoldingKey(app.ContainerID(key, n)), app.DecodeHolding)
	if err != nil {
		return err
	}
	if h == nil {
		j.never("container %s was never commissioned or packed", key.Bracketed())
		return j.first()
	}
	if _, again, err := j.Get(app.HoldingKey(app.ContainerID(key, n+1))); err != nil {
		return err
	} else if again {
		return fmt.Errorf("%w: container %s has been used again since use %d", ErrInvalid, key, n)
	}
	if err := j.chain(app.ContainerID(key, n)); err != nil {
		return err
	}
	j.out.Acquired = j.effective()
	j.out.Identity = Answer{Yes: true, Reason: fmt.Sprintf("in use by %s", j.out.Owner.GLN)}
	if err := j.contents(&j.out.Chain[0]); err != nil {
		return err
	}
	return j.marks()
}

// first refuses a statement that denies any use but the first.
func (j *judge) first() error {
	if j.st.N != 0 {
		return fmt.Errorf("%w: a container that was never used has no use %d", ErrInvalid, j.st.N)
	}
	return nil
}

// contents reads every lot in a container.
func (j *judge) contents(h *Holding) error {
	switch h.LotMode {
	case app.LotOne:
		return j.addLot(h.Lot, h.Live)
	case app.LotMixed:
		prefix := append([]byte{byte(app.RecordContent)}, h.ID[:]...)
		return j.Scan(prefix, func(key, value []byte) error {
			n, err := app.DecodeCount(value)
			if err != nil || len(key) < len(prefix)+len(gs1.GTIN{})+1 {
				return fmt.Errorf("%w: record %x cannot be read", ErrInvalid, key)
			}
			rest := key[len(prefix):]
			id, err := app.ParseLotID(string(rest[:len(gs1.GTIN{})]), string(rest[len(gs1.GTIN{}):]))
			if err != nil {
				return fmt.Errorf("%w: record %x: %v", ErrInvalid, key, err)
			}
			return j.addLot(id, n)
		})
	default: // it is empty
		return nil
	}
}

func (j *judge) addLot(id app.LotID, items uint64) error {
	lot, err := need(j, app.LotKey(id), app.DecodeLot)
	if err == nil {
		j.out.Lots = append(j.out.Lots, Lot{id, *lot, items})
	}
	return err
}
