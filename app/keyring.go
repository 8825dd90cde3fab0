package app

import (
	"crypto/ed25519"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Algorithm is a signature algorithm. The byte leaves room for ES256 and
// ML-DSA-65.
type Algorithm uint8

// Ed25519 is the one algorithm of this version.
const Ed25519 Algorithm = 1

// Purpose is what a key may sign.
type Purpose uint8

// The purposes.
const (
	PurposeOperations Purpose = 1
	PurposeGovernance Purpose = 2
	PurposeConsensus  Purpose = 3
	PurposeSealing    Purpose = 4
)

// NonceWindow is W of rule 13: a nonce is accepted if unseen, above highest-W
// and at most highest+W.
const NonceWindow = 1024

// Key is the record of a partner's public key ('k'), with the nonces it has
// used. At most 260 bytes.
type Key struct {
	// Partner is whose key it is.
	Partner gs1.GLN `json:"partner"`
	// Purpose is what it may sign: 1 ops, 2 governance, 3 consensus, 4 sealing.
	Purpose Purpose `json:"purpose"`
	// Algorithm is 1: Ed25519.
	Algorithm Algorithm `json:"algorithm"`
	// Public is 32 bytes for Ed25519.
	Public []byte `json:"public"`
	// From and Until bound the block times at which it may sign; Until is
	// exclusive, 0 means no end.
	From  uint64 `json:"from"`
	Until uint64 `json:"until,omitempty"`
	// Highest is the highest nonce used; bit i of the window says that
	// Highest-i was used.
	Highest uint64 `json:"highest"`
	window  [NonceWindow / 8]byte
}

// NewKey is a key that has signed nothing yet.
func NewKey(partner gs1.GLN, public ed25519.PublicKey, from uint64) *Key {
	return &Key{Partner: partner, Purpose: PurposeOperations, Algorithm: Ed25519, Public: public, From: from}
}

// nonceCode judges a nonce without using it. Nonces count from 1.
func (k *Key) nonceCode(nonce uint64) Code {
	switch {
	case nonce == 0:
		return CodeNonceTooOld
	case nonce > k.Highest:
		if nonce-k.Highest > NonceWindow {
			return CodeNonceTooFar
		}
		return CodeOK
	case k.Highest-nonce >= NonceWindow:
		return CodeNonceTooOld
	case k.used(k.Highest - nonce):
		return CodeNonceUsed
	}
	return CodeOK
}

func (k *Key) used(back uint64) bool {
	return k.window[back/8]&(1<<(back%8)) != 0
}

// useNonce records a nonce that nonceCode accepted.
func (k *Key) useNonce(nonce uint64) {
	if nonce > k.Highest {
		k.shift(nonce - k.Highest)
		k.Highest = nonce
	}
	back := k.Highest - nonce
	k.window[back/8] |= 1 << (back % 8)
}

// shift moves the window n nonces up: every bit goes n places back.
func (k *Key) shift(n uint64) {
	if n >= NonceWindow {
		k.window = [NonceWindow / 8]byte{}
		return
	}
	bytes, bits := int(n/8), n%8
	for i := len(k.window) - 1; i >= 0; i-- {
		var v byte
		if j := i - bytes; j >= 0 {
			v = k.window[j] << bits
			if j > 0 && bits > 0 {
				v |= k.window[j-1] >> (8 - bits)
			}
		}
		k.window[i] = v
	}
}

func (k *Key) encode() []byte {
	e := wire.NewEncoder(260)
	e.Uint8(1)
	e.Raw(k.Partner[:])
	e.Uint8(uint8(k.Purpose))
	e.Uint8(uint8(k.Algorithm))
	e.Bytes16(k.Public)
	e.Uint64(k.From)
	e.Uint64(k.Until)
	e.Uint64(k.Highest)
	e.Raw(k.window[:])
	return e.Bytes()
}

// DecodeKey reads the value of a key record.
func DecodeKey(v []byte) (*Key, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	k := &Key{Partner: readGLN(d), Purpose: Purpose(d.Uint8()), Algorithm: Algorithm(d.Uint8()), Public: d.Bytes16(2048)}
	k.From, k.Until, k.Highest = d.Uint64(), d.Uint64(), d.Uint64()
	d.Raw(k.window[:])
	if k.Algorithm != Ed25519 || len(k.Public) != ed25519.PublicKeySize {
		d.Fail("unknown algorithm %d or key of %d bytes", k.Algorithm, len(k.Public))
	}
	return k, d.Finish()
}
