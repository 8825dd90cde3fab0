package abci

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/app"
)

// ErrGenesis means that the application's genesis does not fit the network's.
var ErrGenesis = errors.New("abci: genesis")

// Info reports exactly the last durable height and its hash (design 03, trap
// 1): CometBFT replays what came after it.
func (a *App) Info(context.Context, *abcitypes.RequestInfo) (*abcitypes.ResponseInfo, error) {
	res := &abcitypes.ResponseInfo{
		Data: "pedigree", AppVersion: AppVersion, LastBlockHeight: int64(a.state.Version()),
	}
	if res.LastBlockHeight > 0 {
		res.LastBlockAppHash = a.state.Root()
	}
	return res, nil
}

// InitChain checks the genesis and stages it; it becomes durable with the first
// block.
func (a *App) InitChain(_ context.Context, req *abcitypes.RequestInitChain) (*abcitypes.ResponseInitChain, error) {
	if req.ChainId != a.cfg.ChainID {
		return nil, fmt.Errorf("%w: it is of chain %q, this node was made for %q", ErrGenesis, req.ChainId, a.cfg.ChainID)
	}
	if req.InitialHeight < 1 {
		return nil, fmt.Errorf("%w: initial height is %d, want at least 1", ErrGenesis, req.InitialHeight)
	}
	if v := a.state.Version(); v > 0 {
		return nil, fmt.Errorf("%w: the state stands at height %d already: it belongs to another chain or the block store was lost", ErrGenesis, v)
	}
	g, err := app.ParseGenesis(req.AppStateBytes)
	if err != nil {
		return nil, fmt.Errorf("%w: app_state: %w", ErrGenesis, err)
	}
	if err := checkValidators(g, req.Validators); err != nil {
		return nil, err
	}
	o := a.state.Begin()
	if err := app.InitGenesis(o, req.ChainId, uint64(req.Time.Unix()), g); err != nil {
		return nil, err
	}
	root, err := a.state.Stage(o, uint64(req.InitialHeight))
	if err != nil {
		return nil, err
	}
	a.genesis = o
	a.committed.Store(&committed{view: o, height: uint64(req.InitialHeight) - 1, time: uint64(req.Time.Unix())})
	return &abcitypes.ResponseInitChain{AppHash: root}, nil
}

// checkValidators holds CometBFT's validators to be exactly the founding
// members, with equal powers: each member runs one node with one vote.
func checkValidators(g *app.Genesis, validators []abcitypes.ValidatorUpdate) error {
	members := 0
	for i := range g.Partners {
		p := &g.Partners[i]
		if p.Consensus == nil {
			continue
		}
		members++
		if !hasValidator(validators, p.Consensus) {
			return fmt.Errorf("%w: member %s (%s) has consensus key %x, which is not among the validators", ErrGenesis, p.GLN, p.Name, []byte(p.Consensus))
		}
	}
	if members != len(validators) {
		return fmt.Errorf("%w: there are %d validators and %d members: every validator must be a member's", ErrGenesis, len(validators), members)
	}
	for _, v := range validators {
		if v.Power != validators[0].Power {
			return fmt.Errorf("%w: validators have powers %d and %d: members have equal votes", ErrGenesis, validators[0].Power, v.Power)
		}
	}
	return nil
}

func hasValidator(validators []abcitypes.ValidatorUpdate, key []byte) bool {
	for _, v := range validators {
		if bytes.Equal(v.PubKey.GetEd25519(), key) {
			return true
		}
	}
	return false
}
