// Package node makes a home directory and assembles one CometBFT node in it,
// around any ABCI application.
//
// A home holds everything one node needs; see Home for its layout. Init makes
// one, New assembles a node in it, Start and Stop run it. What an operator must
// know about a home that cannot start (another network's genesis, a damaged or
// locked database, a clock far off) is one line from New; what stops a running
// node (a full disk, an application that cannot go on, a consensus failure) is
// one line from Err, after which Done is closed and the node should be stopped.
//
// UseLedger puts Pedigree's own application into a Config: the state, the
// index and the adapter of package abci. The bench puts others there.
package node

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"

	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/types"
	"github.com/prometheus/client_golang/prometheus"
)

// Node is one node. Its methods may be called from any goroutine.
type Node struct {
	cfg      Config
	home     Home
	log      *slog.Logger
	registry *prometheus.Registry
	genesis  *types.GenesisDoc
	stores   *stores
	trouble  *trouble
	guard    *guard
	comet    *cmtnode.Node
	http     stopper

	mu    sync.Mutex
	phase phase
}

// phase is how far a node has come. It only grows.
type phase int

const (
	phaseNew phase = iota
	phaseRunning
	phaseStopped
)

// New assembles a node in cfg.Home and brings the application to the height of
// the block store; nothing listens yet. A node that is not started must still
// be stopped, to close its databases. After an error nothing is left open.
func New(cfg Config) (*Node, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	n := &Node{
		cfg: cfg, home: cfg.Home, log: cfg.Logger, registry: cfg.Registry,
		trouble: newTrouble(),
	}
	if err := n.assemble(); err != nil {
		_ = n.closeStores() // the first error is the one to report
		return nil, err
	}
	return n, nil
}

func (n *Node) assemble() error {
	if n.cfg.App == nil {
		return errors.New("node: config: App is missing")
	}
	doc, err := n.home.Genesis()
	if err != nil {
		return err
	}
	n.genesis = doc
	if n.stores, err = openStores(n.home); err != nil {
		return err
	}
	if err := n.checkStores(); err != nil {
		return err
	}
	validator, key, err := n.home.keys()
	if err != nil {
		return err
	}
	return n.makeComet(validator, key)
}

// makeComet builds CometBFT's node. CometBFT panics on damaged records; here a
// panic is one more reason why the node cannot start.
func (n *Node) makeComet(validator *privval.FilePV, key *p2p.NodeKey) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("node: %s: cannot start: %s: if a database is damaged, %s",
				n.home, firstLine(fmt.Sprint(r)), syncAnew)
		}
	}()
	n.guard = newGuard(n.cfg.App, n.trouble)
	n.comet, err = cmtnode.NewNode(
		n.cfg.comet(), validator, key,
		proxy.NewConnSyncLocalClientCreator(n.guard),
		func() (*types.GenesisDoc, error) { return n.genesis, nil },
		n.stores.provide,
		cometMetrics(n.registry),
		newCometLog(n.log, n.trouble, &n.guard.stopping),
	)
	if err != nil {
		return fmt.Errorf("node: %s: %s", n.home, firstLine(err.Error()))
	}
	reactor := n.comet.ConsensusReactor()
	n.guard.started(reactor.WaitSync)
	return nil
}

// Start opens the ports and joins the network. A port in use is ErrPortInUse.
// It returns at once if the genesis time has passed, at that time otherwise.
func (n *Node) Start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.phase != phaseNew {
		return errors.New("node: a node starts once; make a new one")
	}
	if n.cfg.OnBlocks != nil {
		n.cfg.OnBlocks(blocks{n})
	}
	var err error
	if n.http, err = n.startHTTP(); err != nil {
		return err
	}
	if err := n.comet.Start(); err != nil {
		return errors.Join(startError(n.home, err), n.stopHTTP())
	}
	n.phase = phaseRunning
	return nil
}

// Stop stops the node and closes its databases once nothing uses them; then it
// runs Config.OnClose. Stopping again does nothing. The node's last committed
// block is on disk whether Stop is called or not.
func (n *Node) Stop() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.phase == phaseStopped {
		return nil
	}
	err := n.stopHTTP() // first: it asks the node
	if n.phase == phaseRunning {
		n.guard.stopping.Store(true)
		err = errors.Join(err, n.comet.Stop())
		n.guard.stopped.Store(true)
	}
	n.phase = phaseStopped
	return errors.Join(err, n.closeStores())
}

func (n *Node) stopHTTP() error {
	if n.http == nil {
		return nil
	}
	return n.http.Stop()
}

// closeStores closes CometBFT's databases, then what the application holds.
func (n *Node) closeStores() error {
	var err error
	if n.stores != nil {
		err = n.stores.close()
	}
	if n.cfg.OnClose != nil {
		err = errors.Join(err, n.cfg.OnClose())
	}
	return err
}

// Done is closed when the node can no longer follow the network; Err then says
// why. Stopping a healthy node does not close it.
func (n *Node) Done() <-chan struct{} { return n.trouble.done }

// Err returns why the node can no longer follow the network, in one line; nil
// while it can.
func (n *Node) Err() error { return n.trouble.get() }

// Height returns the height of the last block that this node has stored.
func (n *Node) Height() uint64 {
	return blocks{n}.Height()
}

// Peers returns how many other nodes this one is connected to.
func (n *Node) Peers() int { return n.comet.Switch().Peers().Size() }

// Syncing reports whether the node still fetches blocks that the network has
// decided before it takes part in deciding new ones.
func (n *Node) Syncing() bool { return n.comet.ConsensusReactor().WaitSync() }

// Registry returns the node's own metrics registry.
func (n *Node) Registry() *prometheus.Registry { return n.registry }

// Comet returns CometBFT's node, for tools and tests that need its stores or
// reactors. It must not be stopped but through Stop.
func (n *Node) Comet() *cmtnode.Node { return n.comet }
