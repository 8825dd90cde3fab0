package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"

	cmthttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cometbft/cometbft/store"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/state"
)

// auditSource is where an auditor gets a chain from. Nothing it says is
// believed: the genesis is the auditor's to compare, the rest is checked.
type auditSource struct {
	genesis *types.GenesisDoc
	height  uint64
	// block returns a block and the commit that decided it.
	block func(ctx context.Context, height uint64) (*types.Block, *types.Commit, error)
	// appHash returns the app hash after the block at height, which is the
	// last; nil when the source cannot say.
	appHash func(ctx context.Context, height uint64) ([]byte, error)
	close   func() error
}

// homeSource reads the home of a node that does not run.
func homeSource(home node.Home) (*auditSource, error) {
	doc, err := home.Genesis()
	if err != nil {
		return nil, err
	}
	blocks, closeBlocks, err := wholeChain(home)
	if err != nil {
		return nil, err
	}
	return &auditSource{
		genesis: doc, height: uint64(blocks.Height()), close: closeBlocks,
		block: func(_ context.Context, h uint64) (*types.Block, *types.Commit, error) {
			return storedBlock(home, blocks, int64(h))
		},
		appHash: func(_ context.Context, h uint64) ([]byte, error) { return storedAppHash(home, h) },
	}, nil
}

// storedBlock loads a block and its commit. CometBFT panics on a record that
// it cannot read.
func storedBlock(home node.Home, blocks *store.BlockStore, h int64) (b *types.Block, c *types.Commit, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: block %d cannot be read: %s", home, h, oneLine(fmt.Sprint(r)))
		}
	}()
	b, c = blocks.LoadBlock(h), blocks.LoadBlockCommit(h)
	if c == nil {
		c = blocks.LoadSeenCommit(h)
	}
	if b == nil || c == nil {
		return nil, nil, fmt.Errorf("%s has no block %d, or not its commit", home, h)
	}
	return b, c, nil
}

// storedAppHash is the root of a stopped node's state, if that is at the
// height: after a crash the blocks may be one ahead.
func storedAppHash(home node.Home, height uint64) ([]byte, error) {
	s, err := state.Open(state.Config{Dir: home.StateDir(), ReadOnly: true})
	if err != nil {
		return nil, err
	}
	var root []byte
	if s.Version() == height {
		root = s.Root()
	}
	return root, s.Close()
}

// rpcSource asks a node. genesisFile, when given, is trusted instead of the
// node's genesis.
func rpcSource(ctx context.Context, url, genesisFile string) (*auditSource, error) {
	c, err := cmthttp.New(url, "/websocket")
	if err != nil {
		return nil, usage("--from %s: %v", url, err)
	}
	status, err := c.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("node %s cannot be reached: %w", url, err)
	}
	doc, err := trustedGenesis(ctx, c, genesisFile)
	if err != nil {
		return nil, err
	}
	if first := status.SyncInfo.EarliestBlockHeight; first > doc.InitialHeight {
		return nil, fmt.Errorf("node %s keeps blocks from height %d on; all from %d are needed: ask an archive node", url, first, doc.InitialHeight)
	}
	return &auditSource{
		genesis: doc, height: uint64(status.SyncInfo.LatestBlockHeight), close: func() error { return nil },
		block: func(ctx context.Context, h uint64) (*types.Block, *types.Commit, error) {
			return askedBlock(ctx, c, url, int64(h))
		},
		appHash: func(ctx context.Context, h uint64) ([]byte, error) {
			info, err := c.ABCIInfo(ctx)
			if err != nil || uint64(info.Response.LastBlockHeight) != h {
				return nil, err // the node has gone on: the next header says it
			}
			return info.Response.LastBlockAppHash, nil
		},
	}, nil
}

func askedBlock(ctx context.Context, c *cmthttp.HTTP, url string, h int64) (*types.Block, *types.Commit, error) {
	b, err := c.Block(ctx, &h)
	if err != nil {
		return nil, nil, fmt.Errorf("block %d from %s: %w", h, url, err)
	}
	commit, err := c.Commit(ctx, &h)
	if err != nil {
		return nil, nil, fmt.Errorf("commit of block %d from %s: %w", h, url, err)
	}
	if b.Block == nil || commit.Commit == nil {
		return nil, nil, fmt.Errorf("node %s has no block %d, or not its commit", url, h)
	}
	return b.Block, commit.Commit, nil
}

// trustedGenesis reads a genesis file, or asks the node for its own.
func trustedGenesis(ctx context.Context, c *cmthttp.HTTP, file string) (*types.GenesisDoc, error) {
	var raw []byte
	if file != "" {
		p, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		raw = p
	}
	for chunk, total := uint(0), uint(1); file == "" && chunk < total; chunk++ {
		res, err := c.GenesisChunked(ctx, chunk)
		if err != nil {
			return nil, fmt.Errorf("genesis: %w", err)
		}
		part, err := base64.StdEncoding.DecodeString(res.Data)
		if err != nil {
			return nil, fmt.Errorf("genesis: chunk %d: %w", chunk, err)
		}
		raw, total = append(raw, part...), uint(res.TotalChunks)
	}
	doc, err := types.GenesisDocFromJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	return doc, nil
}
