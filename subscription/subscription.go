// Package subscription delivers the events of standing queries to webhooks
// (EPCIS 2.0, section 8.2.5): each batch is an EPCISQueryDocument in JSON,
// signed, sent at least once and in order per subscription. How far each has
// come is kept in the repository after the receiver said yes; a batch that was
// refused too often becomes a dead letter, to be looked at and sent again by
// hand. docs/spec/webhook.md is what a receiver has to know.
//
// # What holds nothing up
//
// A bounded number of workers sends, at most one at a time for a subscription
// and for a host. Who failed or was slow the last time waits for one of the
// few slow workers, so that the others never wait for him longer than one time
// limit. Addresses that are not public are refused unless a setting allows
// them, after the name was resolved; redirects are refused; an answer is read
// up to a bound.
package subscription

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// Config says what is delivered and within which bounds. The zero value of
// every field but Repository is a working default.
type Config struct {
	// Repository holds events and subscriptions.
	Repository *repository.Repository

	// Prefixes knows company prefixes, for receivers that want EPC URNs.
	Prefixes epcis.PrefixLength

	// AllowPrivate allows receivers at addresses that are not public, and
	// plain HTTP to them. It is for receivers in the partner's own network.
	AllowPrivate bool

	// RootCAs are those that sign receivers' certificates; nil means the
	// system's.
	RootCAs *x509.CertPool

	// Workers and SlowWorkers are how many deliveries are under way at once,
	// to receivers that answered well the last time and to others. 0 means 8
	// and 2.
	Workers, SlowWorkers int

	// Timeout is how long one delivery may take; 0 means 10 seconds. One that
	// took longer than a fifth of it was slow.
	Timeout time.Duration

	// MaxBatch and MaxBatchBytes bound one delivery. 0 means 100 events and
	// 1 MiB; a single event may be larger.
	MaxBatch, MaxBatchBytes int

	// MaxTries is how often a batch is sent before it becomes a dead letter.
	// 0 means 20, which takes about twelve hours.
	MaxTries int

	// FirstWait and MaxWait bound the wait between tries, which doubles. 0
	// means 2 seconds and 1 hour.
	FirstWait, MaxWait time.Duration

	// MaxSubscriptions bounds all subscriptions. 0 means 1,000.
	MaxSubscriptions int

	// MaxDead bounds the dead letters of one subscription: with that many
	// nothing is given up any more, and its receiver is tried for ever. 0
	// means 1,000.
	MaxDead int

	// Logger receives what an operator should know; nil discards it. It is
	// told no secrets and no URLs, only hosts.
	Logger *slog.Logger

	// Registerer receives the metrics pedigree_subscription_*; nil registers
	// none.
	Registerer prometheus.Registerer

	// Now is the clock, After its timer, Random gives numbers in [0, 1). Nil
	// means the system's.
	Now    func() time.Time
	After  func(time.Duration) <-chan time.Time
	Random func() float64
}

func (c Config) withDefaults() (Config, error) {
	if c.Repository == nil {
		return c, errors.New("subscription: config: Repository must be set")
	}
	for field, value := range map[*int]int{
		&c.Workers: 8, &c.SlowWorkers: 2, &c.MaxBatch: 100, &c.MaxBatchBytes: 1 << 20,
		&c.MaxTries: 20, &c.MaxSubscriptions: 1000, &c.MaxDead: 1000,
	} {
		if *field == 0 {
			*field = value
		}
		if *field < 0 {
			return c, errors.New("subscription: config: no bound may be negative")
		}
	}
	for field, value := range map[*time.Duration]time.Duration{
		&c.Timeout: 10 * time.Second, &c.FirstWait: 2 * time.Second, &c.MaxWait: time.Hour,
	} {
		if *field == 0 {
			*field = value
		}
		if *field < 0 {
			return c, errors.New("subscription: config: no time may be negative")
		}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	return c, nil
}

// Dispatcher delivers until it is closed.
type Dispatcher struct {
	cfg     Config
	client  *http.Client
	metrics *metrics
	stop    context.CancelFunc
	ctx     context.Context // ends with Close
	running sync.WaitGroup

	wake chan struct{} // something is to be done; holds one
	mu   sync.Mutex    // guards the rest
	subs map[string]*standing
	busy map[string]int // deliveries under way by host
	fast int            // workers at work
	slow int
}

// Open reads the subscriptions of the repository and begins to deliver.
func Open(cfg Config) (*Dispatcher, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	d := &Dispatcher{
		cfg: cfg, client: newClient(cfg), metrics: m, stop: stop, ctx: ctx,
		wake: make(chan struct{}, 1), subs: make(map[string]*standing), busy: make(map[string]int),
	}
	if err := d.load(ctx); err != nil {
		stop()
		m.unregister(cfg.Registerer)
		return nil, err
	}
	d.running.Go(d.loop)
	return d, nil
}

// load begins what the repository has.
func (d *Dispatcher) load(ctx context.Context) error {
	all, err := d.cfg.Repository.Subscriptions(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := d.begin(ctx, s); err != nil {
			return fmt.Errorf("subscription %s: %w", s.ID, err)
		}
	}
	return nil
}

// Close ends deliveries under way and waits for them. What was sent and not
// yet answered is sent again after the next Open.
func (d *Dispatcher) Close() error {
	d.stop()
	d.running.Wait()
	d.client.CloseIdleConnections()
	d.metrics.unregister(d.cfg.Registerer)
	return nil
}
