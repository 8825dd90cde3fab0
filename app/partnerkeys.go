package app

import (
	"bytes"
	"slices"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// PartnerKeys is the record that lists a partner's operations keys ('x' keys/
// GLN). It is the whole list of keys that may sign for the partner: a key that
// it does not name has been retired, and signs no more. At most 520 bytes.
type PartnerKeys struct {
	// Keys are ascending, 1 to 16. One that was retired stays until the next
	// change of the list after its end.
	Keys []KeyID `json:"keys"`
}

// maxPartnerKeys bounds the keys that a partner has at a time.
const maxPartnerKeys = 16

// newPartnerKeys lists the keys of a new partner.
func newPartnerKeys(public []PublicKey) *PartnerKeys {
	r := &PartnerKeys{}
	for _, k := range public {
		r.add(NewKeyID(Ed25519, k))
	}
	return r
}

// add puts an id in its place; it is not there yet.
func (r *PartnerKeys) add(id KeyID) {
	at, _ := slices.BinarySearchFunc(r.Keys, id, compareKeyIDs)
	r.Keys = slices.Insert(r.Keys, at, id)
}

func compareKeyIDs(a, b KeyID) int { return bytes.Compare(a[:], b[:]) }

func (r *PartnerKeys) encode() []byte {
	e := wire.NewEncoder(2 + 32*len(r.Keys))
	e.Uint8(1)
	e.Count(len(r.Keys))
	for i := range r.Keys {
		e.Raw(r.Keys[i][:])
	}
	return e.Bytes()
}

// DecodePartnerKeys reads the value of the list of a partner's keys.
func DecodePartnerKeys(v []byte) (*PartnerKeys, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	n := d.Count(maxPartnerKeys, 32)
	if n == 0 {
		d.Fail("a partner has at least one key")
	}
	r := &PartnerKeys{}
	for i := range n {
		r.Keys = append(r.Keys, readKeyID(d))
		if i > 0 && compareKeyIDs(r.Keys[i-1], r.Keys[i]) >= 0 {
			d.Fail("keys are not ascending")
		}
	}
	return r, d.Finish()
}

func readKeyID(d *wire.Decoder) (id KeyID) {
	d.Raw(id[:])
	return id
}
