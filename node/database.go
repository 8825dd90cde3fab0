package node

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"syscall"

	dbm "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// ErrLocked means that another process runs a node in this home.
var ErrLocked = errors.New("node: the home is in use by another process: stop it first")

// stores are CometBFT's databases. They stay open until every goroutine of
// CometBFT that may use them is gone: its own Stop closes them under live
// readers, which then panic (design 03, trap 3).
type stores struct {
	mu     sync.RWMutex
	closed bool
	byID   map[string]*database
}

// openStores opens the databases that every node has. The reason for goleveldb
// is docs/decisions/0004-consensus-stores.md.
func openStores(h Home) (*stores, error) {
	s := &stores{byID: make(map[string]*database)}
	for _, id := range []string{"blockstore", "state", "evidence"} {
		db, err := dbm.NewGoLevelDBWithOpts(id, h.cometDir(), levelOptions(id))
		if err != nil {
			_ = s.close() // the first error is the one to report
			return nil, openError(h, id, err)
		}
		s.byID[id] = &database{DB: db, stores: s}
	}
	return s, nil
}

// levelOptions gives the block store larger tables: its values are 64 KiB
// parts, which the default of 2 MiB a table would rewrite again and again.
func levelOptions(id string) *opt.Options {
	if id != "blockstore" {
		return nil
	}
	return &opt.Options{
		WriteBuffer:            16 * opt.MiB,
		CompactionTableSize:    16 * opt.MiB,
		CompactionTotalSize:    128 * opt.MiB,
		DisableSeeksCompaction: true,
	}
}

func openError(h Home, id string, err error) error {
	switch {
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EACCES) && id == "blockstore":
		return fmt.Errorf("%w (%s)", ErrLocked, h)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("node: %s: the disk is full: free some space and start again; nothing committed is lost", h)
	}
	return fmt.Errorf("node: %s: the %s database is damaged: %s: %s", h, id, firstLine(err.Error()), syncAnew)
}

// provide is CometBFT's DBProvider.
func (s *stores) provide(ctx *cmtcfg.DBContext) (dbm.DB, error) {
	db, ok := s.byID[ctx.ID]
	if !ok {
		return nil, fmt.Errorf("node: no database %q", ctx.ID)
	}
	return db, nil
}

// close closes the databases once no call is under way.
func (s *stores) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	for _, id := range []string{"blockstore", "state", "evidence"} {
		if db := s.byID[id]; db != nil {
			err = errors.Join(err, db.DB.Close())
		}
	}
	return err
}

// enter admits one call; it reports false once the stores are closed.
func (s *stores) enter() bool {
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return false
	}
	return true
}

// database is one of the stores as CometBFT sees it. Close does nothing, and a
// goroutine of CometBFT that is still about after the stores were closed ends
// quietly at its next read, its deferred calls run, instead of panicking.
type database struct {
	dbm.DB
	stores *stores
}

// Close leaves the closing to stores.close.
func (d *database) Close() error { return nil }

func (d *database) enter() {
	if !d.stores.enter() {
		runtime.Goexit()
	}
}

// Get reads one value.
func (d *database) Get(key []byte) ([]byte, error) {
	d.enter()
	defer d.stores.mu.RUnlock()
	return d.DB.Get(key)
}

// Has asks for one key.
func (d *database) Has(key []byte) (bool, error) {
	d.enter()
	defer d.stores.mu.RUnlock()
	return d.DB.Has(key)
}

// Set writes one value.
func (d *database) Set(key, value []byte) error {
	d.enter()
	defer d.stores.mu.RUnlock()
	return d.DB.Set(key, value)
}

// SetSync writes one value to disk.
func (d *database) SetSync(key, value []byte) error {
	d.enter()
	defer d.stores.mu.RUnlock()
	return d.DB.SetSync(key, value)
}
