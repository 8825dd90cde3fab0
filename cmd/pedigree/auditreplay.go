package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	dbm "github.com/cometbft/cometbft-db"
	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/merkle"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/mempool"
	"github.com/cometbft/cometbft/proxy"
	cmtstate "github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/store"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/abci"
	"github.com/pedigree-ledger/pedigree/state"
)

// replayer executes a chain again. CometBFT's own executor checks what stands
// in each header against the state that the blocks before it gave; the
// replayer adds the signatures of the last commit.
type replayer struct {
	src      *auditSource
	state    *state.State
	conns    proxy.AppConns
	executor *cmtstate.BlockExecutor
	chain    cmtstate.State
	txs      uint64
	refused  uint64
}

func newReplayer(ctx context.Context, src *auditSource, dir string) (*replayer, error) {
	chain, err := cmtstate.MakeGenesisState(src.genesis)
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	s, err := state.Open(state.Config{Dir: dir, KeepVersions: 2})
	if err != nil {
		return nil, err
	}
	chain.Version.Consensus.App = abci.AppVersion // as a node's handshake sets it
	r := &replayer{src: src, state: s, chain: chain}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// start connects the executor to a fresh ledger and hands it the genesis.
func (r *replayer) start(ctx context.Context) error {
	ledger, err := abci.New(abci.Config{State: r.state, ChainID: r.src.genesis.ChainID})
	if err != nil {
		return err
	}
	counted := &countingApp{Application: ledger, replayer: r}
	r.conns = proxy.NewAppConns(proxy.NewLocalClientCreator(counted), proxy.NopMetrics())
	if err := r.conns.Start(); err != nil {
		return err
	}
	memory := dbm.NewMemDB()
	states := cmtstate.NewStore(memory, cmtstate.StoreOptions{DiscardABCIResponses: true})
	r.executor = cmtstate.NewBlockExecutor(states, cmtlog.NewNopLogger(), r.conns.Consensus(), &mempool.NopMempool{},
		cmtstate.EmptyEvidencePool{}, store.NewBlockStore(dbm.NewMemDB()))
	return r.initChain(ctx, states)
}

func (r *replayer) initChain(ctx context.Context, states cmtstate.Store) error {
	params := r.src.genesis.ConsensusParams.ToProto()
	res, err := r.conns.Consensus().InitChain(ctx, &abcitypes.RequestInitChain{
		Time: r.src.genesis.GenesisTime, ChainId: r.src.genesis.ChainID, InitialHeight: r.src.genesis.InitialHeight,
		ConsensusParams: &params, Validators: types.TM2PB.ValidatorUpdates(r.chain.Validators), AppStateBytes: r.src.genesis.AppState,
	})
	if err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	if len(res.AppHash) > 0 {
		r.chain.AppHash = res.AppHash
	}
	// As CometBFT's handshake does: the results of no block are the empty tree.
	r.chain.LastResultsHash = merkle.HashFromByteSlices(nil)
	return states.Bootstrap(r.chain)
}

// step executes one block. diverged says how the chain departs from what its
// blocks give; err is the auditor's own trouble.
func (r *replayer) step(ctx context.Context, height uint64) (diverged, err error) {
	block, commit, err := r.src.block(ctx, height)
	if err != nil {
		return nil, err
	}
	parts, err := block.MakePartSet(types.BlockPartSizeBytes)
	if err != nil {
		return nil, err
	}
	id := types.BlockID{Hash: block.Hash(), PartSetHeader: parts.Header()}
	if diverged := r.judge(block, id, commit); diverged != nil {
		return diverged, nil
	}
	// What no block may hold is refused by every node that proposes or votes.
	allowed, err := r.executor.ProcessProposal(block, r.chain)
	if err != nil {
		return nil, err
	}
	if !allowed {
		return errors.New("the block holds what no block may: bytes that are no transaction, or a transaction with a bad envelope"), nil
	}
	next, err := r.executor.ApplyVerifiedBlock(r.chain, id, block)
	if err != nil {
		return nil, err
	}
	r.chain = next
	return nil, nil
}

// judge checks a block against the state that the blocks before it gave.
func (r *replayer) judge(block *types.Block, id types.BlockID, commit *types.Commit) error {
	switch {
	case block.ChainID != r.chain.ChainID:
		return fmt.Errorf("the block is of chain %q, the genesis of %q", block.ChainID, r.chain.ChainID)
	case !bytes.Equal(block.AppHash, r.chain.AppHash) && block.Height == r.chain.InitialHeight:
		return fmt.Errorf("the block says the app hash is %X, the genesis gives %X: it is not the network's genesis", block.AppHash, r.chain.AppHash)
	case !bytes.Equal(block.AppHash, r.chain.AppHash):
		return fmt.Errorf("the block says the app hash is %X, executing the blocks before it gives %X", block.AppHash, r.chain.AppHash)
	}
	if err := r.chain.Validators.VerifyCommit(r.chain.ChainID, id, block.Height, commit); err != nil {
		return fmt.Errorf("the commit's signatures do not hold: %w", err)
	}
	return r.executor.ValidateBlock(r.chain, block)
}

// last compares the app hash after the last block with what the source says:
// no header carries it yet.
func (r *replayer) last(ctx context.Context, height uint64) (diverged, err error) {
	hash, err := r.src.appHash(ctx, height)
	if err != nil || hash == nil || bytes.Equal(hash, r.chain.AppHash) {
		return nil, err
	}
	return fmt.Errorf("the node's state has the app hash %X, executing the blocks gives %X", hash, r.chain.AppHash), nil
}

func (r *replayer) close() error {
	var err error
	if r.conns != nil {
		err = r.conns.Stop()
	}
	return errors.Join(err, r.state.Close())
}

// countingApp counts transactions and refusals on their way.
type countingApp struct {
	abcitypes.Application
	replayer *replayer
}

// FinalizeBlock counts what the ledger answers.
func (c *countingApp) FinalizeBlock(ctx context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	res, err := c.Application.FinalizeBlock(ctx, req)
	if err != nil {
		return nil, err
	}
	for _, tx := range res.TxResults {
		c.replayer.txs++
		if tx.Code != abcitypes.CodeTypeOK {
			c.replayer.refused++
		}
	}
	return res, nil
}
