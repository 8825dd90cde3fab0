// Package repository is one partner's EPCIS repository: the documents he
// captured, byte for byte, the jobs that captured them, the events in them and
// those that the ledger told him, and what asks for them: named queries and
// subscriptions. It evaluates the SimpleEventQuery (EPCIS 2.0, section 8.2.7).
//
// It knows no ledger and no HTTP. What it holds is the partner's own and no
// one else's business: consensus never reads it, and losing it loses no
// custody, only the documents behind the hashes that the ledger has.
//
// # Numbers
//
// Every event has a sequence number, ascending and never used again. A reader
// sees the events up to one number: pages of one query, and subscriptions,
// stand still while captures go on. An event is never changed. One that the
// ledger told and the partner captures later gets a new number with his words;
// the older one is hidden from readers who see the new one.
//
// # What a crash leaves
//
// A Badger database of its own, each write synced. One Add is one step: the
// last write moves the head to its last number, and Open takes away what
// stands beyond the head.
package repository

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/prometheus/client_golang/prometheus"
)

// Config says where the repository stands and what it may use. The zero value
// of every field but Dir is a working default.
type Config struct {
	// Dir is the directory of the database; it is made when it is missing.
	// One process at a time may open it.
	Dir string

	// MaxDocumentBytes bounds one document. 0 means 64 MiB; at most 512 MiB.
	MaxDocumentBytes int64

	// MaxPage bounds the events of a page. 0 means 1,000.
	MaxPage int

	// AnswerLife is how long an answer is remembered for an idempotency key.
	// 0 means 24 hours.
	AnswerLife time.Duration

	// MemTableBytes is the size of one of Badger's memtables; up to four are
	// in memory. 0 means 16 MiB; at least 8 MiB.
	MemTableBytes int64

	// BlockCacheBytes bounds Badger's cache of table blocks. 0 means 32 MiB.
	BlockCacheBytes int64

	// WriteTimeout is how long one write may take before it counts as failed.
	// 0 means 30 seconds.
	WriteTimeout time.Duration

	// Logger receives what an operator should know; nil discards it.
	Logger *slog.Logger

	// Registerer receives the metrics pedigree_repository_*; nil registers
	// none.
	Registerer prometheus.Registerer

	// Now is the clock; nil means the system's.
	Now func() time.Time

	// fault is for this package's tests: it stands around each write to disk
	// and may fail before it, or after it.
	fault func(write func() error) error
	// partWrites bounds the writes of one transaction in tests; 0 leaves
	// that to Badger.
	partWrites int
	// work replaces the bound of work of a page in tests; nil leaves it.
	work func() budget
}

func (c Config) withDefaults() (Config, error) {
	if c.Dir == "" {
		return c, errors.New("repository: config: Dir must be set")
	}
	orDefault(&c.MaxDocumentBytes, 64<<20)
	orDefault(&c.MaxPage, 1000)
	orDefault(&c.AnswerLife, 24*time.Hour)
	orDefault(&c.MemTableBytes, 16<<20)
	orDefault(&c.BlockCacheBytes, 32<<20)
	orDefault(&c.WriteTimeout, 30*time.Second)
	if c.MaxDocumentBytes < 0 || c.MaxDocumentBytes > 512<<20 {
		return c, fmt.Errorf("repository: config: MaxDocumentBytes is %d, need 1 to %d", c.MaxDocumentBytes, 512<<20)
	}
	if c.MemTableBytes < 8<<20 {
		return c, fmt.Errorf("repository: config: MemTableBytes is %d, need at least %d", c.MemTableBytes, 8<<20)
	}
	if c.MaxPage < 0 || c.AnswerLife < 0 || c.BlockCacheBytes < 0 || c.WriteTimeout < 0 {
		return c, errors.New("repository: config: no size and no time may be negative")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

func orDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// Repository is an open repository. All its methods may be called at once.
type Repository struct {
	cfg     Config
	db      *badger.DB
	metrics *metrics
	secret  []byte // signs cursors

	naming sync.Mutex // one new name, subscription or answer at a time; guards atWork
	atWork map[noted][32]byte
	adding sync.Mutex // one Add at a time; guards dirty
	dirty  bool       // a write failed: what stands beyond the head is unknown

	mu      sync.Mutex // guards the rest
	head    head
	changed chan struct{} // closed when head moves
	readers sync.WaitGroup
	closed  bool
}

// Open opens the repository in cfg.Dir, or makes a new one. The error is
// ErrLocked when another process has it open, and a *DamagedError when what
// stands there cannot be used.
func Open(cfg Config) (*Repository, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, err
	}
	r := &Repository{cfg: cfg, metrics: m, changed: make(chan struct{}), atWork: make(map[noted][32]byte)}
	if err := r.open(); err != nil {
		m.unregister(cfg.Registerer)
		return nil, err
	}
	return r, nil
}

func (r *Repository) open() error {
	db, err := openBadger(r.cfg)
	if err != nil {
		return err
	}
	r.db = db
	err = r.recoverHead()
	if err == nil {
		err = r.loadSecret()
	}
	if err != nil {
		_ = db.Close() // the first error tells more
		return &DamagedError{Dir: r.cfg.Dir, Err: err}
	}
	return nil
}

// loadSecret reads the secret that signs cursors, or makes one.
func (r *Repository) loadSecret() error {
	value, err := r.get(secretKey())
	if err != nil || value != nil {
		r.secret = value
		return err
	}
	r.secret = make([]byte, 32)
	_, _ = rand.Read(r.secret) // never fails
	return r.put(secretKey(), r.secret)
}

// Close waits for calls under way and closes the repository. Closing again is
// a no-op.
func (r *Repository) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	close(r.changed)
	r.mu.Unlock()
	r.readers.Wait()
	r.metrics.unregister(r.cfg.Registerer)
	if err := r.db.Close(); err != nil {
		return fmt.Errorf("repository: close: %s", firstLine(err))
	}
	return nil
}

// enter begins a call, unless the repository is closed; leave ends it.
func (r *Repository) enter() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	r.readers.Add(1)
	return nil
}

func (r *Repository) leave() { r.readers.Done() }

// Closed reports whether the repository was closed.
func (r *Repository) Closed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// Head is the number of the newest event, 0 when there is none.
func (r *Repository) Head() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.head.seq
}

// Changed returns a channel that is closed when the next event has been added,
// or the repository is closed. Ask for it before asking for events.
func (r *Repository) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}
