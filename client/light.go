package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cometbft/cometbft/light"
	"github.com/cometbft/cometbft/light/provider"
	"github.com/cometbft/cometbft/types"
)

// LightConfig says what a light client trusts and whom it asks.
type LightConfig struct {
	ChainID string
	// Primary gives headers; Witnesses, best nodes of other members, are
	// compared with it, so that a node cannot show a fork to one client.
	// Without any, the primary is its own witness.
	Primary   RPC
	Witnesses []RPC

	// Validators are those of the genesis file, trusted to have signed the
	// first block. Or Height and Hash are of a header that is trusted, which
	// a network older than Period needs.
	Validators *types.ValidatorSet
	Height     uint64
	Hash       []byte

	// Period is how long a header is trusted: less than the time in which
	// validators can leave with impunity. 0 means 14 days.
	Period time.Duration
}

const defaultTrustPeriod = 14 * 24 * time.Hour

// Light verifies headers from what it trusts, by CometBFT's light client. It
// keeps what it verified in memory. It may be used by many goroutines.
type Light struct {
	mu     sync.Mutex
	client *light.Client
}

// NewLight starts a light client from what cfg trusts.
func NewLight(ctx context.Context, cfg LightConfig) (*Light, error) {
	if cfg.Period == 0 {
		cfg.Period = defaultTrustPeriod
	}
	primary := &headers{chainID: cfg.ChainID, rpc: cfg.Primary}
	witnesses := []provider.Provider{primary}
	if len(cfg.Witnesses) > 0 {
		witnesses = nil
	}
	for _, w := range cfg.Witnesses {
		witnesses = append(witnesses, &headers{chainID: cfg.ChainID, rpc: w})
	}
	trust := light.TrustOptions{Period: cfg.Period, Height: int64(cfg.Height), Hash: cfg.Hash}
	if cfg.Hash == nil {
		first, err := trustGenesis(ctx, primary, cfg.Validators)
		if err != nil {
			return nil, err
		}
		trust.Height, trust.Hash = first.Height, first.Hash()
	}
	c, err := light.NewClient(ctx, cfg.ChainID, trust, primary, witnesses, newHeaderStore(), light.MaxBlockLag(time.Second))
	if err != nil {
		return nil, fmt.Errorf("light client: %w", err)
	}
	return &Light{client: c}, nil
}

// trustGenesis fetches the first header and checks that the genesis validators
// signed it.
func trustGenesis(ctx context.Context, from *headers, vals *types.ValidatorSet) (*types.LightBlock, error) {
	if vals == nil {
		return nil, errors.New("light client: name the genesis validators, or a header to trust")
	}
	lb, err := from.LightBlock(ctx, 1)
	if err != nil {
		return nil, fmt.Errorf("light client: first header: %w", err)
	}
	if !bytes.Equal(lb.ValidatorsHash, vals.Hash()) {
		return nil, fmt.Errorf("light client: the first block names validator set %X, the genesis file %X: the node is on another chain", lb.ValidatorsHash, vals.Hash())
	}
	return lb, vals.VerifyCommitLight(from.chainID, lb.Commit.BlockID, 1, lb.Commit)
}

// Verify returns the header at a height with its validators, verified. One
// that is about to come is waited for.
func (l *Light) Verify(ctx context.Context, height uint64) (*types.LightBlock, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lb, err := l.client.VerifyLightBlockAtHeight(ctx, int64(height), time.Now())
	if err != nil {
		return nil, fmt.Errorf("light client: header %d: %w", height, err)
	}
	return lb, nil
}

// UseLight lets the client check proofs against the headers of a light client.
// It may ask other nodes than the client does, and should.
func (c *Client) UseLight(l *Light) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.light = l
	clear(c.owners) // they were not proved, or by another
}

func (c *Client) needLight() (*Light, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.light == nil {
		return nil, errors.New("proofs are checked by a light client, and none is set: see UseLight")
	}
	return c.light, nil
}
