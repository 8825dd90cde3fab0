// Package client talks to a Pedigree network: it signs and submits transactions
// and waits for their verdict, asks queries and checks the proofs of their
// answers, and turns partners' EPCIS events into ops and back.
//
//	go get github.com/pedigree-ledger/pedigree/client
//
// # The way through it
//
// Dial, or Connect over a connection of your own, makes a Client of one node.
// Use gives it a partner's key (LoadSigner), UseLight a light client (NewLight)
// that trusts the genesis validators or a header you name.
//
// Submit sends an op and waits for its verdict. Do is Submit with everything
// that can be said: for whom, when, and under which key of your own, so that it
// goes in once whatever gets lost. An op on goods shows where they stand: Plan
// looks that up and makes the op.
//
// Query returns a typed record, proved; Pedigree everything about one package,
// with a file that proves it to others. Listings, such as History,
// PartnerShipments or Partners, come page by page; All collects them.
//
// Capture takes an EPCIS document to the ledger. Export and Teller tell what
// stands there as EPCIS. Follow gives every block from a height on.
//
// # What is believed
//
// What a node says is of two kinds. A record comes with a proof against the
// header that the light client verified, from other nodes if it likes: Query,
// Pedigree, Block and Follow believe nothing else. Listings come from the node's
// index and are not proven; whatever is done with them is checked by the
// ledger, or proved afterwards key by key.
//
// # Errors
//
// The ledger's no is an Outcome with a code (Outcome.Err makes it an error that
// matches the code: errors.Is(err, app.CodeEnded)). Any other error is trouble:
// with the connection, the node or the disk. Whether a tx that met trouble went
// in is open, until it is sent again: see Do.
package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// RPC is what a Client needs of a node. CometBFT's HTTP client is one, and so
// is its local client for a node in the same process. All methods may be
// called from any goroutine.
type RPC interface {
	ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error)
	BroadcastTxSync(ctx context.Context, tx types.Tx) (*ctypes.ResultBroadcastTx, error)
	Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error)
	Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error)
	Validators(ctx context.Context, height *int64, page, perPage *int) (*ctypes.ResultValidators, error)
}

// ErrNotFound means that the ledger knows of no such thing, as far as the
// node's index has come.
var ErrNotFound = errors.New("the ledger knows of no such thing")

// Client talks to one node. It may be used by many goroutines.
type Client struct {
	rpc     RPC
	chainID string
	height  atomic.Uint64 // the highest height heard of
	indexed atomic.Uint64 // the highest that the index was waited for
	told    atomic.Uint64 // the highest block of a verdict that was told
	tuned   atomic.Pointer[tuned]

	mu      sync.Mutex
	signers map[gs1.GLN]*account
	agents  map[gs1.GLN]gs1.GLN // who signs for a partner that has no signer
	light   *Light
	owners  map[app.KeyID]gs1.GLN // of keys that signed what was read
	outbox  Outbox

	keeping sync.Mutex // between looking into the outbox and keeping
}

// Dial connects to a node's CometBFT RPC, such as http://127.0.0.1:26657, and
// asks for the name of its chain.
func Dial(ctx context.Context, url string) (*Client, error) {
	rpc, err := DialRPC(url)
	if err != nil {
		return nil, err
	}
	return Connect(ctx, rpc)
}

// requestTimeout bounds one request to a node, in seconds.
const requestTimeout = 30

// DialRPC makes the connection that Dial uses, for a light client.
func DialRPC(url string) (RPC, error) {
	rpc, err := rpchttp.NewWithTimeout(url, "/websocket", requestTimeout)
	if err != nil {
		return nil, fmt.Errorf("node %s: %w", url, err)
	}
	return rpc, nil
}

// New makes a Client of a connection to a node of a chain whose name is known,
// signing for no one yet. It asks nothing: the node may come later.
func New(chainID string, rpc RPC) *Client {
	c := &Client{
		rpc: rpc, chainID: chainID,
		signers: make(map[gs1.GLN]*account), agents: make(map[gs1.GLN]gs1.GLN), owners: make(map[app.KeyID]gs1.GLN),
		outbox: newMemoryOutbox(),
	}
	c.Tune(Tuning{})
	return c
}

// Connect is New with the chain's name as the node says it.
func Connect(ctx context.Context, rpc RPC) (*Client, error) {
	head, err := signedHeader(ctx, rpc, nil)
	switch {
	case errors.Is(err, errNoBlock):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("the node does not answer: %w", err)
	}
	c := New(head.ChainID, rpc)
	c.heard(uint64(head.Height))
	return c, nil
}

// ChainID is the name of the chain that the node is on.
func (c *Client) ChainID() string { return c.chainID }

// RPC is the connection that the client uses.
func (c *Client) RPC() RPC { return c.rpc }

// Use lets the client sign for the signer's partner. A second signer for the
// same partner replaces the first.
func (c *Client) Use(s *Signer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signers[s.Partner] = newAccount(s)
}

// UseFor is Use, and lets the signer's partner sign on behalf of a principal,
// which has delegated it on the ledger: what is submitted for the principal
// then says so, unless the client has a key of the principal's own.
func (c *Client) UseFor(s *Signer, principal gs1.GLN) {
	c.Use(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.agents[principal] = s.Partner
}

// Signs reports whether the client can sign for a partner, with its key or as
// its agent.
func (c *Client) Signs(partner gs1.GLN) bool {
	signer, _ := c.signerFor(partner)
	return c.account(signer) != nil
}

// signerFor is the partner that signs what a partner submits, and on whose
// behalf: zero when that is its own.
func (c *Client) signerFor(partner gs1.GLN) (signer, principal gs1.GLN) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if agent, ok := c.agents[partner]; ok && c.signers[partner] == nil {
		return agent, partner
	}
	return partner, gs1.GLN{}
}

func (c *Client) account(partner gs1.GLN) *account {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.signers[partner]
}

// heard remembers the highest height that the node has told.
func (c *Client) heard(height uint64) { raise(&c.height, height) }

// raise makes a number at least as high.
func raise(n *atomic.Uint64, to uint64) {
	for {
		old := n.Load()
		if to <= old || n.CompareAndSwap(old, to) {
			return
		}
	}
}

// latest asks the node for the height of its last block.
func (c *Client) latest(ctx context.Context) (uint64, error) {
	head, err := signedHeader(ctx, c.rpc, nil)
	if err != nil {
		return 0, err
	}
	c.heard(uint64(head.Height))
	return uint64(head.Height), nil
}

// How often a condition at a node is looked at: often at first, because most
// come within a block, then less so.
const (
	firstLook = 20 * time.Millisecond
	lastLook  = 250 * time.Millisecond
)

// await calls cond until it is done, fails or ctx ends.
func await(ctx context.Context, cond func() (done bool, err error)) error {
	for wait := firstLook; ; wait = min(wait*3/2, lastLook) {
		done, err := cond()
		if done || err != nil {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
		}
	}
}
