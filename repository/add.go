package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// Outcome says what Add did with an event.
type Outcome uint8

// The outcomes.
const (
	// Added means that the event is new.
	Added Outcome = iota + 1
	// Known means that the repository had it: nothing was changed.
	Known
	// Replaced means that it was known as told by the ledger, and the captured
	// one took its place.
	Replaced
)

// Addition is what became of one event of an Add.
type Addition struct {
	Stored
	Outcome Outcome
}

// Along is what an Add writes in the same step as the events.
type Along struct {
	// Job is written as PutJob does; nil for none.
	Job *Job
	// Progress is what Progress returns afterwards, by name.
	Progress map[string]uint64
	// MasterData is taken over as PutMasterData does.
	MasterData []epcis.Vocabulary
}

// Add adds events, all or none, and says of each what became of it, in their
// order. An event is known by its eventID, or by its hash if it has none or
// the ledger tells it; a declaration of error, which repeats the event's ID and
// content (EPCIS 2.0, section 7.4.1.3), is an event of its own. A told event
// that is captured is replaced. The error is a *ConflictError when an ID is
// known with other content.
//
// After any other error it is not known whether the events stand: adding them
// again is safe.
func (r *Repository) Add(ctx context.Context, events []NewEvent, along ...Along) ([]Addition, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	began := time.Now()
	r.adding.Lock()
	defer r.adding.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if r.dirty {
		if err := r.recoverHead(); err != nil {
			return nil, fmt.Errorf("repository: after a failed write: %w", err)
		}
		r.dirty = false
	}
	b, err := r.batch(events)
	if err != nil {
		return nil, err
	}
	extra, err := r.alongside(along)
	if err != nil {
		return nil, err
	}
	if b.head.seq == r.Head() && len(extra) == 0 {
		r.metrics.known.Add(float64(len(events)))
		return b.out, nil
	}
	if err := r.writeBatch(b, extra); err != nil {
		r.dirty = true
		return nil, err
	}
	r.metrics.added.Add(float64(b.head.seq - r.Head()))
	r.metrics.known.Add(float64(b.count(Known)))
	r.publish(b.head)
	r.metrics.addSeconds.Observe(time.Since(began).Seconds())
	return b.out, nil
}

// writeBatch writes records before what points to them, and the head last,
// together with the extra writes. Of these a nil value deletes, as in apply.
func (r *Repository) writeBatch(b *batch, extra []write) error {
	g := r.newGroup()
	for i := range b.out {
		if b.out[i].Outcome == Known {
			continue
		}
		s := &b.out[i].Stored
		record, err := encodeRecord(s)
		if err != nil {
			return err
		}
		if err := g.set(numbered(prefixEvent, s.Seq), record); err != nil {
			return err
		}
		for _, w := range s.writes() {
			if err := g.set(w.key, w.value); err != nil {
				return err
			}
		}
	}
	last := append(extra, write{headKey(), b.head.encode()})
	if len(extra) > 0 {
		// The last writes are one transaction of their own, that they and the
		// head stand together.
		if err := g.flush(); err != nil {
			return err
		}
		g = r.newGroup()
	}
	for _, w := range last {
		write := g.set
		if w.value == nil {
			write = func(key, _ []byte) error { return g.delete(key) }
		}
		if err := write(w.key, w.value); err != nil {
			return err
		}
	}
	return g.flush()
}

// batch decides what becomes of each event of an Add.
type batch struct {
	snap   *snapshot
	head   head
	at     time.Time
	out    []Addition
	byID   map[string][]*Stored // of this batch
	byHash map[string][]*Stored
}

func (b *batch) count(o Outcome) (n int) {
	for i := range b.out {
		if b.out[i].Outcome == o {
			n++
		}
	}
	return n
}

func (r *Repository) batch(events []NewEvent) (*batch, error) {
	snap := r.snapshot()
	defer snap.close()
	now := r.cfg.Now().UTC().Truncate(time.Millisecond)
	if before := snap.head.recorded; before > instant(now) {
		now = time.Unix(0, int64(before-1<<63)).UTC() // the clock went back
	}
	b := &batch{
		snap: snap, head: head{snap.head.seq, instant(now)}, at: now, out: make([]Addition, len(events)),
		byID: make(map[string][]*Stored), byHash: make(map[string][]*Stored),
	}
	for i := range events {
		if err := b.take(i, &events[i]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *batch) take(i int, n *NewEvent) error {
	if n.Event == nil || n.Standing < Recorded || n.Standing > Told {
		return fmt.Errorf("repository: event %d: without an event or a standing", i+1)
	}
	hash := n.Hash
	if hash == "" {
		var err error
		if hash, err = n.Event.Digest(); err != nil {
			return fmt.Errorf("repository: event %d: %w", i+1, err)
		}
	}
	s := &Stored{
		RecordTime: b.at, Hash: hash, ID: n.Event.ID, Event: n.Event, CaptureID: n.CaptureID,
		Document: n.Document, Standing: n.Standing, Txs: n.Txs,
	}
	if s.ID == "" {
		s.ID = hash
	}
	known, err := b.known(s)
	if err != nil {
		var conflict *ConflictError
		if errors.As(err, &conflict) {
			conflict.Event = i
		}
		return err
	}
	b.out[i].Outcome = Added
	if known != nil {
		if known.Standing != Told || s.Standing == Told || known.Seq > b.snap.head.seq {
			b.out[i] = Addition{Stored: *known, Outcome: Known}
			return nil
		}
		s.Replaces = known.Seq
		b.out[i].Outcome = Replaced
	}
	b.head.seq++
	s.Seq = b.head.seq
	b.out[i].Stored = *s
	b.byID[s.ID] = append(b.byID[s.ID], s)
	b.byHash[s.Hash] = append(b.byHash[s.Hash], s)
	return nil
}

// known finds the event that s is again, or nil.
func (b *batch) known(s *Stored) (*Stored, error) {
	same, err := b.snap.all(term{kindID, s.ID})
	if err != nil {
		return nil, err
	}
	for _, k := range append(same, b.byID[s.ID]...) {
		if !sameDeclaration(k, s) {
			continue
		}
		if k.Hash != s.Hash {
			return nil, &ConflictError{ID: s.ID, Hash: s.Hash, Known: k.Hash}
		}
		return k, nil
	}
	same, err = b.snap.all(term{kindHash, s.Hash})
	if err != nil {
		return nil, err
	}
	for _, k := range append(same, b.byHash[s.Hash]...) {
		nameless := s.Event.ID == "" || s.Standing == Told || k.Standing == Told
		if nameless && sameDeclaration(k, s) {
			return k, nil
		}
	}
	return nil, nil
}

// sameDeclaration tells whether two events of one content are one event: both
// declare no error, or the same one. The ledger knows no words of a
// declaration, so one that it told is the same as any.
func sameDeclaration(a, b *Stored) bool {
	x, y := a.Event.Error, b.Event.Error
	if x == nil || y == nil {
		return x == nil && y == nil
	}
	if a.Standing == Told || b.Standing == Told {
		return true
	}
	return x.Time.At.Equal(y.Time.At) && x.Reason == y.Reason && slices.Equal(x.CorrectiveIDs, y.CorrectiveIDs)
}
