package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// Block is a block with its transactions.
type Block struct {
	Height uint64    `json:"height" doc:"its height"`
	Time   time.Time `json:"time" doc:"what the validators agreed on"`
	Txs    []Tx      `json:"txs" doc:"its transactions, in order"`
}

// BlockSummary is a block in a listing.
type BlockSummary struct {
	Height   uint64    `json:"height" doc:"its height"`
	Time     time.Time `json:"time" doc:"what the validators agreed on"`
	Txs      int       `json:"txs" doc:"how many transactions are in it"`
	Accepted int       `json:"accepted" doc:"how many of them were accepted"`
}

// Tx is a transaction as it stands in its block. The light client checked it
// and its verdict; the detail of a refusal is the node's word.
type Tx struct {
	app.TxSummary
	KeyID      app.KeyID `json:"keyId" doc:"the key that signed"`
	Nonce      uint64    `json:"nonce" doc:"which tells the transactions of one key apart"`
	ValidUntil uint64    `json:"validUntil" doc:"the last height at which it might stand in a block"`
	Bytes      int       `json:"bytes" doc:"its size"`
	// Event is EventHash as the CBV writes it.
	Event    string `json:"event,omitempty" doc:"the hash of the EPCIS event behind it, as CBV 2.0 writes it"`
	Advice   string `json:"advice,omitempty" doc:"what to do about a refusal"`
	Shipment uint64 `json:"shipment,omitempty" doc:"the number of the shipment that it began"`
	// Op is the op as MarshalOp writes it.
	Op json.RawMessage `json:"op" doc:"what was asked for: {op, body}, see /ledger/ops"`
}

func (h *handlers) registerBlocks() {
	get(h, resource{
		id: "getBlock", path: "/blocks/{height}", summary: "A block: its transactions with their verdicts",
		more: "Checked against headers that the light client verified.",
	}, func(ctx context.Context, in *struct {
		Height uint64 `path:"height" minimum:"1" doc:"the height, from 1"`
	},
	) (*Block, error) {
		b, err := h.Client.Block(ctx, in.Height)
		if err != nil {
			return nil, err
		}
		out := &Block{Height: b.Height, Time: b.Time, Txs: make([]Tx, len(b.Txs))}
		for i := range b.Txs {
			if err := out.Txs[i].fill(&b.Txs[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
	get(h, resource{id: "listBlocks", path: "/blocks", summary: "The last blocks, newest first"}, h.blocks)
	get(h, resource{
		id: "getTx", path: "/txs/{id}", query: app.PathTx,
		more: "Where it is comes from the node's index; the transaction and its verdict are read from the block and checked.",
	}, func(ctx context.Context, in *struct {
		ID string `path:"id" pattern:"^[0-9a-f]{64}$" doc:"its id, 64 hexadecimal digits"`
	},
	) (*Tx, error) {
		var id app.TxID
		if err := id.UnmarshalText([]byte(in.ID)); err != nil {
			return nil, badParam("id", "%v", err)
		}
		sum, err := h.Client.Tx(ctx, id)
		if errors.Is(err, client.ErrNotFound) {
			return nil, edge.NotFound.Problem("the ledger has no such transaction, as far as this node knows: it may still be on its way into a block")
		}
		if err != nil {
			return nil, err
		}
		return h.tx(ctx, sum)
	})
	get(h, resource{id: "listEventTxs", path: "/txs", query: app.PathTxByEvent}, h.eventTxs)
}

// fill writes a transaction that stands in a block.
func (t *Tx) fill(b *client.BlockTx) error {
	op, err := app.MarshalOp(b.Tx.Op)
	if err != nil {
		return err
	}
	*t = Tx{
		TxSummary: b.TxSummary, KeyID: b.Tx.KeyID, Nonce: b.Tx.Nonce, ValidUntil: b.Tx.ValidUntil, Bytes: b.Tx.Bytes(), Op: op,
	}
	if !b.EventHash.IsZero() {
		t.Event = epcis.FormatHash(b.EventHash)
	}
	if !b.OK() {
		t.Advice = b.Code.Advice()
	} else if n, ok := app.ShipmentNumber(b.Data); ok {
		t.Shipment = n
	}
	return nil
}

// tx finds a transaction in the block that the index names.
func (h *handlers) tx(ctx context.Context, sum *app.TxSummary) (*Tx, error) {
	b, err := h.Client.Block(ctx, sum.Height)
	if err != nil {
		return nil, err
	}
	for i := range b.Txs {
		if b.Txs[i].ID == sum.ID {
			out := new(Tx)
			return out, out.fill(&b.Txs[i])
		}
	}
	return nil, edge.NewProblem(http.StatusBadGateway, "the node says that the transaction is in block "+strconv.FormatUint(sum.Height, 10)+", but it is not")
}

// eventTxs lists the transactions that carry an event's hash.
func (h *handlers) eventTxs(ctx context.Context, in *struct {
	Event string `query:"event" required:"true" maxLength:"128" doc:"the hash of an EPCIS event, as CBV 2.0 writes it: ni:///sha-256;...?ver=CBV2.0"`
},
) ([]app.TxSummary, error) {
	hash, err := epcis.ParseHash(in.Event)
	if err != nil {
		return nil, badParam("event", "%v", err)
	}
	list, err := h.Client.TxByEvent(ctx, hash)
	if errors.Is(err, client.ErrNotFound) {
		return []app.TxSummary{}, nil
	}
	return list, err
}

// maxBlocks bounds a page of blocks: each is read whole.
const maxBlocks = 20

// blocks lists the last blocks.
func (h *handlers) blocks(ctx context.Context, in *struct {
	Cursor string `query:"cursor" maxLength:"20" doc:"the next of an earlier page, for the page after it"`
	Limit  int    `query:"limit" minimum:"1" maximum:"20" default:"10" doc:"how many at most"`
},
) (*app.Page[BlockSummary], error) {
	last, err := h.Client.Height(ctx)
	if err != nil {
		return nil, err
	}
	// A verdict is signed by the block after it.
	from := last - 1
	if in.Cursor != "" {
		if from, err = strconv.ParseUint(in.Cursor, 10, 64); err != nil || from == 0 || from > last {
			return nil, badParam("cursor", "the next of an earlier page expected")
		}
	}
	out := &app.Page[BlockSummary]{Height: last, Items: []BlockSummary{}}
	for height := from; height > 0 && len(out.Items) < min(in.Limit, maxBlocks); height-- {
		b, err := h.Client.Block(ctx, height)
		if err != nil {
			return nil, err
		}
		s := BlockSummary{Height: height, Time: b.Time, Txs: len(b.Txs)}
		for i := range b.Txs {
			if b.Txs[i].OK() {
				s.Accepted++
			}
		}
		out.Items = append(out.Items, s)
	}
	if n := uint64(len(out.Items)); n < from {
		out.Next = strconv.FormatUint(from-n, 10)
	}
	return out, nil
}
