package events

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// DeadLetter is a batch of events that a receiver did not take.
type DeadLetter struct {
	Number uint64    `json:"number" doc:"counts the dead letters of the subscription"`
	Events []string  `json:"events" doc:"the IDs of the events"`
	Tries  int       `json:"tries" doc:"how often it was sent"`
	Reason string    `json:"reason" doc:"why the last try failed"`
	At     time.Time `json:"at" doc:"when it was given up"`
}

// registerDeadLetters registers what was given up, beyond the standard.
func (p *part) registerDeadLetters(a huma.API) {
	const path = "/queries/{queryName}/subscriptions/{subscriptionID}/deadLetters"
	id, number := pathParam("subscriptionID", "the subscription"), pathParam("number", "the dead letter")
	list := p.operation("listDeadLetters", http.MethodGet, path, "List what a receiver did not take", edge.Subscribe)
	list.Parameters = pageParams(queryNameParam(), id)
	list.Responses = responses(http.StatusOK, "a page of dead letters, the oldest first", answer{json: []DeadLetter{}, api: a, paged: true})
	offer(a, list, p.deadLetters)

	replay := p.operation("replayDeadLetter", http.MethodPost, path+"/{number}/replay", "Send a dead letter again", edge.Subscribe)
	replay.Description = "It is sent at once, and is gone if the receiver takes it."
	replay.Parameters = params(queryNameParam(), id, number)
	replay.DefaultStatus = http.StatusNoContent
	replay.Responses = responses(http.StatusNoContent, "the receiver took it", answer{})
	offer(a, replay, func(ctx context.Context, in *eventsInput) (*struct{}, error) {
		return nil, p.onLetter(ctx, &in.Request, p.Dispatcher.Replay)
	})

	remove := p.operation("deleteDeadLetter", http.MethodDelete, path+"/{number}", "Drop a dead letter", edge.Subscribe)
	remove.Parameters = params(queryNameParam(), id, number)
	remove.DefaultStatus = http.StatusNoContent
	remove.Responses = responses(http.StatusNoContent, "it is gone", answer{})
	offer(a, remove, func(ctx context.Context, in *eventsInput) (*struct{}, error) {
		return nil, p.onLetter(ctx, &in.Request, p.Dispatcher.DropDeadLetter)
	})
}

// onLetter does something with the dead letter that the path names.
func (p *part) onLetter(ctx context.Context, r *Request, do func(ctx context.Context, query, id string, number uint64) error) error {
	s, err := p.subscription(ctx, r)
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(r.ctx.Param("number"), 10, 64)
	if err != nil {
		return exception(http.StatusNotFound, "NoSuchResourceException", "%q is no number of a dead letter", clip(r.ctx.Param("number")))
	}
	err = do(ctx, s.Query, s.ID, n)
	var refused *subscription.RefusedError
	if errors.As(err, &refused) {
		return exception(http.StatusBadGateway, "ImplementationException", "the receiver did not take it: %s", refused.Reason)
	}
	return asProblem(err)
}

func (p *part) deadLetters(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
	s, err := p.subscription(ctx, &in.Request)
	if err != nil {
		return nil, err
	}
	page, problem := p.page(in.values())
	if problem != nil {
		return nil, problem
	}
	var after uint64
	if page.after != "" {
		if after, err = strconv.ParseUint(page.after, 10, 64); err != nil {
			return nil, badParameter("nextPageToken", "it is not a token of this listing: begin again without it")
		}
	}
	found, err := p.Repository.DeadLetters(ctx, s.ID, after, page.size)
	if err != nil {
		return nil, asProblem(err)
	}
	all, next := make([]DeadLetter, 0, len(found)), ""
	for i := range found {
		letter, err := p.letter(ctx, &found[i])
		if err != nil {
			return nil, err
		}
		all = append(all, *letter)
	}
	if len(found) == page.size {
		next = strconv.FormatUint(found[len(found)-1].Number, 10)
	}
	out, err := jsonAnswer(all)
	if err == nil {
		p.link(out, in.ctx, next, page)
	}
	return out, err
}

func (p *part) letter(ctx context.Context, d *repository.DeadLetter) (*DeadLetter, error) {
	stored, err := p.Repository.BySeq(ctx, d.Seqs)
	if err != nil {
		return nil, err
	}
	out := &DeadLetter{Number: d.Number, Events: []string{}, Tries: d.Tries, Reason: d.Reason, At: d.At}
	for i := range stored {
		out.Events = append(out.Events, stored[i].ID)
	}
	return out, nil
}
