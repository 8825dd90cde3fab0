package proof

import (
	"bytes"
	"fmt"
	"time"

	cmtmath "github.com/cometbft/cometbft/libs/math"
	"github.com/cometbft/cometbft/light"
	"github.com/cometbft/cometbft/types"
)

// maxClockDrift is how far a header may lie ahead of the verifier's clock.
const maxClockDrift = 10 * time.Second

// Trust is whose word a verifier takes, made by one of the Trust functions.
type Trust struct {
	chainID    string
	validators []byte            // a validator set, by hash
	block      *types.LightBlock // or a light block, for
	period     time.Duration     // this long
	header     []byte            // or one header, by hash
}

// TrustValidators trusts a validator set, such as that of the genesis file, by
// its hash, for as long as the header's set is the same.
func TrustValidators(chainID string, hash []byte) Trust {
	return Trust{chainID: chainID, validators: hash}
}

// TrustBlock trusts a light block for a period. The validators of the proof
// may have changed since, as long as more than a third of the trusted power
// signed (skipping verification, CometBFT's light client specification). A
// proof from before the trusted block is refused: nothing signed leads back.
func TrustBlock(lb *types.LightBlock, period time.Duration) Trust {
	return Trust{chainID: lb.ChainID, block: lb, period: period}
}

// TrustHeader trusts one header by its hash: what a light client that verified
// it by its own means passes on.
func TrustHeader(chainID string, hash []byte) Trust {
	return Trust{chainID: chainID, header: hash}
}

// check verifies the header of a proof. More than two thirds of the power must
// have signed in any case.
func (t Trust) check(lb *types.LightBlock, now time.Time) error {
	if t.chainID == "" {
		return fmt.Errorf("%w: nothing is trusted", ErrUntrusted)
	}
	if lb.ChainID != t.chainID {
		return fmt.Errorf("%w: it is of chain %q, trusted is %q", ErrUntrusted, lb.ChainID, t.chainID)
	}
	if err := lb.ValidateBasic(t.chainID); err != nil {
		return fmt.Errorf("%w: %v", ErrUntrusted, err)
	}
	if lb.Time.After(now.Add(maxClockDrift)) {
		return fmt.Errorf("%w: its header is of %s, the clock says %s", ErrStale, lb.Time.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	if err := t.lead(lb, now); err != nil {
		return err
	}
	if err := lb.ValidatorSet.VerifyCommitLight(t.chainID, lb.Commit.BlockID, lb.Height, lb.Commit); err != nil {
		return fmt.Errorf("%w: %v", ErrUntrusted, err)
	}
	return nil
}

// lead checks that what is trusted leads to the header's validator set.
func (t Trust) lead(lb *types.LightBlock, now time.Time) error {
	switch {
	case t.header != nil:
		if !bytes.Equal(lb.Hash(), t.header) {
			return fmt.Errorf("%w: header %X, trusted is %X", ErrUntrusted, lb.Hash(), t.header)
		}
	case t.validators != nil:
		if !bytes.Equal(lb.ValidatorsHash, t.validators) {
			return fmt.Errorf("%w: it was signed by validator set %X, trusted is %X; use a newer trusted block", ErrUntrusted, lb.ValidatorsHash, t.validators)
		}
	case t.block != nil:
		return t.skip(lb, now)
	default:
		return fmt.Errorf("%w: nothing is trusted", ErrUntrusted)
	}
	return nil
}

func (t Trust) skip(lb *types.LightBlock, now time.Time) error {
	if bytes.Equal(lb.Hash(), t.block.Hash()) {
		return nil
	}
	err := light.Verify(t.block.SignedHeader, t.block.ValidatorSet, lb.SignedHeader, lb.ValidatorSet,
		t.period, now, maxClockDrift, cmtmath.Fraction{Numerator: 1, Denominator: 3})
	if err != nil {
		return fmt.Errorf("%w: from height %d: %v", ErrUntrusted, t.block.Height, err)
	}
	return nil
}
