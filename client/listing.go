package client

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Listings come from the node's index and are not proven. What a node does not
// know gives ErrNotFound.

// Place says where an item or container is.
func (c *Client) Place(ctx context.Context, key gs1.Key) (*app.Place, error) {
	place, err := list[app.Place](ctx, c, nil, app.PathPlace, string(key))
	if err == nil && len(place.Chain) == 0 {
		return nil, fmt.Errorf("the node says where %s is and names no holding: its index is damaged", key.Bracketed())
	}
	return place, err
}

// Entries returns the entries of a segment, checked against its root as the
// node has it.
func (c *Client) Entries(ctx context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error) {
	entries, err := c.rawEntries(ctx, holding, segment)
	if err != nil {
		return nil, err
	}
	s, err := read(ctx, c, app.SegmentKey(holding, segment), app.DecodeSegment)
	if err != nil {
		return nil, err
	}
	if s == nil || int(s.Count) != len(entries) || app.EntriesRoot(entries) != s.Root {
		return nil, fmt.Errorf("the node's entries of holding %s segment %d are not those behind its root: its index is damaged", holding, segment)
	}
	return entries, nil
}

func (c *Client) rawEntries(ctx context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error) {
	if err := c.indexHeard(ctx); err != nil {
		return nil, err
	}
	path := app.BuildPath(app.PathEntries, holding.String(), number(uint64(segment)))
	r, err := c.query(ctx, path, nil, 0, false)
	if err != nil {
		return nil, err
	}
	entries, err := app.DecodeEntries(r.Value)
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("a segment has at least one entry")
	}
	return entries, err
}

// CommissionSegments returns the segments of one Commission, in order.
func (c *Client) CommissionSegments(ctx context.Context, lot app.LotID, sequence uint32) ([]app.CommissionSegment, error) {
	out, err := list[[]app.CommissionSegment](ctx, c, nil, app.PathCommissionSegments, lot.GTIN.String(), lot.Lot, number(uint64(sequence)))
	if err != nil {
		return nil, err
	}
	return *out, nil
}

// Tx returns the first result of a tx.
func (c *Client) Tx(ctx context.Context, id app.TxID) (*app.TxSummary, error) {
	return list[app.TxSummary](ctx, c, nil, app.PathTx, id.String())
}

// TxByEvent returns the txs that carry an EPCIS event hash.
func (c *Client) TxByEvent(ctx context.Context, hash app.EventHash) ([]app.TxSummary, error) {
	out, err := list[[]app.TxSummary](ctx, c, nil, app.PathTxByEvent, hash.String())
	if err != nil {
		return nil, err
	}
	return *out, nil
}

// IndexStatus says how far the node's index has come.
func (c *Client) IndexStatus(ctx context.Context) (*app.IndexStatus, error) {
	return listNow[app.IndexStatus](ctx, c, nil, app.PathIndexStatus)
}

// History returns a page of what happened to an item or container, oldest
// first.
func (c *Client) History(ctx context.Context, key gs1.Key, page app.PageRequest) (*app.Page[app.Step], error) {
	return listPage[app.Step](ctx, c, page, app.PathHistory, string(key))
}

// Contents returns a page of what is in a holding, at any depth.
func (c *Client) Contents(ctx context.Context, id app.HoldingID, page app.PageRequest) (*app.Page[app.Content], error) {
	return listPage[app.Content](ctx, c, page, app.PathContents, id.String())
}

// PartnerHoldings returns a page of the outermost holdings that a partner owns
// or possesses.
func (c *Client) PartnerHoldings(ctx context.Context, gln gs1.GLN, page app.PageRequest) (*app.Page[app.HoldingSummary], error) {
	return listPage[app.HoldingSummary](ctx, c, page, app.PathPartnerHoldings, gln.String())
}

// LotHoldings returns a page of the holdings that contain live items of a lot.
func (c *Client) LotHoldings(ctx context.Context, lot app.LotID, page app.PageRequest) (*app.Page[app.HoldingSummary], error) {
	return listPage[app.HoldingSummary](ctx, c, page, app.PathLotHoldings, lot.GTIN.String(), lot.Lot)
}

// ListRecallReach returns a page of the partners that have live items of a lot
// or acknowledged its recall, as the node's index has it: RecallReach proves
// it.
func (c *Client) ListRecallReach(ctx context.Context, lot app.LotID, page app.PageRequest) (*app.RecallReach, error) {
	data, err := json.Marshal(page)
	if err != nil {
		return nil, err
	}
	return list[app.RecallReach](ctx, c, data, app.PathRecallReach, lot.GTIN.String(), lot.Lot)
}

// PartnerShipments returns a page of a partner's shipments, newest first;
// status is "open", "short", "closed" or "all".
func (c *Client) PartnerShipments(ctx context.Context, gln gs1.GLN, status string, page app.PageRequest) (*app.Page[app.ShipmentSummary], error) {
	return listPage[app.ShipmentSummary](ctx, c, page, app.PathPartnerShipments, gln.String(), status)
}

// ShipmentHoldings returns a page of the outermost holdings under way in a
// shipment.
func (c *Client) ShipmentHoldings(ctx context.Context, shipment uint64, page app.PageRequest) (*app.Page[app.HoldingSummary], error) {
	return listPage[app.HoldingSummary](ctx, c, page, app.PathShipmentHoldings, number(shipment))
}

// Investigations returns a page of the investigations: open, closed, those whose
// notice is overdue as of the last block, or all.
func (c *Client) Investigations(ctx context.Context, l app.InvestigationList, page app.PageRequest) (*app.Page[app.InvestigationSummary], error) {
	return listPage[app.InvestigationSummary](ctx, c, page, app.PathInvestigations, l.String())
}

// Notices returns a page of the notices that stand for a partner.
func (c *Client) Notices(ctx context.Context, gln gs1.GLN, page app.PageRequest) (*app.Page[app.NoticeSummary], error) {
	return listPage[app.NoticeSummary](ctx, c, page, app.PathNotices, gln.String())
}

// All collects every page of a listing, such as
//
//	All(func(p app.PageRequest) (*app.Page[app.Step], error) { return c.History(ctx, key, p) })
func All[T any](fetch func(app.PageRequest) (*app.Page[T], error)) ([]T, error) {
	var out []T
	for page := (app.PageRequest{Limit: app.PageLimit}); ; {
		p, err := fetch(page)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
		if p.Next == "" {
			return out, nil
		}
		page.Cursor = p.Next
	}
}

func listPage[T any](ctx context.Context, c *Client, page app.PageRequest, path string, args ...string) (*app.Page[T], error) {
	data, err := json.Marshal(page)
	if err != nil {
		return nil, err
	}
	return list[app.Page[T]](ctx, c, data, path, args...)
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
