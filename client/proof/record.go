package proof

import (
	"errors"
	"fmt"

	stateproof "github.com/pedigree-ledger/pedigree/state/proof"
)

// CheckRecord checks the ICS-23 proof that a state key has exactly value under
// an app hash or, when value is nil, that there is no such record. The error
// wraps ErrForm or ErrInvalid.
func CheckRecord(appHash, key, value, evidence []byte) error {
	var err error
	if value == nil {
		err = stateproof.VerifyAbsence(appHash, key, evidence)
	} else {
		err = stateproof.Verify(appHash, key, value, evidence)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, stateproof.ErrForm):
		return fmt.Errorf("%w: %v", ErrForm, err)
	default:
		return fmt.Errorf("%w: %v", ErrInvalid, err)
	}
}
