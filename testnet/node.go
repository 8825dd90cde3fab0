package testnet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/pedigree-ledger/pedigree/node"
)

// ErrNotRunning means that the node was not started, or has stopped.
var ErrNotRunning = errors.New("testnet: the node does not run")

// ErrInProcess means that a fault was asked for that only a process can suffer.
var ErrInProcess = errors.New("testnet: only a node in a process of its own can be killed or paused")

// Node is one node of a network.
type Node struct {
	network  *Network
	index    int
	home     node.Home
	settings node.Settings
	local    *node.Node // in this process
	process  *process   // or in its own
}

// Home is the node's directory.
func (n *Node) Home() node.Home { return n.home }

// RPC is the URL of CometBFT's RPC, as a light client or CometBFT's own client
// takes it.
func (n *Node) RPC() string { return "http://" + strings.TrimPrefix(n.settings.RPC, "tcp://") }

// API is the URL of the node's API.
func (n *Node) API() string { return "http://" + n.settings.API }

// Local returns the node in this process; nil when it does not run, or runs in
// a process of its own.
func (n *Node) Local() *node.Node { return n.local }

// Running reports whether the node was started and not stopped since. A process
// that ended by itself does not run.
func (n *Node) Running() bool {
	return n.local != nil || (n.process != nil && !n.process.ended())
}

// Start starts the node; one that runs is left alone. A process is awaited
// until its RPC answers. The error is node.ErrPortInUse when a port was taken.
func (n *Node) Start(ctx context.Context) error {
	if n.Running() {
		return nil
	}
	if n.network.options.Command != nil {
		return n.startProcess(ctx)
	}
	c := node.Config{
		Home: n.home, Settings: n.settings,
		Logger: n.network.options.Logger.With(slog.Int("node", n.index)),
	}
	if err := n.network.options.Prepare(n.index, &c); err != nil {
		return err
	}
	local, err := node.New(c)
	if err != nil {
		return err
	}
	if err := local.Start(); err != nil {
		return errors.Join(err, local.Stop())
	}
	n.local = local
	return nil
}

// Stop stops the node as an operator would, and waits for its end. One that
// does not run is left alone.
func (n *Node) Stop() error {
	if n.local != nil {
		local := n.local
		n.local = nil
		return local.Stop()
	}
	if n.process == nil {
		return nil
	}
	p := n.process
	n.process = nil
	return p.terminate()
}

// Kill ends the process at once, as kill -9 does, and waits for its end.
func (n *Node) Kill() error {
	p, err := n.faulty()
	if err != nil {
		return err
	}
	n.process = nil
	return p.kill()
}

// Pause stops the process from running without ending it, as a machine that
// hangs; Resume lets it go on.
func (n *Node) Pause() error {
	p, err := n.faulty()
	if err != nil {
		return err
	}
	return p.pause()
}

// Resume lets a paused process go on.
func (n *Node) Resume() error {
	p, err := n.faulty()
	if err != nil {
		return err
	}
	return p.resume()
}

func (n *Node) faulty() (*process, error) {
	switch {
	case n.network.options.Command == nil:
		return nil, ErrInProcess
	case !n.Running():
		return nil, ErrNotRunning
	}
	return n.process, nil
}

// Height returns the height of the last block that the node has stored.
func (n *Node) Height(ctx context.Context) (uint64, error) {
	switch {
	case n.local != nil:
		if err := n.local.Err(); err != nil {
			return 0, err
		}
		return n.local.Height(), nil
	case n.Running():
		s, err := n.status(ctx)
		return s.Height, err
	}
	return 0, ErrNotRunning
}

// WaitHeight waits until this node has stored the block at height.
func (n *Node) WaitHeight(ctx context.Context, height uint64) error {
	return poll(ctx, func() error { return n.reached(ctx, height) })
}

// reached returns nil when the node has stored the block at height. A node
// that was stopped is not waited for.
func (n *Node) reached(ctx context.Context, height uint64) error {
	if n.local == nil && n.process == nil {
		return nil
	}
	got, err := n.Height(ctx)
	if err == nil && got < height {
		err = fmt.Errorf("at height %d, want %d", got, height)
	}
	if err != nil {
		return fmt.Errorf("node %d: %w", n.index, err)
	}
	return nil
}
