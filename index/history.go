package index

import (
	"encoding/hex"
	"fmt"
	"sort"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// step is one line of a history before its tx is read.
type step struct {
	at      ref
	holding app.HoldingID
	state   app.State
	// rank decides between several lines of one tx: the lowest stands. The
	// item's own is 0, then holdings from the innermost outward.
	rank int
}

// forever is after every tx.
func forever() ref { return ref{1<<64 - 1, 1<<32 - 1} }

// History returns what happened to an item or container, oldest first. An
// item's history is that of the holdings it was in, while it was in them, and
// of the outer ones meanwhile, without the txs that only took other things out
// of one of them or put other things in. A container's is that of all its
// uses. The error is a *NotFoundError when the key is not known.
func (x *Index) History(key gs1.Key, page app.PageRequest) (*app.Page[app.Step], error) {
	return read(x, func(s *snapshot) (*app.Page[app.Step], error) {
		limit, after, err := readPage(app.PathHistory, page, refLen)
		if err != nil {
			return nil, err
		}
		steps, err := x.steps(s, key)
		if err != nil {
			return nil, err
		}
		if after != nil {
			from := parseRef(after)
			steps = steps[sort.Search(len(steps), func(i int) bool { return from.before(steps[i].at) }):]
		}
		out := &app.Page[app.Step]{Items: []app.Step{}, Height: s.head.height}
		for i := range steps {
			if i == limit {
				out.Next = hex.EncodeToString(steps[i-1].at.appendTo(nil))
				break
			}
			t, err := s.tx(steps[i].at)
			if err != nil {
				return nil, err
			}
			corrections, err := s.correctionsOf(t)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, app.Step{TxSummary: *t, Holding: steps[i].holding, State: steps[i].state, Corrections: corrections})
		}
		return out, nil
	})
}

// steps are all steps of a key, one per tx, oldest first.
func (x *Index) steps(s *snapshot, key gs1.Key) ([]step, error) {
	uses, err := s.uses(key)
	if err != nil {
		return nil, err
	}
	var out []step
	for _, id := range uses {
		w := walk{s: s, whole: true}
		if err := w.holding(id, ref{}, forever(), 1); err != nil {
			return nil, err
		}
		out = append(out, w.out...)
	}
	if len(uses) == 0 {
		if out, err = x.itemSteps(s, key); err != nil {
			return nil, err
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].at != out[j].at {
			return out[i].at.before(out[j].at)
		}
		return out[i].rank < out[j].rank
	})
	n := 0
	for i := range out {
		if i == 0 || out[i].at != out[n-1].at {
			out[n] = out[i]
			n++
		}
	}
	return out[:n], nil
}

func (x *Index) itemSteps(s *snapshot, key gs1.Key) ([]step, error) {
	sg, ok := key.SGTIN()
	if !ok {
		return nil, s.notFound("container %s", key)
	}
	all, err := x.commissionings(s, sg.GTIN, sg.Serial)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, s.notFound("key %s", key)
	}
	w := walk{s: s}
	for i := range all {
		hops, err := s.follow(key, &all[i])
		if err != nil {
			return nil, err
		}
		for j := range hops {
			if err := w.hop(&hops[j], j == 0); err != nil {
				return nil, err
			}
		}
	}
	return w.out, nil
}

// walk collects steps.
type walk struct {
	s   *snapshot
	out []step
	// whole: steps that only concerned the contents of a holding count.
	whole bool
}

// hop collects the steps of one stay of an item.
func (w *walk) hop(h *hop, first bool) error {
	if first {
		w.out = append(w.out, step{at: h.came, holding: h.at.Holding})
	}
	for _, c := range h.changes {
		w.out = append(w.out, step{at: c.at, holding: h.at.Holding, state: c.state})
	}
	left := forever()
	if !h.state.Live() {
		left = h.changes[len(h.changes)-1].at
	}
	return w.holding(h.at.Holding, h.came, left, 1)
}

// holding collects the steps of a holding from one tx to another, both
// included, and of what it stood in meanwhile.
func (w *walk) holding(id app.HoldingID, from, to ref, rank int) error {
	if rank > app.MaxDepth+1 {
		return nil
	}
	err := w.s.scan(stepPrefix(id), nil, func(_, v []byte) (bool, error) {
		if len(v) != refLen+1 {
			return false, errShort
		}
		at := parseRef(v)
		if at.before(from) || v[refLen]&contentsOnly != 0 && !(w.whole && rank == 1) {
			return true, nil
		}
		if to.before(at) {
			return false, nil
		}
		w.out = append(w.out, step{at: at, holding: id, rank: rank})
		return true, nil
	})
	if err != nil {
		return err
	}
	return w.parents(id, from, to, rank)
}

// stand is a parent of a holding, and since when.
type stand struct {
	at     ref
	parent app.HoldingID
}

// parents collects the steps of what a holding stood in.
func (w *walk) parents(id app.HoldingID, from, to ref, rank int) error {
	var all []stand
	err := w.s.scan(parentPrefix(id), nil, func(suffix, v []byte) (bool, error) {
		if len(suffix) != refLen || len(v) != len(app.HoldingID{}) {
			return false, errShort
		}
		all = append(all, stand{parseRef(suffix), app.HoldingID(v)})
		return true, nil
	})
	if err != nil {
		return err
	}
	for i, st := range all {
		end := forever()
		if i+1 < len(all) {
			end = all[i+1].at
		}
		begin := st.at
		if begin.before(from) {
			begin = from
		}
		if to.before(end) {
			end = to
		}
		if st.parent.IsZero() || end.before(begin) {
			continue
		}
		if err := w.holding(st.parent, begin, end, rank+1); err != nil {
			return fmt.Errorf("parent of %s: %w", id, err)
		}
	}
	return nil
}
