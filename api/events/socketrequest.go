package events

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// socketRequest is what a WebSocket is asked for.
type socketRequest struct {
	from          uint64                 // the last event that is not sent
	schedule      *subscription.Schedule // nil for a stream
	reportIfEmpty bool
}

// socketParams describe the query parameters of a WebSocket.
func socketParams() []*huma.Param {
	const when = ", UTC; several with commas, ranges in brackets, as for webhooks"
	return []*huma.Param{
		queryParam("stream", huma.TypeBoolean, "by WebSocket: true sends events as they come"),
		queryParam("second", huma.TypeString, "by WebSocket, by schedule: 0 to 59"+when),
		queryParam("minute", huma.TypeString, "by schedule: 0 to 59"+when),
		queryParam("hour", huma.TypeString, "by schedule: 0 to 23"+when),
		queryParam("dayOfMonth", huma.TypeString, "by schedule: 1 to 31"+when),
		queryParam("month", huma.TypeString, "by schedule: 1 to 12"+when),
		queryParam("dayOfWeek", huma.TypeString, "by schedule: 1 (Monday) to 7"+when),
		queryParam("reportIfEmpty", huma.TypeBoolean, "by schedule: true sends a message also when there is nothing new"),
		queryParam("after", huma.TypeString, "by WebSocket: begin after the event with this ID"),
		queryParam("initialRecordTime", huma.TypeString, "by WebSocket: begin with events captured from then on; from now on if absent, and passed over beside after"),
	}
}

// isOfSocket tells whether a query parameter is one of a WebSocket.
func isOfSocket(name string) bool {
	for _, p := range socketParams() {
		if p.Name == name {
			return true
		}
	}
	return false
}

// withoutSocket refuses parameters of a WebSocket in a request for a page.
func withoutSocket(values url.Values) *edge.Problem {
	for name := range values {
		if isOfSocket(name) {
			return controls("%s needs a WebSocket: send Connection: Upgrade and Upgrade: websocket, or subscribe by webhook", name)
		}
	}
	return nil
}

// controls is the answer to who asks for a subscription that cannot be.
func controls(format string, args ...any) *edge.Problem {
	return exception(http.StatusBadRequest, "SubscriptionControlsException", format, args...)
}

// socketRequest reads what a WebSocket is asked for.
func (p *part) socketRequest(ctx context.Context, values url.Values) (*socketRequest, error) {
	for name, v := range values {
		switch {
		case !isOfSocket(name):
			return nil, controls("the parameter %s is none of a WebSocket: stream or a schedule, reportIfEmpty, after and initialRecordTime are", clip(name))
		case len(v) != 1 || v[0] == "":
			return nil, controls("the parameter %s is expected once, with a value", name)
		}
	}
	out := &socketRequest{}
	var err error
	if out.schedule, err = scheduleOf(values); err != nil {
		return nil, err
	}
	if out.reportIfEmpty, err = flagOf(values, "reportIfEmpty"); err != nil {
		return nil, err
	}
	out.from, err = p.socketFrom(ctx, values)
	return out, err
}

// scheduleOf reads when a WebSocket is sent to; nil for a stream.
func scheduleOf(values url.Values) (*subscription.Schedule, error) {
	stream, err := flagOf(values, "stream")
	if err != nil {
		return nil, err
	}
	fields := repository.Schedule{
		Second: values.Get("second"), Minute: values.Get("minute"), Hour: values.Get("hour"),
		DayOfMonth: values.Get("dayOfMonth"), Month: values.Get("month"), DayOfWeek: values.Get("dayOfWeek"),
	}
	scheduled := fields != (repository.Schedule{})
	switch {
	case stream && scheduled:
		return nil, controls("stream=true excludes a schedule: give one of them")
	case stream:
		return nil, nil //nolint:nilnil // no schedule is a stream
	case !scheduled:
		return nil, controls("by WebSocket, stream=true is expected, or a schedule: second, minute, hour, dayOfMonth, month, dayOfWeek")
	}
	s, err := subscription.ParseSchedule(fields)
	if err != nil {
		return nil, controls("%v", err)
	}
	return s, nil
}

// flagOf reads a parameter that is true or false; false if absent.
func flagOf(values url.Values, name string) (bool, error) {
	if !values.Has(name) {
		return false, nil
	}
	on, err := strconv.ParseBool(values.Get(name))
	if err != nil {
		return false, controls("%s is %q: true or false is expected", name, clip(values.Get(name)))
	}
	return on, nil
}

// socketFrom reads where a WebSocket begins. Who goes on after an event may
// leave the time by which he began the first time where it is.
func (p *part) socketFrom(ctx context.Context, values url.Values) (uint64, error) {
	if id := values.Get("after"); id != "" {
		last, err := p.Repository.Event(ctx, id)
		if errors.Is(err, repository.ErrNotFound) {
			return 0, badParameter("after", "there is no event %q", clip(id))
		}
		if err != nil {
			return 0, err
		}
		return last.Seq, nil
	}
	text := values.Get("initialRecordTime")
	if text == "" {
		return p.Repository.Head(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, badParameter("initialRecordTime", "a time with its zone is expected, found %q", clip(text))
	}
	return p.Repository.NumberAt(ctx, at)
}
