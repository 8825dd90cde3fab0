package repository

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/dgraph-io/badger/v4"
)

// spentError means that the bound of work was reached: all up to a place was
// looked at.
type spentError struct{ upTo position }

// Error says so.
func (e *spentError) Error() string { return errSpent.Error() }

var errSpent = errors.New("the bound of work is reached")

// source gives the places of events in a query's order.
type source interface {
	// next returns the next place; ok is false after the last. The error may
	// be a *spentError.
	next() (at position, ok bool, err error)
	// close ends it.
	close()
}

// maxGathered bounds the places that are collected and sorted for one page.
const maxGathered = 10_000

// maxMerged bounds the lists of the index that are read side by side.
const maxMerged = 16

// source chooses where to look. In the order of numbers the lists of all
// conditions that the index knows are read side by side. In another order, or
// for a condition of many lists, that which the fewest events meet is collected
// and sorted. Without one all events are gone through.
func (f *finder) source(after position) (source, error) {
	lo, hi, err := f.seqRange()
	if err != nil {
		return nil, err
	}
	best, err := f.rarest()
	if err != nil {
		return nil, err
	}
	if best != nil {
		if best.simple() && f.q.order != byTime {
			return f.join(best, after, lo, hi), nil
		}
		s, err := f.gathered(best, after, lo, hi)
		if err == nil || !errors.Is(err, errTooMany) {
			return s, err
		}
	}
	if f.q.order == byTime {
		return f.byTime(after, lo, hi), nil
	}
	return f.byNumber(after, lo, hi), nil
}

// seqRange gives the numbers that may meet the query, by its record times.
func (f *finder) seqRange() (lo, hi uint64, err error) {
	lo, hi = 1, f.snap.head.seq
	if f.q.geRecorded.set {
		if lo, err = f.firstRecorded(f.q.geRecorded); err != nil {
			return 0, 0, err
		}
	}
	if f.q.ltRecorded.set {
		end, err := f.firstRecorded(f.q.ltRecorded)
		if err != nil {
			return 0, 0, err
		}
		hi = min(hi, end-1)
	}
	return lo, hi, nil
}

// firstRecorded is the first number recorded at or after a time.
func (f *finder) firstRecorded(b bound) (uint64, error) {
	it := f.snap.txn.NewIterator(badger.IteratorOptions{Prefix: []byte{prefixRecorded}})
	defer it.Close()
	it.Seek(numbered(prefixRecorded, instant(b.at)))
	if !it.Valid() {
		return math.MaxUint64, nil
	}
	at, err := placeOf(it.Item().Key()[1:])
	return at.seq, err
}

// placeOf reads a key's time and number.
func placeOf(suffix []byte) (position, error) {
	if len(suffix) != 16 {
		return position{}, errOrder
	}
	return position{binary.BigEndian.Uint64(suffix), binary.BigEndian.Uint64(suffix[8:])}, nil
}

// rarestCount is how far lists are counted to compare them.
const rarestCount = 1000

// rarest returns the indexed condition with the shortest lists, or nil.
func (f *finder) rarest() (*condition, error) {
	var best *condition
	least := math.MaxInt
	for i := range f.q.conditions {
		c := &f.q.conditions[i]
		if !c.indexed() {
			continue
		}
		n := 0
		err := f.lists(c, func([]byte, *badger.Item) (bool, error) {
			n++
			return n < min(least, rarestCount), nil
		}, func() bool { return n >= min(least, rarestCount) })
		if err != nil {
			return nil, err
		}
		if best == nil || n < least {
			best, least = c, n
		}
	}
	return best, nil
}

// lists goes through all entries of a condition, list by list, until full.
func (f *finder) lists(c *condition, fn func(suffix []byte, item *badger.Item) (bool, error), full func() bool) error {
	var prefixes [][]byte
	for _, t := range c.terms {
		prefixes = append(prefixes, t.prefix())
	}
	for _, t := range c.open {
		prefixes = append(prefixes, t.open())
	}
	for _, p := range prefixes {
		if full() {
			return nil
		}
		if err := scan(f.snap.txn, p, nil, false, fn); err != nil {
			return err
		}
	}
	return nil
}

var errTooMany = errors.New("too many to collect")

// gathered collects and sorts the places of a condition.
func (f *finder) gathered(c *condition, after position, lo, hi uint64) (source, error) {
	var all []position
	err := f.lists(c, func(suffix []byte, item *badger.Item) (bool, error) {
		if len(suffix) < 8 {
			return false, errOrder
		}
		f.work.steps--
		at := position{seq: binary.BigEndian.Uint64(suffix[len(suffix)-8:])}
		if at.seq < lo || at.seq > hi {
			return true, nil
		}
		if f.q.order == byTime {
			err := item.Value(func(v []byte) error {
				if len(v) != 8 {
					return errOrder
				}
				at.at = binary.BigEndian.Uint64(v)
				return nil
			})
			if err != nil {
				return false, err
			}
			if f.q.geTime.set && at.at < instant(f.q.geTime.at) || f.q.ltTime.set && at.at > instant(f.q.ltTime.at) {
				return true, nil
			}
		}
		if len(all) == maxGathered {
			return false, errTooMany
		}
		all = append(all, at)
		return true, nil
	}, func() bool { return false })
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, f.compare)
	all = slices.Compact(all)
	from := 0
	if after != (position{}) {
		var found bool
		if from, found = slices.BinarySearchFunc(all, after, f.compare); found {
			from++
		}
	}
	return &list{all[from:]}, nil
}

// compare orders places as the query does.
func (f *finder) compare(a, b position) int {
	c := cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq))
	if !f.q.ascending {
		c = -c
	}
	return c
}

// list is a source in memory.
type list struct{ places []position }

func (l *list) next() (position, bool, error) {
	if len(l.places) == 0 {
		return position{}, false, nil
	}
	at := l.places[0]
	l.places = l.places[1:]
	return at, true, nil
}

func (l *list) close() {}

// walk is a source that goes through a run of keys.
type walk struct {
	it    *badger.Iterator
	work  *budget
	place func(key []byte) (position, error)
	done  func(at position) bool
	skip  func(at position) bool
}

func (w *walk) next() (position, bool, error) {
	for ; w.it.Valid(); w.it.Next() {
		at, err := w.place(w.it.Item().Key())
		if err != nil || w.done(at) {
			return position{}, false, err
		}
		w.work.steps--
		if w.skip(at) {
			if w.work.spent() {
				return position{}, false, &spentError{at}
			}
			continue
		}
		w.it.Next()
		return at, true, nil
	}
	return position{}, false, nil
}

func (w *walk) close() { w.it.Close() }

// keys opens an iterator in the query's direction, at the key of first or
// last.
func (f *finder) keys(prefix []byte, first, last []byte) *badger.Iterator {
	it := f.snap.txn.NewIterator(badger.IteratorOptions{Prefix: prefix, Reverse: !f.q.ascending})
	if f.q.ascending {
		it.Seek(first)
	} else {
		it.Seek(last)
	}
	return it
}

// numbers gives the range of numbers that is left after a position.
func (f *finder) numbers(after position, lo, hi uint64) (uint64, uint64) {
	if after == (position{}) {
		return lo, hi
	}
	if f.q.ascending {
		return max(lo, after.seq+1), hi
	}
	return lo, min(hi, after.seq-1)
}

// byNumber goes through all events by their numbers.
func (f *finder) byNumber(after position, lo, hi uint64) source {
	lo, hi = f.numbers(after, lo, hi)
	return &walk{
		work: &f.work,
		it:   f.keys([]byte{prefixEvent}, numbered(prefixEvent, lo), numbered(prefixEvent, hi)),
		place: func(key []byte) (position, error) {
			if len(key) != 9 {
				return position{}, errOrder
			}
			return position{seq: binary.BigEndian.Uint64(key[1:])}, nil
		},
		done: func(at position) bool { return at.seq < lo || at.seq > hi },
		skip: func(position) bool { return false },
	}
}

// byTime goes through all events by their times.
func (f *finder) byTime(after position, lo, hi uint64) source {
	first, last := position{}, position{math.MaxUint64, math.MaxUint64}
	if f.q.geTime.set {
		first.at = instant(f.q.geTime.at)
	}
	if f.q.ltTime.set {
		last.at = instant(f.q.ltTime.at)
	}
	begin, end := first, last
	if after != (position{}) {
		if f.q.ascending {
			begin = after
		} else {
			end = after
		}
	}
	return &walk{
		work:  &f.work,
		it:    f.keys([]byte{prefixTime}, timeKey(prefixTime, begin.at, begin.seq), timeKey(prefixTime, end.at, end.seq)),
		place: func(key []byte) (position, error) { return placeOf(key[1:]) },
		done:  func(at position) bool { return at.at < first.at || at.at > last.at },
		skip:  func(at position) bool { return at == after || at.seq < lo || at.seq > hi },
	}
}
