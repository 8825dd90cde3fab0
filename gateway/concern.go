package gateway

import (
	"context"
	"errors"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// concern is one line of the list of what concerns a partner.
type concern struct {
	why   string
	about func(asked, *client.BlockTx) (bool, error)
}

// concerns is THE list of what concerns a partner. What depends on who has the
// goods is judged by who has them after the tx's block, whenever it is read.
// Three things are known as of now only: who has goods, when the node has
// pruned the state of the block; who has items of a lot without having bought
// any; and where a package is whose mark was cleared or that was reported as a
// duplicate. Read late, as at the first start of an edge beside a ledger with a
// history, those of them that have ended since are not found, and those that
// have begun since are found too soon.
func concerns() []concern {
	return []concern{
		{"he signed it, or it was signed on his behalf", asked.signed},
		{"a shipment, return, receipt, refusal or voiding in which he is shipper, seller, consignee or carrier", asked.party},
		{"goods given into his keeping", asked.keeper},
		{"goods that he owns, has, or awaits in a shipment", asked.holder},
		{"the recall of a lot that he labels, has, bought or sold, and its end", asked.recalled},
		{"a mark or report on a package of his product, or one that he has", asked.marked},
		{"the declaration that one of these was an error", asked.corrected},
	}
}

// Concerns reports whether an accepted tx is a partner's business, so that his
// repository should have its event: see the list in this file.
func Concerns(ctx context.Context, c *client.Client, partner gs1.GLN, t *client.BlockTx) (bool, error) {
	a := asked{ctx, c, partner, t.Height}
	for _, line := range concerns() {
		if yes, err := line.about(a, t); err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// asked is one question: what is a partner's business.
type asked struct {
	ctx     context.Context // it lives as long as the question
	c       *client.Client
	partner gs1.GLN
	height  uint64 // of the tx
}

func (a asked) signed(t *client.BlockTx) (bool, error) {
	return t.Partner == a.partner || t.Agent == a.partner, nil
}

func (a asked) party(t *client.BlockTx) (bool, error) {
	switch op := t.Tx.Op.(type) {
	case *app.Ship:
		return a.in(&op.Terms), nil
	case *app.Return:
		return a.in(&op.Terms), nil
	case *app.Receive:
		return a.inShipment(op.Shipment)
	case *app.Refuse:
		return a.inShipment(op.Shipment)
	case *app.VoidShip:
		return a.inShipment(op.Shipment)
	default:
		return false, nil
	}
}

// in reports whether the partner takes part in a movement, beside its shipper.
func (a asked) in(t *app.Terms) bool {
	return t.To == a.partner || t.Seller == a.partner || t.Carrier == a.partner
}

func (a asked) inShipment(number uint64) (bool, error) {
	s, err := record(a, app.ShipmentKey(number), app.DecodeShipment)
	if err != nil || s == nil {
		return false, err
	}
	return s.From == a.partner || a.in(&s.Terms), nil
}

func (a asked) keeper(t *client.BlockTx) (bool, error) {
	op, ok := t.Tx.Op.(*app.Relocate)
	return ok && op.Possessor == a.partner, nil
}

func (a asked) holder(t *client.BlockTx) (bool, error) {
	id, ok := touched(t.Tx.Op)
	if !ok {
		return false, nil
	}
	return a.has(id)
}

// maxDepth bounds the way up from a holding to the outermost one.
const maxDepth = 8

// has reports whether goods are the partner's, by owner, possessor or, on their
// way, consignee.
func (a asked) has(id app.HoldingID) (bool, error) {
	for range maxDepth {
		h, err := record(a, app.HoldingKey(id), app.DecodeHolding)
		switch {
		case err != nil || h == nil:
			return false, err
		case !h.Parent.IsZero():
			id = h.Parent
			continue
		case h.Owner == a.partner || h.Possessor == a.partner:
			return true, nil
		case h.Shipment == 0:
			return false, nil
		}
		return a.inShipment(h.Shipment)
	}
	return false, nil
}

// touched is a holding that an op acts on: all that one op acts on are in one
// custody.
func touched(op app.Op) (app.HoldingID, bool) {
	switch op := op.(type) {
	case *app.Pack:
		return first(op.Children, op.Openings)
	case *app.Unpack:
		return op.Container, true
	case *app.Relocate:
		return first(op.Holdings, op.Openings)
	case *app.Quarantine:
		return first(op.Holdings, nil)
	case *app.Release:
		return first(op.Holdings, nil)
	case *app.Dispense:
		return first(nil, op.Openings)
	case *app.Decommission:
		return first(nil, op.Openings)
	case *app.Destroy:
		return first(nil, op.Openings)
	case *app.Sample:
		return first(nil, op.Openings)
	case *app.Export:
		return first(nil, op.Openings)
	case *app.Repackage:
		return first(nil, op.Openings)
	default:
		return app.HoldingID{}, false
	}
}

func first(holdings []app.HoldingID, openings []app.Opening) (app.HoldingID, bool) {
	switch {
	case len(holdings) > 0:
		return holdings[0], true
	case len(openings) > 0:
		return openings[0].Holding, true
	default:
		return app.HoldingID{}, false
	}
}

// corrected looks at the tx that was declared an error.
func (a asked) corrected(t *client.BlockTx) (bool, error) {
	op, ok := t.Tx.Op.(*app.DeclareError)
	if !ok {
		return false, nil
	}
	sum, err := a.c.Tx(a.ctx, op.Tx)
	if errors.Is(err, client.ErrNotFound) {
		return false, nil
	}
	if err != nil || sum.Kind == app.KindDeclareError.String() {
		return false, err
	}
	tx, err := a.c.TxBody(a.ctx, sum)
	if err != nil {
		return false, err
	}
	return Concerns(a.ctx, a.c, a.partner, &client.BlockTx{TxSummary: *sum, Tx: tx})
}

// record reads a record as it was after the tx's block or, when the node has
// pruned that, as it is now; nil when there is none.
func record[R any](a asked, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	raw, err := a.c.RecordAt(a.ctx, a.height, key)
	var refused *client.QueryError
	if errors.As(err, &refused) && refused.Gone() {
		raw, err = a.c.Record(a.ctx, key)
	}
	if err != nil || raw == nil {
		return nil, err
	}
	return decode(raw)
}
