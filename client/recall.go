package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// RecallReach is who has live items of a lot and who acknowledged its recall.
// Every number of Lot and Holders is proved as of Height; that nobody was left out is
// proved when Complete says so (docs/decisions/0014).
type RecallReach struct {
	// LotID is the lot that was asked about, Lot its record.
	LotID app.LotID `json:"lotId"`
	Lot   app.Lot   `json:"lot"`
	// Height is the height whose state this is of, Time that of the header
	// after it.
	Height uint64    `json:"height"`
	Time   time.Time `json:"time"`
	// Holders are ascending by GLN: whoever has live items of the lot, and
	// whoever acknowledged the recall and has none.
	Holders []RecallHolder `json:"holders"`
	// Live, OnRoad and OnHold are the sums over Holders, in items.
	Live   uint64 `json:"live"`
	OnRoad uint64 `json:"onRoad"`
	OnHold uint64 `json:"onHold"`
	// Acknowledged counts the holders with live items that acknowledged the
	// recall as it stands, Outstanding those that did not.
	Acknowledged int `json:"acknowledged"`
	Outstanding  int `json:"outstanding"`
	// Missing is how many live items the ledger counts of which the node
	// named no holder; MissingAcks the same for acknowledgements.
	Missing     uint64 `json:"missing"`
	MissingAcks uint32 `json:"missingAcks"`
	// MadeInto are the lots that packages of this one were repackaged into, as
	// the node lists them: each has a reach of its own.
	MadeInto []app.MadeLot `json:"madeInto,omitempty"`
}

// Complete reports whether nobody was left out: the items with the holders are
// all that were commissioned and have not ended (rule 12), and as many partners
// are shown to have acknowledged as the lot's record counts.
func (r *RecallReach) Complete() bool { return r.Missing == 0 && r.MissingAcks == 0 }

// RecallHolder is one partner in a RecallReach.
type RecallHolder struct {
	// Partner is its GLN, Name what it is registered as.
	Partner gs1.GLN `json:"partner"`
	Name    string  `json:"name"`
	// Live are the items of the lot that the partner possesses. While they
	// are on the road they are the shipper's.
	Live uint64 `json:"live"`
	// OnRoad are those in shipments, open or short.
	OnRoad uint64 `json:"onRoad"`
	// OnHold are those in outermost holdings on hold.
	OnHold uint64 `json:"onHold"`
	// Sites are where they are, those on the road by where they came from;
	// Shipments are what is on the road.
	Sites     []RecallSite     `json:"sites,omitempty"`
	Shipments []RecallShipment `json:"shipments,omitempty"`
	// Ack is what the partner acknowledged last, nil when it never did.
	Ack *app.RecallAck `json:"ack,omitempty"`
	// Current: it acknowledged the recall as it stands.
	Current bool `json:"current"`
}

// RecallSite is how many items are at a location.
type RecallSite struct {
	// Location is the GLN of the site.
	Location gs1.GLN `json:"location"`
	// Live are the items of the lot that are there.
	Live uint64 `json:"live"`
}

// RecallShipment is how many items are on their way in a shipment.
type RecallShipment struct {
	// Number is that of the shipment.
	Number uint64 `json:"number"`
	// To is the consignee, who may receive them but not sell them.
	To gs1.GLN `json:"to"`
	// Items are those of the lot that are in it.
	Items uint64 `json:"items"`
	// Short: the consignee reported them missing.
	Short bool `json:"short,omitempty"`
}

// reachAttempts is how often the listing is taken again when goods have moved
// since.
const reachAttempts = 3

// RecallReach asks the node who has a lot, proves each of its answers against
// one header that the light client verified, and checks by the counts of the
// lot's record that nobody was left out. It works for a lot that was never
// recalled too. The error is ErrNotFound for a lot that does not exist.
func (c *Client) RecallReach(ctx context.Context, lot app.LotID) (*RecallReach, error) {
	for attempt := 1; ; attempt++ {
		r, err := c.recallReach(ctx, lot)
		var refused *QueryError
		again := attempt < reachAttempts
		switch {
		case again && errors.As(err, &refused) && refused.Code == queryNoHeight:
			continue // pruned meanwhile
		case err != nil, r.Complete(), !again:
			return r, err
		}
	}
}

func (c *Client) recallReach(ctx context.Context, lot app.LotID) (*RecallReach, error) {
	at, err := c.provenAt(ctx)
	if err != nil {
		return nil, err
	}
	rec, err := proveAt(ctx, at, app.LotKey(lot), app.DecodeLot)
	if err != nil {
		return nil, err
	}
	if rec == nil {
		return nil, fmt.Errorf("%s: %w", lot, ErrNotFound)
	}
	w := reachWork{
		at: at, out: &RecallReach{LotID: lot, Lot: *rec, Height: at.height, Time: at.header.Time},
		holders: make(map[gs1.GLN]*RecallHolder),
	}
	if err := c.awaitIndex(ctx, at.height); err != nil {
		return nil, err
	}
	if err := w.collect(ctx); err != nil {
		return nil, err
	}
	w.finish()
	w.out.MadeInto, err = All(func(p app.PageRequest) (*app.Page[app.MadeLot], error) { return c.LotsMadeFrom(ctx, lot, p) })
	return w.out, err
}

// awaitIndex waits a while for the node's index to have come to a height.
func (c *Client) awaitIndex(ctx context.Context, height uint64) error {
	until := time.Now().Add(readyPatience)
	return await(ctx, func() (bool, error) {
		s, err := c.IndexStatus(ctx)
		return err != nil || s.Height >= height || time.Now().After(until), err
	})
}

// reachWork collects one RecallReach.
type reachWork struct {
	at      *provenAt
	out     *RecallReach
	holders map[gs1.GLN]*RecallHolder
}

func (w *reachWork) holder(gln gs1.GLN) *RecallHolder {
	h := w.holders[gln]
	if h == nil {
		h = &RecallHolder{Partner: gln}
		w.holders[gln] = h
	}
	return h
}

// lotPlace is an outermost holding that was proved, and how many live items of
// the lot are in it.
type lotPlace struct {
	*app.Holding
	items uint64
}

// collect proves every holding that the node names, and what is known of its
// possessor. What the node says shows only where to look.
func (w *reachWork) collect(ctx context.Context) error {
	ids, err := w.named(ctx)
	if err != nil {
		return err
	}
	places := make([]lotPlace, len(ids))
	if err := eachOf(ctx, len(ids), func(ctx context.Context, i int) (err error) {
		places[i], err = w.place(ctx, ids[i])
		return err
	}); err != nil {
		return err
	}
	consignees, err := w.underWay(ctx, places)
	if err != nil {
		return err
	}
	for i := range places {
		if places[i].items > 0 {
			w.add(&places[i], consignees)
		}
	}
	return w.partners(ctx)
}

// named are the outermost holdings of the lot, each once, as the node has them.
func (w *reachWork) named(ctx context.Context) (ids []app.HoldingID, err error) {
	list, err := All(func(p app.PageRequest) (*app.Page[app.HoldingSummary], error) {
		return w.at.c.LotHoldings(ctx, w.out.LotID, p)
	})
	seen := make(map[app.HoldingID]bool)
	for i := range list {
		if id := list[i].ID; list[i].Parent.IsZero() && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, err
}

// place proves one holding and how much of the lot is in it: nothing, when at
// this height it did not exist or stood in another.
func (w *reachWork) place(ctx context.Context, id app.HoldingID) (lotPlace, error) {
	h, err := proveAt(ctx, w.at, app.HoldingKey(id), app.DecodeHolding)
	if err != nil || h == nil || !h.Parent.IsZero() {
		return lotPlace{}, err
	}
	switch {
	case h.LotMode == app.LotOne && h.Lot == w.out.LotID:
		return lotPlace{h, h.Live}, nil
	case h.LotMode == app.LotMixed:
		n, err := proveAt(ctx, w.at, app.ContentKey(id, w.out.LotID), decodeCount)
		if err != nil || n == nil {
			return lotPlace{}, err
		}
		return lotPlace{h, *n}, nil
	default:
		return lotPlace{}, nil
	}
}

func decodeCount(p []byte) (*uint64, error) {
	n, err := app.DecodeCount(p)
	return &n, err
}

// underWay proves to whom the shipments go that the places are in.
func (w *reachWork) underWay(ctx context.Context, places []lotPlace) (map[uint64]gs1.GLN, error) {
	var numbers []uint64
	for i := range places {
		if places[i].items > 0 && places[i].Shipment != 0 {
			numbers = append(numbers, places[i].Shipment)
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	to := make([]gs1.GLN, len(numbers))
	err := eachOf(ctx, len(numbers), func(ctx context.Context, i int) error {
		s, err := proveAt(ctx, w.at, app.ShipmentKey(numbers[i]), app.DecodeShipment)
		if err == nil && s == nil {
			err = fmt.Errorf("shipment %d is not in the state that its holding is in", numbers[i])
		}
		if err == nil {
			to[i] = s.To
		}
		return err
	})
	out := make(map[uint64]gs1.GLN, len(numbers))
	for i, n := range numbers {
		out[n] = to[i]
	}
	return out, err
}

// add adds a place to its possessor.
func (w *reachWork) add(p *lotPlace, consignees map[uint64]gs1.GLN) {
	to := w.holder(p.Possessor)
	to.Live += p.items
	if p.Holds != 0 {
		to.OnHold += p.items
	}
	to.Sites = addSite(to.Sites, p.Location, p.items)
	if p.Shipment == 0 {
		return
	}
	to.OnRoad += p.items
	i := slices.IndexFunc(to.Shipments, func(s RecallShipment) bool { return s.Number == p.Shipment && s.Short == p.Short })
	if i < 0 {
		i = len(to.Shipments)
		to.Shipments = append(to.Shipments, RecallShipment{Number: p.Shipment, To: consignees[p.Shipment], Short: p.Short})
	}
	to.Shipments[i].Items += p.items
}

func addSite(sites []RecallSite, at gs1.GLN, n uint64) []RecallSite {
	for i := range sites {
		if sites[i].Location == at {
			sites[i].Live += n
			return sites
		}
	}
	return append(sites, RecallSite{at, n})
}

// partners proves who they are that have some of the lot or, as the node says,
// acknowledged its recall, and what they acknowledged.
func (w *reachWork) partners(ctx context.Context) error {
	known, err := All(func(p app.PageRequest) (*app.Page[app.RecallHolder], error) {
		r, err := w.at.c.ListRecallReach(ctx, w.out.LotID, p)
		if err != nil {
			return nil, err
		}
		return &app.Page[app.RecallHolder]{Items: r.Items, Next: r.Next, Height: r.Height}, nil
	})
	if err != nil {
		return err
	}
	for i := range known {
		if known[i].Ack != nil {
			w.holder(known[i].Partner)
		}
	}
	var all []*RecallHolder
	for _, h := range w.holders {
		all = append(all, h)
	}
	return eachOf(ctx, len(all), func(ctx context.Context, i int) error { return w.partner(ctx, all[i]) })
}

// partner proves a partner's name and what it acknowledged.
func (w *reachWork) partner(ctx context.Context, h *RecallHolder) error {
	p, err := proveAt(ctx, w.at, app.PartnerKey(h.Partner), app.DecodePartner)
	if err != nil {
		return err
	}
	if p == nil {
		return fmt.Errorf("partner %s, whom the node names, is not registered", h.Partner)
	}
	h.Name = p.Name
	if h.Ack, err = proveAt(ctx, w.at, app.RecallAckKey(w.out.LotID, h.Partner), app.DecodeRecallAck); err != nil {
		return err
	}
	h.Current = h.Ack.Covers(w.out.Lot.Recall)
	return nil
}

// finish sums up, and compares with the lot's record.
func (w *reachWork) finish() {
	r, acks := w.out, uint32(0)
	for _, h := range w.holders {
		r.Holders = append(r.Holders, *h)
		r.Live, r.OnRoad, r.OnHold = r.Live+h.Live, r.OnRoad+h.OnRoad, r.OnHold+h.OnHold
		if h.Ack != nil {
			acks++
		}
		switch {
		case h.Live == 0:
		case h.Current:
			r.Acknowledged++
		default:
			r.Outstanding++
		}
	}
	slices.SortFunc(r.Holders, func(a, b RecallHolder) int { return strings.Compare(a.Partner.String(), b.Partner.String()) })
	r.Missing = r.Lot.Commissioned - r.Lot.Ended - r.Live
	if r.Lot.Recall != nil {
		r.MissingAcks = r.Lot.Recall.Acks - acks
	}
}
