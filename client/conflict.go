package client

import (
	"context"
	"fmt"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Conflict is a report that is ready to be submitted: its signer has an item in
// hand that the ledger has with somebody else, or whose life has ended; or the
// item's key was commissioned twice. Packages of counterfeiters are found in
// just this way. Whether the item is in hand only the partner knows, so that
// nothing is reported by itself.
type Conflict struct {
	// Key is that of the item.
	Key gs1.Key `json:"key"`
	// By is the partner that would report.
	By gs1.GLN `json:"by"`
	// Kind is the report's name: ReportConflict or ReportDuplicate.
	Kind string `json:"report"`
	// Says is what the ledger has, in words.
	Says string `json:"says"`
	// Op is the report. A ReportConflict says that the item is at Location;
	// change that if it is not.
	Op app.Op `json:"-"`
	// Location is the site at which the item is taken to be.
	Location gs1.GLN `json:"location"`
}

// conflictKeys bounds the items of a refused op that are looked up.
const conflictKeys = 8

// conflict makes the report that a refusal suggests, or nil. It is an offer:
// whatever cannot be found out about it makes it nil.
func (c *Client) conflict(ctx context.Context, s Submission, out *Outcome) *Conflict {
	switch out.Code {
	case app.CodeMoved, app.CodeEnded, app.CodeNotOwner, app.CodeNotPossessor, app.CodeInTransit:
	default:
		return nil
	}
	for _, key := range suspects(s.Op, out.Detail) {
		found, err := c.FindConflict(ctx, s.Partner, key, gs1.GLN{})
		if err == nil && found != nil && s.For != (gs1.GLN{}) { // or is it the principal's?
			found, err = c.FindConflict(ctx, s.For, key, gs1.GLN{})
		}
		if err != nil {
			return nil
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// suspects are the items that a refusal may be about: the one that it names,
// or those that the op opens.
func suspects(op app.Op, detail string) (keys []gs1.Key) {
	for _, word := range strings.Fields(detail) {
		if key, err := gs1.ParseKey(strings.Trim(word, "(),;:")); err == nil && !key.IsLogistic() {
			return []gs1.Key{key}
		}
	}
	openings := openingsOf(op)
	for i := range openings {
		for _, e := range openings[i].Entries {
			if !e.IsContainer() && len(keys) < conflictKeys {
				keys = append(keys, e.Key)
			}
		}
	}
	return keys
}

// openingsOf are the openings of an op that takes goods in hand.
func openingsOf(op app.Op) []app.Opening {
	switch op := op.(type) {
	case *app.Pack:
		return op.Openings
	case *app.Unpack:
		return op.Openings
	case *app.Ship:
		return op.Openings
	case *app.Return:
		return op.Openings
	case *app.Relocate:
		return op.Openings
	case *app.Dispense:
		return op.Openings
	case *app.Destroy:
		return op.Openings
	case *app.Export:
		return op.Openings
	case *app.Sample:
		return op.Openings
	case *app.Decommission:
		return op.Openings
	default:
		return nil
	}
}

// FindConflict compares what the node says about an item with a partner's
// having it in hand at a location, or anywhere if that is zero: then the
// partner's own GLN stands for the site. It returns the report that puts the
// disagreement on record: ReportDuplicate where the key was commissioned twice,
// ReportConflict where the ledger has the item with somebody else or ended; nil
// where they agree. The error is ErrNotFound for an item that the ledger has
// never seen. Nothing is submitted.
func (c *Client) FindConflict(ctx context.Context, by gs1.GLN, item gs1.Key, location gs1.GLN) (*Conflict, error) {
	place, err := c.Place(ctx, item)
	if err != nil {
		return nil, err
	}
	if len(place.Commissions) == 0 {
		return nil, fmt.Errorf("%s is a container", item.Bracketed())
	}
	found := &Conflict{Key: item, By: by, Location: location}
	if location == (gs1.GLN{}) {
		found.Location = by
	}
	if len(place.Commissions) > 1 {
		op, err := c.Plan(by).ReportDuplicate(ctx, item)
		if err != nil {
			return nil, err
		}
		found.Op, found.Kind = op, app.KindReportDuplicate.String()
		found.Says = fmt.Sprintf("it was commissioned %d times: in lot %s, and in lot %s", len(place.Commissions), op.First.Lot, op.Second.Lot)
		return found, nil
	}
	says, agrees, err := c.whereabouts(ctx, by, place, location)
	if err != nil || agrees {
		return nil, err
	}
	op, err := c.Plan(by).ReportConflict(ctx, item, found.Location)
	if err != nil {
		return nil, err
	}
	found.Op, found.Kind, found.Says = op, app.KindReportConflict.String(), says
	return found, nil
}

// whereabouts says in words where the ledger has an item, and whether that is
// with the partner at the location, or on the way to it.
func (c *Client) whereabouts(ctx context.Context, by gs1.GLN, place *app.Place, location gs1.GLN) (says string, agrees bool, err error) {
	h, err := read(ctx, c, app.HoldingKey(place.Chain[len(place.Chain)-1]), app.DecodeHolding)
	if err != nil || h == nil {
		return "", false, err
	}
	if place.State.Ended() {
		return fmt.Sprintf("it was %s by %s, at site %s", place.State, h.Possessor, h.Location), false, nil
	}
	has := h.Possessor == by && (location == h.Location || location == gs1.GLN{})
	if h.Shipment == 0 {
		return fmt.Sprintf("it is with %s, at site %s", h.Possessor, h.Location), has, nil
	}
	s, err := read(ctx, c, app.ShipmentKey(h.Shipment), app.DecodeShipment)
	if err != nil || s == nil {
		return "", false, err
	}
	says = fmt.Sprintf("it is on its way from %s to %s in shipment %d", h.Possessor, s.To, h.Shipment)
	return says, has || s.To == by, nil
}
