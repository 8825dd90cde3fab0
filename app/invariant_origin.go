package app

import (
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

func compareKeys(a, b gs1.Key) int { return strings.Compare(string(a), string(b)) }

// madeOfRuns reports whether some of the runs of a lot, ascending by their
// first key, are the segments of a commission: they begin and end with its
// first and last key and its root is theirs.
func madeOfRuns(r *CommissionRecord, runs []*checkedHolding) bool {
	m := &runMatch{rec: r, runs: runs, steps: maxRunSteps}
	return m.from(0, "", 0, nil)
}

// maxRunSteps bounds the search: where serials of many commissions of one lot
// interleave, which run belongs to which is not recorded.
const maxRunSteps = 100_000

// runMatch is a search for the runs of one commission.
type runMatch struct {
	rec   *CommissionRecord
	runs  []*checkedHolding
	steps int
}

// from tries every run above last as the next segment after count items.
func (m *runMatch) from(i int, last gs1.Key, count int, roots []merkle.Hash) bool {
	if count == int(m.rec.Count) {
		return last == m.rec.Last && merkle.RootOfSegments(roots) == m.rec.Root
	}
	for ; i < len(m.runs); i++ {
		run := m.runs[i]
		if m.steps--; m.steps < 0 {
			return true // too many to try; nothing is claimed
		}
		if count == 0 && run.first > m.rec.First {
			return false
		}
		if m.fits(run, last, count) && m.from(i+1, run.last, count+run.count, append(roots, run.roots[0])) {
			return true
		}
	}
	return false
}

// fits reports whether a run can be the next segment: full unless it is last.
func (m *runMatch) fits(run *checkedHolding, last gs1.Key, count int) bool {
	left := int(m.rec.Count) - count
	switch {
	case len(run.roots) != 1 || run.count != min(left, merkle.SegmentSize):
		return false
	case count == 0:
		return run.first == m.rec.First
	default:
		return run.first > last && run.last <= m.rec.Last
	}
}
