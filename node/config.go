package node

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/abci"
	"github.com/pedigree-ledger/pedigree/gateway"
)

// Config says what to assemble. Home and App are needed; the zero value of
// every other field is a working default.
type Config struct {
	// Home is the node's directory, made by Init.
	Home Home

	// Settings are the operator's choices, usually Home.Settings().
	Settings Settings

	// App is the application. CometBFT calls it on three connections
	// (consensus, mempool, query), each one call at a time: calls of
	// different connections overlap. An error from FinalizeBlock or Commit
	// stops the node with that error as its reason.
	App abcitypes.Application

	// OnBlocks, if set, is called once by Start, before the first new block,
	// with the blocks that the node has stored. They are readable until
	// OnClose.
	OnBlocks func(abci.Blocks)

	// OnClose, if set, is called once, after CometBFT stopped and its
	// databases were closed, or when New fails.
	OnClose func() error

	// ServesLedger says that the application is Pedigree's own, so that the
	// API can serve it; UseLedger sets it. The API of any other application
	// has health and metrics only.
	ServesLedger bool

	// Ready, if set, gives reasons of the application's own why the node
	// should get no traffic; none means that it may.
	Ready func() []string

	// Logger receives what an operator should know; CometBFT's own info
	// lines arrive one level lower, as debug. Nil discards everything.
	Logger *slog.Logger

	// Registry receives this node's metrics, CometBFT's included. Nil makes
	// one. Two nodes must not share one.
	Registry *prometheus.Registry
}

// Settings are what an operator may choose, kept in config/node.json. Unknown
// fields are errors. A zero field means the default beside it.
type Settings struct {
	// Moniker names the node to people. Default "pedigree".
	Moniker string `json:"moniker,omitempty"`
	// P2P is where other validators connect. Default "tcp://0.0.0.0:26656".
	P2P string `json:"p2p,omitempty"`
	// ExternalP2P is the address that others should dial, when it is not
	// P2P; host:port.
	ExternalP2P string `json:"externalP2P,omitempty"`
	// RPC is where clients connect. Default "tcp://127.0.0.1:26657"; "off"
	// serves none.
	RPC string `json:"rpc,omitempty"`
	// API serves the HTTP edge: health, metrics, verification, EPCIS and the
	// ledger; host:port. Default "127.0.0.1:26660"; "off" serves none.
	API string `json:"api,omitempty"`
	// Gateway says how the HTTP edge serves: see the second table. Default
	// all of its defaults.
	Gateway gateway.Settings `json:"gateway,omitzero"`
	// Peers are the other validators, as id@host:port: a full mesh.
	Peers []string `json:"peers,omitempty"`
	// ProposeTimeout is how long to wait for a proposal before the next
	// round. Default 3s.
	ProposeTimeout Duration `json:"proposeTimeout,omitempty"`
	// CommitTimeout is how long to gather more votes after a commit; it
	// paces a busy chain. Default 100ms.
	CommitTimeout Duration `json:"commitTimeout,omitempty"`
	// EmptyBlocksInterval is how long an idle chain waits before it makes
	// an empty block, so that answers stay fresh. Default 30s; at most 60s
	// (design 01, section 7).
	EmptyBlocksInterval Duration `json:"emptyBlocksInterval,omitempty"`
	// Mempool is CometBFT's type: "flood" (default) or "nop".
	Mempool string `json:"mempool,omitempty"`
	// MempoolTxs is how many txs may wait. Default 30,000.
	MempoolTxs int `json:"mempoolTxs,omitempty"`
	// MaxTxBytes is the largest tx that is taken. Default 1 MiB.
	MaxTxBytes int `json:"maxTxBytes,omitempty"`
	// KeepResults keeps the results of txs for the RPC's block_results, as
	// an archive node should; validators need not. Default false.
	KeepResults bool `json:"keepResults,omitempty"`
	// KeepVersions is how many heights stay provable. Default 1,000.
	KeepVersions uint64 `json:"keepVersions,omitempty"`
	// KeepBlocks is how many blocks are kept; 0 keeps all. At least the
	// evidence age of the network is kept whatever it says.
	KeepBlocks uint64 `json:"keepBlocks,omitempty"`
}

// off is the value of an address at which nothing is to be served.
const off = "off"

func (c Config) withDefaults() (Config, error) {
	if c.Home == "" {
		return c, errors.New("node: config: Home is missing")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	var err error
	c.Settings, err = c.Settings.withDefaults()
	return c, err
}

func (s Settings) withDefaults() (Settings, error) {
	setDefault(&s.Moniker, "pedigree")
	setDefault(&s.P2P, "tcp://0.0.0.0:26656")
	setDefault(&s.RPC, "tcp://127.0.0.1:26657")
	setDefault(&s.API, "127.0.0.1:26660")
	setDefault(&s.ProposeTimeout, Duration(3*time.Second))
	setDefault(&s.CommitTimeout, Duration(100*time.Millisecond))
	setDefault(&s.EmptyBlocksInterval, Duration(30*time.Second))
	setDefault(&s.Mempool, "flood")
	setDefault(&s.MempoolTxs, 30_000)
	setDefault(&s.MaxTxBytes, 1<<20)
	return s, s.check()
}

func (s *Settings) check() error {
	switch {
	case s.Mempool != "flood" && s.Mempool != "nop":
		return fmt.Errorf("node: settings: mempool is %q, want flood or nop", s.Mempool)
	case s.ProposeTimeout < 0 || s.CommitTimeout < 0 || s.EmptyBlocksInterval < 0:
		return errors.New("node: settings: a timeout must not be negative")
	case s.EmptyBlocksInterval > Duration(time.Minute):
		return fmt.Errorf("node: settings: emptyBlocksInterval is %s, at most 1m: answers would grow stale", time.Duration(s.EmptyBlocksInterval))
	case s.MempoolTxs < 1 || s.MaxTxBytes < 1:
		return errors.New("node: settings: mempoolTxs and maxTxBytes must be positive")
	}
	return s.Gateway.Check()
}

func setDefault[T comparable](p *T, def T) {
	var zero T
	if *p == zero {
		*p = def
	}
}

// Duration is a time.Duration that JSON writes as text, such as "100ms".
type Duration time.Duration

// MarshalText writes the form of time.Duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads the form of time.ParseDuration.
func (d *Duration) UnmarshalText(p []byte) error {
	v, err := time.ParseDuration(string(p))
	*d = Duration(v)
	return err
}
