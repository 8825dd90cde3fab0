package clienttest

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	"github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"
)

// Validators sign headers. Their keys follow from their numbers.
type Validators struct {
	Set     *types.ValidatorSet
	private map[string]ed25519.PrivKey // by address
	// Silent validators, by address, do not sign.
	Silent map[string]bool
}

// NewValidators are n validators of equal power, numbered from first.
func NewValidators(n, first int) *Validators {
	v := &Validators{private: make(map[string]ed25519.PrivKey), Silent: make(map[string]bool)}
	var list []*types.Validator
	for i := range n {
		key := ed25519.GenPrivKeyFromSecret(fmt.Appendf(nil, "validator %d", first+i))
		v.private[string(key.PubKey().Address())] = key
		list = append(list, types.NewValidator(key.PubKey(), 10))
	}
	v.Set = types.NewValidatorSet(list)
	return v
}

// Sign makes the header at a height that commits to appHash and to the block's
// txs, if there are any, signed by all but the silent ones.
func (v *Validators) Sign(tb testing.TB, chainID string, height, seconds uint64, appHash []byte, txs ...types.Tx) *types.LightBlock {
	tb.Helper()
	filler := sha256.Sum256(fmt.Appendf(nil, "block %d", height))
	data := filler[:]
	if len(txs) > 0 {
		data = types.Txs(txs).Hash()
	}
	h := &types.Header{
		Version: cmtversion.Consensus{Block: version.BlockProtocol},
		ChainID: chainID, Height: int64(height), Time: time.Unix(int64(seconds), 0).UTC(),
		LastBlockID:    types.BlockID{Hash: filler[:], PartSetHeader: types.PartSetHeader{Total: 1, Hash: filler[:]}},
		LastCommitHash: filler[:], DataHash: data, ConsensusHash: filler[:],
		LastResultsHash: filler[:], EvidenceHash: filler[:],
		ValidatorsHash: v.Set.Hash(), NextValidatorsHash: v.Set.Hash(),
		AppHash: appHash, ProposerAddress: v.Set.Validators[0].Address,
	}
	id := types.BlockID{Hash: h.Hash(), PartSetHeader: types.PartSetHeader{Total: 1, Hash: filler[:]}}
	commit := &types.Commit{Height: h.Height, BlockID: id}
	for i, val := range v.Set.Validators {
		commit.Signatures = append(commit.Signatures, v.vote(tb, chainID, id, h, int32(i), val))
	}
	return &types.LightBlock{SignedHeader: &types.SignedHeader{Header: h, Commit: commit}, ValidatorSet: v.Set}
}

func (v *Validators) vote(tb testing.TB, chainID string, id types.BlockID, h *types.Header, i int32, val *types.Validator) types.CommitSig {
	tb.Helper()
	if v.Silent[string(val.Address)] {
		return types.NewCommitSigAbsent()
	}
	at := h.Time.Add(time.Duration(i+1) * time.Millisecond)
	vote := &types.Vote{
		Type: cmtproto.PrecommitType, Height: h.Height, BlockID: id,
		Timestamp: at, ValidatorAddress: val.Address, ValidatorIndex: i,
	}
	sig, err := v.private[string(val.Address)].Sign(types.VoteSignBytes(chainID, vote.ToProto()))
	check(tb, err)
	return types.CommitSig{BlockIDFlag: types.BlockIDFlagCommit, ValidatorAddress: val.Address, Timestamp: at, Signature: sig}
}
