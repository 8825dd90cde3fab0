package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// MaxDepth is how many containers may stand inside each other (rule 2).
const MaxDepth = 4

// custody is where goods are and whose they are: what an outermost holding
// stores and everything inside it shares. It is comparable, because goods may
// be put together only when theirs are equal.
type custody struct {
	owner, possessor, location gs1.GLN
	holds                      Holds
}

// lineage is a holding and what it stands in: the first element is the holding
// itself, the last is outermost. At most MaxDepth+1 long.
type lineage []HoldingID

func (l lineage) outermost() HoldingID { return l[len(l)-1] }

// line follows the parents of a holding, which must exist.
func (d *draft) line(id HoldingID) lineage {
	l := lineage{id}
	for range MaxDepth {
		h := d.holdings.get(id)
		if h == nil || h.Parent.IsZero() {
			return l
		}
		id = h.Parent
		l = append(l, id)
	}
	return l
}

// need returns the lineage of a holding that an op names, or rejects it.
func (d *draft) need(id HoldingID) (lineage, error) {
	if d.holdings.get(id) == nil {
		return nil, reject(CodeHoldingUnknown, "holding %s", id)
	}
	return d.line(id), nil
}

// needOutermost is need for ops that take outermost holdings only.
func (d *draft) needOutermost(id HoldingID) (*Holding, error) {
	h := d.holdings.get(id)
	if h == nil {
		return nil, reject(CodeHoldingUnknown, "holding %s", id)
	}
	if !h.Parent.IsZero() {
		return nil, reject(CodeHasParent, "holding %s stands in %s", id, h.Parent)
	}
	return h, nil
}

// needWhole is needOutermost for ops that name a holding to move it whole. A
// container that was used again is over, and so is a run or loose holding that
// has emptied: neither is a place any more.
func (d *draft) needWhole(id HoldingID) (*Holding, error) {
	h, err := d.needOutermost(id)
	if err != nil {
		return nil, err
	}
	if h.Kind != KindContainer && h.Live == 0 {
		return nil, reject(CodeNothingNamed, "nothing is left in %s holding %s", h.Kind, id)
	}
	return h, d.inUse(h)
}

// inUse refuses a container that was used again under the next number. Only an
// empty one can have been.
func (d *draft) inUse(h *Holding) error {
	if h.Kind != KindContainer || h.Live > 0 || h.Children > 0 {
		return nil
	}
	if d.holdings.get(ContainerID(h.Key, h.N+1)) != nil {
		return reject(CodeContainerInUse, "container %s has been used again; this is use %d", h.Key, h.N)
	}
	return nil
}

// custodyOf is the custody of what stands in a lineage, with the holds of
// every holding it is inside (rule 3).
func (d *draft) custodyOf(l lineage) custody {
	out := d.holdings.get(l.outermost())
	c := custody{owner: out.Owner, possessor: out.Possessor, location: out.Location}
	for _, id := range l {
		c.holds |= d.holdings.get(id).Holds
	}
	return c
}

// markedAround are the holds under which something leaves a lineage that has a
// blocking mark on a container's own key: the mark stays on the key, so what is
// taken out gets a hold instead (docs/decisions/0010). The owner and the
// possessor lift what they set; a mark of anyone else amounts to an order.
func (d *draft) markedAround(l lineage, c custody) (out Holds) {
	for _, id := range l {
		h := d.holdings.get(id)
		if h.Kind != KindContainer {
			continue
		}
		m := d.marks.get(h.Key)
		if m == nil {
			continue
		}
		for i := range m.Marks {
			switch k := &m.Marks[i]; {
			case !k.Blocking:
			case k.By == c.owner || k.By == c.possessor:
				out |= HoldQuarantine
			default:
				out |= HoldOrder
			}
		}
	}
	return out
}

// custodyTime is the latest custody time along a lineage.
func (d *draft) custodyTime(l lineage) uint64 {
	var t uint64
	for _, id := range l {
		t = max(t, d.holdings.get(id).CustodyTime)
	}
	return t
}

// inTime refuses an event before what it touches came to its place (rule 11).
func (d *draft) inTime(l lineage) error {
	t := d.custodyTime(l)
	if d.tx.EventTime+d.params.ClockToleranceSeconds < t {
		return reject(CodeEventTooEarly, "event time %d, the earliest acceptable is %d", d.tx.EventTime, t-min(t, d.params.ClockToleranceSeconds))
	}
	return nil
}

// actsFor reports whether the op is of a partner. An agent acts for its
// principal because by is the principal: see actFor.
func (d *draft) actsFor(partner gs1.GLN) bool { return partner == d.by }

// claim lets the signer act on the goods of a lineage as their owner or, where
// asOwner is false, as their possessor. Goods on their way to the signer are
// first received, as an inferred Receive (rule 4): a container whole. For a
// loose holding or a run it reports received = true and leaves the shipment to
// whoever opens positions of it.
func (d *draft) claim(l lineage, asOwner bool) (c custody, received bool, err error) {
	if err := d.inTime(l); err != nil {
		return c, false, err
	}
	out := d.holdings.get(l.outermost())
	if out.Shipment != 0 {
		s := d.shipments.get(out.Shipment)
		if !d.actsFor(s.To) {
			return c, false, reject(CodeInTransit, "shipment %d, to %s", out.Shipment, s.To)
		}
		if err := d.mayInfer(s); err != nil {
			return c, false, err
		}
		if out.Kind != KindContainer {
			return d.receivedCustody(s, d.custodyOf(l)), true, nil
		}
		if err := d.receiveHolding(l.outermost(), s.ShipTo, true); err != nil {
			return c, false, err
		}
	}
	c = d.custodyOf(l)
	return c, false, d.mayHandle(c, asOwner)
}

// mayHandle checks the signer against a custody.
func (d *draft) mayHandle(c custody, asOwner bool) error {
	if d.actsFor(c.owner) {
		return nil
	}
	if asOwner {
		return reject(CodeNotOwner, "owner %s, signer %s", c.owner, d.by)
	}
	if !d.actsFor(c.possessor) {
		return reject(CodeNotPossessor, "possessor %s, signer %s", c.possessor, d.by)
	}
	return nil
}

// receivedCustody is what goods of a shipment come under on receipt at the
// agreed site.
func (d *draft) receivedCustody(s *Shipment, c custody) custody {
	if s.Purpose.ChangesOwner() {
		c.owner = s.To
	}
	c.possessor, c.location = s.To, s.ShipTo
	return c
}

// active refuses a signer whose standing is suspended, lacks the roles, or
// whose credential did not cover the event (rule 11: standing at the block,
// credential at the event's time).
func (d *draft) active(roles Roles) error {
	return d.authorised(d.by, d.signer, roles)
}

// standing refuses a partner that is suspended: judged at the block (rule 11).
func standing(gln gs1.GLN, p *Partner) error {
	if p.Standing != StandingActive {
		return reject(CodeSuspended, "partner %s", gln)
	}
	return nil
}

func (d *draft) authorised(gln gs1.GLN, p *Partner, roles Roles) error {
	if err := standing(gln, p); err != nil {
		return err
	}
	if !p.Roles.Has(roles) {
		return reject(CodeRoleMissing, "partner %s is %s; needed: one of %s", gln, p.Roles, roles)
	}
	return d.licensed(gln, p)
}

// licensed refuses a partner whose credential did not cover the event.
func (d *draft) licensed(gln gs1.GLN, p *Partner) error {
	if !p.Credential.Covers(d.tx.EventTime) {
		return reject(CodeCredential, "partner %s: valid from %d until %d, the event was at %d", gln, p.Credential.From, p.Credential.Until, d.tx.EventTime)
	}
	return nil
}

// anyTrader are the roles that may handle goods.
const anyTrader = RoleManufacturer | RoleRepackager | RoleWholesaler | RoleLogistics | RoleDispenser

// effective is the shipment by which what stands in a lineage last changed
// owner: Effective(child) is the effective of its parent if that differs from
// joined, else its own (design 01, section 4).
func (d *draft) effective(l lineage) uint64 {
	acquired := d.holdings.get(l.outermost()).Acquired
	for i := len(l) - 2; i >= 0; i-- {
		h := d.holdings.get(l[i])
		if acquired == h.Joined {
			acquired = h.Acquired
		}
	}
	return acquired
}
