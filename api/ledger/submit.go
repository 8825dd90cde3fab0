package ledger

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

// Submitted is what became of a transaction that was handed in.
type Submitted struct {
	Tx    app.TxID `json:"tx" doc:"its id, under which /ledger/txs tells of it"`
	State string   `json:"state" enum:"accepted,pending" doc:"accepted: it stands in a block and was accepted. pending: no verdict yet"`
	// Height is the block that holds it.
	Height   uint64 `json:"height,omitempty" doc:"the block that holds it"`
	Shipment uint64 `json:"shipment,omitempty" doc:"the number of the shipment that it began"`
	Data     []byte `json:"data,omitempty" doc:"the op's answer"`
	// ValidUntil is the last height at which a pending one may come.
	ValidUntil uint64 `json:"validUntil,omitempty" doc:"the last height at which a pending one may still get into a block"`
}

// submitted is the answer to a submission.
type submitted struct {
	Status   int
	Location string `header:"Location" doc:"where to ask about a transaction that is pending"`
	Body     *Submitted
}

// Waiting says how long to wait for a verdict.
type Waiting struct {
	Wait int `query:"wait" minimum:"0" maximum:"55" default:"10" doc:"how long to wait for the verdict, in seconds; after that the answer is 202, and Location says where to ask"`
}

func (w *Waiting) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Duration(w.Wait)*time.Second)
}

type txInput struct {
	Waiting
	RawBody []byte `contentType:"application/octet-stream"`
}

// submitErrors are the statuses of a submission that fails.
func submitErrors() []int {
	return []int{http.StatusBadRequest, http.StatusConflict, http.StatusServiceUnavailable}
}

func (h *handlers) registerSubmit() {
	op := huma.Operation{
		OperationID: "submitTx", Method: http.MethodPost, Path: "/ledger/txs", Summary: "Hand in a signed transaction and wait for its verdict",
		Description: "The body is the signed bytes (docs/spec/tx.md). Handing in the same bytes again is harmless: the ledger takes them once, and the answer is the first verdict. A rejection is a problem with status 409.",
		Tags:        []string{"Ledger"}, Security: edge.Need(edge.Submit), MaxBodyBytes: app.MaxTxBytes, Errors: submitErrors(),
		Responses: h.submitResponses(),
	}
	huma.Register(h.api, edge.With(op, edge.Idempotent), h.submitTx)
	h.registerOps()
}

// submitResponses describes the two good answers.
func (h *handlers) submitResponses() map[string]*huma.Response {
	answer := func(what string) *huma.Response {
		return &huma.Response{Description: what, Content: map[string]*huma.MediaType{"application/json": {Schema: h.schema(Submitted{})}}}
	}
	return map[string]*huma.Response{"200": answer("accepted, in a block"), "202": answer("no verdict yet; ask at Location")}
}

// submitTx hands in signed bytes.
func (h *handlers) submitTx(ctx context.Context, in *txInput) (*submitted, error) {
	// The node may keep the bytes, and huma uses its buffer again.
	tx, err := app.Decode(bytes.Clone(in.RawBody))
	if err != nil {
		return nil, malformed(err)
	}
	if chain := h.Client.ChainID(); tx.ChainID != chain {
		return nil, badParam("body", "a transaction for chain %q expected, found one for %.60q", chain, tx.ChainID)
	}
	within, cancel := in.within(ctx)
	defer cancel()
	out, err := h.Client.SubmitTx(within, tx)
	return verdict(ctx, out, tx, err)
}

// malformed is the answer to bytes that are no transaction.
func malformed(err error) error {
	p := edge.BadRequest.Problem("these bytes are no transaction: %v", err)
	var r *app.Rejection
	if errors.As(err, &r) {
		p.Code, p.CodeName = r.Code, r.Code.String()
	}
	return p
}

// verdict answers with what became of a transaction. err is why nothing is
// known of it: if the caller's time to wait is over, the transaction is on its
// way.
func verdict(ctx context.Context, out *client.Outcome, tx *app.Tx, err error) (*submitted, error) {
	switch {
	case errors.Is(err, client.ErrNotIncluded):
		p := edge.NewProblem(http.StatusConflict, "the transaction is in no block and never will be: its time passed; sign it anew")
		p.Tx = tx.ID().String()
		return nil, p
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && tx != nil:
		return &submitted{
			Status: http.StatusAccepted, Location: "/ledger/txs/" + tx.ID().String(),
			Body: &Submitted{Tx: tx.ID(), State: "pending", ValidUntil: tx.ValidUntil},
		}, nil
	case err != nil:
		return nil, edge.LedgerTrouble(err)
	case !out.OK():
		return nil, edge.Refused(out)
	}
	b := &Submitted{Tx: out.Tx, State: "accepted", Height: out.Height, Data: out.Data}
	b.Shipment, _ = app.ShipmentNumber(out.Data)
	return &submitted{Status: http.StatusOK, Body: b}, nil
}
