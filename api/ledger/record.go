package ledger

import (
	"context"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Record is one record of the ledger's state, proved.
type Record[R any] struct {
	Record *R        `json:"record,omitempty" doc:"the record; absent when it is proved that there is none"`
	Height uint64    `json:"height" doc:"the height whose state it is of"`
	Time   time.Time `json:"time" doc:"when the validators signed that state"`
	// Proof shows the same to others.
	Proof *proof.RecordFile `json:"proof,omitempty" doc:"shows the same to others: check it with pedigree proof record, or client/proof.RecordFile"`
}

// question names a record.
type question[I any] interface {
	*I
	// args are the arguments of the query; the error is a problem.
	args() ([]string, error)
	// proving says that the proof is asked for.
	proving() bool
}

// record registers a resource that is one record.
func record[I any, R any, P question[I]](h *handlers, r resource, decode func([]byte) (*R, error), _ P) {
	get(h, r, func(ctx context.Context, in *I) (*Record[R], error) {
		args, err := P(in).args()
		if err != nil {
			return nil, err
		}
		return ask(ctx, h.Client, decode, P(in).proving(), r.query, args...)
	})
}

// ask asks for a record.
func ask[R any](ctx context.Context, c *client.Client, decode func([]byte) (*R, error), proving bool, path string, args ...string) (*Record[R], error) {
	if !proving {
		p, err := client.Query(ctx, c, decode, path, args...)
		if err != nil {
			return nil, err
		}
		return answer(p, nil)
	}
	p, file, err := client.QueryProof(ctx, c, decode, path, args...)
	if err != nil {
		return nil, err
	}
	return answer(p, file)
}

// answer is a record as it is passed on; without its proof one that does not
// exist is a problem.
func answer[R any](p *client.Proven[R], file *proof.RecordFile) (*Record[R], error) {
	if p.Record == nil && file == nil {
		return nil, edge.NotFound.Problem("the ledger has no such thing, as of height %d", p.Height)
	}
	return &Record[R]{Record: p.Record, Height: p.Height, Time: p.Time, Proof: file}, nil
}
