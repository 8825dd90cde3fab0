package events

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// end writes a job that is over, and its events, in one step. An event whose ID
// somebody else's took meanwhile becomes an error of the job.
func (c *Captures) end(ctx context.Context, job *repository.Job, add []repository.NewEvent, master ...epcis.Vocabulary) error {
	job.Running, job.Finished = false, c.cfg.Now().UTC()
	for {
		job.Success = len(job.Errors) == 0
		_, err := c.cfg.Repository.Add(ctx, add, repository.Along{Job: job, MasterData: master})
		var conflict *repository.ConflictError
		switch {
		case errors.As(err, &conflict):
			job.Errors = append(job.Errors, repository.JobError{
				Type: "epcisException:ResourceAlreadyExistsException", Title: "ResourceAlreadyExistsException", Detail: conflict.Error(),
			})
			add = append(add[:conflict.Event:conflict.Event], add[conflict.Event+1:]...)
		case errors.Is(err, repository.ErrTooLarge) && shorten(job):
		default:
			return err
		}
	}
}

// The bounds of a job that is too large to be kept whole.
const (
	keptErrors = 100
	keptText   = 500
)

// shorten makes a job fit: first without what became of events that went in,
// then with the first errors only. It reports whether there was something to
// leave out.
func shorten(job *repository.Job) bool {
	if len(job.Captured) > 0 {
		var all, bad []client.Captured
		if json.Unmarshal(job.Captured, &all) == nil {
			for i := range all {
				if !all[i].OK() && len(bad) < keptErrors {
					all[i].Inferred, all[i].Conflict = nil, nil
					all[i].Refusal = cutText(all[i].Refusal)
					bad = append(bad, all[i])
				}
			}
		}
		if raw, err := json.Marshal(bad); err == nil && len(bad) < len(all) {
			job.Captured = raw
			return true
		}
		job.Captured = nil
		return true
	}
	if len(job.Errors) <= keptErrors {
		return false
	}
	job.Errors = job.Errors[:keptErrors]
	for i := range job.Errors {
		job.Errors[i].Detail = cutText(job.Errors[i].Detail)
	}
	return true
}

func cutText(s string) string {
	if len(s) > keptText {
		return s[:keptText]
	}
	return s
}
