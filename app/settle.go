package app

import "slices"

// pendingCounts are changes of live items per holding and lot, summed over
// the op and applied at its end: an item that moves from one case to another
// on the same pallet leaves the pallet's counts alone (rule 8).
type pendingCounts struct {
	of    map[HoldingID]*lotCounts
	order []HoldingID
}

// lotCounts are changes per lot, in the order in which lots were first seen.
// An op may move as many lots as it opens entries, and more inside containers,
// before the bound on lots is judged.
type lotCounts struct {
	lots []LotID
	n    []int64
	at   map[LotID]int // where each stands, from manyLots lots on
}

// manyLots is from how many lots on they are looked up, not searched.
const manyLots = 16

func (l *lotCounts) add(lot LotID, n int64) {
	if i := l.find(lot); i >= 0 {
		l.n[i] += n
		return
	}
	if l.at != nil {
		l.at[lot] = len(l.lots)
	}
	l.lots, l.n = append(l.lots, lot), append(l.n, n)
	if len(l.lots) == manyLots {
		l.at = make(map[LotID]int)
		for i := range l.lots {
			l.at[l.lots[i]] = i
		}
	}
}

// find returns where a lot stands, or -1.
func (l *lotCounts) find(lot LotID) int {
	if l.at != nil {
		if i, ok := l.at[lot]; ok {
			return i
		}
		return -1
	}
	for i := len(l.lots) - 1; i >= 0; i-- {
		if l.lots[i] == lot {
			return i
		}
	}
	return -1
}

// countLive adds n live items of a lot to a holding and all it stands in.
func (d *draft) countLive(l lineage, lot LotID, n int64) {
	if d.deltas.of == nil {
		d.deltas.of = make(map[HoldingID]*lotCounts)
	}
	for _, id := range l {
		c := d.deltas.of[id]
		if c == nil {
			c = &lotCounts{}
			d.deltas.of[id] = c
			d.deltas.order = append(d.deltas.order, id)
		}
		c.add(lot, n)
	}
}

// countMarked adds n to the marked count of a holding and all it stands in.
func (d *draft) countMarked(l lineage, n int64) {
	if n == 0 {
		return
	}
	for _, id := range l {
		h := d.holdings.edit(id)
		h.Marked = uint32(int64(h.Marked) + n)
	}
}

// countPartial adds n to the partials of a holding and all it stands in.
func (d *draft) countPartial(l lineage, n int64) {
	if n == 0 {
		return
	}
	for _, id := range l {
		h := d.holdings.edit(id)
		h.Partials = uint32(int64(h.Partials) + n)
	}
}

// noPartials refuses a holding that goes whole with an item inside that was
// dispensed in part: such an item stays with whoever opened it, but for its
// way back as nonsaleable goods.
func noPartials(id HoldingID, h *Holding) error {
	if h.Partials > 0 {
		return reject(CodePartial, "holding %s contains %d items that were dispensed in part", id, h.Partials)
	}
	return nil
}

// settle applies the summed counts to the holdings. It may still reject: a
// holding can come to contain too many lots.
func (d *draft) settle() error {
	for _, id := range d.deltas.order {
		if err := d.settleHolding(id, d.deltas.of[id]); err != nil {
			return err
		}
	}
	d.deltas = pendingCounts{}
	return nil
}

func (d *draft) settleHolding(id HoldingID, c *lotCounts) error {
	h := d.holdings.edit(id)
	before := h.Live
	for _, n := range c.n {
		h.Live = uint64(int64(h.Live) + n)
	}
	if err := d.settleLots(id, h, before, c); err != nil {
		return err
	}
	if h.Live == 0 {
		h.LotMode, h.Lot = LotNone, LotID{}
	}
	d.closeEmptied(h)
	return nil
}

// settleLots keeps the account per lot exact: none, one or mixed.
func (d *draft) settleLots(id HoldingID, h *Holding, before uint64, c *lotCounts) error {
	for i, lot := range c.lots {
		n := c.n[i]
		switch {
		case n == 0:
		case h.LotMode == LotNone:
			h.LotMode, h.Lot = LotOne, lot
			before = uint64(n)
		case h.LotMode == LotOne && h.Lot == lot:
			before = uint64(int64(before) + n)
		default:
			if h.LotMode == LotOne {
				d.setContent(contentRef{id, h.Lot}, before)
				h.LotMode, h.Lot = LotMixed, LotID{}
			}
			d.addContent(contentRef{id, lot}, n)
		}
	}
	return d.checkLots(id, h, c)
}

// checkLots judges how many lots a holding contains once the op is done, if
// the op added to any.
func (d *draft) checkLots(id HoldingID, h *Holding, c *lotCounts) error {
	if h.LotMode != LotMixed || !slices.ContainsFunc(c.n, func(n int64) bool { return n > 0 }) {
		return nil
	}
	if lots := len(d.lotsOf(id)); uint64(lots) > d.params.MaxLots {
		return reject(CodeTooManyLots, "holding %s would contain %d lots, at most %d", id, lots, d.params.MaxLots)
	}
	return nil
}

// setContent writes a 't' record, or deletes it at zero.
func (d *draft) setContent(ref contentRef, n uint64) {
	if n == 0 {
		if d.contents.get(ref) != nil {
			d.contents.remove(ref)
		}
		return
	}
	d.contents.put(ref, &n)
	d.accountsOf(ref.holding).note(ref.lot)
}

func (d *draft) addContent(ref contentRef, n int64) {
	if old := d.contents.get(ref); old != nil {
		n += int64(*old)
	}
	d.setContent(ref, uint64(n))
}

// lotCount is the live items of one lot in a holding.
type lotCount struct {
	lot LotID
	n   uint64
}

// lotsOf lists what a holding contains per lot, at any depth. At most MaxLots
// long. Counts of this op that are not settled are not in it.
func (d *draft) lotsOf(id HoldingID) []lotCount {
	h := d.holdings.get(id)
	switch h.LotMode {
	case LotNone:
		return nil
	case LotOne:
		return []lotCount{{h.Lot, h.Live}}
	default:
		return d.mixedLots(id)
	}
}

// maxLotsRead bounds the accounts of lots ('t' records) that one op may read:
// an op names a holding in 32 bytes, and each may be mixed of MaxLots. It is
// enough for 1,024 totes of 32 lots each.
const maxLotsRead = 32_768

// accounts are the lots of which a mixed holding has, or in this op had, an
// account.
type accounts struct {
	lots    []LotID
	known   map[LotID]bool
	scanned bool // the view's are among them
}

func (d *draft) accountsOf(id HoldingID) *accounts {
	a := d.mixed[id]
	if a == nil {
		if d.mixed == nil {
			d.mixed = make(map[HoldingID]*accounts)
		}
		a = &accounts{known: make(map[LotID]bool)}
		d.mixed[id] = a
	}
	return a
}

func (a *accounts) note(lot LotID) {
	if !a.known[lot] {
		a.known[lot] = true
		a.lots = append(a.lots, lot)
	}
}

// mixedLots merges the 't' records of the view, read once an op, with the
// draft's own. Beyond maxLotsRead it reads no more, and validate refuses the
// op whatever it makes of the rest.
func (d *draft) mixedLots(id HoldingID) []lotCount {
	a := d.accountsOf(id)
	if !a.scanned {
		a.scanned = true
		d.scanLots(id, a)
	}
	out := make([]lotCount, 0, len(a.lots))
	for _, lot := range a.lots {
		if n := d.contents.get(contentRef{id, lot}); n != nil {
			out = append(out, lotCount{lot, *n})
		}
	}
	return out
}

func (d *draft) scanLots(id HoldingID, a *accounts) {
	prefix := append([]byte{prefixContent}, id[:]...)
	d.view.Scan(prefix, func(key, value []byte) bool {
		if d.lotsRead++; d.lotsRead > maxLotsRead {
			return false
		}
		lot, err := decodeLotSuffix(key[len(prefix):])
		if err != nil {
			d.fail(&CorruptError{Key: key, Err: err})
			return false
		}
		d.contents.learn(contentRef{id, lot}, value)
		a.note(lot)
		return true
	})
}

// decodeLotSuffix reads the GTIN and lot at the end of a 't' or 'l' key.
func decodeLotSuffix(p []byte) (LotID, error) {
	if len(p) < 15 {
		return LotID{}, errShortKey
	}
	return ParseLotID(string(p[:14]), string(p[14:]))
}

// closeEmptied takes a loose holding or run out of its shipment when the last
// of its items was received by opening it.
func (d *draft) closeEmptied(h *Holding) {
	if h.Shipment == 0 || h.Live > 0 || h.Children > 0 || h.Kind == KindContainer {
		return
	}
	d.leaveShipment(h)
}

// leaveShipment takes an outermost holding out of its shipment's counts of
// holdings. The items are counted by the caller.
func (d *draft) leaveShipment(h *Holding) {
	s := d.shipments.edit(h.Shipment)
	if h.Short {
		s.ShortHoldings--
	} else {
		s.OpenHoldings--
	}
	h.Shipment, h.Short = 0, false
}

// receiveItems moves n items of a shipment from open or short to received.
func (d *draft) receiveItems(number uint64, short bool, n uint64) {
	s := d.shipments.edit(number)
	if short {
		s.Short -= n
	} else {
		s.Open -= n
	}
	s.Received += n
}
