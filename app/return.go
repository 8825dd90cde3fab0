package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Return ships goods back to the partner that sold them to the signer, or to
// their labeler (rule 5). The owner signs. Reverses is the sale by which the
// owner acquired all of the goods; 0, to the labeler only, for goods that came
// by no sale: a return is never returned along. Marks, holds, recalls and
// expiry do not stand in the way; what was dispensed in part goes back as
// nonsaleable only. Nonsaleable goods are quarantined from the moment they are
// sent, until whoever receives them releases them. Every item is shown, those inside the
// holdings that go whole too: what each was acquired by is in its entry. The
// Result's Data is the shipment's number, eight bytes.
//
// Codes: those of acting, those of claiming goods, not-owner, those of
// opening entries, partial, wrong-level, partner-unknown, illegal-edge,
// statement-missing, exemption-invalid, shipment-unknown, wrong-sale,
// nothing-named, has-parent, container-in-use, role-conflict, not-all,
// custody-differs, duplicate-key, too-many-lots, holding-exists.
type Return struct {
	Terms
	// Reverses is the number of the sale, or 0.
	Reverses uint64 `json:"reverses"`
	// Holdings are outermost holdings, strictly ascending, at most 1,024.
	Holdings []HoldingID `json:"holdings,omitempty"`
	// Inside opens every live item inside Holdings, at any depth. They stay
	// where they are.
	Inside []Opening `json:"inside,omitempty"`
	// Loose numbers the loose holding of the items opened.
	Loose    uint32    `json:"loose"`
	Openings []Opening `json:"openings,omitempty"`
}

// Kind is KindReturn.
func (*Return) Kind() Kind { return KindReturn }

func (o *Return) opened() int { return countOpened(o.Inside) + countOpened(o.Openings) }

func (o *Return) encode(e *wire.Encoder) {
	o.Terms.encode(e)
	e.Uint64(o.Reverses)
	writeHoldingIDs(e, o.Holdings)
	writeOpenings(e, o.Inside)
	e.Uint32(o.Loose)
	writeOpenings(e, o.Openings)
}

func (o *Return) decode(d *wire.Decoder) {
	o.Terms, o.Reverses, o.Holdings, o.Inside = readTerms(d), d.Uint64(), readHoldingIDs(d), readOpenings(d)
	o.Loose, o.Openings = d.Uint32(), readOpenings(d)
	if !o.Seller.IsZero() {
		d.Fail("a return has no seller in between, found %s", o.Seller)
	}
	if o.Purpose != PurposeReturn {
		d.Fail("a return has purpose %d, found %d", PurposeReturn, o.Purpose)
	}
	if n := o.opened(); n > maxOpened {
		d.Fail("at most %d entries may be opened, found %d", maxOpened, n)
	}
}

func (o *Return) validate(d *draft) error {
	if err := o.checkParties(d); err != nil {
		return err
	}
	items, err := d.open(o.Openings, want{asOwner: true, partial: o.Exemption == ExemptNonsaleable})
	if err != nil {
		return err
	}
	if err := noOverlap(o.Holdings, items); err != nil {
		return err
	}
	if err := o.claimHoldings(d); err != nil {
		return err
	}
	inside, err := o.show(d)
	if err != nil {
		return err
	}
	toLabeler, err := o.checkSale(d)
	if err != nil {
		return err
	}
	if err := o.checkItems(d, append(inside, items...), toLabeler); err != nil {
		return err
	}
	s := &Shipment{From: d.by, Agent: d.agent, Terms: o.Terms, Reverses: o.Reverses, Time: d.tx.EventTime, Height: d.block.Height}
	number := d.begin(s)
	if s.Nonsaleable() {
		if err := o.quarantine(d, items); err != nil {
			return err
		}
	}
	for _, id := range o.Holdings {
		s.Shipped += d.holdings.get(id).Live
		d.embark(id, number, s)
	}
	if err := d.loadItems(number, s, items, o.Loose); err != nil {
		return err
	}
	return d.depart(number, s)
}

// checkParties judges both sides, and the statement: a return of goods that
// may be sold again carries it; of goods that may not, the exemption (FD&C Act
// 582(c)(1)(B)(ii), (d)(1)(C)(ii)).
func (o *Return) checkParties(d *draft) error {
	if err := d.bothSides(&o.Terms); err != nil {
		return err
	}
	switch {
	case o.Exemption != ExemptNone && o.Exemption != ExemptNonsaleable:
		return reject(CodeExemptionInvalid, "%s is for sales", o.Exemption)
	case !o.Statement && o.Exemption == ExemptNone:
		return reject(CodeStatementMissing, "return to %s", o.To)
	}
	return nil
}

// quarantine puts what goes back on hold, so that it is not sold again unawares
// (FD&C Act 582(c)(1)(B)(ii)): the holdings that go whole, and the one that the
// items will make, which come from under the same holds (rule 3).
func (o *Return) quarantine(d *draft, items []taken) error {
	for _, id := range o.Holdings {
		d.setHolds(lineage{id}, d.holdings.get(id).Holds|HoldQuarantine)
	}
	if len(items) == 0 {
		return nil
	}
	_, err := itemsCustody(items)
	for i := range items {
		items[i].custody.holds |= HoldQuarantine
	}
	return err
}

// checkSale judges the sale that is reversed, and reports whether the goods do
// not go to its seller, so that they have to go to their labeler.
func (o *Return) checkSale(d *draft) (toLabeler bool, err error) {
	if o.Reverses == 0 {
		return true, nil
	}
	s := d.shipments.get(o.Reverses)
	switch {
	case s == nil:
		return false, reject(CodeShipmentUnknown, "shipment %d", o.Reverses)
	case s.Purpose != PurposeSale:
		return false, reject(CodeWrongSale, "shipment %d is a %s", o.Reverses, s.Purpose)
	}
	return s.SoldBy() != o.To, nil
}

// claimHoldings lets the signer act as the owner of the holdings that go
// whole, received first if they are on their way to it.
func (o *Return) claimHoldings(d *draft) error {
	for _, id := range o.Holdings {
		if _, err := d.needWhole(id); err != nil {
			return err
		}
		if err := d.claimWhole(id, true); err != nil {
			return err
		}
	}
	return nil
}

// show opens what is inside the holdings that go whole. No position is opened
// twice and each is live, so as many as a holding counts are all there are.
func (o *Return) show(d *draft) ([]taken, error) {
	shown := make(map[HoldingID]uint64, len(o.Holdings))
	for _, id := range o.Holdings {
		shown[id] = 0
	}
	var out []taken
	for i := range o.Inside {
		l, err := d.need(o.Inside[i].Holding)
		if err != nil {
			return nil, err
		}
		if _, ok := shown[l.outermost()]; !ok {
			return nil, reject(CodeRoleConflict, "holding %s is not inside a holding that is returned whole", o.Inside[i].Holding)
		}
		items, err := d.show(&o.Inside[i], l, want{partial: o.Exemption == ExemptNonsaleable})
		if err != nil {
			return nil, err
		}
		shown[l.outermost()] += uint64(len(items))
		out = append(out, items...)
	}
	for _, id := range o.Holdings {
		if live := d.holdings.get(id).Live; shown[id] != live {
			return nil, reject(CodeNotAll, "holding %s contains %d items, %d are shown", id, live, shown[id])
		}
	}
	return out, nil
}

// checkItems judges for every item by which shipment its owner acquired it
// and, if need be, who is its labeler.
func (o *Return) checkItems(d *draft, items []taken, toLabeler bool) error {
	for i := range items {
		t := &items[i]
		if o.Reverses != 0 && t.acquired != o.Reverses {
			return reject(CodeWrongSale, "%s was acquired by shipment %d, not %d", t.entry.Key, t.acquired, o.Reverses)
		}
		if o.Reverses == 0 && t.acquired != 0 && d.shipments.get(t.acquired).Purpose == PurposeSale {
			return reject(CodeWrongSale, "%s was acquired by sale %d: name it", t.entry.Key, t.acquired)
		}
		if !toLabeler {
			continue
		}
		lot := d.lots.get(t.entry.LotID())
		if lot == nil {
			d.fail(&CorruptError{Key: LotKey(t.entry.LotID()), Err: errMissing})
			return nil
		}
		if lot.Labeler != o.To {
			return reject(CodeIllegalEdge, "%s goes back to its seller, or to its labeler %s, not to %s", t.entry.Key, lot.Labeler, o.To)
		}
	}
	return nil
}
