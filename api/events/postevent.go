package events

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// registerPostEvent registers the capture of one event.
func (p *part) registerPostEvent(a huma.API) {
	op := p.operation("captureEvent", http.MethodPost, "/events", "Capture one event", edge.Capture)
	op.Description = "Takes in one event in JSON-LD, and answers when it is on the ledger, or attached. An event that has no eventID gets its event hash as one. " +
		"The same event again is refused with 409 and its Location; send an Idempotency-Key to be answered the same."
	op.Parameters = params(header("GS1-EPCIS-Version", "the EPCIS version of the event: one that is not read is refused"), header("GS1-CBV-Version", "the CBV version of the event, likewise"))
	op.DefaultStatus = http.StatusCreated
	op.Responses = responses(http.StatusCreated, "the event, as it can be queried", answer{doc: true, headers: []string{"Location"}})
	event := &huma.Schema{Type: huma.TypeObject, Description: "an event (EPCIS 2.0 JSON Schema)", AdditionalProperties: true}
	registerRaw(a, p.Captures.limited(op), map[string]*huma.Schema{"application/json": event, "application/ld+json": event}, p.postEvent)
}

func (p *part) postEvent(ctx context.Context, in *captureInput) (*rawAnswer, error) {
	got, done, err := p.Captures.receive(in.ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(got.doc.Events) != 1 {
		return nil, exception(http.StatusBadRequest, "ValidationException", "one event is expected, found %d: hand documents in at /capture", len(got.doc.Events))
	}
	if err := p.known(ctx, &got.doc.Events[0]); err != nil {
		return nil, err
	}
	added, err := p.Captures.now(ctx, got)
	if err != nil {
		return nil, asProblem(err)
	}
	ev := p.told(added, epcis.EPCAsWritten)
	body, err := epcis.EncodeEventJSON20(&ev, got.doc.Namespaces)
	return &rawAnswer{Status: http.StatusCreated, ContentType: "application/json", Location: eventPath(added.ID), Body: body}, err
}

func eventPath(id string) string { return "/events/" + url.PathEscape(id) }

// known refuses an event that was captured here before.
func (p *part) known(ctx context.Context, ev *epcis.Event) error {
	id := ev.ID
	hash, err := ev.Digest()
	if err != nil {
		return nil //nolint:nilerr // capturing refuses it, with the reason
	}
	if id == "" {
		id = hash
	}
	stored, err := p.Repository.Event(ctx, id)
	switch {
	case errors.Is(err, repository.ErrNotFound):
		return nil
	case err != nil:
		return err
	case stored.Standing == repository.Told || ev.Error != nil:
		return nil // it is known from the ledger only, or about to be declared an error
	}
	says := "it says the same"
	if stored.Hash != hash {
		says = "it says something else, and an ID names one event"
	}
	return exception(http.StatusConflict, "ResourceAlreadyExistsException", "there is an event %s: %s", id, says).WithHeader("Location", eventPath(stored.ID))
}

// now captures a document of one event while its sender waits.
func (c *Captures) now(ctx context.Context, in *incoming) (*repository.Stored, error) {
	document, err := c.cfg.Repository.PutDocument(ctx, in.data, in.contentType)
	if err != nil {
		return nil, err
	}
	outcomes, err := c.take(ctx, in.doc, repository.Rollback)
	if err != nil {
		return nil, err
	}
	if o := &outcomes[0]; !o.OK() {
		return nil, refusal(o)
	}
	job := &repository.Job{Document: document}
	added, err := c.cfg.Repository.Add(ctx, standing(job, in.doc, outcomes), repository.Along{MasterData: in.doc.MasterData})
	if err != nil {
		return nil, err
	}
	return &added[0].Stored, nil
}

// refusal is the answer to who hands in one event that is refused.
func refusal(o *client.Captured) *edge.Problem {
	if o.Code != 0 {
		p := edge.Rejected(o.Code, "")
		p.Detail = o.Refusal
		return p
	}
	return exception(http.StatusBadRequest, "ValidationException", "%s", o.Refusal).Wrongf(o.Pointer, "%s", o.Refusal)
}
