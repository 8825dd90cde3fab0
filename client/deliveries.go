package client

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Delivery compares what a supplier shipped to a partner, by its data, with
// what the partner received, in items. Its numbers are proved as of the height
// of the list that it is in.
type Delivery struct {
	Number    uint64             `json:"number"`
	From      gs1.GLN            `json:"from"`
	Purpose   app.ShipPurpose    `json:"purpose"`
	Documents []app.Document     `json:"documents,omitempty"`
	ShippedAt time.Time          `json:"shippedAt"`
	Status    app.ShipmentStatus `json:"status"`

	Shipped  uint64 `json:"shipped"`
	Received uint64 `json:"received"`
	// Open are on the road; Short were missing on arrival; Refused were turned
	// down at the dock; Voided the shipper took back.
	Open    uint64 `json:"open"`
	Short   uint64 `json:"short"`
	Refused uint64 `json:"refused"`
	Voided  uint64 `json:"voided"`
}

// Mismatch is how many items of the delivery did not come as its data say: short,
// refused or voided. What is on the road is none yet.
func (d *Delivery) Mismatch() uint64 { return d.Short + d.Refused + d.Voided }

// Deliveries are the shipments to one partner.
type Deliveries struct {
	// Height is the height as of which each is proved.
	Height uint64 `json:"height"`
	// Items are newest first. That none is left out is the node's word.
	Items []Delivery `json:"items"`
}

// Deliveries lists what was shipped to a partner in the time from since to
// until, the latter exclusive; zero times do not bound it. Each is proved
// against the header that the light client verified.
func (c *Client) Deliveries(ctx context.Context, partner gs1.GLN, since, until time.Time) (*Deliveries, error) {
	at, err := c.provenAt(ctx)
	if err != nil {
		return nil, err
	}
	listed, err := All(func(page app.PageRequest) (*app.Page[app.ShipmentSummary], error) {
		return c.PartnerShipments(ctx, partner, "all", page)
	})
	if err != nil {
		return nil, err
	}
	out := &Deliveries{Height: at.height, Items: []Delivery{}}
	for i := range listed {
		n, when := listed[i].Number, unixTime(listed[i].Time)
		if listed[i].To != partner || when.Before(since) || !until.IsZero() && !when.Before(until) {
			continue
		}
		s, err := proveAt(ctx, at, app.ShipmentKey(n), app.DecodeShipment)
		if err != nil {
			return nil, err
		}
		if s == nil || s.To != partner {
			continue // it began after the height, or the node named another's
		}
		out.Items = append(out.Items, Delivery{
			Number: n, From: s.From, Purpose: s.Purpose, Documents: s.Documents, ShippedAt: when, Status: s.Status(),
			Shipped: s.Shipped, Received: s.Received, Open: s.Open, Short: s.Short, Refused: s.Refused, Voided: s.Voided,
		})
	}
	return out, nil
}

// SupplierMismatches are the deliveries of one supplier that did not fit.
type SupplierMismatches struct {
	Supplier gs1.GLN `json:"supplier"`
	// Deliveries counts all of its deliveries in the time asked about, and
	// Shipped the items in them.
	Deliveries int    `json:"deliveries"`
	Shipped    uint64 `json:"shipped"`
	// Items did not come as the data said; Unsettled of them are still
	// short: neither found nor taken back.
	Items     uint64 `json:"items"`
	Unsettled uint64 `json:"unsettled"`
	// Oldest is when the oldest delivery was shipped of which something is
	// unsettled, zero when nothing is.
	Oldest time.Time `json:"oldest,omitzero"`
	// Mismatched are those deliveries, newest first.
	Mismatched []Delivery `json:"mismatched"`
}

// BySupplier groups the deliveries that did not fit by supplier, ascending by
// GLN. Suppliers whose deliveries all fit are not in it.
func (d *Deliveries) BySupplier() []SupplierMismatches {
	by := make(map[gs1.GLN]*SupplierMismatches)
	for i := range d.Items {
		v := &d.Items[i]
		s := by[v.From]
		if s == nil {
			s = &SupplierMismatches{Supplier: v.From}
			by[v.From] = s
		}
		s.Deliveries++
		s.Shipped += v.Shipped
		if v.Mismatch() == 0 {
			continue
		}
		s.Items, s.Unsettled = s.Items+v.Mismatch(), s.Unsettled+v.Short
		if v.Short > 0 && (s.Oldest.IsZero() || v.ShippedAt.Before(s.Oldest)) {
			s.Oldest = v.ShippedAt
		}
		s.Mismatched = append(s.Mismatched, *v)
	}
	out := []SupplierMismatches{}
	for _, s := range by {
		if len(s.Mismatched) > 0 {
			out = append(out, *s)
		}
	}
	slices.SortFunc(out, func(a, b SupplierMismatches) int { return strings.Compare(a.Supplier.String(), b.Supplier.String()) })
	return out
}

func unixTime(seconds uint64) time.Time { return time.Unix(int64(seconds), 0).UTC() }
