package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/gateway"
)

// exportChunk is the events of the file in progress.
type exportChunk struct {
	events []epcis.Event
	exact  int
	made   int
	// affirmed is whether the sales among them carry the transaction
	// statement, which a document says once; nil while there is none.
	affirmed *bool
}

// events writes what happened, block by block.
func (x *exporter) events(ctx context.Context) error {
	x.teller = client.NewTeller(x.ledger.Client)
	chunk := &exportChunk{}
	defer x.bar.end()
	last := x.state.Plan.Height
	if x.state.Next > last {
		return nil
	}
	for block, err := range x.ledger.Follow(ctx, x.state.Next) {
		if err != nil {
			return err
		}
		x.bar.set(block.Height, last)
		skip := 0
		if block.Height == x.state.Next {
			skip = x.state.Skip
		}
		for i := skip; i < len(block.Txs); i++ {
			if chunk, err = x.transaction(ctx, chunk, &block.Txs[i], block.Height, i); err != nil {
				return fmt.Errorf("block %d: %w", block.Height, err)
			}
		}
		if block.Height == last {
			return x.flush(ctx, chunk, last+1, 0)
		}
	}
	return context.Cause(ctx)
}

// transaction adds the event of a tx to the chunk. A chunk that is full is
// written first.
func (x *exporter) transaction(ctx context.Context, chunk *exportChunk, t *client.BlockTx, height uint64, i int) (*exportChunk, error) {
	e, err := x.event(ctx, t)
	if err != nil || e == nil {
		return chunk, err
	}
	ship, isShip := t.Tx.Op.(*app.Ship)
	other := isShip && chunk.affirmed != nil && *chunk.affirmed != ship.Statement
	if len(chunk.events) == x.state.Plan.Events || other {
		if err := x.flush(ctx, chunk, height, i); err != nil {
			return nil, err
		}
		chunk = &exportChunk{}
	}
	if isShip {
		chunk.affirmed = &ship.Statement
	}
	chunk.events = append(chunk.events, *e.Event)
	switch {
	case e.Made:
		chunk.made++
	case e.Exact:
		chunk.exact++
	}
	return chunk, nil
}

// event tells a tx; nil when it is not to be written, or was told with an
// earlier tx of the same event.
func (x *exporter) event(ctx context.Context, t *client.BlockTx) (*client.Exported, error) {
	if !t.OK() {
		return nil, nil
	}
	x.note(t.Tx.Op)
	e, err := x.teller.TellTx(ctx, t)
	switch {
	case errors.Is(err, client.ErrNoEvent):
		return nil, nil
	case err != nil:
		return nil, err
	case e.Txs[0] != t.ID || !x.state.Plan.within(e.Event):
		return nil, nil
	case x.state.Plan.Partner.IsZero():
		return e, nil
	}
	for _, id := range e.Txs {
		if yes, err := x.concerns(ctx, id, t); err != nil || yes {
			return e, err
		}
	}
	return nil, nil
}

// note remembers products and recalls for the lists.
func (x *exporter) note(op app.Op) {
	switch op := op.(type) {
	case *app.RegisterProduct:
		if !slices.Contains(x.state.Products, op.GTIN) {
			x.state.Products = append(x.state.Products, op.GTIN)
		}
	case *app.RecallLot:
		if !slices.Contains(x.state.Recalls, op.LotID) {
			x.state.Recalls = append(x.state.Recalls, op.LotID)
		}
	}
}

// concerns asks whether one of an event's txs is the partner's business.
func (x *exporter) concerns(ctx context.Context, id app.TxID, t *client.BlockTx) (bool, error) {
	if id != t.ID {
		sum, err := x.ledger.Tx(ctx, id)
		if err != nil {
			return false, err
		}
		tx, err := x.ledger.TxBody(ctx, sum)
		if err != nil {
			return false, err
		}
		t = &client.BlockTx{TxSummary: *sum, Tx: tx}
	}
	return gateway.Concerns(ctx, x.ledger.Client, x.state.Plan.Partner, t)
}

// flush writes the chunk, and that everything before the i-th tx of a block is
// written.
func (x *exporter) flush(ctx context.Context, chunk *exportChunk, height uint64, i int) error {
	s := &x.state
	if len(chunk.events) > 0 {
		doc := &epcis.Document{Events: chunk.events}
		if chunk.affirmed != nil && *chunk.affirmed {
			doc.DSCSA = epcis.NewStatement(epcis.R13)
		}
		_, ending, err := s.Plan.encoder()
		if err != nil {
			return err
		}
		if err := x.document(ctx, fmt.Sprintf("events-%06d%s", s.EventFiles+1, ending), doc); err != nil {
			return err
		}
		s.EventFiles++
		s.Events += len(chunk.events)
		s.Exact += chunk.exact
		s.Made += chunk.made
	}
	s.Next, s.Skip = height, i
	return x.save()
}

// document completes a document with master data and writes it.
func (x *exporter) document(ctx context.Context, name string, doc *epcis.Document) error {
	encode, _, err := x.state.Plan.encoder()
	if err != nil {
		return err
	}
	doc.SchemaVersion = "2.0"
	if x.state.Plan.Format == "xml12" {
		doc.SchemaVersion = "1.2"
	}
	all := make([]*epcis.Event, len(doc.Events))
	for i := range doc.Events {
		all[i] = &doc.Events[i]
	}
	if doc.MasterData, err = x.teller.MasterData(ctx, all...); err != nil {
		return err
	}
	header, err := x.ledger.light.Verify(ctx, x.state.Plan.Height)
	if err != nil {
		return err
	}
	doc.CreationDate = epcis.NewTime(header.Time)
	raw, err := encode(doc)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return x.write(name, raw, len(doc.Events))
}
