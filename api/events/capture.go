package events

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
)

// registerCapture registers the capture interface (EPCIS 2.0, section 12.6).
func (p *part) registerCapture(a huma.API) {
	post := p.operation("captureDocument", http.MethodPost, "/capture", "Capture a document", edge.Capture)
	post.Description = "Takes in an EPCIS document: XML 1.x, XML 2.0 or JSON-LD 2.0. The document is kept byte for byte; its events are taken " +
		"to the ledger in the background, one document of a caller after the other. The answer names the job that says what became of each event. " +
		"The same document sent again while it is at work is the same job; sent again later, events that are recorded are passed over. " +
		"With Prefer: handling=strict the document is held to GS1's schema first."
	post.DefaultStatus = http.StatusAccepted
	post.Parameters = params(header("GS1-Capture-Error-Behaviour", "rollback (the default): look at the whole document first, and submit nothing if an event is refused; proceed: go on with the other events", "rollback", "proceed"),
		header("GS1-EPCIS-Version", "the EPCIS version of the document: one that is not read is refused, else the document itself counts"), header("GS1-CBV-Version", "the CBV version of the document, likewise"),
		header("Prefer", "handling=strict holds the document to its schema"))
	post.Responses = responses(http.StatusAccepted, "the document is kept, and the job lined up", answer{headers: []string{"Location"}})
	registerRaw(a, p.Captures.limited(post), documentBody(), p.capture)

	list := p.operation("listCaptureJobs", http.MethodGet, "/capture", "List capture jobs", edge.Capture)
	list.Description = "The caller's own jobs, the newest first."
	list.Parameters = pageParams()
	list.Responses = responses(http.StatusOK, "a page of jobs", answer{paged: true, json: []CaptureJob{}, api: a})
	offer(a, list, p.captureJobs)

	one := p.operation("getCaptureJob", http.MethodGet, "/capture/{captureID}", "Read a capture job", edge.Capture)
	one.Description = "What became of a document: while the job runs, and afterwards for good."
	one.Responses = responses(http.StatusOK, "the job", answer{json: CaptureJob{}, api: a, xml: true})
	offer(a, one, p.captureJob)
}

// rawAnswer is an answer in bytes.
type rawAnswer struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Location    string `header:"Location"`
	Link        string `header:"Link"`
	Expires     string `header:"GS1-Next-Page-Token-Expires"`
	ETag        string `header:"ETag"`
	Caching     string `header:"Cache-Control"`
	Vary        string `header:"Vary"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

type captureInput struct{ Request }

func (p *part) capture(ctx context.Context, in *captureInput) (*rawAnswer, error) {
	behaviour, problem := behaviourOf(in.ctx.Header("GS1-Capture-Error-Behaviour"))
	if problem != nil {
		return nil, problem
	}
	doc, done, err := p.Captures.receive(in.ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id, err := p.Captures.lineUp(ctx, caller(ctx), doc, behaviour)
	if errors.Is(err, errQueueFull) {
		return nil, edge.Busy.Problem("%v: %d", err, p.Captures.cfg.Queue).RetryAfter(queueWait)
	}
	if err != nil {
		return nil, asProblem(err)
	}
	return &rawAnswer{Status: http.StatusAccepted, Location: "/capture/" + id}, nil
}

// queueWait is when a caller may try again whose document found the queue full.
const queueWait = 10 * time.Second

// lineUp keeps a document and makes the job that takes it in.
func (c *Captures) lineUp(ctx context.Context, caller string, in *incoming, behaviour repository.Behaviour) (string, error) {
	document, err := c.cfg.Repository.PutDocument(ctx, in.data, in.contentType)
	if err != nil {
		return "", err
	}
	return c.submit(ctx, &repository.Job{
		ID: c.cfg.Repository.NewJobID(), Caller: caller, Created: c.cfg.Now().UTC(), Running: true, Success: true,
		Behaviour: behaviour, Document: document, SchemaVersion: in.doc.SchemaVersion, Events: len(in.doc.Events),
	})
}

type captureJobInput struct {
	Request
	ID string `path:"captureID" maxLength:"64" doc:"the job, as the Location of the capture named it"`
}

func (p *part) captureJob(ctx context.Context, in *captureJobInput) (*rawAnswer, error) {
	job, err := p.Repository.Job(ctx, in.ID)
	if errors.Is(err, repository.ErrNotFound) || err == nil && job.Caller != caller(ctx) {
		return nil, noSuchJob(in.ID)
	}
	if err != nil {
		return nil, err
	}
	form, problem := in.accepts()
	if problem != nil {
		return nil, problem
	}
	view := jobOf(job)
	if form == inXML {
		body, err := view.inXML()
		return &rawAnswer{ContentType: "application/xml", Body: body}, err
	}
	return jsonAnswer(view)
}

func jsonAnswer(v any) (*rawAnswer, error) {
	body, err := json.Marshal(v)
	return &rawAnswer{ContentType: "application/json", Body: body}, err
}

type listInput struct{ Request }

func (p *part) captureJobs(ctx context.Context, in *listInput) (*rawAnswer, error) {
	page, problem := p.page(in.values())
	if problem != nil {
		return nil, problem
	}
	jobs, err := p.Repository.Jobs(ctx, caller(ctx), page.after, page.size)
	if err != nil {
		return nil, asProblem(err)
	}
	all := make([]*CaptureJob, len(jobs.Jobs))
	for i := range jobs.Jobs {
		all[i] = jobOf(&jobs.Jobs[i])
		all[i].Captured = nil // each job tells it itself
	}
	out, err := jsonAnswer(all)
	if err == nil {
		p.link(out, in.ctx, jobs.Next, page)
	}
	return out, err
}
