package app

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Ship begins a change of ownership (CBV shipping; FD&C Act 581(24)): whole
// outermost holdings, and items opened out of them into one new loose
// holding. The owner signs and affirms the transaction statement. The goods
// are frozen, still the shipper's, until they are received, refused or voided
// (rule 4). The Result's Data is the shipment's number, eight bytes.
//
// With a Seller it is a drop shipment (FD&C Act 582(f)): two sales in one
// document. The seller, a wholesaler, buys from the shipper and sells to the
// consignee, a dispenser, to which the goods go directly; it must have
// delegated drop shipment to the shipper, and no exemption is combined with
// it. On receipt the consignee has acquired the goods from the seller.
//
// Codes: those of acting, those of claiming goods, not-owner, those of
// opening entries, partial, wrong-level, partner-unknown, illegal-edge,
// statement-missing, exemption-invalid, nothing-named, has-parent,
// container-in-use, role-conflict, marked, recalled, expired,
// custody-differs, duplicate-key, too-many-lots, holding-exists, noticed.
type Ship struct {
	Terms
	// Holdings are outermost holdings, strictly ascending, at most 1,024.
	Holdings []HoldingID `json:"holdings,omitempty"`
	// Loose numbers the loose holding of the items opened.
	Loose    uint32    `json:"loose"`
	Openings []Opening `json:"openings,omitempty"`
}

// Kind is KindShip.
func (*Ship) Kind() Kind { return KindShip }

func (o *Ship) opened() int { return countOpened(o.Openings) }

func (o *Ship) encode(e *wire.Encoder) {
	o.Terms.encode(e)
	writeHoldingIDs(e, o.Holdings)
	e.Uint32(o.Loose)
	writeOpenings(e, o.Openings)
}

func (o *Ship) decode(d *wire.Decoder) {
	o.Terms, o.Holdings = readTerms(d), readHoldingIDs(d)
	o.Loose, o.Openings = d.Uint32(), readOpenings(d)
	if o.Purpose != PurposeSale {
		d.Fail("Ship is for sales, purpose %d; found %d", PurposeSale, o.Purpose)
	}
}

func (o *Ship) validate(d *draft) error {
	if err := o.checkParties(d); err != nil {
		return err
	}
	items, err := d.open(o.Openings, want{asOwner: true})
	if err != nil {
		return err
	}
	if err := noOverlap(o.Holdings, items); err != nil {
		return err
	}
	if err := d.sellableItems(items); err != nil {
		return err
	}
	s := &Shipment{From: d.by, Agent: d.agent, Terms: o.Terms, Time: d.tx.EventTime, Height: d.block.Height}
	number := d.begin(s)
	if err := o.load(d, number, s); err != nil {
		return err
	}
	if err := d.loadItems(number, s, items, o.Loose); err != nil {
		return err
	}
	for i := range items {
		d.shipped = append(d.shipped, lotCount{items[i].entry.LotID(), 1})
	}
	return d.depart(number, s)
}

// shippedLots sums up what was loaded, for the Result: the index answers from it
// which customers got a lot.
func (d *draft) shippedLots() (out []LotItems) {
	slices.SortFunc(d.shipped, func(a, b lotCount) int {
		return cmp.Or(bytes.Compare(a.lot.GTIN[:], b.lot.GTIN[:]), strings.Compare(a.lot.Lot, b.lot.Lot))
	})
	for _, lc := range d.shipped {
		if n := len(out); n > 0 && out[n-1].Lot == lc.lot {
			out[n-1].Items += lc.n
			continue
		}
		out = append(out, LotItems{lc.lot, lc.n})
	}
	return out
}

// begin gives a shipment its number.
func (d *draft) begin(s *Shipment) uint64 {
	number := d.nextNumber(nameShipments)
	d.shipments.put(number, s)
	return number
}

// depart closes the list of what is on a shipment.
func (d *draft) depart(number uint64, s *Shipment) error {
	if s.Shipped == 0 {
		return reject(CodeNothingNamed, "the shipment holds no items")
	}
	s.Open = s.Shipped
	d.data = u64(number)
	d.emit(EventShipped, "shipment", num(number), "from", s.From.String(), "to", s.To.String(), "seller", glnText(s.Seller))
	return nil
}

// checkParties judges both sides and the edge between them (rules 5 and 10).
func (o *Ship) checkParties(d *draft) error {
	if err := d.bothSides(&o.Terms); err != nil {
		return err
	}
	if !o.Seller.IsZero() {
		return o.checkSeller(d)
	}
	if err := legalEdge(d.signer.Roles, d.partners.get(o.To).Roles, o.Exemption); err != nil {
		return err
	}
	if !o.Statement && o.Exemption == ExemptNone {
		return reject(CodeStatementMissing, "shipment to %s", o.To)
	}
	return nil
}

// checkSeller judges a drop shipment (FD&C Act 582(f)): a wholesaler that never
// handles the goods buys them from the shipper and sells them to the
// dispenser that they go to. Both sales are legal edges between authorised
// partners, both are affirmed, and both are signed: the seller's part by its
// delegation of drop shipment to the shipper.
func (o *Ship) checkSeller(d *draft) error {
	switch {
	case o.Exemption != ExemptNone:
		return reject(CodeExemptionInvalid, "a drop shipment takes no exemption")
	case !o.Statement:
		return reject(CodeStatementMissing, "drop shipment to %s, sold by %s", o.To, o.Seller)
	case o.Seller == d.agent:
		return reject(CodeNotDelegated, "the seller %s does not sign for the shipper as well: both sides sign", o.Seller)
	case o.Seller == d.by || o.Seller == o.To:
		return reject(CodeIllegalEdge, "the seller %s stands between the shipper and the consignee, and is neither", o.Seller)
	}
	seller := d.partners.get(o.Seller)
	if seller == nil {
		return reject(CodePartnerUnknown, "seller %s", o.Seller)
	}
	if err := d.authorised(o.Seller, seller, RoleWholesaler); err != nil {
		return err
	}
	if err := legalEdge(d.signer.Roles, RoleWholesaler, ExemptNone); err != nil {
		return err
	}
	if to := d.partners.get(o.To).Roles; !to.Has(RoleDispenser) {
		return reject(CodeIllegalEdge, "a drop shipment goes to a dispenser, %s is %s", o.To, to)
	}
	if g := d.delegations.get(delegationRef{o.Seller, d.by}); !g.covers(d.tx.EventTime) || !g.DropShip {
		return reject(CodeNotDelegated, "%s has not delegated drop shipment to %s at the time of the event", o.Seller, d.by)
	}
	d.seller = o.Seller
	return nil
}

// bothSides judges the two partners of a change of ownership, not the edge
// between them.
func (d *draft) bothSides(t *Terms) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	to := d.partners.get(t.To)
	if to == nil {
		return reject(CodePartnerUnknown, "consignee %s", t.To)
	}
	if err := d.authorised(t.To, to, anyTrader); err != nil {
		return err
	}
	if err := d.mayCarry(t.Carrier); err != nil {
		return err
	}
	if t.To == d.by {
		return reject(CodeIllegalEdge, "a partner does not ship to itself; relocate the goods")
	}
	if t.To == d.agent {
		return reject(CodeNotDelegated, "the consignee %s does not sign for the shipper as well: both sides sign", t.To)
	}
	return nil
}

// mayCarry refuses a carrier that is a partner and suspended. Most carriers are
// no partners.
func (d *draft) mayCarry(carrier gs1.GLN) error {
	if carrier.IsZero() {
		return nil
	}
	if p := d.partners.get(carrier); p != nil {
		return standing(carrier, p)
	}
	return nil
}

// load puts whole holdings on the shipment.
func (o *Ship) load(d *draft, number uint64, s *Shipment) error {
	for _, id := range o.Holdings {
		h, err := d.needWhole(id)
		if err != nil {
			return err
		}
		if err := d.claimWhole(id, true); err != nil {
			return err
		}
		if err := noPartials(id, h); err != nil {
			return err
		}
		if h.Marked > 0 {
			return reject(CodeMarked, "holding %s contains %d blocking marks or holds", id, h.Marked)
		}
		if h.Kind == KindContainer {
			if err := d.sellableContainer(h.Key); err != nil {
				return err
			}
		}
		for _, lc := range d.lotsOf(id) {
			if err := d.sellableLot(lc.lot); err != nil {
				return err
			}
			d.shipped = append(d.shipped, lc)
		}
		s.Shipped += h.Live
		d.embark(id, number, s)
	}
	return nil
}

// claimWhole is claim for an op that names an outermost holding whole: goods
// on their way to the signer are received whole, of whatever kind.
func (d *draft) claimWhole(id HoldingID, asOwner bool) error {
	h := d.holdings.get(id)
	if h.Shipment == 0 || h.Kind == KindContainer {
		_, _, err := d.claim(lineage{id}, asOwner)
		return err
	}
	if err := d.inTime(lineage{id}); err != nil {
		return err
	}
	s := d.shipments.get(h.Shipment)
	if !d.actsFor(s.To) {
		return reject(CodeInTransit, "shipment %d, to %s", h.Shipment, s.To)
	}
	if err := d.mayInfer(s); err != nil {
		return err
	}
	return d.receiveHolding(id, s.ShipTo, true)
}

// embark freezes a holding in a shipment.
func (d *draft) embark(id HoldingID, number uint64, s *Shipment) {
	h := d.holdings.edit(id)
	h.Shipment = number
	s.OpenHoldings++
	d.touch(id)
	d.raise(id, 0)
}

// loadItems moves opened items into a new loose holding on the shipment.
func (d *draft) loadItems(number uint64, s *Shipment, items []taken, loose uint32) error {
	if len(items) == 0 {
		return nil
	}
	c, err := itemsCustody(items)
	if err != nil {
		return err
	}
	id, err := d.newLoose(items, loose, c)
	if err != nil {
		return err
	}
	s.Shipped += uint64(len(items))
	d.embark(id, number, s)
	return nil
}

// itemsCustody is the one custody of opened items.
func itemsCustody(items []taken) (custody, error) {
	all := []custody{items[0].custody}
	for i := range items {
		if items[i].custody != all[len(all)-1] {
			all = append(all, items[i].custody)
		}
	}
	return all[0], oneCustody(all)
}

// sellableItems refuses items that may not be sold or dispensed: a blocking
// mark, a hold on anything they are inside, a recalled or expired lot.
func (d *draft) sellableItems(items []taken) error {
	var last LotID
	for i := range items {
		t := &items[i]
		if i := t.marks.recalled(); i >= 0 {
			return reject(CodeRecalled, "%s, by %s at height %d", t.entry.Key, t.marks.Marks[i].By, t.marks.Marks[i].Height)
		}
		if t.marks.Blocking() {
			return reject(CodeMarked, "%s bears %s", t.entry.Key, t.marks.blockedBy())
		}
		if t.marks != nil { // as long as a notice stands, so does a mark
			if err := d.noticed(KeySubject(t.entry.Key)); err != nil {
				return err
			}
		}
		if err := d.unmarkedAround(t); err != nil {
			return err
		}
		if t.custody.holds != 0 {
			return reject(CodeMarked, "%s is in a holding on hold", t.entry.Key)
		}
		if lot := t.entry.LotID(); lot != last {
			if err := d.sellableLot(lot); err != nil {
				return err
			}
			last = lot
		}
	}
	return nil
}

// unmarkedAround refuses an item inside a container whose own key bears a
// blocking mark: what is suspect about the case is suspect about its content.
func (d *draft) unmarkedAround(t *taken) error {
	for _, id := range t.from {
		if h := d.holdings.get(id); h.Kind == KindContainer {
			if err := d.sellableContainer(h.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// sellableContainer refuses a container that is in use, and what is in it, for
// a blocking mark on its own key, located or not: a container's key is in its
// own holding (rule 7). So does a notice of it.
func (d *draft) sellableContainer(key gs1.Key) error {
	if err := d.noticed(KeySubject(key)); err != nil {
		return err
	}
	if m := d.marks.get(key); m.Blocking() {
		return reject(CodeMarked, "container %s bears %s", key, m.blockedBy())
	}
	return nil
}

// sellableLot refuses a lot that is recalled as a whole, under investigation,
// or of which the signer was notified, judged at the block, or expired, judged
// at the event's time (rules 8 and 11).
func (d *draft) sellableLot(id LotID) error {
	lot := d.lots.get(id)
	if lot == nil {
		d.fail(&CorruptError{Key: LotKey(id), Err: errMissing})
		return nil
	}
	if lot.Recall.Stops() {
		return reject(CodeRecalled, "%s, by %s at height %d", id, lot.Recall.By, lot.Recall.Height)
	}
	if len(lot.Investigations) > 0 {
		return reject(CodeMarked, "%s is under investigation %d", id, lot.Investigations[0])
	}
	if err := d.noticed(LotSubject(id)); err != nil {
		return err
	}
	if d.tx.EventTime >= lot.Expiry.EndUnix() {
		return reject(CodeExpiredLot, "%s expired %s", id, lot.Expiry)
	}
	return nil
}

// ShipmentNumber reads the Data of an accepted Ship.
func ShipmentNumber(data []byte) (uint64, bool) {
	if len(data) != 8 {
		return 0, false
	}
	d := wire.NewDecoder(data)
	return d.Uint64(), true
}

// boolText is "true" or "false", for events.
func boolText(b bool) string { return strconv.FormatBool(b) }
