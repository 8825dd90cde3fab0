package ledger

import (
	"context"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// Status is where the ledger stands.
type Status struct {
	client.Head
	// Index is how far the node's index has come: listings are as of it.
	Index app.IndexStatus `json:"index" doc:"how far the node's index has come: listings are as of its height"`
	// Partner is who runs this edge.
	Partner gs1.GLN `json:"partner,omitzero" doc:"the GLN of the partner that runs this edge"`
	// Signs: ops in JSON are signed here for that partner.
	Signs bool `json:"signs" doc:"this edge signs for that partner"`
}

func (h *handlers) registerStatus() {
	get(h, resource{
		id: "getStatus", path: "/status", query: app.PathIndexStatus, summary: "Where the ledger stands: height, time, app hash, validators, and how far the index has come",
		more: "The head of the chain is checked by the light client.", now: true,
	}, func(ctx context.Context, _ *struct{}) (*Status, error) {
		head, err := h.Client.Head(ctx)
		if err != nil {
			return nil, err
		}
		index, err := h.Client.IndexStatus(ctx)
		if err != nil {
			return nil, err
		}
		return &Status{*head, *index, h.Partner, !h.Partner.IsZero() && h.Client.Signs(h.Partner)}, nil
	})
}
