package node

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/cometbft/cometbft/types"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/abci"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/state"
)

// UseLedger opens Pedigree's state in the home and puts the application around
// it into c: App, OnBlocks, OnClose, Ready and ServesLedger; Logger and Registry are filled in
// when they are nil. It returns what it opened, for queries in this process. If
// New is not called afterwards, the caller calls OnClose.
func UseLedger(c *Config) (*Ledger, error) {
	full, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	*c = full
	doc, err := c.Home.Genesis()
	if err != nil {
		return nil, err
	}
	s, err := state.Open(state.Config{
		Dir: c.Home.StateDir(), KeepVersions: c.Settings.KeepVersions, Logger: c.Logger, Registerer: c.Registry,
	})
	if err != nil {
		return nil, err
	}
	a, err := abci.New(ledgerConfig(c, doc, s))
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	l := &Ledger{App: a, State: s}
	c.App, c.OnBlocks, c.Ready, c.ServesLedger = a, a.Follow, l.ready, true
	c.OnClose = func() error { return errors.Join(a.Close(), s.Close()) }
	return l, nil
}

// Ledger is what UseLedger opened. It is closed with the node.
type Ledger struct {
	App   *abci.App
	State *state.State
}

func ledgerConfig(c *Config, doc *types.GenesisDoc, s *state.State) abci.Config {
	return abci.Config{
		State: s, ChainID: doc.ChainID,
		Genesis: doc.AppState, GenesisTime: uint64(doc.GenesisTime.Unix()),
		OpenIndex:  (&indexOpener{home: c.Home, log: c.Logger, registry: c.Registry}).open,
		ScratchDir: c.Home.file("data", "rebuild"),
		KeepBlocks: keepBlocks(c.Settings.KeepBlocks, doc),
		Logger:     c.Logger, Registerer: c.Registry,
	}
}

// indexOpener opens the index of a home, one call at a time.
type indexOpener struct {
	home     Home
	log      *slog.Logger
	registry prometheus.Registerer
	number   int // of the directory in use; 0 before the first call
}

// open opens the index; a damaged one is wiped, for it is rebuilt from the
// blocks. Elsewhere begins a new one in the next directory.
func (o *indexOpener) open(elsewhere bool) (abci.Index, error) {
	switch {
	case elsewhere:
		o.number = max(o.number, o.home.lastIndex()) + 1
	case o.number == 0:
		o.home.removeOldIndexes(o.log)
		o.number = max(1, o.home.lastIndex())
	}
	cfg := index.Config{Dir: o.home.indexDir(o.number), Logger: o.log, Registerer: o.registry}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("node: index: %w", err)
	}
	x, err := index.Open(cfg)
	var damaged *index.DamagedError
	if errors.As(err, &damaged) {
		o.log.Warn("the index is damaged and will be rebuilt", slog.String("err", err.Error()))
		if err := index.Wipe(cfg.Dir); err != nil {
			return nil, err
		}
		x, err = index.Open(cfg)
	}
	if err != nil {
		return nil, err // not x: a nil *Index is no nil Index
	}
	return x, nil
}

// keepBlocks raises what the operator wants kept to what evidence needs.
func keepBlocks(want uint64, doc *types.GenesisDoc) uint64 {
	if want == 0 {
		return 0
	}
	return max(want, uint64(doc.ConsensusParams.Evidence.MaxAgeNumBlocks))
}

// ready says when the index cannot answer for the last blocks. Proven queries
// work meanwhile.
func (l *Ledger) ready() []string {
	s := l.App.IndexStatus()
	switch {
	case s.Err != "":
		return []string{"the index is " + s.State + ": " + firstLine(s.Err)}
	case s.State != "ready":
		return []string{"the index is " + s.State}
	}
	return nil
}
