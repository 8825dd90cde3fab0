package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// Every hash the ledger takes has a prefix of its own, closed by a zero byte,
// so that bytes hashed for one purpose never mean anything for another
// (design 01, section 9).
const (
	domainSign      = "pedigree/tx/v1"
	domainKey       = "pedigree/key/v1"
	domainPossess   = "pedigree/key/possession/v1"
	domainRun       = "pedigree/holding/run/v1"
	domainContainer = "pedigree/holding/container/v1"
	domainLoose     = "pedigree/holding/loose/v1"
	domainHistory   = "pedigree/history/v1"
	domainAbsorb    = "pedigree/history/absorb/v1"
)

// HoldingID names a holding. It never depends on a signature or a place in a
// block, so that a submitter can plan ahead (design 01, section 4).
type HoldingID [32]byte

// TxID is the SHA-256 of a tx's bytes: the hash under which CometBFT knows it.
type TxID [32]byte

// KeyID names a public key: a hash of its algorithm and bytes.
type KeyID [32]byte

// EventHash is the SHA-256 of an EPCIS event's canonical form (CBV 2.0).
type EventHash [32]byte

// Digest is the SHA-256 of a document kept elsewhere, such as a licence.
type Digest [32]byte

// String is lower-case hex.
func (id HoldingID) String() string { return hex.EncodeToString(id[:]) }

// String is lower-case hex.
func (id TxID) String() string { return hex.EncodeToString(id[:]) }

// String is lower-case hex.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// String is lower-case hex.
func (h EventHash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes hex, for JSON.
func (h Digest) MarshalText() ([]byte, error) { return hexText(h[:]) }

// UnmarshalText reads 64 hex digits.
func (h *Digest) UnmarshalText(p []byte) error { return unhexText(h[:], p) }

// IsZero reports whether the id names no holding.
func (id HoldingID) IsZero() bool { return id == HoldingID{} }

// IsZero reports whether there is no hash.
func (h EventHash) IsZero() bool { return h == EventHash{} }

// MarshalText writes hex, for JSON.
func (id HoldingID) MarshalText() ([]byte, error) { return hexText(id[:]) }

// MarshalText writes hex, for JSON.
func (id TxID) MarshalText() ([]byte, error) { return hexText(id[:]) }

// MarshalText writes hex, for JSON.
func (id KeyID) MarshalText() ([]byte, error) { return hexText(id[:]) }

// MarshalText writes hex, for JSON; nothing when there is no hash.
func (h EventHash) MarshalText() ([]byte, error) {
	if h.IsZero() {
		return nil, nil
	}
	return hexText(h[:])
}

// UnmarshalText reads 64 hex digits.
func (id *HoldingID) UnmarshalText(p []byte) error { return unhexText(id[:], p) }

// UnmarshalText reads 64 hex digits.
func (id *TxID) UnmarshalText(p []byte) error { return unhexText(id[:], p) }

// UnmarshalText reads 64 hex digits.
func (id *KeyID) UnmarshalText(p []byte) error { return unhexText(id[:], p) }

// UnmarshalText reads 64 hex digits, or none.
func (h *EventHash) UnmarshalText(p []byte) error {
	if len(p) == 0 {
		*h = EventHash{}
		return nil
	}
	return unhexText(h[:], p)
}

func hexText(p []byte) ([]byte, error) {
	return hex.AppendEncode(nil, p), nil
}

func unhexText(dst, p []byte) error {
	if len(p) != 2*len(dst) {
		return fmt.Errorf("%d hex digits expected, found %d", 2*len(dst), len(p))
	}
	if _, err := hex.Decode(dst, p); err != nil {
		return fmt.Errorf("hex expected: %w", err)
	}
	return nil
}

// hashOf is the SHA-256 of a domain, a zero byte and the parts. Every part but
// at most one has a fixed size, or is preceded by its length, so that the
// concatenation is unambiguous.
func hashOf(domain string, parts ...[]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(domain))
	h.Write([]byte{0})
	for _, p := range parts {
		h.Write(p)
	}
	var out [32]byte
	h.Sum(out[:0])
	return out
}

// RunID is the id of the run that holds one segment of a Commission. It has no
// number: the same serials of a lot commissioned twice would be the same run,
// and are refused.
func RunID(gtin gs1.GTIN, lot string, root merkle.Hash) HoldingID {
	return hashOf(domainRun, gtin[:], []byte{byte(len(lot))}, []byte(lot), root[:])
}

// ContainerID is the id of the n-th use of a container's key, counted from 0.
func ContainerID(key gs1.Key, n uint32) HoldingID {
	return hashOf(domainContainer, u32(n), []byte(key))
}

// LooseID is the id of the n-th loose holding made of exactly these segments,
// counted from 0.
func LooseID(roots []merkle.Hash, n uint32) HoldingID {
	parts := make([][]byte, 0, len(roots)+1)
	parts = append(parts, u32(n))
	for i := range roots {
		parts = append(parts, roots[i][:])
	}
	return hashOf(domainLoose, parts...)
}

// NewKeyID is the id of a public key of the given algorithm.
func NewKeyID(alg Algorithm, public []byte) KeyID {
	return hashOf(domainKey, []byte{byte(alg)}, public)
}

func u32(v uint32) []byte {
	return []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
}

func u64(v uint64) []byte {
	return append(u32(uint32(v>>32)), u32(uint32(v))...)
}
