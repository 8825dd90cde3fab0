package events

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// Schedule is when a standing query runs: a moment matches when each field does.
type Schedule struct {
	Second     string `json:"second,omitempty" maxLength:"200" doc:"0 to 59, ranges in brackets, several with commas; any if absent"`
	Minute     string `json:"minute,omitempty" maxLength:"200" doc:"0 to 59"`
	Hour       string `json:"hour,omitempty" maxLength:"200" doc:"0 to 23, UTC"`
	DayOfMonth string `json:"dayOfMonth,omitempty" maxLength:"200" doc:"1 to 31"`
	Month      string `json:"month,omitempty" maxLength:"200" doc:"1 to 12"`
	DayOfWeek  string `json:"dayOfWeek,omitempty" maxLength:"200" doc:"1 is Monday"`
}

// NewSubscription asks for events to be sent to a webhook (EPCIS 2.0, section
// 12.8).
type NewSubscription struct {
	Dest              string    `json:"dest" maxLength:"2048" doc:"the URL that events are sent to"`
	SignatureToken    string    `json:"signatureToken,omitempty" maxLength:"1024" doc:"the secret under which what is sent is signed, in the header GS1-Signature; never shown again"`
	Stream            bool      `json:"stream,omitempty" doc:"send events as they come"`
	Schedule          *Schedule `json:"schedule,omitempty" doc:"or by the clock, UTC"`
	ReportIfEmpty     bool      `json:"reportIfEmpty,omitempty" doc:"with a schedule, send also when there is nothing new"`
	InitialRecordTime time.Time `json:"initialRecordTime,omitzero" doc:"begin with events captured from then on; from now on if absent"`
}

// Subscription is a standing query with how far it has come.
type Subscription struct {
	SubscriptionID    string     `json:"subscriptionID" doc:"names the subscription"`
	QueryName         string     `json:"queryName" doc:"the query that stands"`
	Dest              string     `json:"dest" doc:"the URL that events are sent to"`
	CreatedAt         time.Time  `json:"createdAt" doc:"when it was made"`
	LastNotifiedAt    *time.Time `json:"lastNotifiedAt,omitempty" doc:"when the receiver last took what was sent"`
	Stream            bool       `json:"stream,omitempty" doc:"events are sent as they come"`
	Schedule          *Schedule  `json:"schedule,omitempty" doc:"when they are sent, UTC"`
	ReportIfEmpty     bool       `json:"reportIfEmpty,omitempty" doc:"the schedule sends also when there is nothing new"`
	InitialRecordTime *time.Time `json:"initialRecordTime,omitempty" doc:"the first record time of what is sent"`
	EPCFormat         string     `json:"epcFormat,omitempty" doc:"the notation of EPCs"`

	// What follows is beyond the standard.

	Failures  int        `json:"failures,omitempty" doc:"tries since the receiver last took something"`
	NextTry   *time.Time `json:"nextTry,omitempty" doc:"when the receiver is tried again"`
	LastError string     `json:"lastError,omitempty" doc:"why the last try failed; what was given up is among the dead letters"`
}

// registerSubscriptions registers subscriptions by webhook.
func (p *part) registerSubscriptions(a huma.API) {
	const path = "/queries/{queryName}/subscriptions"
	id := pathParam("subscriptionID", "the subscription")
	list := p.operation("listSubscriptions", http.MethodGet, path, "List the subscriptions of a query", edge.Subscribe)
	list.Parameters = pageParams(queryNameParam())
	list.Responses = responses(http.StatusOK, "a page of subscriptions", answer{json: []Subscription{}, api: a, paged: true})
	offer(a, list, p.subscriptions)

	post := p.operation("subscribe", http.MethodPost, path, "Subscribe to a query by webhook", edge.Subscribe)
	post.Description = "Events that match are sent to dest as an EPCISQueryDocument in JSON, signed, in order and at least once (docs/spec/webhook.md). What a receiver does not take for long becomes a dead letter."
	post.Parameters = formatParams(queryNameParam())
	post.DefaultStatus = http.StatusCreated
	post.Responses = responses(http.StatusCreated, "the subscription has begun", answer{json: Subscription{}, api: a, headers: []string{"Location"}})
	offer(a, edge.With(post, edge.Idempotent), p.subscribe)

	one := p.operation("getSubscription", http.MethodGet, path+"/{subscriptionID}", "Read a subscription", edge.Subscribe)
	one.Parameters = params(queryNameParam(), id)
	one.Responses = responses(http.StatusOK, "the subscription, with how far it has come", answer{json: Subscription{}, api: a})
	offer(a, one, func(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
		s, err := p.subscription(ctx, &in.Request)
		if err != nil {
			return nil, err
		}
		return p.subscriptionAnswer(ctx, s)
	})

	remove := p.operation("unsubscribe", http.MethodDelete, path+"/{subscriptionID}", "End a subscription", edge.Subscribe)
	remove.Parameters = params(queryNameParam(), id)
	remove.DefaultStatus = http.StatusNoContent
	remove.Responses = responses(http.StatusNoContent, "the subscription has ended", answer{})
	offer(a, remove, func(ctx context.Context, in *eventsInput) (*struct{}, error) {
		s, err := p.subscription(ctx, &in.Request)
		if err != nil {
			return nil, err
		}
		return nil, asProblem(p.Dispatcher.Unsubscribe(ctx, s.Query, s.ID))
	})
}

// subscription reads the subscription that the path names.
func (p *part) subscription(ctx context.Context, r *Request) (*repository.Subscription, error) {
	q, err := p.named(ctx, r)
	if err != nil {
		return nil, err
	}
	id := r.ctx.Param("subscriptionID")
	s, err := p.Repository.Subscription(ctx, q.Name, id)
	if errors.Is(err, repository.ErrNotFound) {
		return nil, exception(http.StatusNotFound, "NoSuchResourceException", "query %q has no subscription %q", clip(q.Name), clip(id))
	}
	return s, err
}

func (p *part) subscriptionAnswer(ctx context.Context, s *repository.Subscription) (*rawAnswer, error) {
	view, err := p.view(ctx, s)
	if err != nil {
		return nil, err
	}
	return jsonAnswer(view)
}

// view is a subscription for callers; its secret is not shown.
func (p *part) view(ctx context.Context, s *repository.Subscription) (*Subscription, error) {
	out := &Subscription{
		SubscriptionID: s.ID, QueryName: s.Query, Dest: s.Dest, CreatedAt: s.Created, Stream: s.Stream, ReportIfEmpty: s.ReportIfEmpty,
		EPCFormat: s.EPCFormat, InitialRecordTime: moment(s.InitialRecordTime),
	}
	if s.Schedule != nil {
		schedule := Schedule(*s.Schedule)
		out.Schedule = &schedule
	}
	st, err := p.Repository.State(ctx, s.ID)
	if errors.Is(err, repository.ErrNotFound) { // deleted this moment
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.LastNotifiedAt, out.Failures, out.NextTry = moment(st.LastNotified), st.Failures, moment(st.NextTry)
	out.LastError = st.LastError
	return out, nil
}

// moment is nil for a time that never was.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (p *part) subscriptions(ctx context.Context, in *eventsInput) (*rawAnswer, error) {
	q, err := p.named(ctx, &in.Request)
	if err != nil {
		return nil, err
	}
	page, problem := p.page(in.values())
	if problem != nil {
		return nil, problem
	}
	all, err := p.Repository.Subscriptions(ctx, q.Name)
	if err != nil {
		return nil, asProblem(err)
	}
	views, next := []*Subscription{}, ""
	for i := range all {
		if all[i].ID <= page.after {
			continue
		}
		if len(views) == page.size {
			next = views[len(views)-1].SubscriptionID
			break
		}
		view, err := p.view(ctx, &all[i])
		if err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	out, err := jsonAnswer(views)
	if err == nil {
		p.link(out, in.ctx, next, page)
	}
	return out, err
}

type subscribeInput struct {
	Request
	Body NewSubscription
}

func (p *part) subscribe(ctx context.Context, in *subscribeInput) (*rawAnswer, error) {
	q, err := p.named(ctx, &in.Request)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	s := repository.Subscription{
		Query: q.Name, Caller: caller(ctx), Dest: b.Dest, Token: b.SignatureToken, Stream: b.Stream, ReportIfEmpty: b.ReportIfEmpty,
		InitialRecordTime: b.InitialRecordTime, EPCFormat: in.ctx.Header("GS1-EPC-Format"), CBVFormat: in.ctx.Header("GS1-CBV-XML-Format"),
	}
	if b.Schedule != nil {
		schedule := repository.Schedule(*b.Schedule)
		s.Schedule = &schedule
	}
	made, err := p.Dispatcher.Subscribe(ctx, s)
	var wrong *subscription.RequestError
	if errors.As(err, &wrong) {
		return nil, exception(http.StatusBadRequest, "SubscriptionControlsException", "%s", wrong).Wrongf(wrong.Field, "%s", wrong.Reason)
	}
	if err != nil {
		return nil, asProblem(err)
	}
	out, err := p.subscriptionAnswer(ctx, made)
	if err == nil {
		out.Status, out.Location = http.StatusCreated, "/queries/"+url.PathEscape(q.Name)+"/subscriptions/"+made.ID
	}
	return out, err
}
