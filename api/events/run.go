package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// run brings a job to its end, trying again while the ledger's node is in
// trouble. The error is trouble with the repository, or that the captures are
// being closed: the job is taken up at the next start.
func (c *Captures) run(ctx context.Context, job *repository.Job) error {
	kept, err := c.cfg.Repository.Document(ctx, job.Document)
	if err != nil {
		return err
	}
	doc, err := epcis.DecodeBytes(kept.Bytes, epcis.Options{MaxBytes: c.cfg.MaxBytes})
	if err != nil {
		return c.fail(ctx, job, err) // read before, by another version
	}
	for try := 0; ; try++ {
		outcomes, err := c.take(ctx, doc, job.Behaviour)
		switch {
		case err == nil:
			return c.finish(ctx, job, doc, outcomes)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		c.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "a capture job waits for the ledger", slog.String("job", job.ID), slog.Int("try", try+1), slog.String("err", err.Error()))
		if try+1 == c.cfg.Tries {
			return c.giveUp(ctx, job, doc, outcomes, err)
		}
		if err := c.pause(ctx, try); err != nil {
			return err
		}
	}
}

func (c *Captures) pause(ctx context.Context, try int) error {
	timer := time.NewTimer(c.cfg.Pause(try))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// take takes the events of a document to the ledger. Events whose eventID is
// another event's in the repository are refused before anything is submitted.
func (c *Captures) take(ctx context.Context, doc *epcis.Document, behaviour repository.Behaviour) ([]client.Captured, error) {
	taken, err := c.takenIDs(ctx, doc)
	if err != nil {
		return nil, err
	}
	o := client.Capturing{Behaviour: client.Proceed, Attach: true, Now: c.cfg.Now}
	if behaviour == repository.Rollback {
		o.Behaviour = client.Rollback
	}
	if len(taken) == 0 {
		return o.Capture(ctx, c.cfg.Desk, doc)
	}
	if behaviour == repository.Rollback {
		all, err := o.Check(ctx, c.cfg.Desk, doc)
		return withTaken(all, taken, true), err
	}
	rest := *doc
	rest.Events = nil
	for i := range doc.Events {
		if taken[i] == nil {
			rest.Events = append(rest.Events, doc.Events[i])
		}
	}
	all, err := o.Capture(ctx, c.cfg.Desk, &rest)
	return merge(all, taken, len(doc.Events)), err
}

// takenIDs finds the events whose eventID names another event, in the
// repository or earlier in the document: by place, as refused.
func (c *Captures) takenIDs(ctx context.Context, doc *epcis.Document) (map[int]*client.Captured, error) {
	out := make(map[int]*client.Captured)
	here := make(map[string]string)
	for i := range doc.Events {
		ev := &doc.Events[i]
		if ev.ID == "" || ev.Error != nil { // a declaration bears the ID of what it corrects
			continue
		}
		hash, err := ev.Digest()
		if err != nil {
			continue // capturing refuses it, with the reason
		}
		known, where := here[ev.ID], "in the document"
		if known == "" {
			stored, err := c.cfg.Repository.Event(ctx, ev.ID)
			switch {
			case err == nil:
				known, where = stored.Hash, "in the repository"
			case !errors.Is(err, repository.ErrNotFound):
				return nil, err
			}
		}
		if known == "" {
			known = hash
		}
		here[ev.ID] = known
		if known != hash {
			out[i] = &client.Captured{
				Event: i + 1, Line: ev.Line, Pointer: ev.Pointer, What: ev.Step(), EventHash: hash, Standing: client.StandingRefused,
				Refusal: fmt.Sprintf("eventID %s is that of another event %s, %s: an ID names one event", ev.ID, where, known),
			}
		}
	}
	return out, nil
}

// withTaken puts refused events into the result of a check that submitted
// nothing.
func withTaken(all []client.Captured, taken map[int]*client.Captured, rollback bool) []client.Captured {
	for i := range all {
		switch {
		case taken[i] != nil:
			all[i] = *taken[i]
		case rollback && all[i].Standing == client.StandingReady:
			all[i].Standing, all[i].Ops = client.StandingNotTried, nil
			all[i].Refusal = "not tried: nothing of the document was submitted, because of another event"
		}
	}
	return all
}

// merge puts refused events back among the others.
func merge(all []client.Captured, taken map[int]*client.Captured, n int) []client.Captured {
	out := make([]client.Captured, 0, n)
	for i := 0; i < n && (len(all) > 0 || taken[i] != nil); i++ {
		if taken[i] != nil {
			out = append(out, *taken[i])
			continue
		}
		out = append(out, all[0])
		all = all[1:]
	}
	return out
}

// fail ends a job for a reason that concerns the whole document.
func (c *Captures) fail(ctx context.Context, job *repository.Job, why error) error {
	job.Errors = append(job.Errors, repository.JobError{Type: "epcisException:ValidationException", Title: "ValidationException", Detail: why.Error()})
	return c.end(ctx, job, nil)
}

// giveUp ends a job whose ledger stays in trouble. What went in stands.
func (c *Captures) giveUp(ctx context.Context, job *repository.Job, doc *epcis.Document, outcomes []client.Captured, why error) error {
	job.Errors = append(job.Errors, repository.JobError{
		Type: "epcisException:ImplementationException", Title: "ImplementationException",
		Detail: fmt.Sprintf("the ledger could not be reached in %d tries (%v): capture the document again; what went in before is passed over", c.cfg.Tries, why),
	})
	return c.finish(ctx, job, doc, outcomes)
}

// finish notes what became of each event, adds to the repository those that
// stand, and ends the job, all in one step.
func (c *Captures) finish(ctx context.Context, job *repository.Job, doc *epcis.Document, outcomes []client.Captured) error {
	add := standing(job, doc, outcomes)
	for i := range outcomes {
		if !outcomes[i].OK() {
			job.Errors = append(job.Errors, jobError(&outcomes[i]))
		}
	}
	if len(job.Errors) > 0 && job.Behaviour == repository.Rollback {
		add = recordedOf(add)
	}
	raw, err := json.Marshal(outcomes)
	if err != nil {
		return err
	}
	job.Captured = raw
	return c.end(ctx, job, add, doc.MasterData...)
}

// standing lists the events of a document that were taken in.
func standing(job *repository.Job, doc *epcis.Document, outcomes []client.Captured) []repository.NewEvent {
	var out []repository.NewEvent
	for i := range outcomes {
		e := repository.NewEvent{Event: &doc.Events[i], CaptureID: job.ID, Document: job.Document}
		switch outcomes[i].Standing {
		case client.StandingRecorded, client.StandingBefore:
			e.Standing = repository.Recorded
			for _, op := range outcomes[i].Ops {
				e.Txs = append(e.Txs, op.Tx.String())
			}
		case client.StandingAttached:
			e.Standing = repository.Attached
		default:
			continue
		}
		out = append(out, e)
	}
	return out
}

// recordedOf leaves out what is only attached: a failed rollback takes in
// nothing but what the ledger has.
func recordedOf(all []repository.NewEvent) []repository.NewEvent {
	var out []repository.NewEvent
	for i := range all {
		if all[i].Standing == repository.Recorded {
			out = append(out, all[i])
		}
	}
	return out
}

// jobError says in a job why an event did not go in.
func jobError(e *client.Captured) repository.JobError {
	out := repository.JobError{
		Event: e.Event, Line: e.Line, Pointer: e.Pointer, Detail: e.Refusal,
		Type: "epcisException:ValidationException", Title: "ValidationException",
	}
	if e.CodeName != "" {
		out.Type, out.Title, out.Code = "urn:pedigree:code:"+e.CodeName, e.CodeName, e.CodeName
	}
	return out
}
