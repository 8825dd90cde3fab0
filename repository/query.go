package repository

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Query is a SimpleEventQuery (EPCIS 2.0, section 8.2.7.1), read and checked.
// Many goroutines may use one.
type Query struct {
	given      []given // by name
	conditions []condition

	geTime, ltTime         bound // of eventTime
	geRecorded, ltRecorded bound

	order      order
	orderField field // for orderByField
	ascending  bool
	countLimit int // eventCountLimit, or 0
	maxCount   int // maxEventCount, or -1
	perPage    int
	token      string
}

// given is a parameter as it was given.
type given struct {
	Name   string
	Values []string
}

// order is what a query's results are sorted by.
type order uint8

const (
	bySeq order = iota // which is by record time
	byTime
	byField
)

// bound is one end of a range of time.
type bound struct {
	set bool
	at  time.Time
}

// covers tells whether t lies within [ge, lt).
func covers(ge, lt bound, t time.Time) bool {
	return !(ge.set && t.Before(ge.at)) && !(lt.set && !t.Before(lt.at))
}

// PerPage is the parameter perPage, 0 when it was not given.
func (q *Query) PerPage() int { return q.perPage }

// NextPageToken is the parameter nextPageToken, empty when it was not given.
func (q *Query) NextPageToken() string { return q.token }

// SetPage makes the query ask for another page.
func (q *Query) SetPage(perPage int, token string) { q.perPage, q.token = perPage, token }

// UsesMasterData tells whether the answer follows from master data too, which
// can change when no event is added.
func (q *Query) UsesMasterData() bool {
	return slices.ContainsFunc(q.given, func(g given) bool {
		return strings.HasPrefix(g.Name, "WD_") || strings.HasPrefix(g.Name, "HASATTR_") || strings.HasPrefix(g.Name, "EQATTR_")
	})
}

// MarshalJSON writes the query in the form that ParseQueryJSON reads, without
// the parameters of paging.
func (q *Query) MarshalJSON() ([]byte, error) {
	out := make(map[string]any, len(q.given))
	for _, g := range q.given {
		out[g.Name] = g.Values
	}
	return json.Marshal(out)
}

// And returns the query with the parameters of another beside its own. The
// error is a *QueryError when both set one of which there can be one.
func (q *Query) And(other *Query) (*Query, error) {
	all := slices.Clone(q.given)
	for _, g := range other.given {
		if i := slices.IndexFunc(all, func(mine given) bool { return mine.Name == g.Name }); i >= 0 && !slices.Equal(all[i].Values, g.Values) {
			return nil, &QueryError{g.Name, "is set by the named query already"}
		} else if i < 0 {
			all = append(all, g)
		}
	}
	out, err := parse(all, nil)
	if err == nil {
		out.perPage, out.token = other.perPage, other.token
	}
	return out, err
}

// digest binds cursors to the query, whatever the page.
func (q *Query) digest() [8]byte {
	h := sha256.New()
	for _, g := range q.given {
		fmt.Fprintf(h, "%q=%q\n", g.Name, g.Values)
	}
	return [8]byte(h.Sum(nil))
}

func (q *Query) matches(c *candidate) (bool, error) {
	if !covers(q.geTime, q.ltTime, c.Event.Time.At) || !covers(q.geRecorded, q.ltRecorded, c.RecordTime) {
		return false, nil
	}
	for i := range q.conditions {
		if !q.conditions[i].match(c) {
			return false, c.err
		}
	}
	return true, c.err
}

// candidate is an event that may meet a query.
type candidate struct {
	*Stored
	snap *snapshot // for master data; nil knows none
	err  error
}

// condition is one parameter of a query that an event must meet.
type condition struct {
	match func(c *candidate) bool
	// terms are such that an event that meets the condition has one of them,
	// and open are such that it has one that begins with one of them. Without
	// either the index knows nothing of the condition.
	terms []term
	open  []term
	// resolve makes the condition from the master data of the moment; nil
	// means that it is complete.
	resolve func(s *snapshot) (condition, error)
}

// indexed tells whether the index helps to find what meets the condition.
func (c *condition) indexed() bool { return len(c.terms)+len(c.open) > 0 }

// resolved returns the query with its conditions complete.
func (q *Query) resolved(s *snapshot) (*Query, error) {
	out := *q
	out.conditions = make([]condition, len(q.conditions))
	for i, c := range q.conditions {
		if c.resolve != nil {
			var err error
			if c, err = c.resolve(s); err != nil {
				return nil, err
			}
		}
		out.conditions[i] = c
	}
	return &out, nil
}
