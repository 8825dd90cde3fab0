package ledger

import (
	"context"
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Goods is what is proved about an item or container.
type Goods struct {
	proof.Pedigree
	// ProofFile is the pedigree file.
	ProofFile []byte `json:"proofFile,omitempty" doc:"the pedigree file, which shows the same to others (docs/spec/proof.md)"`
}

type goodsQuestion struct {
	KeyPath
	Lot string `query:"lot" maxLength:"20" doc:"the lot of an item; without it nobody can prove that a serial was never commissioned"`
	Proving
}

// registerGoods adds what can be asked about items, containers and holdings.
func (h *handlers) registerGoods() {
	for _, kind := range []struct{ id, path, what string }{{"Item", "/items/{key}", "an item"}, {"Container", "/containers/{key}", "a container"}} {
		get(h, resource{
			id: "get" + kind.id, path: kind.path, summary: "All that is proved about " + kind.what + ", and whether it may be sold",
			more: "Where it is, in which lot, who owns and has it, what stands against it.", now: true,
		}, h.goods)
		get(h, resource{id: "get" + kind.id + "History", path: kind.path + "/history", query: app.PathHistory}, h.history)
		get(h, resource{id: "get" + kind.id + "Place", path: kind.path + "/place", query: app.PathPlace}, h.place)
		h.proofFile(kind.id, kind.path, kind.what)
	}
	h.registerEvidence()
	get(h, resource{id: "getContainerContents", path: "/containers/{key}/contents", query: app.PathContents}, h.containerContents)
	get(h, resource{id: "getHoldingContents", path: "/holdings/{holding}/contents", query: app.PathContents}, func(ctx context.Context, in *struct {
		HoldingPath
		Paging
	},
	) (*app.Page[app.Content], error) {
		id, err := app.ParseHoldingID(in.Holding)
		if err != nil {
			return nil, badParam("holding", "%v", err)
		}
		return h.Client.Contents(ctx, id, in.page())
	})
}

// pedigree asks for what is proved about a key. What the ledger never saw is
// not found, unless its proof is asked for.
func (h *handlers) pedigree(ctx context.Context, in *goodsQuestion) (*proof.Pedigree, *proof.Proof, error) {
	s, err := in.scan(h.Now())
	if err != nil {
		return nil, nil, err
	}
	if err := s.Print(in.Lot, "", h.Now()); err != nil {
		return nil, nil, edge.Unreadable("lot", err)
	}
	ped, file, err := h.Client.Pedigree(ctx, s.Claim(), proof.Options{Now: h.Now()})
	switch {
	case errors.Is(err, proof.ErrLotNeeded):
		return nil, nil, edge.NotFound.Problem("the node knows of no such serial; name its lot to have that proved")
	case err == nil && ped.Commissioned == nil && len(ped.Chain) == 0 && !in.Proof:
		return nil, nil, edge.NotFound.Problem("%s", ped.Identity.Reason)
	}
	return ped, file, err
}

func (h *handlers) goods(ctx context.Context, in *goodsQuestion) (*Goods, error) {
	ped, file, err := h.pedigree(ctx, in)
	if err != nil {
		return nil, err
	}
	out := &Goods{Pedigree: *ped}
	if in.Proof {
		out.ProofFile = file.Encode()
	}
	return out, nil
}

// raw is an answer in bytes.
type raw struct {
	Type string `header:"Content-Type" doc:"the type of the body"`
	Body []byte
}

// bytesOf describes an answer that is a file of one of the media types.
func bytesOf(kinds ...string) map[string]*huma.Response {
	content := make(map[string]*huma.MediaType)
	for _, k := range kinds {
		schema := &huma.Schema{Type: huma.TypeString, Format: "binary"}
		if strings.HasSuffix(k, "json") {
			schema = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
		}
		content[k] = &huma.MediaType{Schema: schema}
	}
	return map[string]*huma.Response{"200": {Description: "OK", Content: content}}
}

// proofType is the media type of pedigree files and evidence.
const proofType = "application/vnd.pedigree.proof"

// proofFile adds the pedigree file of a key.
func (h *handlers) proofFile(id, path, what string) {
	op := h.operation(resource{
		id: "get" + id + "Proof", path: path + "/proof", summary: "The pedigree file of " + what,
		more: "Check it with pedigree proof verify, which needs no network. What was never commissioned has a file too, which proves so.", now: true,
	})
	op.Responses = bytesOf(proofType)
	huma.Register(h.api, op, func(ctx context.Context, in *struct {
		KeyPath
		Lot string `query:"lot" maxLength:"20" doc:"the lot of an item that may never have been commissioned"`
	},
	) (*raw, error) {
		_, file, err := h.pedigree(ctx, &goodsQuestion{KeyPath: in.KeyPath, Lot: in.Lot, Proving: Proving{true}})
		if err != nil {
			return nil, edge.LedgerTrouble(err)
		}
		return &raw{proofType, file.Encode()}, nil
	})
}

type pageOfKey struct {
	KeyPath
	Paging
}

func (h *handlers) history(ctx context.Context, in *pageOfKey) (*app.Page[app.Step], error) {
	s, err := in.scan(h.Now())
	if err != nil {
		return nil, err
	}
	return h.Client.History(ctx, s.Key, in.page())
}

func (h *handlers) place(ctx context.Context, in *KeyPath) (*app.Place, error) {
	s, err := in.scan(h.Now())
	if err != nil {
		return nil, err
	}
	return h.Client.Place(ctx, s.Key)
}

func (h *handlers) containerContents(ctx context.Context, in *pageOfKey) (*app.Page[app.Content], error) {
	s, err := in.scan(h.Now())
	if err != nil {
		return nil, err
	}
	at, err := h.Client.Place(ctx, s.Key)
	if err != nil {
		return nil, err
	}
	if _, item := s.Key.SGTIN(); item && len(at.Commissions) > 0 {
		return nil, edge.NotFound.Problem("%s is an item: nothing is in it", s.Key.Bracketed())
	}
	return h.Client.Contents(ctx, at.Holding, in.page())
}

// Evidence is what is behind a report on an item.
type Evidence struct {
	proof.Evidence
	// ProofFile is the evidence file.
	ProofFile []byte `json:"proofFile,omitempty" doc:"the evidence file, which shows the same to others (docs/spec/evidence.md)"`
}

// registerEvidence adds the evidence of conflicts and duplicates.
func (h *handlers) registerEvidence() {
	get(h, resource{
		id: "getItemEvidence", path: "/items/{key}/evidence", summary: "What is behind the report that stands on an item, proved",
		more: "Two commissions of one key, or a package in hand that the ledger has elsewhere.",
	}, func(ctx context.Context, in *struct {
		KeyPath
		By string `query:"by" doc:"the GLN of the partner that reported; without it whoever's report blocks, else the latest"`
		Proving
	},
	) (*Evidence, error) {
		s, err := in.scan(h.Now())
		if err != nil {
			return nil, err
		}
		var by gs1.GLN
		if in.By != "" {
			if by, err = gln("by", in.By); err != nil {
				return nil, err
			}
		}
		e, file, err := h.Client.Evidence(ctx, s.Key, by)
		if errors.Is(err, client.ErrNotFound) {
			return nil, edge.NotFound.Problem("no report stands on %s", s.Key.Bracketed())
		}
		if err != nil {
			return nil, err
		}
		out := &Evidence{Evidence: *e}
		if in.Proof {
			out.ProofFile = file.Encode()
		}
		return out, nil
	})
}
