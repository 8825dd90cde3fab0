package apptest

import (
	"crypto/ed25519"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Partner is a partner's record, nil when there is none.
func (w *World) Partner(gln gs1.GLN) *app.Partner {
	return present(w, app.PartnerKey(gln), app.DecodePartner)
}

// PartnerKeys is the list of a partner's keys, nil when there is none.
func (w *World) PartnerKeys(gln gs1.GLN) *app.PartnerKeys {
	return present(w, app.PartnerKeysKey(gln), app.DecodePartnerKeys)
}

// Key is a key's record, nil when there is none.
func (w *World) Key(id app.KeyID) *app.Key { return present(w, app.KeyKey(id), app.DecodeKey) }

// Product is a product's record, nil when there is none.
func (w *World) Product(gtin gs1.GTIN) *app.Product {
	return present(w, app.ProductKey(gtin), app.DecodeProduct)
}

func present[R any](w *World, key []byte, decode func([]byte) (*R, error)) *R {
	w.tb.Helper()
	raw, ok := w.Store.Get(key)
	if !ok {
		return nil
	}
	rec, err := decode(raw)
	if err != nil {
		w.tb.Fatalf("record %x: %v", key, err)
	}
	return rec
}

// UseKey makes private the key that the partner signs with from now on. Its
// nonces begin anew, or go on where it left off.
func (p *Partner) UseKey(private ed25519.PrivateKey) {
	if p.nonces == nil {
		p.nonces = map[app.KeyID]uint64{}
	}
	p.nonces[p.KeyID] = p.nonce
	public, _ := private.Public().(ed25519.PublicKey)
	p.Private, p.KeyID = private, app.NewKeyID(app.Ed25519, public)
	p.nonce = p.nonces[p.KeyID]
}
