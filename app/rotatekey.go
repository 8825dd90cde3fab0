package app

import (
	"crypto/ed25519"
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// RotateKey gives the signer new operations keys and retires old ones. Any
// operations key of the partner signs, also one that it retires; a suspended
// partner may, for a key may have been stolen. Each new key proves that the
// partner possesses it. A key that was retired never signs again, and its
// retirement is only ever moved to an earlier time. At least one key stays
// without an end, so that no partner loses its last one by the passing of time.
//
// Codes: key-proof, key-exists, too-many-keys, not-authorized, out-of-range,
// last-key.
type RotateKey struct {
	// Add are strictly ascending by key, at most 8.
	Add []NewKeyProof `json:"add,omitempty"`
	// Retire are strictly ascending by id, at most 8. Add or Retire has at
	// least one.
	Retire []Retirement `json:"retire,omitempty"`
}

// NewKeyProof is an Ed25519 key with the proof that the partner possesses it:
// the key's signature of PossessionBytes.
type NewKeyProof struct {
	Key   PublicKey `json:"key"`
	Proof KeyProof  `json:"proof"`
}

// KeyProof is an Ed25519 signature; hex in JSON.
type KeyProof [ed25519.SignatureSize]byte

// MarshalText writes hex.
func (p KeyProof) MarshalText() ([]byte, error) { return hexText(p[:]) }

// UnmarshalText reads 128 hex digits.
func (p *KeyProof) UnmarshalText(text []byte) error { return unhexText(p[:], text) }

// Retirement ends a key.
type Retirement struct {
	Key KeyID `json:"key"`
	// From is the block time, in seconds UTC, from which the key no longer
	// signs; a time that has passed, such as 0, means at once.
	From uint64 `json:"from"`
}

const maxRotated = 8

// PossessionBytes are what a new key signs to prove that the partner possesses
// it: a domain, the chain id and the partner, so that the proof serves no other
// partner and no other network.
func PossessionBytes(chainID string, gln gs1.GLN) []byte {
	e := wire.NewEncoder(96)
	e.Raw(append([]byte(domainPossess), 0))
	e.String8(chainID)
	e.Raw(gln[:])
	return e.Bytes()
}

// ProvePossession makes the line of Add for a private key. The chain id is at
// most 50 bytes.
func ProvePossession(private ed25519.PrivateKey, chainID string, gln gs1.GLN) NewKeyProof {
	public, _ := private.Public().(ed25519.PublicKey)
	return NewKeyProof{PublicKey(public), KeyProof(ed25519.Sign(private, PossessionBytes(chainID, gln)))}
}

// Kind is KindRotateKey.
func (*RotateKey) Kind() Kind { return KindRotateKey }

func (o *RotateKey) encode(e *wire.Encoder) {
	e.Count(len(o.Add))
	for i := range o.Add {
		e.Raw(o.Add[i].Key)
		e.Raw(o.Add[i].Proof[:])
	}
	e.Count(len(o.Retire))
	for i := range o.Retire {
		e.Raw(o.Retire[i].Key[:])
		e.Uint64(o.Retire[i].From)
	}
}

func (o *RotateKey) decode(d *wire.Decoder) {
	for i := range d.Count(maxRotated, ed25519.PublicKeySize+ed25519.SignatureSize) {
		k := NewKeyProof{Key: make(PublicKey, ed25519.PublicKeySize)}
		d.Raw(k.Key)
		d.Raw(k.Proof[:])
		o.Add = append(o.Add, k)
		if i > 0 && string(o.Add[i-1].Key) >= string(k.Key) {
			d.Fail("new keys are not ascending")
		}
	}
	for i := range d.Count(maxRotated, 32+8) {
		o.Retire = append(o.Retire, Retirement{readKeyID(d), d.Uint64()})
		if i > 0 && compareKeyIDs(o.Retire[i-1].Key, o.Retire[i].Key) >= 0 {
			d.Fail("retired keys are not ascending")
		}
	}
	if len(o.Add)+len(o.Retire) == 0 {
		d.Fail("at least one key is added or retired")
	}
}

func (o *RotateKey) validate(d *draft) error {
	old := d.partnerKeys.get(d.by)
	if old == nil {
		d.fail(&CorruptError{Key: PartnerKeysKey(d.by), Err: errMissing})
		return nil
	}
	r := &PartnerKeys{Keys: slices.Clone(old.Keys)}
	if err := o.add(d, r); err != nil {
		return err
	}
	if err := o.retire(d, r); err != nil {
		return err
	}
	// Only here: a key that ends at once leaves the list at once.
	r.Keys = slices.DeleteFunc(r.Keys, func(id KeyID) bool { return d.ended(id) })
	if len(r.Keys) > maxPartnerKeys {
		return reject(CodeTooManyKeys, "at most %d, found %d", maxPartnerKeys, len(r.Keys))
	}
	if !slices.ContainsFunc(r.Keys, func(id KeyID) bool { return d.keys.get(id).Until == 0 }) {
		return reject(CodeLastKey, "partner %s", d.by)
	}
	d.partnerKeys.put(d.by, r)
	return nil
}

// ended reports whether a key signs no more from this block on.
func (d *draft) ended(id KeyID) bool {
	k := d.keys.get(id)
	return k == nil || k.Until != 0 && k.Until <= d.block.Time
}

func (o *RotateKey) add(d *draft, r *PartnerKeys) error {
	signed := PossessionBytes(d.tx.ChainID, d.by)
	for i := range o.Add {
		k := &o.Add[i]
		id := NewKeyID(Ed25519, k.Key)
		if !ed25519.Verify(ed25519.PublicKey(k.Key), signed, k.Proof[:]) {
			return reject(CodeKeyProof, "key %s", id)
		}
		if d.keys.get(id) != nil {
			return reject(CodeKeyExists, "key %s", id)
		}
		d.keys.put(id, NewKey(d.by, ed25519.PublicKey(k.Key), d.block.Time))
		r.add(id)
	}
	return nil
}

func (o *RotateKey) retire(d *draft, r *PartnerKeys) error {
	for _, t := range o.Retire {
		k := d.keys.get(t.Key)
		if k == nil || !slices.Contains(r.Keys, t.Key) {
			return reject(CodeNotAuthorized, "key %s is none of partner %s", t.Key, d.by)
		}
		until := max(t.From, d.block.Time)
		if k.Until != 0 && until >= k.Until {
			return reject(CodeOutOfRange, "key %s is retired from %d on; it can be retired earlier only, found %d", t.Key, k.Until, until)
		}
		d.keys.edit(t.Key).Until = until
	}
	return nil
}
