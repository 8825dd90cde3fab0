// Package testnet makes networks of nodes on this machine, in one process or in
// many, and makes them suffer.
//
// Every node has a home of its own under one directory and real connections
// over loopback. In one process the nodes are package node's, around the
// application that Options.Prepare gives them; as processes they are whatever
// Options.Command starts on the homes, usually "pedigree start". Only processes
// can be killed and paused.
package testnet

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/pedigree-ledger/pedigree/node"
)

// Options say what network to make. Dir and one of Prepare and Command are
// needed.
type Options struct {
	// Validators is how many nodes there are, all of them validators of
	// equal power. 0 means 4.
	Validators int
	// Dir is where the homes are made, as node0, node1 ... Homes that exist
	// are used again, with their keys, genesis and data.
	Dir string
	// ChainID names the network. Default "pedigree-test".
	ChainID string
	// GenesisTime is the genesis time; the zero value is now.
	GenesisTime time.Time
	// Genesis makes the application's genesis for the members; nil makes an
	// empty object. LedgerGenesis makes Pedigree's.
	Genesis func(members []Member) (json.RawMessage, error)
	// Settings changes the settings of a node before its home is written;
	// the addresses and peers are set already.
	Settings func(i int, s *node.Settings)
	// Prepare completes the Config of node i, at least by App, each time it
	// starts in this process. node.UseLedger does for Pedigree.
	Prepare func(i int, c *node.Config) error
	// Command makes the process of node i, each time it starts; its output
	// goes to node.log in the home. It replaces Prepare.
	Command func(i int, home node.Home) *exec.Cmd
	// Logger receives the logs of nodes in this process, with a "node"
	// attribute. Nil discards them.
	Logger *slog.Logger
}

// Member is a validator of the network with its secret keys: for tests and
// demonstrations only.
type Member struct {
	Index    int
	Name     string
	Home     node.Home
	Identity node.Identity
	// Operations signs the member's txs. It is derived from the consensus
	// key, so that a home that is used again has the same one.
	Operations ed25519.PrivateKey
}

// Network is a set of nodes. Its methods belong to one goroutine, unless they
// say otherwise.
type Network struct {
	options Options
	members []Member
	nodes   []*Node
}

// startAttempts is how often Start tries other ports when one is taken.
const startAttempts = 8

// New makes the homes; nothing runs yet.
func New(o Options) (*Network, error) {
	if o.Dir == "" || (o.Prepare == nil) == (o.Command == nil) {
		return nil, errors.New("testnet: options: Dir and exactly one of Prepare and Command are needed")
	}
	if o.Validators == 0 {
		o.Validators = 4
	}
	if o.ChainID == "" {
		o.ChainID = "pedigree-test"
	}
	if o.GenesisTime.IsZero() {
		o.GenesisTime = time.Now()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	n := &Network{options: o}
	for i := range o.Validators {
		n.nodes = append(n.nodes, &Node{
			network: n, index: i, home: node.Home(filepath.Join(o.Dir, fmt.Sprintf("node%d", i))),
		})
	}
	return n, n.makeHomes()
}

func (n *Network) makeHomes() error {
	for _, nd := range n.nodes {
		id, err := node.Init(nd.home, node.Settings{})
		if err != nil {
			return err
		}
		m, err := newMember(nd.index, nd.home, id)
		if err != nil {
			return err
		}
		n.members = append(n.members, m)
	}
	if err := n.assignPorts(); err != nil {
		return err
	}
	return n.makeGenesis()
}

// makeGenesis gives all homes one genesis, unless they have one.
func (n *Network) makeGenesis() error {
	if _, err := n.nodes[0].home.Genesis(); err == nil {
		return nil
	}
	state := json.RawMessage("{}")
	if n.options.Genesis != nil {
		var err error
		if state, err = n.options.Genesis(n.members); err != nil {
			return fmt.Errorf("testnet: genesis: %w", err)
		}
	}
	var validators []node.Validator
	for _, m := range n.members {
		validators = append(validators, node.Validator{Name: m.Name, Consensus: m.Identity.Consensus})
	}
	doc, err := node.NewGenesis(n.options.ChainID, n.options.GenesisTime, validators, state)
	if err != nil {
		return err
	}
	p, err := node.EncodeGenesis(doc)
	if err != nil {
		return err
	}
	for _, nd := range n.nodes {
		if err := nd.home.SetGenesis(p); err != nil {
			return err
		}
	}
	return nil
}

// Start starts all nodes. When a port was taken meanwhile, it tries others.
func (n *Network) Start(ctx context.Context) error {
	var err error
	for range startAttempts {
		if err = n.startAll(ctx); !errors.Is(err, node.ErrPortInUse) {
			return err
		}
		if err := n.Stop(); err != nil {
			return err
		}
		if err := n.assignPorts(); err != nil {
			return err
		}
	}
	return err
}

func (n *Network) startAll(ctx context.Context) error {
	for _, nd := range n.nodes {
		if err := nd.Start(ctx); err != nil {
			return fmt.Errorf("testnet: node %d: %w", nd.index, err)
		}
	}
	return nil
}

// Stop stops all nodes that run.
func (n *Network) Stop() error {
	var err error
	for _, nd := range n.nodes {
		err = errors.Join(err, nd.Stop())
	}
	return err
}

// Nodes returns all nodes, in order.
func (n *Network) Nodes() []*Node { return n.nodes }

// Node returns node i, counting from 0.
func (n *Network) Node(i int) *Node { return n.nodes[i] }

// Members returns the validators with their keys, in the order of the nodes.
func (n *Network) Members() []Member { return n.members }

// ChainID returns the network's chain id.
func (n *Network) ChainID() string { return n.options.ChainID }

// WaitHeight waits until every running node has stored the block at height, or
// ctx ends; the error then says how far each has come.
func (n *Network) WaitHeight(ctx context.Context, height uint64) error {
	return poll(ctx, func() error {
		for _, nd := range n.nodes {
			if err := nd.reached(ctx, height); err != nil {
				return err
			}
		}
		return nil
	})
}

// pollInterval is how often a condition is looked at.
const pollInterval = 20 * time.Millisecond

// poll calls cond until it returns nil. When ctx ends first, the error joins
// its reason with cond's last.
func poll(ctx context.Context, cond func() error) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := cond()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("testnet: %w: %w", context.Cause(ctx), err)
		case <-tick.C:
		}
	}
}
