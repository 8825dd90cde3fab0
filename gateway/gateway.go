// Package gateway assembles a partner's HTTP edge over a client, inside a node
// or apart from one: who may call, the repository, the subscriptions, and every
// part of the API.
//
// An edge listens from Start on. Until the ledger can be asked it answers
// health and its own description only, and everything else with 503 and the
// reason (docs/decisions/0019-http-edge.md).
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// Config says what an edge is assembled of. Home, Listen, Client and Trust are
// needed.
type Config struct {
	// Home is the directory that relative paths of Settings begin at; the
	// repository stands in data/repository below it.
	Home string
	// Listen is where callers connect; host:port.
	Listen   string
	Settings Settings
	// Client asks the ledger. The gateway gives it the keys of Settings and,
	// once Trust has made one, its light client.
	Client *client.Client
	// Tuning is how the client asks. A Pin of 0 means a second, so that an
	// answer misses nothing that was in a block two seconds ago.
	Tuning client.Tuning
	// Trust makes the light client. It is called again, with pauses, until it
	// succeeds.
	Trust func(context.Context) (*client.Light, error)
	// Live returns why the process can no longer do its work; nil means that
	// it always can.
	Live func() error
	// Ready returns the process's own reasons why it should get no traffic
	// now; nil means that it has none.
	Ready func() []string
	// Registry receives the edge's metrics, and is what /metrics shows. Nil
	// makes one.
	Registry *prometheus.Registry
	// Logger receives what an operator should know. Nil discards it.
	Logger *slog.Logger
	// Version is the program's. Default "dev".
	Version string
}

// defaultPin is for how long answers rest on one header.
const defaultPin = time.Second

// Gateway is a running edge.
type Gateway struct {
	cfg      Config
	settings Settings
	partner  gs1.GLN // whose edge it is: that of the first key; zero without
	parts    parts

	listener net.Listener
	server   *http.Server
	open     atomic.Bool // the ledger can be asked
	mu       sync.Mutex
	why      error // why it cannot, yet

	cancel context.CancelFunc
	work   sync.WaitGroup
}

// Start listens and begins to connect. After an error nothing is left open.
func Start(cfg Config) (*Gateway, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Registry == nil {
		cfg.Registry = prometheus.NewRegistry()
	}
	g := &Gateway{cfg: cfg, settings: cfg.Settings.withDefaults(), why: errors.New("connecting to the ledger")}
	if err := g.settings.Check(); err != nil {
		return nil, err
	}
	if cfg.Tuning.Pin == 0 {
		cfg.Tuning.Pin = defaultPin
	}
	cfg.Client.Tune(cfg.Tuning)
	if err := g.loadKeys(); err != nil {
		return nil, err
	}
	if err := g.assemble(); err != nil {
		return nil, errors.Join(err, g.parts.close())
	}
	if err := g.listen(); err != nil {
		return nil, errors.Join(err, g.parts.close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	g.work.Go(g.serve)
	g.work.Go(func() { g.run(ctx) })
	return g, nil
}

// loadKeys lets the client sign for the partners whose keys the settings name.
func (g *Gateway) loadKeys() error {
	for _, path := range g.settings.Keys {
		s, err := client.LoadSigner(in(g.cfg.Home, path))
		if err != nil {
			return fmt.Errorf("gateway: %w", err)
		}
		g.cfg.Client.Use(s)
		if g.partner.IsZero() {
			g.partner = s.Partner
		}
	}
	return nil
}

// repositoryDir is where an edge keeps documents and events.
func repositoryDir(home string) string { return filepath.Join(home, "data", "repository") }

// run connects, then does what goes on beside requests, until ctx ends.
func (g *Gateway) run(ctx context.Context) {
	const first, last = 50 * time.Millisecond, 5 * time.Second
	for pause := first; ; pause = min(2*pause, last) {
		light, err := g.cfg.Trust(ctx)
		if err == nil {
			g.cfg.Client.UseLight(light)
			break
		}
		g.setWhy(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
	g.open.Store(true)
	g.background(ctx)
}

// setWhy notes why the ledger cannot be asked; a new reason is logged.
func (g *Gateway) setWhy(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.why.Error() != err.Error() {
		g.cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "the edge waits for the ledger", slog.String("err", err.Error()))
	}
	g.why = err
}

// closed says why the ledger cannot be asked yet, nil when it can.
func (g *Gateway) closed() error {
	if g.open.Load() {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.why
}

// ready returns the reasons why the edge should get no traffic now.
func (g *Gateway) ready() []string {
	var reasons []string
	if g.cfg.Ready != nil {
		reasons = g.cfg.Ready()
	}
	if err := g.closed(); err != nil {
		reasons = append(reasons, err.Error())
	}
	return reasons
}

// Addr is where the edge listens.
func (g *Gateway) Addr() net.Addr { return g.listener.Addr() }

// Partner is whose edge it is; zero without a key.
func (g *Gateway) Partner() gs1.GLN { return g.partner }

// stopTime is how long requests under way may take when the edge stops.
const stopTime = 2 * time.Second

// Stop ends requests, deliveries and captures under way and closes the
// repository. What was accepted and is not done goes on at the next start.
func (g *Gateway) Stop() error {
	g.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if g.server.Shutdown(ctx) != nil {
		_ = g.server.Close() // a caller that will not go
	}
	g.work.Wait()
	return g.parts.close()
}
