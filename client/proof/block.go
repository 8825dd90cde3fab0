package proof

import (
	"bytes"
	"fmt"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"
)

// trim returns the light block with nothing in it that its header does not
// commit to, and with no more signatures than make two thirds of the power,
// counted in the order of the validators. So a header has one form here,
// smaller than what a node sends.
func trim(lb *types.LightBlock) (*types.LightBlock, error) {
	if err := lb.ValidateBasic(lb.ChainID); err != nil {
		return nil, err
	}
	commit := &types.Commit{
		Height: lb.Commit.Height, Round: lb.Commit.Round, BlockID: lb.Commit.BlockID,
		Signatures: make([]types.CommitSig, len(lb.Commit.Signatures)),
	}
	if len(commit.Signatures) != len(lb.ValidatorSet.Validators) {
		return nil, fmt.Errorf("%d signatures of %d validators", len(commit.Signatures), len(lb.ValidatorSet.Validators))
	}
	need, have := lb.ValidatorSet.TotalVotingPower()*2/3, int64(0)
	for i, sig := range lb.Commit.Signatures {
		commit.Signatures[i] = types.NewCommitSigAbsent()
		if sig.BlockIDFlag == types.BlockIDFlagCommit && have <= need {
			commit.Signatures[i] = sig
			have += lb.ValidatorSet.Validators[i].VotingPower
		}
	}
	return &types.LightBlock{
		SignedHeader: &types.SignedHeader{Header: lb.Header, Commit: commit},
		ValidatorSet: plain(lb.ValidatorSet),
	}, nil
}

// plain is the validator set without what the header's hash does not cover:
// priorities are zero and the first validator stands for the proposer.
func plain(vals *types.ValidatorSet) *types.ValidatorSet {
	out := &types.ValidatorSet{Validators: make([]*types.Validator, len(vals.Validators))}
	for i, v := range vals.Validators {
		out.Validators[i] = &types.Validator{Address: v.Address, PubKey: v.PubKey, VotingPower: v.VotingPower}
	}
	out.Proposer = out.Validators[0]
	return out
}

func encodeBlock(lb *types.LightBlock) ([]byte, error) {
	pb, err := lb.ToProto()
	if err != nil {
		return nil, err
	}
	return pb.Marshal()
}

// maxValidators bounds the validator set of a file.
const maxValidators = 512

// decodeBlock reads a light block and refuses every form but the trimmed one.
func decodeBlock(raw []byte) (lb *types.LightBlock, err error) {
	pb := new(cmtproto.LightBlock)
	if err := pb.Unmarshal(raw); err != nil {
		return nil, err
	}
	if err := checkBlock(pb); err != nil {
		return nil, err
	}
	if lb, err = types.LightBlockFromProto(pb); err != nil {
		return nil, err
	}
	for _, v := range lb.ValidatorSet.Validators {
		if !bytes.Equal(v.Address, v.PubKey.Address()) {
			return nil, fmt.Errorf("address %s is not of key %X", v.Address, v.PubKey.Bytes())
		}
	}
	own, err := trim(lb)
	if err != nil {
		return nil, err
	}
	again, err := encodeBlock(own)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, raw) {
		return nil, fmt.Errorf("not the shortest form: superfluous signatures, priorities or fields")
	}
	return own, nil
}

// checkBlock refuses what the conversion from protobuf does not expect.
func checkBlock(pb *cmtproto.LightBlock) error {
	if pb.SignedHeader == nil || pb.SignedHeader.Header == nil || pb.SignedHeader.Commit == nil || pb.ValidatorSet == nil {
		return fmt.Errorf("header, commit or validators are missing")
	}
	if n := len(pb.ValidatorSet.Validators); n == 0 || n > maxValidators {
		return fmt.Errorf("1 to %d validators expected, found %d", maxValidators, n)
	}
	if pb.SignedHeader.Header.Height < 2 {
		return fmt.Errorf("height %d: the first header that commits to a state is at 2", pb.SignedHeader.Header.Height)
	}
	for _, v := range pb.ValidatorSet.Validators {
		if v == nil || len(v.PubKey.GetEd25519()) != ed25519.PubKeySize {
			return fmt.Errorf("a validator's key is not Ed25519")
		}
	}
	return nil
}
