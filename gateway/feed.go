package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/repository"
)

// FeedConfig says what a Feed reads and where it writes.
type FeedConfig struct {
	// Client asks the ledger; with a light client it believes nothing else.
	Client *client.Client
	// Repository receives the events, as told by the ledger.
	Repository *repository.Repository
	// Partner is whose repository it is.
	Partner gs1.GLN

	// From is the first height that is read into a repository that no feed
	// has written to. 0 means 1, the whole history.
	From uint64
	// Settle is how long, in time of the blocks, an event that this partner
	// signed, or that the ledger cannot tell word for word, waits before it
	// is added: it may be on its way from a capture here, and more of its
	// transactions may come. 0 means 15 seconds.
	Settle time.Duration
	// Logger receives trouble; nil discards it.
	Logger *slog.Logger
}

const defaultSettle = 15 * time.Second

// Feed follows the ledger and puts every event that concerns a partner into his
// repository, so that his systems find what others recorded, such as a shipment
// to him, where they find his own. What concerns a partner: see Concerns.
//
// Events that were captured here are not doubled: an event is known by the hash
// that the ledger recorded. What has no hash is told as an event made of the
// transaction.
type Feed struct {
	cfg    FeedConfig
	teller *client.Teller
	name   string // of the progress
	height atomic.Uint64
	saved  uint64
	held   []heldEvent // in the order in which they came
}

// heldEvent is an event that waits.
type heldEvent struct {
	hash   app.EventHash
	height uint64
	since  time.Time
}

// The bounds of a feed.
const (
	// maxHeld is how many events wait; beyond it the oldest goes in.
	maxHeld = 10_000
	// saveEvery is after how many blocks without events progress is saved.
	saveEvery = 100
	// tellAttempts is how often a block is tried before a transaction in it
	// that cannot be told is left out.
	tellAttempts = 8
)

// NewFeed makes a Feed; Run runs it.
func NewFeed(cfg FeedConfig) *Feed {
	if cfg.Settle == 0 {
		cfg.Settle = defaultSettle
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Feed{cfg: cfg, teller: client.NewTeller(cfg.Client), name: "ledger " + cfg.Client.ChainID() + " " + cfg.Partner.String()}
}

// Height is the last block whose events are in the repository, or wait to be.
// It may be called from any goroutine.
func (f *Feed) Height() uint64 { return f.height.Load() }

// Run follows the ledger from where the last feed of the repository left, until
// ctx ends; then it returns nil. Trouble with the node is logged and tried
// again; trouble with the repository is returned.
func (f *Feed) Run(ctx context.Context) error {
	saved, err := f.cfg.Repository.Progress(ctx, f.name)
	if err != nil {
		return fmt.Errorf("ledger's feed: %w", err)
	}
	f.saved = saved
	f.height.Store(saved)
	from := max(saved+1, f.cfg.From)
	for block, err := range f.cfg.Client.Follow(ctx, from) {
		if err != nil {
			f.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "the ledger's feed waits for its node",
				slog.Uint64("height", f.Height()+1), slog.String("err", err.Error()))
			continue
		}
		err = f.deal(ctx, block)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("ledger's feed, block %d: %w", block.Height, err)
		}
	}
	return nil
}

// deal puts a block's events into the repository, however often the node has to
// be asked.
func (f *Feed) deal(ctx context.Context, block *client.Block) error {
	for attempt := 1; ; attempt++ {
		events, held, err := f.told(ctx, block, attempt >= tellAttempts)
		if err == nil {
			f.held = held
			return f.add(ctx, block.Height, events)
		}
		f.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "the ledger's feed cannot tell a block yet",
			slog.Uint64("height", block.Height), slog.Int("attempt", attempt), slog.String("err", err.Error()))
		if err := pause(ctx, time.Duration(attempt)*time.Second/2); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// add writes events, and how far the feed has come, in one step.
func (f *Feed) add(ctx context.Context, height uint64, events []repository.NewEvent) error {
	reached := height
	if len(f.held) > 0 {
		reached = min(reached, f.held[0].height-1)
	}
	f.height.Store(height)
	if len(events) == 0 && reached < f.saved+saveEvery {
		return nil
	}
	_, err := f.cfg.Repository.Add(ctx, events, repository.Along{Progress: map[string]uint64{f.name: reached}})
	var conflict *repository.ConflictError
	if errors.As(err, &conflict) {
		// Somebody gave one ID to two events; what stands here stays.
		f.cfg.Logger.LogAttrs(ctx, slog.LevelError, "an event on the ledger has the id of another one here",
			slog.String("event", conflict.ID), slog.String("err", err.Error()))
		rest := append(events[:conflict.Event:conflict.Event], events[conflict.Event+1:]...)
		return f.add(ctx, height, rest)
	}
	if err == nil {
		f.saved = reached
	}
	return err
}
