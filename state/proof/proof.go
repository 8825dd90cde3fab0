// Package proof checks that a record stands, or does not stand, under the
// root of a version of the state, without a database.
//
// A proof is an ICS-23 commitment proof in protobuf form, as state.Prove gives
// it. It is checked against the fixed specification of an IAVL tree and never
// against one that a peer sends along. The root must come from a header that
// the caller already trusts.
package proof

import (
	"bytes"
	"errors"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

const (
	// RootBytes is the length of a root.
	RootBytes = 32

	// MaxBytes bounds a proof: two neighbors with the largest value each,
	// and their paths.
	MaxBytes = 256 << 10

	maxKeyBytes   = 1 << 10
	maxValueBytes = 64 << 10
)

var (
	// ErrForm means that the root, key, value or proof is empty, oversized
	// or not in its one canonical form: nothing was checked.
	ErrForm = errors.New("proof: malformed")

	// ErrInvalid means that the proof is well formed and does not prove what
	// is claimed.
	ErrInvalid = errors.New("proof: does not hold")
)

// Verify returns nil when proof shows that key has exactly value under root.
// The error is ErrForm or ErrInvalid.
func Verify(root, key, value, proof []byte) error {
	if len(value) == 0 || len(value) > maxValueBytes {
		return fmt.Errorf("%w: value has %d bytes, want 1 to %d", ErrForm, len(value), maxValueBytes)
	}
	p, err := decode(root, key, proof)
	if err != nil {
		return err
	}
	if p.GetExist() == nil {
		return fmt.Errorf("%w: want a proof of presence, got another kind", ErrForm)
	}
	if !ics23.VerifyMembership(ics23.IavlSpec, root, p, key, value) {
		return fmt.Errorf("%w: key %x with the value given does not stand under root %x", ErrInvalid, key, root)
	}
	return nil
}

// VerifyAbsence returns nil when proof shows that no record has key under
// root. The error is ErrForm or ErrInvalid.
func VerifyAbsence(root, key, proof []byte) error {
	p, err := decode(root, key, proof)
	if err != nil {
		return err
	}
	absent := p.GetNonexist()
	if absent == nil {
		return fmt.Errorf("%w: want a proof of absence, got another kind", ErrForm)
	}
	// ics23 never looks at the key inside; without this a proof would have
	// many encodings.
	if !bytes.Equal(absent.Key, key) {
		return fmt.Errorf("%w: the proof is about key %x, want %x", ErrInvalid, absent.Key, key)
	}
	if !ics23.VerifyNonMembership(ics23.IavlSpec, root, p, key) {
		return fmt.Errorf("%w: key %x is not shown absent under root %x", ErrInvalid, key, root)
	}
	return nil
}

// decode checks bounds and parses. A proof that protobuf would write in other
// bytes is refused: one value, one encoding.
func decode(root, key, proof []byte) (*ics23.CommitmentProof, error) {
	switch {
	case len(root) != RootBytes:
		return nil, fmt.Errorf("%w: root has %d bytes, want %d", ErrForm, len(root), RootBytes)
	case len(key) == 0 || len(key) > maxKeyBytes:
		return nil, fmt.Errorf("%w: key has %d bytes, want 1 to %d", ErrForm, len(key), maxKeyBytes)
	case len(proof) == 0 || len(proof) > MaxBytes:
		return nil, fmt.Errorf("%w: proof has %d bytes, want 1 to %d", ErrForm, len(proof), MaxBytes)
	}
	p := new(ics23.CommitmentProof)
	if err := p.Unmarshal(proof); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrForm, err)
	}
	again, err := p.Marshal()
	if err != nil || !bytes.Equal(again, proof) {
		return nil, fmt.Errorf("%w: not the canonical encoding of a commitment proof", ErrForm)
	}
	return p, nil
}
