package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// RecallReach is who has live items of a lot and who acknowledged its recall.
// Every number in it is proved as of Height; that nobody was left out is
// proved when Complete says so (docs/decisions/0014).
type RecallReach struct {
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
}

// Complete reports whether nobody was left out: the items with the holders are
// all that were commissioned and have not ended (rule 12), and as many partners
// are shown to have acknowledged as the lot's record counts.
func (r *RecallReach) Complete() bool { return r.Missing == 0 && r.MissingAcks == 0 }

// RecallHolder is one partner in a RecallReach.
type RecallHolder struct {
	Partner gs1.GLN `json:"partner"`
	Name    string  `json:"name"`
	// Live are the items of the lot that the partner possesses. While they
	// are on the road they are the shipper's.
	Live   uint64 `json:"live"`
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
	Location gs1.GLN `json:"location"`
	Live     uint64  `json:"live"`
}

// RecallShipment is how many items are on their way in a shipment.
type RecallShipment struct {
	Number uint64 `json:"number"`
	// To is the consignee, who may receive them but not sell them.
	To    gs1.GLN `json:"to"`
	Items uint64  `json:"items"`
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
		holders: make(map[gs1.GLN]*RecallHolder), seen: make(map[app.HoldingID]bool), consignees: make(map[uint64]gs1.GLN),
	}
	if err := c.awaitIndex(ctx, at.height); err != nil {
		return nil, err
	}
	if err := w.collect(ctx); err != nil {
		return nil, err
	}
	w.finish()
	return w.out, nil
}

// awaitIndex waits a while for the node's index to have come to a height.
func (c *Client) awaitIndex(ctx context.Context, height uint64) error {
	until := time.Now().Add(readyPatience)
	return await(ctx, func() (bool, error) {
		s, err := c.IndexStatus(ctx)
		return err != nil || s.Height >= height || time.Now().After(until), err
	})
}

// provenAt proves records of one height.
type provenAt struct {
	c      *Client
	height uint64
	header *types.LightBlock
}

func (c *Client) provenAt(ctx context.Context) (*provenAt, error) {
	l, err := c.needLight()
	if err != nil {
		return nil, err
	}
	height, err := c.settled(ctx)
	if err != nil {
		return nil, err
	}
	lb, err := l.Verify(ctx, height)
	if err != nil {
		return nil, err
	}
	return &provenAt{c, height - 1, lb}, nil
}

// proveAt returns a record, or nil when it is proved that there is none.
func proveAt[R any](ctx context.Context, at *provenAt, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	value, evidence, err := at.c.recordProof(ctx, at.height, key)
	if err != nil {
		return nil, err
	}
	p, err := open(at.header.AppHash, key, value, evidence, decode, &Proven[R]{})
	if err != nil {
		return nil, err
	}
	return p.Record, nil
}

// reachWork collects one RecallReach.
type reachWork struct {
	at         *provenAt
	out        *RecallReach
	holders    map[gs1.GLN]*RecallHolder
	seen       map[app.HoldingID]bool
	consignees map[uint64]gs1.GLN
}

func (w *reachWork) holder(gln gs1.GLN) *RecallHolder {
	h := w.holders[gln]
	if h == nil {
		h = &RecallHolder{Partner: gln}
		w.holders[gln] = h
	}
	return h
}

// collect proves every holding that the node names, and what is known of its
// possessor. What the node says shows only where to look.
func (w *reachWork) collect(ctx context.Context) error {
	c, lot := w.at.c, w.out.LotID
	named, err := All(func(p app.PageRequest) (*app.Page[app.HoldingSummary], error) { return c.LotHoldings(ctx, lot, p) })
	if err != nil {
		return err
	}
	for i := range named {
		if id := named[i].ID; named[i].Parent.IsZero() && !w.seen[id] {
			w.seen[id] = true
			if err := w.holding(ctx, id); err != nil {
				return err
			}
		}
	}
	known, err := All(func(p app.PageRequest) (*app.Page[app.RecallHolder], error) {
		r, err := c.ListRecallReach(ctx, lot, p)
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
	for _, h := range w.holders {
		if err := w.partner(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// holding proves one outermost holding and how much of the lot is in it.
func (w *reachWork) holding(ctx context.Context, id app.HoldingID) error {
	h, err := proveAt(ctx, w.at, app.HoldingKey(id), app.DecodeHolding)
	if err != nil || h == nil || !h.Parent.IsZero() {
		return err
	}
	var n uint64
	switch h.LotMode {
	case app.LotOne:
		if h.Lot == w.out.LotID {
			n = h.Live
		}
	case app.LotMixed:
		count, err := proveAt(ctx, w.at, app.ContentKey(id, w.out.LotID), decodeCount)
		if err != nil {
			return err
		}
		if count != nil {
			n = *count
		}
	case app.LotNone: // nothing is live in it
	}
	if n == 0 {
		return nil
	}
	return w.add(ctx, h, n)
}

func decodeCount(p []byte) (*uint64, error) {
	n, err := app.DecodeCount(p)
	return &n, err
}

func (w *reachWork) add(ctx context.Context, h *app.Holding, n uint64) error {
	to := w.holder(h.Possessor)
	to.Live += n
	if h.Holds != 0 {
		to.OnHold += n
	}
	to.Sites = addSite(to.Sites, h.Location, n)
	if h.Shipment == 0 {
		return nil
	}
	to.OnRoad += n
	if _, ok := w.consignees[h.Shipment]; !ok {
		s, err := proveAt(ctx, w.at, app.ShipmentKey(h.Shipment), app.DecodeShipment)
		if err != nil {
			return err
		}
		if s == nil {
			return fmt.Errorf("shipment %d is not in the state that its holding is in", h.Shipment)
		}
		w.consignees[h.Shipment] = s.To
	}
	i := slices.IndexFunc(to.Shipments, func(s RecallShipment) bool { return s.Number == h.Shipment && s.Short == h.Short })
	if i < 0 {
		i = len(to.Shipments)
		to.Shipments = append(to.Shipments, RecallShipment{Number: h.Shipment, To: w.consignees[h.Shipment], Short: h.Short})
	}
	to.Shipments[i].Items += n
	return nil
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
