package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/crypto/ed25519"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

// What a node answers may lack any part, by its fault or by its will. Each
// answer is looked at here, once, before anybody reads what is in it.

// errNoBlock means that the node has no block, or none at the height that was
// asked for.
var errNoBlock = errors.New("the node has no block yet")

// signedHeader asks for the header at a height, nil for the latest, with its
// commit. It agrees with the question and nothing else: a light client checks
// what it says.
func signedHeader(ctx context.Context, rpc RPC, at *int64) (*types.SignedHeader, error) {
	res, err := rpc.Commit(ctx, at)
	switch {
	case err != nil:
		return nil, err
	case res == nil || res.Header == nil || res.SignedHeader.Commit == nil:
		return nil, errNoBlock
	case res.Height <= 0 || at != nil && res.Height != *at:
		return nil, fmt.Errorf("%w: the node gave the header of block %d in place of the one that was asked for", proof.ErrInvalid, res.Height)
	}
	return &res.SignedHeader, nil
}

// blockAt asks for the block at a height.
func (c *Client) blockAt(ctx context.Context, height uint64) (*types.Block, error) {
	h := int64(height)
	res, err := c.rpc.Block(ctx, &h)
	switch {
	case err != nil:
		return nil, fmt.Errorf("block %d: %w", height, err)
	case res == nil || res.Block == nil || res.Block.Height != h:
		return nil, fmt.Errorf("%w: the node gave no block or another one for %d", proof.ErrInvalid, height)
	}
	return res.Block, nil
}

// validatorPage asks for a page of the validators at a height.
func validatorPage(ctx context.Context, rpc RPC, height int64, page, perPage int) (*ctypes.ResultValidators, error) {
	res, err := rpc.Validators(ctx, &height, &page, &perPage)
	if err != nil {
		return nil, err
	}
	if res == nil {
		return nil, errors.New("the node named no validators")
	}
	return res, nil
}

// validatorSet makes a set of validators that a node named. CometBFT, which
// makes it, expects keys that have their size and validators that differ, and
// panics otherwise.
func validatorSet(list []*types.Validator) (*types.ValidatorSet, error) {
	seen := make(map[string]bool, len(list))
	for i, v := range list {
		if v == nil {
			return nil, fmt.Errorf("validator %d is missing", i)
		}
		key, ok := v.PubKey.(ed25519.PubKey)
		if !ok || len(key) != ed25519.PubKeySize || seen[string(key)] {
			return nil, fmt.Errorf("validator %d has no ed25519 key of its own", i)
		}
		seen[string(key)] = true
	}
	return types.ValidatorSetFromExistingValidators(list)
}
