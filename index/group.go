package index

import (
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// commit writes a group and publishes it as of height. What fits one Badger
// transaction is one; more becomes several at the same timestamp. The marker
// is the very last write: until it stands, the group does not count. After an
// error nothing more may be written: only the next open can tell what stands.
func (d *disk) commit(writes []write, height uint64) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	return d.commitLocked(writes, height)
}

// commitMore writes a group that brings no new block.
func (d *disk) commitMore(writes []write) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	return d.commitLocked(writes, d.height())
}

func (d *disk) commitLocked(writes []write, height uint64) error {
	if d.broken != nil {
		return d.broken
	}
	d.mu.Lock()
	closed := d.closed
	d.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if err := d.inPlace(); err != nil {
		d.broken = err
		return err
	}
	d.top++
	g := &group{d: d, ts: d.top, txn: d.db.NewTransactionAt(d.top, true)}
	defer func() { g.txn.Discard() }()
	for _, w := range append(writes, write{markerKey(), encodeMarker(height)}) {
		if err := g.put(w); err != nil {
			d.broken = err
			return err
		}
	}
	if err := g.flush(); err != nil {
		d.broken = err
		return err
	}
	d.publish(head{ts: g.ts, height: height})
	return nil
}

// group is the Badger transactions of one group of writes.
type group struct {
	d      *disk
	ts     uint64
	txn    *badger.Txn
	writes int
	part   int
}

// put adds one write. A key may be put once per group.
func (g *group) put(w write) error {
	limit := g.d.cfg.faults.partWrites
	if limit > 0 && g.writes >= limit {
		if err := g.flush(); err != nil {
			return err
		}
	}
	err := g.set(w)
	if errors.Is(err, badger.ErrTxnTooBig) && g.writes > 0 {
		if err := g.flush(); err != nil {
			return err
		}
		err = g.set(w)
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	g.writes++
	return nil
}

func (g *group) set(w write) error {
	if w.value == nil {
		return g.txn.Delete(w.key)
	}
	return g.txn.Set(w.key, w.value)
}

// flush writes the part collected so far, and waits no longer than the
// configured time: Badger blocks while it cannot write its tables.
func (g *group) flush() error {
	if f := g.d.cfg.faults.fail; f != nil {
		if err := f(g.part); err != nil {
			return err
		}
	}
	done := make(chan error, 1)
	if err := g.txn.CommitAt(g.ts, func(err error) { done <- err }); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	limit := time.NewTimer(g.d.cfg.WriteTimeout)
	defer limit.Stop()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
	case <-limit.C:
		return errStalled
	}
	g.txn = g.d.db.NewTransactionAt(g.ts, true)
	g.part++
	g.writes = 0
	return nil
}
