package app

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"sync/atomic"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// MaxTxBytes bounds one tx: what the mempool and a block take in one piece.
const MaxTxBytes = 1 << 20

const (
	maxChainIDBytes   = 50
	maxSignatureBytes = 4096
	txVersion         = 1
)

// Tx is the signed envelope in a block: who asks for what, and until when.
// One op per tx; bulk is a list inside the op. A Tx that was decoded is not
// changed afterwards and may be shared between goroutines.
type Tx struct {
	ChainID string `json:"chainId"`
	// ValidUntil is the last height at which it may stand in a block.
	ValidUntil uint64 `json:"validUntil"`
	KeyID      KeyID  `json:"keyId"`
	// For is the partner on whose behalf the key's partner signs, which has
	// to have delegated the op to it; zero when it signs for itself.
	For gs1.GLN `json:"for,omitzero"`
	// Nonce tells the txs of one key apart; see NonceWindow.
	Nonce uint64 `json:"nonce"`
	// EventTime is when the event took place, in seconds UTC.
	EventTime uint64 `json:"eventTime"`
	// EventHash is the CBV 2.0 hash of the EPCIS event that the op mirrors,
	// so that partners can match what they exchanged; zero when there is
	// none.
	EventHash EventHash `json:"eventHash"`
	Op        Op        `json:"op"`
	Signature []byte    `json:"-"`

	raw    []byte
	signed int // length of the signed part of raw
	id     TxID
	// genuine remembers, atomically, that the signature was found good: a
	// memo of a pure function of raw, since the key id commits to the key.
	genuine uint32
}

// Decode reads a tx: form only. The error is a *Rejection with
// CodeMalformed; no tx that fails it ever reaches validation. The Tx keeps
// raw, which must not be changed.
func Decode(raw []byte) (*Tx, error) {
	if len(raw) > MaxTxBytes {
		return nil, reject(CodeMalformed, "at most %d bytes, found %d", MaxTxBytes, len(raw))
	}
	d := wire.NewDecoder(raw)
	d.Version(txVersion)
	tx := &Tx{raw: raw, id: sha256.Sum256(raw)}
	tx.ChainID, tx.ValidUntil = readText(d, maxChainIDBytes), d.Uint64()
	d.Raw(tx.KeyID[:])
	tx.For = readOptionalGLN(d)
	tx.Nonce, tx.EventTime = d.Uint64(), d.Uint64()
	if d.Bool() {
		d.Raw(tx.EventHash[:])
		if tx.EventHash.IsZero() {
			d.Fail("an event hash that is present is not zero")
		}
	}
	tx.Op = readOp(d)
	tx.signed = d.Offset()
	tx.Signature = d.Bytes16(maxSignatureBytes)
	if err := d.Finish(); err != nil {
		return nil, reject(CodeMalformed, "%v", err)
	}
	return tx, nil
}

// ID is the SHA-256 of the tx's bytes. Only for a tx that was decoded or
// sealed.
func (tx *Tx) ID() TxID { return tx.id }

// Raw returns the tx's bytes, which must not be changed.
func (tx *Tx) Raw() []byte { return tx.raw }

// Bytes is the size of the tx.
func (tx *Tx) Bytes() int { return len(tx.raw) }

// Openings is the number of entries that the op opens, for quotas.
func (tx *Tx) Openings() int {
	if o, ok := tx.Op.(interface{ opened() int }); ok {
		return o.opened()
	}
	return 0
}

// SigningBytes are what the key signs: a domain, the chain id (already part
// of the body) and every byte of the tx before the signature.
func (tx *Tx) SigningBytes() []byte {
	body := tx.raw[:tx.signed]
	out := make([]byte, 0, len(domainSign)+1+len(body))
	out = append(append(out, domainSign...), 0)
	return append(out, body...)
}

// VerifySignature reports whether the tx was signed by the Ed25519 key. It
// checks that the key is the one the tx names.
func (tx *Tx) VerifySignature(public []byte) bool {
	if atomic.LoadUint32(&tx.genuine) == 1 {
		return true
	}
	if len(public) != ed25519.PublicKeySize || NewKeyID(Ed25519, public) != tx.KeyID {
		return false
	}
	if !ed25519.Verify(public, tx.SigningBytes(), tx.Signature) {
		return false
	}
	atomic.StoreUint32(&tx.genuine, 1)
	return true
}

// Seal encodes tx and signs it with an Ed25519 key. It sets KeyID, Signature
// and the id, and returns the bytes to submit. The error says which field
// cannot be encoded.
func (tx *Tx) Seal(private ed25519.PrivateKey) ([]byte, error) {
	public, ok := private.Public().(ed25519.PublicKey)
	if !ok || len(private) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("an Ed25519 private key is %d bytes, found %d", ed25519.PrivateKeySize, len(private))
	}
	tx.KeyID = NewKeyID(Ed25519, public)
	body, err := tx.encodeBody()
	if err != nil {
		return nil, err
	}
	tx.raw, tx.signed = body, len(body)
	tx.Signature = ed25519.Sign(private, tx.SigningBytes())
	e := wire.NewEncoder(len(body) + 2 + len(tx.Signature))
	e.Raw(body)
	e.Bytes16(tx.Signature)
	sealed, err := Decode(e.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the op cannot be sent as it is: %w", err)
	}
	*tx = *sealed
	return tx.raw, nil
}

func (tx *Tx) encodeBody() (body []byte, err error) {
	defer func() {
		// The encoder panics on lengths that do not fit: here they come
		// from a caller that filled an op by hand.
		if r := recover(); r != nil {
			err = fmt.Errorf("the op cannot be encoded: %v", r)
		}
	}()
	e := wire.NewEncoder(1024)
	e.Uint8(txVersion)
	e.String8(tx.ChainID)
	e.Uint64(tx.ValidUntil)
	e.Raw(tx.KeyID[:])
	writeOptionalGLN(e, tx.For)
	e.Uint64(tx.Nonce)
	e.Uint64(tx.EventTime)
	e.Bool(!tx.EventHash.IsZero())
	if !tx.EventHash.IsZero() {
		e.Raw(tx.EventHash[:])
	}
	e.Uint16(uint16(tx.Op.Kind()))
	tx.Op.encode(e)
	return e.Bytes(), nil
}
