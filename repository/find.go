package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Page is one page of a query's results.
type Page struct {
	Events []Stored
	// Next is the cursor of the next page, empty after the last. A page may
	// be short, or empty, and yet have a next one: work per page is bounded.
	Next string
}

// budget bounds the work of one page.
type budget struct {
	steps   int // entries of the index
	records int // events read and not taken
	bytes   int // of records
}

func (r *Repository) pageBudget() budget {
	if r.cfg.work != nil {
		return r.cfg.work()
	}
	return budget{steps: 30_000, records: 500, bytes: 8 << 20}
}

// countBudget is for what must be known whole before anything is answered.
func countBudget() budget { return budget{steps: 400_000, records: 20_000, bytes: 64 << 20} }

func (b *budget) spent() bool { return b.steps <= 0 || b.records <= 0 || b.bytes <= 0 }

// Find returns a page of the events that meet a query: those that stood when
// its first page was read, in the query's order, or by number when it has
// none. token is the Next of the page before, empty for the first; without it
// the query's own nextPageToken counts. The error is a *QueryError, or a
// *TooLargeError when maxEventCount is exceeded or an order cannot be had
// within the bounds of work.
func (r *Repository) Find(ctx context.Context, q *Query, token string) (*Page, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	began := time.Now()
	if token == "" {
		token = q.token
	}
	f, err := r.finder(ctx, q, token)
	if err != nil {
		return nil, err
	}
	defer f.snap.close()
	if token == "" && q.maxCount >= 0 {
		if err := f.count(); err != nil {
			return nil, err
		}
	}
	page, err := f.page()
	r.metrics.querySeconds.Observe(time.Since(began).Seconds())
	if err == nil && page.Next != "" && len(page.Events) < f.size {
		r.metrics.shortPages.Inc()
	}
	return page, err
}

// finder finds one page.
type finder struct {
	r    *Repository
	ctx  context.Context // lives as long as the call
	q    *Query
	snap *snapshot
	cur  cursor
	size int
	work budget
	met  int // candidates
	// joined says that the source gives only what the index knows to meet all
	// conditions.
	joined bool
}

func (r *Repository) finder(ctx context.Context, q *Query, token string) (*finder, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := &finder{r: r, ctx: ctx, snap: r.snapshot(), size: r.pageSize(q.perPage), work: r.pageBudget()}
	f.cur = cursor{head: f.snap.head.seq, left: uint64(q.countLimit), digest: q.digest()}
	if token != "" {
		c, err := decodeCursor(r.secret, token, f.cur.digest)
		if err != nil {
			f.snap.close()
			return nil, &QueryError{"nextPageToken", err.Error()}
		}
		f.cur = *c
		f.snap.head.seq = min(f.snap.head.seq, c.head)
	}
	if q.countLimit > 0 {
		f.size = min(f.size, int(f.cur.left))
	}
	var err error
	if f.q, err = q.resolved(f.snap); err != nil {
		f.snap.close()
		return nil, err
	}
	return f, nil
}

// page collects a page and makes the cursor of the next.
func (f *finder) page() (*Page, error) {
	if f.q.order == byField {
		return f.fieldPage()
	}
	page := &Page{}
	end, err := f.each(f.cur.last, func(s *Stored, _ position) bool {
		if len(page.Events) == f.size {
			return false // one more shows that there is a next page
		}
		page.Events = append(page.Events, *s)
		return true
	})
	if err != nil || end {
		return page, err
	}
	f.more(page)
	return page, nil
}

// more puts the next page's cursor into a page, unless eventCountLimit is
// reached.
func (f *finder) more(page *Page) {
	if f.q.countLimit > 0 {
		if f.cur.left -= uint64(len(page.Events)); f.cur.left == 0 {
			return
		}
	}
	page.Next = f.cur.encode(f.r.secret)
}

// each calls fn for each event that meets the query, in order, after a
// position, until fn returns false or the budget is spent. It tells whether it
// came to the end; otherwise f.cur.last is where it stopped.
func (f *finder) each(after position, fn func(s *Stored, at position) bool) (end bool, err error) {
	src, err := f.source(after)
	if err != nil {
		return false, err
	}
	defer src.close()
	for {
		at, ok, err := src.next()
		var spent *spentError
		if errors.As(err, &spent) {
			f.cur.last = spent.upTo
			return false, nil
		}
		if err != nil || !ok {
			return err == nil, err
		}
		s, err := f.candidate(at)
		if err != nil {
			return false, err
		}
		if s != nil && !fn(s, at) {
			return false, nil
		}
		f.cur.last = at
		if f.work.spent() {
			return false, nil
		}
	}
}

// candidate reads an event and returns it if it meets the query.
func (f *finder) candidate(at position) (*Stored, error) {
	if f.met++; f.met%64 == 0 {
		if err := f.ctx.Err(); err != nil {
			return nil, err
		}
	}
	if !f.joined {
		possible, err := f.possible(at.seq)
		if err != nil || !possible {
			return nil, err
		}
	}
	s, size, err := f.snap.event(at.seq)
	if err != nil || s == nil {
		return nil, err
	}
	f.work.bytes -= size
	ok, err := f.q.matches(&candidate{Stored: s, snap: f.snap})
	if err != nil {
		return nil, err
	}
	if !ok {
		f.work.records--
		return nil, nil
	}
	return s, nil
}

// maxTermsAsked bounds how many terms of one condition are looked up for a
// candidate before its record is read.
const maxTermsAsked = 8

// lookupSteps is what one look-up costs, in steps from an entry to the next.
const lookupSteps = 6

// possible asks the index whether an event can meet all conditions.
func (f *finder) possible(seq uint64) (bool, error) {
	for i := range f.q.conditions {
		c := &f.q.conditions[i]
		if len(c.terms) == 0 || len(c.terms) > maxTermsAsked || len(c.open) > 0 {
			continue
		}
		any := false
		for _, t := range c.terms {
			f.work.steps -= lookupSteps
			has, err := holds(f.snap.txn, t.key(seq))
			if err != nil {
				return false, err
			}
			if any = has; any {
				break
			}
		}
		if !any {
			return false, nil
		}
	}
	return true, nil
}

// count checks maxEventCount.
func (f *finder) count() error {
	before := f.cur
	defer func() { f.cur, f.work = before, f.r.pageBudget() }()
	f.work = countBudget()
	n := 0
	end, err := f.each(f.cur.last, func(*Stored, position) bool {
		n++
		return n <= f.q.maxCount
	})
	switch {
	case err != nil:
		return err
	case n > f.q.maxCount:
		return &TooLargeError{fmt.Sprintf("more than %d events meet it, which maxEventCount allows", f.q.maxCount)}
	case !end:
		return &TooLargeError{"its events cannot be counted within the bounds of work: narrow it, by eventTime for instance, or leave maxEventCount out"}
	}
	return nil
}

// maxSorted bounds the events that are sorted by a field of theirs.
const maxSorted = 5000

// fieldPage sorts all that meet the query by an extension field. Events
// without the field come last (EPCIS 2.0 lets them stand anywhere).
func (f *finder) fieldPage() (*Page, error) {
	f.work = countBudget()
	place := f.cur.last.seq
	var all []keyed
	f.q.order = bySeq // to collect them
	end, err := f.each(position{}, func(s *Stored, _ position) bool {
		all = append(all, keyed{s, f.q.orderField.of(s)})
		return len(all) <= maxSorted
	})
	if err != nil {
		return nil, err
	}
	if !end {
		return nil, &TooLargeError{fmt.Sprintf("ordering by a field is for at most %d events: narrow it", maxSorted)}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return a.compare(b, f.q.ascending) })
	page := &Page{}
	for i := int(place); i < len(all) && len(page.Events) < f.size; i++ {
		page.Events = append(page.Events, *all[i].Stored)
	}
	f.cur.last = position{seq: place + uint64(len(page.Events))}
	if int(f.cur.last.seq) < len(all) {
		f.more(page)
	}
	return page, nil
}

// keyed is an event with the value that it is sorted by.
type keyed struct {
	*Stored
	key *want
}

func (a keyed) compare(b keyed, ascending bool) int {
	if a.key == nil || b.key == nil {
		switch {
		case a.key == b.key:
			return 0
		case a.key == nil:
			return 1
		}
		return -1
	}
	sign := a.key.compare(b.key)
	if !ascending {
		sign = -sign
	}
	return sign
}

// compare orders numbers before times before text.
func (w *want) compare(v *want) int {
	switch {
	case w.isNumber && v.isNumber:
		return compareFloat(w.number, v.number)
	case w.isTime && v.isTime:
		return w.at.Compare(v.at)
	case w.isNumber != v.isNumber:
		return firstIf(w.isNumber)
	case w.isTime != v.isTime:
		return firstIf(w.isTime)
	}
	return strings.Compare(w.text, v.text)
}

func firstIf(first bool) int {
	if first {
		return -1
	}
	return 1
}

// Event returns the newest event with that ID: its eventID, or its event hash
// if it was given none. An event that was declared an error is returned with
// its declaration. The error is ErrNotFound when there is none.
func (r *Repository) Event(ctx context.Context, id string) (*Stored, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	snap := r.snapshot()
	defer snap.close()
	for _, k := range []kind{kindID, kindHash} {
		found, err := snap.all(term{k, id})
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return nil, ErrNotFound
}

// BySeq returns events by their numbers, those that readers see.
func (r *Repository) BySeq(ctx context.Context, seqs []uint64) ([]Stored, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	snap := r.snapshot()
	defer snap.close()
	var out []Stored
	for _, seq := range seqs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s, _, err := snap.event(seq)
		if err != nil {
			return nil, err
		}
		if s != nil {
			out = append(out, *s)
		}
	}
	return out, nil
}

// Since returns the events that meet a query with numbers above seq, ascending
// and at most limit, and the number up to which it looked: call it again from
// there, or wait for Changed when that is the Head. The query's order and
// limits do not count; q may be nil for all.
func (r *Repository) Since(ctx context.Context, seq uint64, q *Query, limit int) (events []Stored, reached uint64, err error) {
	if err := r.enter(); err != nil {
		return nil, 0, err
	}
	defer r.leave()
	all := Query{maxCount: -1}
	if q != nil {
		all = *q
	}
	all.order, all.ascending, all.countLimit, all.perPage, all.token = bySeq, true, 0, limit, ""
	f, err := r.finder(ctx, &all, "")
	if err != nil {
		return nil, 0, err
	}
	defer f.snap.close()
	end, err := f.each(position{seq: seq}, func(s *Stored, at position) bool {
		events = append(events, *s)
		f.cur.last = at
		return len(events) < f.size
	})
	switch {
	case err != nil:
		return nil, 0, err
	case end:
		return events, max(seq, f.snap.head.seq), nil
	}
	return events, max(seq, f.cur.last.seq), nil
}

// NumberAt returns the number of the newest event recorded before a time, 0
// when there is none.
func (r *Repository) NumberAt(ctx context.Context, t time.Time) (uint64, error) {
	f, err := r.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer r.end(f)
	first, err := f.firstRecorded(bound{true, t})
	if err != nil {
		return 0, err
	}
	return min(first-1, f.snap.head.seq), nil
}

func (r *Repository) begin(ctx context.Context) (*finder, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	f, err := r.finder(ctx, &Query{maxCount: -1}, "")
	if err != nil {
		r.leave()
	}
	return f, err
}

func (r *Repository) end(f *finder) {
	f.snap.close()
	r.leave()
}

var errOrder = errors.New("repository: an index entry is damaged")
