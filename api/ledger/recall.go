package ledger

import (
	"context"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

// Reach is who has a lot, and whether anybody is left out.
type Reach struct {
	client.RecallReach
	Complete bool `json:"complete" doc:"it is proved that nobody was left out"`
}

// registerRecalls adds what can be asked about recalls.
func (h *handlers) registerRecalls() {
	get(h, resource{id: "getRecall", path: "/recalls/{gtin}/{lot}", summary: "The recall of a lot: its class, reason and state, in the lot's record"}, h.recall)
	get(h, resource{
		id: "getRecallReach", path: "/recalls/{gtin}/{lot}/reach", summary: "Who has live items of a lot and who acknowledged its recall, proved",
		more: "Works for a lot that was never recalled too. Every number is proved as of one height; complete says whether it is also proved that nobody was left out (docs/decisions/0014).",
	}, func(ctx context.Context, in *LotPath) (*Reach, error) {
		lot, err := in.id()
		if err != nil {
			return nil, err
		}
		r, err := h.Client.RecallReach(ctx, lot)
		if err != nil {
			return nil, err
		}
		return &Reach{*r, r.Complete()}, nil
	})
	get(h, resource{id: "listRecallHolders", path: "/recalls/{gtin}/{lot}/holders", query: app.PathRecallReach}, func(ctx context.Context, in *lotPage) (*app.RecallReach, error) {
		lot, err := in.id()
		if err != nil {
			return nil, err
		}
		return h.Client.ListRecallReach(ctx, lot, in.page())
	})
}

// recall is the record of a lot that is or was recalled.
func (h *handlers) recall(ctx context.Context, in *lotRecord) (*Record[app.Lot], error) {
	args, err := in.args()
	if err != nil {
		return nil, err
	}
	r, err := ask(ctx, h.Client, app.DecodeLot, in.Proof, "/lot/{gtin}/{lot}", args...)
	if err != nil {
		return nil, err
	}
	if r.Record != nil && r.Record.Recall == nil && !in.Proof {
		return nil, edge.NotFound.Problem("lot %s of %s was never recalled, as of height %d", in.Lot, in.GTIN, r.Height)
	}
	return r, nil
}
