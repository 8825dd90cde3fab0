package events

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
)

// NamedQuery is a query that is kept under a name (EPCIS 2.0, section 12.8).
type NamedQuery struct {
	Name  string          `json:"name" minLength:"1" maxLength:"128" doc:"the query's name"`
	Query json.RawMessage `json:"query" doc:"the parameters of a SimpleEventQuery, by their names; lists are arrays"`
}

// registerNamed registers named queries.
func (p *part) registerNamed(a huma.API) {
	list := p.operation("listQueries", http.MethodGet, "/queries", "List named queries", edge.Read)
	list.Parameters = pageParams()
	list.Responses = responses(http.StatusOK, "a page of queries", answer{json: []NamedQuery{}, api: a, paged: true})
	offer(a, list, p.namedQueries)

	post := p.operation("createQuery", http.MethodPost, "/queries", "Keep a query under a name", edge.Subscribe)
	post.Description = "A named query is a view: its events can be asked for, and subscribed to."
	post.Parameters = params()
	post.DefaultStatus = http.StatusCreated
	post.Responses = responses(http.StatusCreated, "the query is kept", answer{headers: []string{"Location"}})
	offer(a, edge.With(post, edge.Idempotent), p.createQuery)

	one := p.operation("getQuery", http.MethodGet, "/queries/{queryName}", "Read a named query", edge.Read)
	one.Parameters = params(queryNameParam())
	one.Responses = responses(http.StatusOK, "the query", answer{json: NamedQuery{}, api: a})
	offer(a, one, func(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
		q, err := p.named(ctx, &in.Request)
		if err != nil {
			return nil, err
		}
		return jsonAnswer(NamedQuery{q.Name, q.Query})
	})

	remove := p.operation("deleteQuery", http.MethodDelete, "/queries/{queryName}", "Delete a named query", edge.Subscribe)
	remove.Description = "Its subscriptions end with it, and its WebSockets are closed."
	remove.Parameters = params(queryNameParam())
	remove.DefaultStatus = http.StatusNoContent
	remove.Responses = responses(http.StatusNoContent, "the query is gone", answer{})
	offer(a, remove, p.deleteQuery)
}

func queryNameParam() *huma.Param { return pathParam("queryName", "the query's name") }

// named reads the query that the path names.
func (p *part) named(ctx context.Context, r *Request) (*repository.NamedQuery, error) {
	name := r.ctx.Param("queryName")
	q, err := p.Repository.NamedQuery(ctx, name)
	if errors.Is(err, repository.ErrNotFound) {
		return nil, exception(http.StatusNotFound, "NoSuchNameException", "there is no query %q", clip(name))
	}
	return q, err
}

func (p *part) namedQueries(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
	page, problem := p.page(in.values())
	if problem != nil {
		return nil, problem
	}
	found, err := p.Repository.Queries(ctx, page.after, page.size)
	if err != nil {
		return nil, asProblem(err)
	}
	all := make([]NamedQuery, len(found.Queries))
	for i, q := range found.Queries {
		all[i] = NamedQuery{q.Name, q.Query}
	}
	out, err := jsonAnswer(all)
	if err == nil {
		p.link(out, in.ctx, found.Next, page)
	}
	return out, err
}

type createQueryInput struct {
	Request
	Body NamedQuery
}

func (p *part) createQuery(ctx context.Context, in *createQueryInput) (*rawAnswer, error) {
	q, err := repository.ParseQueryJSON(in.Body.Query)
	if err != nil {
		return nil, asProblem(err)
	}
	if q.NextPageToken() != "" {
		return nil, badParameter("nextPageToken", "a named query has no page: give it when its events are asked for")
	}
	err = p.Repository.PutQuery(ctx, repository.NamedQuery{Name: in.Body.Name, Caller: caller(ctx), Created: p.Now().UTC(), Query: in.Body.Query})
	if err != nil {
		return nil, asProblem(err)
	}
	return &rawAnswer{Status: http.StatusCreated, Location: "/queries/" + url.PathEscape(in.Body.Name)}, nil
}

func (p *part) deleteQuery(ctx context.Context, in *eventsInput) (*struct{}, error) {
	q, err := p.named(ctx, &in.Request)
	if err != nil {
		return nil, err
	}
	if err := p.Repository.DeleteQuery(ctx, q.Name); err != nil {
		return nil, asProblem(err)
	}
	if p.Dispatcher != nil {
		p.Dispatcher.Forget(q.Name)
	}
	p.sockets.drop(q.Name)
	return nil, nil
}
