package events

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// simpleEventQuery is the name of the standard's own query.
const simpleEventQuery = "SimpleEventQuery"

// registerQueries registers the queries for events that no one named before.
func (p *part) registerQueries(a huma.API) {
	list := p.operation("queryEvents", http.MethodGet, "/events", "Query events", edge.Read)
	list.Description = "The SimpleEventQuery (EPCIS 2.0, section 8.2.7.1). Events come in the order in which they were captured unless orderBy says otherwise. " +
		"EPCs match whatever notation they are written in, and words of CBV bare or as URIs. Pages of one query stand still while captures go on. " +
		"A page may be short, or empty, and yet have a next one, because the work on a page is bounded."
	list.Parameters = eventParams()
	list.Responses = responses(http.StatusOK, "a page of events", answer{doc: true, paged: true, headers: []string{"ETag"}})
	offer(a, list, func(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
		return p.find(ctx, &in.Request, nil, simpleEventQuery)
	})

	one := p.operation("getEvent", http.MethodGet, "/events/{eventID}", "Read an event", edge.Read)
	one.Description = "The event by its eventID, or by its event hash if it was given none; escape the slashes of the ID as %2F."
	one.Parameters = formatParams(pathParam("eventID", "the event's ID"))
	one.Responses = responses(http.StatusOK, "the event", answer{doc: true, headers: []string{"ETag"}})
	offer(a, one, p.event)

	drop := p.operation("dropPageToken", http.MethodDelete, "/nextPageToken/{token}", "Declare a page token spent", edge.Read)
	drop.Description = "Nothing is kept for a token, so nothing is freed; the token is refused from now on, until the program is started anew."
	drop.Parameters = params(pathParam("token", "the token"))
	drop.DefaultStatus = http.StatusNoContent
	drop.Responses = responses(http.StatusNoContent, "the token is spent", answer{})
	offer(a, drop, func(_ context.Context, in *eventsInput) (*struct{}, error) {
		p.spent.add(in.ctx.Param("token"))
		return nil, nil
	})
}

type eventsInput struct{ Request }

// notation is how an answer is written.
type notation struct {
	form  form
	epcs  epcis.EPCFormat
	words epcis.CBVFormat
	text  string // the headers that it was chosen by
}

// notation reads the headers that choose it.
func (r *Request) notation() (notation, *edge.Problem) {
	f, problem := r.accepts()
	if problem != nil {
		return notation{}, problem
	}
	epcs, words := r.ctx.Header("GS1-EPC-Format"), r.ctx.Header("GS1-CBV-XML-Format")
	n := notation{form: f, text: fmt.Sprint(f, " ", epcs, " ", words)}
	var ok bool
	if n.epcs, ok = epcis.ParseEPCFormat(epcs); !ok {
		return n, exception(http.StatusNotAcceptable, "NotAcceptableException", "GS1-EPC-Format is %q: Always_GS1_Digital_Link, Always_EPC_URN, Never_Translates or No_Preference is expected", clip(epcs))
	}
	if n.words, ok = epcis.ParseCBVFormat(words); !ok {
		return n, exception(http.StatusNotAcceptable, "NotAcceptableException", "GS1-CBV-XML-Format is %q: Always_Web_URI, Always_URN, Never_Translates or No_Preference is expected", clip(words))
	}
	return n, nil
}

// find answers a query of the URL's parameters, beside what narrow demands.
func (p *part) find(ctx context.Context, r *Request, narrow *repository.Query, name string) (*rawAnswer, error) {
	n, problem := r.notation()
	if problem != nil {
		return nil, problem
	}
	q, spaces, err := p.query(r, narrow)
	if err != nil {
		return nil, asProblem(err)
	}
	out := &rawAnswer{Caching: "private, no-cache", Vary: varied}
	if !q.UsesMasterData() { // which changes without an event
		if out.ETag, err = p.etag(r, n, q); err != nil {
			return nil, err
		}
		if edge.Matches(r.ctx.Header("If-None-Match"), out.ETag) {
			out.Status = http.StatusNotModified
			return out, nil
		}
	}
	page, err := p.Repository.Find(ctx, q, "")
	if err != nil {
		return nil, asProblem(err)
	}
	if err := p.write(out, page.Events, n, name, spaces); err != nil {
		return nil, err
	}
	if page.Next != "" {
		p.linkTo(out, r.ctx, page.Next, q.PerPage())
	}
	return out, nil
}

// varied are the headers that an answer depends on.
const varied = "Accept, Accept-Encoding, GS1-EPC-Format, GS1-CBV-XML-Format, GS1-Extensions"

// query reads the URL's parameters.
func (p *part) query(r *Request, narrow *repository.Query) (*repository.Query, []epcis.Namespace, error) {
	spaces, problem := namespacesOf(r.ctx.Header("GS1-Extensions"))
	if problem != nil {
		return nil, nil, problem
	}
	q, err := repository.ParseQuery(r.values(), spaces...)
	if err == nil && narrow != nil {
		q, err = narrow.And(q)
	}
	if err != nil {
		return nil, nil, err
	}
	if token := q.NextPageToken(); token != "" && p.spent.has(token) {
		return nil, nil, badParameter("nextPageToken", "it was declared spent: begin again without it")
	}
	size := q.PerPage()
	if size == 0 {
		size = defaultPage
	}
	q.SetPage(min(size, maxPage), q.NextPageToken())
	return q, spaces, nil
}

// etag names an answer: it follows from the request, the query with what its
// name stands for now, what was captured so far, and the words of this version.
// It is weak, because each answer says when it was written.
func (p *part) etag(r *Request, n notation, q *repository.Query) (string, error) {
	means, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	u := r.ctx.URL()
	sum := sha256.Sum256([]byte(strings.Join([]string{u.Path, u.RawQuery, n.text, r.ctx.Header("GS1-Extensions"), string(means), p.VendorVersion}, "\n")))
	return fmt.Sprintf(`W/"%d-%s"`, p.Repository.Head(), hex.EncodeToString(sum[:8])), nil
}

// write writes events as the answer to a query.
func (p *part) write(out *rawAnswer, found []repository.Stored, n notation, name string, spaces []epcis.Namespace) error {
	doc := &epcis.Document{
		SchemaVersion: "2.0", CreationDate: epcis.NewTime(p.Now()), Query: &epcis.QueryResults{QueryName: name},
		Namespaces: spaces, Events: make([]epcis.Event, len(found)),
	}
	for i := range found {
		doc.Events[i] = p.told(&found[i], n.epcs)
	}
	var err error
	if n.form == inXML {
		out.ContentType = "application/xml"
		out.Body, err = epcis.EncodeXML20Words(doc, n.words)
		return err
	}
	out.ContentType = "application/json"
	out.Body, err = epcis.EncodeJSON20(doc)
	return err
}

// told is an event as it is answered: in the notation asked for, with its ID
// and the time of its capture.
func (p *part) told(s *repository.Stored, f epcis.EPCFormat) epcis.Event {
	ev := epcis.Translate(s.Event, f, p.Prefixes)
	ev.RecordTime = epcis.NewTime(s.RecordTime)
	if ev.ID == "" {
		ev.ID = s.ID
	}
	return ev
}

func (p *part) event(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
	n, problem := in.notation()
	if problem != nil {
		return nil, problem
	}
	found, err := p.Repository.Event(ctx, in.ctx.Param("eventID"))
	if err != nil {
		return nil, asProblem(err)
	}
	out := &rawAnswer{Caching: "private, no-cache", Vary: varied}
	if out.ETag, err = p.etag(&in.Request, n, nil); err != nil {
		return nil, err
	}
	if edge.Matches(in.ctx.Header("If-None-Match"), out.ETag) {
		out.Status = http.StatusNotModified
		return out, nil
	}
	return out, p.write(out, []repository.Stored{*found}, n, simpleEventQuery, nil)
}
