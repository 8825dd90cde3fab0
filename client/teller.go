package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// ErrNoEvent means that no EPCIS event stands for a tx: it is about partners,
// keys, products or papers, and not about goods.
var ErrNoEvent = errors.New("no EPCIS event stands for the transaction")

// Teller tells what stands on the ledger as EPCIS events. It remembers what it
// told, company prefixes, and what partners' events looked like, all of it
// bounded. It may be used by many goroutines, and tells one event at a time.
type Teller struct {
	c *Client

	mu       sync.Mutex
	prefixes map[string]int // digits of the company prefix, by identifier
	sites    map[gs1.GLN][]string
	habits   [dimensions]int
	told     map[app.EventHash]*Exported // exact ones: no more can be said of them
}

// The bounds of what a Teller remembers.
const (
	maxPrefixes = 50_000
	maxVisited  = 5_000 // partners
	maxTold     = 1_000 // events
)

// NewTeller makes a Teller of what a client's node says.
func NewTeller(c *Client) *Teller {
	return &Teller{
		c: c, prefixes: make(map[string]int), sites: make(map[gs1.GLN][]string), told: make(map[app.EventHash]*Exported),
	}
}

// Tell tells the event behind a hash, from the txs that carry it. The error is
// ErrNotFound when no accepted tx does.
func (x *Teller) Tell(ctx context.Context, hash app.EventHash) (*Exported, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e, err := x.event(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", hash, err)
	}
	return e, nil
}

// TellTx tells the event of an accepted tx. Behind one with an event hash that
// is what partners exchanged, as Tell has it, also from other txs. One without
// a hash mirrors no event that we know of: what it did is told as an event all
// the same, marked as Made. A declaration of an error is the event that it
// corrects, with an error declaration. The error is ErrNoEvent for a tx that no
// event stands for, for one that was refused, and while no other tx but what
// capturing inferred of an event has come. The Tx of t may be nil.
func (x *Teller) TellTx(ctx context.Context, t *BlockTx) (*Exported, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e, err := x.tx(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("transaction %s: %w", t.ID, err)
	}
	return e, nil
}

func (x *Teller) tx(ctx context.Context, t *BlockTx) (*Exported, error) {
	switch {
	case !t.OK():
		return nil, ErrNoEvent
	case !t.EventHash.IsZero():
		return x.event(ctx, t.EventHash)
	}
	p := *t
	if p.Tx == nil {
		var err error
		if p.Tx, err = x.c.TxBody(ctx, &t.TxSummary); err != nil {
			return nil, err
		}
	}
	if op, ok := p.Tx.Op.(*app.DeclareError); ok {
		return x.declaration(ctx, &p, op)
	}
	ev, err := x.tellAlone(ctx, &p)
	if err != nil {
		return nil, err
	}
	return &Exported{Event: ev, Txs: []app.TxID{t.ID}, Made: true}, nil
}

// TxEventID is the eventID of an event that was Made of a tx: no partner gave
// it one.
func TxEventID(id app.TxID) string { return txEventPrefix + id.String() }

const txEventPrefix = "urn:pedigree:tx:"

// event rebuilds the event behind a hash from the txs that carry it.
func (x *Teller) event(ctx context.Context, hash app.EventHash) (*Exported, error) {
	if e := x.told[hash]; e != nil {
		return e.clone(), nil
	}
	parts, err := x.parts(ctx, hash)
	if err != nil {
		return nil, err
	}
	out := &Exported{Hash: hash}
	for i := range parts {
		out.Txs = append(out.Txs, parts[i].ID)
	}
	told, err := x.tell(ctx, parts)
	if err != nil {
		return nil, err
	}
	out.Event, out.Exact = x.match(told, hash)
	if out.Exact {
		if len(x.told) >= maxTold {
			clear(x.told)
		}
		x.told[hash] = out.clone()
	}
	return out, nil
}

// parts fetches the accepted txs that carry a hash.
func (x *Teller) parts(ctx context.Context, hash app.EventHash) ([]BlockTx, error) {
	txs, err := x.c.TxByEvent(ctx, hash)
	if err != nil {
		return nil, err
	}
	var out []BlockTx
	for i := range txs {
		if txs[i].Code != app.CodeOK {
			continue
		}
		tx, err := x.c.TxBody(ctx, &txs[i])
		if err != nil {
			return nil, err
		}
		out = append(out, BlockTx{TxSummary: txs[i], Tx: tx})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no accepted transaction carries it: %w", ErrNotFound)
	}
	return out, nil
}

// declaration tells an event that was declared an error: like the first time,
// with the declaration. It hashes like what it corrects, which makes its id its
// own.
func (x *Teller) declaration(ctx context.Context, t *BlockTx, op *app.DeclareError) (*Exported, error) {
	if op.EventHash.IsZero() {
		return nil, ErrNoEvent
	}
	out, err := x.event(ctx, op.EventHash)
	if err != nil {
		return nil, err
	}
	d := &epcis.ErrorDeclaration{Time: epcisTime(t.EventTime), Reason: op.Reason.String()}
	for _, hash := range op.Corrective {
		d.CorrectiveIDs = append(d.CorrectiveIDs, epcis.FormatHash(hash))
	}
	out.Event.Error, out.Event.ID = d, TxEventID(t.ID)
	out.Txs = []app.TxID{t.ID}
	return out, nil
}

// remember keeps the length of an identifier's company prefix.
func (x *Teller) remember(identifier string, digits int) int {
	if len(x.prefixes) >= maxPrefixes {
		clear(x.prefixes)
	}
	x.prefixes[identifier] = digits
	return digits
}
