// Package abci is the adapter between CometBFT and the state machine; it
// decides nothing. Verdicts come from package app, durability from package
// state, answers to listings from package index.
//
//	CometBFT asks      on connection  this package
//	Info, InitChain    query, cons.   says what is durable; stages genesis
//	CheckTx            mempool        app.Check on the committed state
//	PrepareProposal    consensus      app.Execute on a scratch overlay; fair shares
//	ProcessProposal    consensus      app.Execute; refuses what no block may hold
//	FinalizeBlock      consensus      the same execution, staged: its root is the app hash
//	Commit             consensus      one durable version; then the index is told
//	Query              query          a record with its proof, or the index's answer
//
// Nothing is durable before Commit. A block that was executed as a proposal is
// not executed again when it is decided: same txs, height and time over the
// same version give the same overlay. The index follows behind (see follower):
// it never holds consensus up, and what it missed it derives again from the
// blocks in the store.
//
// A failure, as opposed to a rejection, is an error to CometBFT and never a
// verdict; package node stops the node with it.
package abci

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/internal/wire"
	"github.com/pedigree-ledger/pedigree/state"
)

// AppVersion is the version of the state machine's rules, which every header
// carries.
const AppVersion = 1

// Codespace is the codespace of verdicts: Code is an app.Code.
const Codespace = "pedigree"

// Config says what the adapter joins. State and ChainID are needed.
type Config struct {
	// State is the ledger's state. The adapter alone writes to it.
	State *state.State
	// ChainID is the network's; txs and InitChain must name it.
	ChainID string
	// Genesis is the network's application genesis with the genesis time in
	// seconds UTC, from which an index is rebuilt whose versions are no
	// longer kept.
	Genesis     []byte
	GenesisTime uint64
	// OpenIndex opens the index, again whenever the one it gave before has
	// failed. If elsewhere is true, that one could not be closed and may
	// still write where it stands: the new one must stand in another
	// directory. Nil means that this node has no index.
	OpenIndex func(elsewhere bool) (Index, error)
	// ScratchDir is where a rebuild of the index keeps its scratch state
	// meanwhile. It is emptied.
	ScratchDir string
	// KeepBlocks is how many blocks CometBFT keeps; 0 keeps all. It must
	// cover the evidence age.
	KeepBlocks uint64
	// Now is the local clock, for CheckTx only. Nil is time.Now.
	Now func() time.Time
	// Logger receives what an operator should know; nil discards it.
	Logger *slog.Logger
	// Registerer receives the metrics pedigree_abci_*; nil registers none.
	Registerer prometheus.Registerer
}

// App is the application as CometBFT sees it. Each of CometBFT's connections
// makes one call at a time; calls of different connections may overlap.
type App struct {
	cfg     Config
	log     *slog.Logger
	state   *state.State
	metrics *metrics
	txs     *txCache
	pending pending

	// committed is what CheckTx judges on.
	committed atomic.Pointer[committed]

	// The rest belongs to the consensus connection.
	genesis  *state.Overlay // until the first Commit
	proposed map[blockID]*execution
	decided  *execution // between FinalizeBlock and Commit

	follower *follower
	closing  sync.Once
}

var _ abcitypes.Application = (*App)(nil)

// These lines prove that package state provides what package app asks for.
var (
	_ app.Store = (*state.Overlay)(nil)
	_ app.View  = (*state.View)(nil)
)

// committed is the last committed state, for checks.
type committed struct {
	view   app.View
	height uint64
	time   uint64 // of the block; 0 when it is not known since the start
}

// New joins state machine, state and index. Call Follow when the block store is
// open, and Close in the end, before the state is closed.
func New(cfg Config) (*App, error) {
	if cfg.State == nil || cfg.ChainID == "" {
		return nil, errors.New("abci: config: State and ChainID are needed")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := checkChain(cfg); err != nil {
		return nil, err
	}
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, err
	}
	a := &App{
		cfg: cfg, log: cfg.Logger, state: cfg.State, metrics: m,
		txs: newTxCache(cacheBytes), proposed: make(map[blockID]*execution),
	}
	a.pending.reset()
	a.follower = newFollower(a)
	a.committed.Store(&committed{view: a.state.Latest(), height: a.state.Version()})
	return a, nil
}

// checkChain refuses a state of another network.
func checkChain(cfg Config) error {
	view := cfg.State.Latest()
	value, ok := view.Get(app.ChainKey())
	if err := errors.Join(view.Err(), view.Close()); err != nil || !ok {
		return err
	}
	d := wire.NewDecoder(value)
	d.Version(1)
	if chain := d.String8(255); d.Err() == nil && chain != cfg.ChainID {
		return fmt.Errorf("%w: the state is of chain %s, the network is %s: use a new home", ErrGenesis, chain, cfg.ChainID)
	}
	return nil
}

// Follow gives the adapter the blocks that the node has stored and starts the
// index, which catches up with them. It returns at once.
func (a *App) Follow(b Blocks) { a.follower.start(b) }

// Close stops the index and closes it; again is a no-op. The state stays open.
func (a *App) Close() error {
	var err error
	a.closing.Do(func() { err = a.follower.stop() })
	return err
}

// base returns what a new block's overlay stands on.
func (a *App) base() *state.Overlay {
	if a.genesis != nil {
		return a.genesis.Fork()
	}
	return a.state.Begin()
}

// next is the block after the committed one, as CheckTx sees it: the later of
// the last block's time and the local clock stands for its time.
func (a *App) next(c *committed) app.Block {
	now := max(c.time, uint64(max(a.cfg.Now().Unix(), 0)))
	return app.Block{ChainID: a.cfg.ChainID, Height: c.height + 1, Time: now}
}
