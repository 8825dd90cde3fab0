package events

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// topLevel is a top-level resource: a dimension by which events are found.
type topLevel struct {
	resource repository.Resource
	name     string // of one value, as in the path
	query    string // the parameter that finds its events
	words    string // what it is
}

// topLevels is THE list of them (EPCIS 2.0, section 12.7).
func topLevels() []topLevel {
	return []topLevel{
		{repository.EventTypes, "eventType", "eventType", "event types"},
		{repository.EPCs, "epc", "MATCH_anyEPC", "EPCs"},
		{repository.BizSteps, "bizStep", "EQ_bizStep", "business steps"},
		{repository.BizLocations, "bizLocation", "EQ_bizLocation", "business locations"},
		{repository.ReadPoints, "readPoint", "EQ_readPoint", "read points"},
		{repository.Dispositions, "disposition", "EQ_disposition", "dispositions"},
	}
}

// Collection lists what there is (EPCIS 2.0, JSON-LD).
type Collection struct {
	Context string   `json:"@context" doc:"the JSON-LD context of EPCIS 2.0"`
	Type    string   `json:"type" enum:"Collection" doc:"always Collection"`
	Member  []string `json:"member" doc:"what the collection holds"`
}

// jsonLDContext is the context of the standard's answers.
const jsonLDContext = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

func collection(members []string) Collection {
	return Collection{Context: jsonLDContext, Type: "Collection", Member: append([]string{}, members...)}
}

// registerResources registers the top-level resources.
func (p *part) registerResources(a huma.API) {
	for _, t := range topLevels() {
		path, title := "/"+string(t.resource), titled(string(t.resource))
		list := p.operation("list"+title, http.MethodGet, path, "List "+t.words, edge.Read)
		list.Description = "What stands in the events of the repository."
		list.Parameters = pageParams(header("GS1-EPC-Format", "the notation of EPCs and places; Digital Links if absent"))
		list.Responses = responses(http.StatusOK, "a page of "+t.words, answer{json: Collection{}, api: a, paged: true})
		offer(a, list, func(ctx context.Context, in *eventsInput) (*rawAnswer, error) { return p.values(ctx, in, t) })

		value := pathParam(t.name, "one of the "+t.words+"; escape its slashes as %2F")
		one := p.operation("get"+titled(t.name), http.MethodGet, path+"/{"+t.name+"}", "What there is of one of the "+t.words, edge.Read)
		one.Parameters = params(value)
		one.Responses = responses(http.StatusOK, "the resources below it", answer{json: Collection{}, api: a})
		offer(a, one, func(ctx context.Context, in *eventsInput) (*rawAnswer, error) { return p.value(ctx, in, t) })

		below := p.operation("queryEventsOf"+titled(t.name), http.MethodGet, path+"/{"+t.name+"}/events", "Query the events of one of the "+t.words, edge.Read)
		below.Description = "As GET /events, with " + t.query + " set by the path."
		below.Parameters = append(eventParams(t.query), value)
		below.Responses = responses(http.StatusOK, "a page of events", answer{doc: true, paged: true, headers: []string{"ETag"}})
		offer(a, below, func(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
			narrow, err := t.narrow(in.ctx.Param(t.name))
			if err != nil {
				return nil, asProblem(err)
			}
			return p.find(ctx, &in.Request, narrow, simpleEventQuery)
		})
	}
}

// titled begins a name with a capital.
func titled(s string) string { return string(s[0]&^0x20) + s[1:] }

// narrow is the query for the events of one value.
func (t *topLevel) narrow(value string) (*repository.Query, error) {
	raw, err := json.Marshal(map[string][]string{t.query: {value}})
	if err != nil {
		return nil, err
	}
	return repository.ParseQueryJSON(raw)
}

func (p *part) values(ctx context.Context, in *eventsInput, t topLevel) (*rawAnswer, error) {
	f, ok := epcis.ParseEPCFormat(in.ctx.Header("GS1-EPC-Format"))
	if !ok {
		return nil, exception(http.StatusNotAcceptable, "NotAcceptableException", "GS1-EPC-Format is %q, which is none of the standard's values", clip(in.ctx.Header("GS1-EPC-Format")))
	}
	page, problem := p.page(in.values())
	if problem != nil {
		return nil, problem
	}
	found, err := p.Repository.Values(ctx, t.resource, page.after, page.size)
	if err != nil {
		return nil, asProblem(err)
	}
	// Translate knows events; the values stand in one as things do.
	ev := epcis.Translate(&epcis.Event{EPCs: found.Values}, f, p.Prefixes)
	members := ev.EPCs
	if t.resource != repository.EPCs && t.resource != repository.BizLocations && t.resource != repository.ReadPoints {
		members = found.Values
	}
	out, err := jsonAnswer(collection(members))
	if err == nil {
		p.link(out, in.ctx, found.Next, page)
	}
	return out, err
}

// value tells what is below a value that stands in events.
func (p *part) value(ctx context.Context, in *eventsInput, t topLevel) (*rawAnswer, error) {
	value := in.ctx.Param(t.name)
	q, err := t.narrow(value)
	if err != nil {
		return nil, asProblem(err)
	}
	q.SetPage(1, "")
	found, err := p.Repository.Find(ctx, q, "")
	if err != nil {
		return nil, asProblem(err)
	}
	if len(found.Events) == 0 && found.Next == "" {
		return nil, exception(http.StatusNotFound, "NoSuchResourceException", "%q stands in no event", clip(value))
	}
	return jsonAnswer(collection([]string{"events"}))
}
