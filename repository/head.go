package repository

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// head is how far readers see.
type head struct {
	seq      uint64
	recorded uint64 // instant of the newest event's record time
}

func (h head) encode() []byte {
	return binary.BigEndian.AppendUint64(numbered(recordVersion, h.seq), h.recorded)
}

func decodeHead(raw []byte) (head, error) {
	if len(raw) != 17 || raw[0] != recordVersion {
		return head{}, errors.New("the head's record is damaged")
	}
	return head{binary.BigEndian.Uint64(raw[1:9]), binary.BigEndian.Uint64(raw[9:])}, nil
}

// recoverHead reads the head and takes away what stands beyond it: the work of
// an Add that did not come to its end. Events stand before what points to
// them, so their records tell what to take away.
func (r *Repository) recoverHead() error {
	raw, err := r.get(headKey())
	if err != nil {
		return err
	}
	var h head
	if raw != nil {
		if h, err = decodeHead(raw); err != nil {
			return err
		}
	}
	beyond, err := r.beyond(h.seq)
	if err != nil {
		return err
	}
	if err := r.takeAway(beyond); err != nil {
		return err
	}
	r.publish(h)
	return nil
}

// beyond returns the events with numbers above seq, the newest first.
func (r *Repository) beyond(seq uint64) ([]*Stored, error) {
	txn := r.db.NewTransaction(false)
	defer txn.Discard()
	var out []*Stored
	err := scan(txn, []byte{prefixEvent}, nil, true, func(suffix []byte, item *badger.Item) (bool, error) {
		if binary.BigEndian.Uint64(suffix) <= seq {
			return false, nil
		}
		var s *Stored
		err := item.Value(func(v []byte) (err error) {
			s, err = decodeRecord(v)
			return err
		})
		out = append(out, s)
		return err == nil, err
	})
	return out, err
}

// takeAway deletes events and all that points to them. The record goes last,
// so that a crash in between leaves it to begin again.
func (r *Repository) takeAway(events []*Stored) error {
	for _, s := range events {
		g := r.newGroup()
		for _, w := range s.writes() {
			if err := g.delete(w.key); err != nil {
				return err
			}
		}
		if err := g.delete(numbered(prefixEvent, s.Seq)); err != nil {
			return err
		}
		if err := g.flush(); err != nil {
			return err
		}
	}
	return nil
}

// publish moves the head and wakes who waits for it.
func (r *Repository) publish(h head) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h.seq > r.head.seq && !r.closed {
		close(r.changed)
		r.changed = make(chan struct{})
	}
	r.head = h
	r.metrics.head.Set(float64(h.seq))
}

// group is writes too many for one Badger transaction, in several, one after
// the other.
type group struct {
	r      *Repository
	txn    *badger.Txn
	writes int
}

func (r *Repository) newGroup() *group { return &group{r: r, txn: r.db.NewTransaction(true)} }

func (g *group) set(key, value []byte) error {
	return g.try(func() error { return g.txn.Set(key, value) })
}

func (g *group) delete(key []byte) error {
	return g.try(func() error { return g.txn.Delete(key) })
}

func (g *group) try(write func() error) error {
	err := badger.ErrTxnTooBig
	if part := g.r.cfg.partWrites; part == 0 || g.writes < part {
		err = write()
	}
	if errors.Is(err, badger.ErrTxnTooBig) && g.writes > 0 {
		if err := g.flush(); err != nil {
			return err
		}
		g.txn, g.writes = g.r.db.NewTransaction(true), 0
		err = write()
	}
	if err != nil {
		return fmt.Errorf("repository: write: %w", err)
	}
	g.writes++
	return nil
}

// flush writes what was collected.
func (g *group) flush() error {
	defer g.txn.Discard()
	if err := g.r.commit(g.txn); err != nil {
		return fmt.Errorf("repository: write: %w", err)
	}
	return nil
}
