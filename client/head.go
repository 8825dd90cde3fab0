package client

import (
	"context"
	"time"
)

// Head is the last block that the validators signed, as the light client
// verified it.
type Head struct {
	ChainID string    `json:"chainId" doc:"the chain's name"`
	Height  uint64    `json:"height" doc:"the height of the last block"`
	Time    time.Time `json:"time" doc:"its time"`
	Hash    string    `json:"hash" doc:"the hash of its header, in hex"`
	// AppHash is the root of the state after the block before it.
	AppHash string `json:"appHash" doc:"the root of the state after the block before it, in hex"`
	// ValidatorsHash names the set of validators that signed it.
	ValidatorsHash string      `json:"validatorsHash" doc:"the hash of the set of validators, in hex: what a verifier of proofs trusts"`
	Validators     []Validator `json:"validators" doc:"who signs blocks, the strongest first"`
}

// Validator is one that signs blocks.
type Validator struct {
	Address string `json:"address" doc:"the address, in hex"`
	PubKey  []byte `json:"pubKey" doc:"the consensus key"`
	Power   int64  `json:"power" doc:"its voting power"`
}

// Head returns the last block. There must be a light client: see UseLight.
func (c *Client) Head(ctx context.Context) (*Head, error) {
	l, err := c.needLight()
	if err != nil {
		return nil, err
	}
	height, err := c.latest(ctx)
	if err != nil {
		return nil, err
	}
	lb, err := l.Verify(ctx, height)
	if err != nil {
		return nil, err
	}
	h := &Head{
		ChainID: lb.ChainID, Height: uint64(lb.Height), Time: lb.Time, Hash: lb.Hash().String(),
		AppHash: lb.AppHash.String(), ValidatorsHash: lb.ValidatorsHash.String(),
	}
	for _, v := range lb.ValidatorSet.Validators {
		h.Validators = append(h.Validators, Validator{v.Address.String(), v.PubKey.Bytes(), v.VotingPower})
	}
	return h, nil
}

// Height asks the node for the height of its last block.
func (c *Client) Height(ctx context.Context) (uint64, error) { return c.latest(ctx) }
