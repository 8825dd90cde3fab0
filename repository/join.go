package repository

import (
	"encoding/binary"
	"errors"

	"github.com/dgraph-io/badger/v4"
)

// simple tells whether a condition's lists can be read side by side.
func (c *condition) simple() bool {
	return len(c.terms) > 0 && len(c.open) == 0 && len(c.terms) <= maxMerged
}

// join reads the lists of the best and the other simple conditions by number,
// and gives the numbers that stand in one list of each.
func (f *finder) join(best *condition, after position, lo, hi uint64) source {
	lo, hi = f.numbers(after, lo, hi)
	j := &join{ascending: f.q.ascending}
	lists := len(best.terms)
	j.all = append(j.all, f.merged(best.terms, lo, hi))
	f.joined = true
	for i := range f.q.conditions {
		c := &f.q.conditions[i]
		if c == best || !c.simple() {
			continue
		}
		if lists += len(c.terms); lists > 2*maxMerged {
			f.joined = false
			break
		}
		j.all = append(j.all, f.merged(c.terms, lo, hi))
	}
	return j
}

// join is a source of what several have in common.
type join struct {
	all       []*merged
	ascending bool
}

func (j *join) next() (position, bool, error) {
	at := position{seq: j.all[0].after()}
	ok, err := at.seq > 0, error(nil)
	for ok && err == nil {
		agreed := true
		for _, m := range j.all {
			var there uint64
			if there, ok, err = m.seek(at.seq); errors.Is(err, errSpent) {
				return position{}, false, &spentError{j.before(at.seq)}
			}
			if err != nil || !ok {
				return position{}, false, err
			}
			if there != at.seq {
				at.seq, agreed = there, false
			}
		}
		if agreed {
			return at, true, nil
		}
	}
	return position{}, false, err
}

// before is the place before a number: all up to it was looked at.
func (j *join) before(seq uint64) position {
	if j.ascending {
		return position{seq: seq - 1}
	}
	return position{seq: seq + 1}
}

func (j *join) close() {
	for _, m := range j.all {
		m.close()
	}
}

// merged reads the lists of terms side by side, by number.
func (f *finder) merged(terms []term, lo, hi uint64) *merged {
	m := &merged{ascending: f.q.ascending, work: &f.work, lo: lo, hi: hi}
	for _, t := range terms {
		m.lists = append(m.lists, &numberList{term: t, it: f.keys(t.prefix(), t.key(lo), t.key(hi))})
	}
	return m
}

// merged is several lists as one, each number once.
type merged struct {
	lists     []*numberList
	ascending bool
	work      *budget
	lo, hi    uint64
	at        uint64 // what seek gave, once begun
	begun     bool
}

// after is the number after the one that seek gave, or where to begin.
func (m *merged) after() uint64 {
	switch {
	case m.begun && m.ascending:
		return m.at + 1
	case m.begun:
		return m.at - 1
	case m.ascending:
		return m.lo
	default:
		return m.hi
	}
}

// seek gives the first number from seq on.
func (m *merged) seek(seq uint64) (best uint64, ok bool, err error) {
	for _, l := range m.lists {
		n, has, err := l.seek(seq, m)
		if err != nil {
			return 0, false, err
		}
		if has && (!ok || n < best == m.ascending) {
			best, ok = n, true
		}
	}
	m.at, m.begun = best, true
	return best, ok && best >= m.lo && best <= m.hi, nil
}

func (m *merged) close() {
	for _, l := range m.lists {
		l.it.Close()
	}
}

// numberList is the list of one term.
type numberList struct {
	term term
	it   *badger.Iterator
}

// stepsBeforeSeek is how many entries are passed one by one before the
// iterator is sent ahead.
const stepsBeforeSeek = 16

// seek moves to the first number from seq on, in the direction of m.
func (l *numberList) seek(seq uint64, m *merged) (uint64, bool, error) {
	for steps := 0; l.it.Valid(); steps++ {
		key := l.it.Item().Key()
		if len(key) < 8 {
			return 0, false, errOrder
		}
		n := binary.BigEndian.Uint64(key[len(key)-8:])
		if n == seq || n > seq == m.ascending {
			return n, true, nil
		}
		if m.work.steps--; m.work.spent() {
			return 0, false, errSpent
		}
		if steps == stepsBeforeSeek {
			m.work.steps -= lookupSteps
			l.it.Seek(l.term.key(seq))
			continue
		}
		l.it.Next()
	}
	return 0, false, nil
}
