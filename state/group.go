package state

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/dgraph-io/badger/v4"
)

// group is an atomic set of writes of any size. What fits one Badger
// transaction is one; more becomes several transactions at the same
// timestamp, and the version marker, which is always the very last write, is
// what makes them count: readers read at the marker's timestamp, and Open
// undoes whatever lies beyond it.
type group struct {
	d      *disk
	ts     uint64
	txn    *badger.Txn
	writes int
	part   int
	bytes  int64
}

// group begins the writes of timestamp ts, which must be above every
// timestamp written before.
func (d *disk) group(ts uint64) *group {
	return &group{d: d, ts: ts, txn: d.db.NewTransactionAt(ts, true)}
}

// put adds one write. It keeps the slices until the group is committed. A
// key may be put once per group.
func (g *group) put(w write) error {
	if g.d.faults.partWrites > 0 && g.writes >= g.d.faults.partWrites {
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
		return fmt.Errorf("state: write: %s", firstLine(err))
	}
	g.writes++
	g.bytes += int64(len(w.key) + len(w.value))
	return nil
}

func (g *group) set(w write) error {
	if w.value == nil {
		return g.txn.Delete(w.key)
	}
	return g.txn.Set(w.key, w.value)
}

// flush writes the part collected so far; it is on disk when flush returns.
func (g *group) flush() error {
	happens, fault := true, error(nil)
	if g.d.faults.fail != nil {
		happens, fault = g.d.faults.fail(g.part)
	}
	if happens {
		if err := g.txn.CommitAt(g.ts, nil); err != nil {
			return writeError(err)
		}
	}
	if fault != nil {
		g.txn.Discard()
		return writeError(fault)
	}
	g.txn = g.d.db.NewTransactionAt(g.ts, true)
	g.part++
	g.writes = 0
	return nil
}

// commit sets the marker to h and writes the last part. When it returns nil
// the group is durable; when it returns an error only the next Open can tell.
func (g *group) commit(h head) error {
	if err := g.put(write{markerKey(), h.encode()}); err != nil {
		return err
	}
	if err := g.flush(); err != nil {
		return err
	}
	g.txn.Discard()
	return g.d.syncDir()
}

func writeError(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %s", ErrDiskFull, firstLine(err))
	}
	return fmt.Errorf("state: write: %w", err)
}
