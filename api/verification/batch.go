package verification

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// batchScan is one scan of a batch.
type batchScan struct {
	Scan string `json:"scan" maxLength:"8192" doc:"what the reader sent"`
	Printed
}

type batchInput struct {
	Body struct {
		Scans  []batchScan `json:"scans" minItems:"1" doc:"the packages; the edge says how many at most"`
		MaxAge int64       `json:"maxAge,omitempty" minimum:"0" doc:"how old the answers may be, in seconds; at most the edge's own limit"`
		Proof  bool        `json:"proof,omitempty" doc:"also give each proof file"`
		Brief  bool        `json:"brief,omitempty" doc:"leave out what was proved, and give only words and verdicts"`
	}
}

// batchOutput has one answer for each scan, in order.
type batchOutput struct {
	Body struct {
		Packages int      `json:"packages" doc:"how many were asked about"`
		OK       int      `json:"ok" doc:"how many of them are OK"`
		Answers  []Answer `json:"answers" doc:"one for each scan, in order"`
	}
}

func (h *handlers) registerBatch(a huma.API) {
	batch := operation("verifyPackages", http.MethodPost, "/verification", "Verify many packages at once, such as a crate of returns")
	batch.Description = fmt.Sprintf("At most %d scans. All answers are as of one block. A scan that cannot be read is answered too, and stops no other.", h.MaxBatch)
	batch.MaxBodyBytes = int64(h.MaxBatch)*maxScanBytes + maxScanBytes
	batch.Errors = []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	huma.Register(a, batch, h.batch)
}

// batch answers about many packages.
func (h *handlers) batch(ctx context.Context, in *batchInput) (*batchOutput, error) {
	if n := len(in.Body.Scans); n > h.MaxBatch {
		return nil, edge.NewProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d scans at once, found %d", h.MaxBatch, n))
	}
	out := &batchOutput{}
	out.Body.Packages = len(in.Body.Scans)
	out.Body.Answers = make([]Answer, len(in.Body.Scans))
	var claims []proof.Claim
	var at []int // to which answer each claim belongs
	for i := range in.Body.Scans {
		one := &in.Body.Scans[i]
		s, _, err := h.read(one.Scan, one.Printed)
		if err != nil {
			out.Body.Answers[i] = *unread(err)
			continue
		}
		out.Body.Answers[i].Scan = s
		claims, at = append(claims, s.Claim()), append(at, i)
	}
	found, err := h.ask(ctx, claims, in.Body.MaxAge)
	if err != nil {
		return nil, edge.LedgerTrouble(err)
	}
	for i := range found {
		answer := newAnswer(found[i].Verification())
		answer.Scan = out.Body.Answers[at[i]].Scan
		if f := answer.File; f != nil && in.Body.Proof {
			answer.ProofFile = f.Encode()
		}
		if in.Body.Brief {
			answer.Pedigree = nil
		}
		if answer.Word == wordOK {
			out.Body.OK++
		}
		out.Body.Answers[at[i]] = *answer
	}
	return out, nil
}

func (h *handlers) ask(ctx context.Context, claims []proof.Claim, maxAge int64) ([]client.BatchAnswer, error) {
	if len(claims) == 0 {
		return nil, nil
	}
	return h.Client.VerifyBatch(ctx, claims, h.options(maxAge))
}
