package app

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Subject is what an investigation or a notice is about, as a GS1 element
// string: one item or container by its key, or one lot as "01" GTIN-14 "10"
// lot. It is 18 to 38 bytes long.
type Subject string

const maxSubjectBytes = maxKeyBytes

// KeySubject is one item or container.
func KeySubject(k gs1.Key) Subject { return Subject(k) }

// LotSubject is one lot.
func LotSubject(l LotID) Subject { return Subject("01" + l.GTIN.String() + "10" + l.Lot) }

// ParseSubject reads an item's or container's key, or a lot as "01" GTIN-14
// "10" lot.
func ParseSubject(s string) (Subject, error) {
	if lot, ok := Subject(s).Lot(); ok {
		return LotSubject(lot), nil
	}
	k, err := gs1.ParseKey(s)
	if err != nil {
		return "", fmt.Errorf("a key, or 01 GTIN-14 10 lot, is expected: %w", err)
	}
	return KeySubject(k), nil
}

// Lot is the lot that the subject is, or false when it is a key.
func (s Subject) Lot() (LotID, bool) {
	const head = 2 + 14 + 2
	if len(s) <= head || s[:2] != "01" || s[head-2:head] != "10" {
		return LotID{}, false
	}
	lot, err := ParseLotID(string(s[2:head-2]), string(s[head:]))
	return lot, err == nil
}

// Key is the item's or container's key that the subject is, or false when it
// is a lot.
func (s Subject) Key() (gs1.Key, bool) {
	if _, ok := s.Lot(); ok {
		return "", false
	}
	return gs1.Key(s), true
}

// GTIN is the product that the subject is of; none for an SSCC.
func (s Subject) GTIN() (gs1.GTIN, bool) {
	if lot, ok := s.Lot(); ok {
		return lot.GTIN, true
	}
	sg, ok := gs1.Key(s).SGTIN()
	return sg.GTIN, ok
}

func readSubject(d *wire.Decoder) Subject {
	return checked(d, d.String8(maxSubjectBytes), ParseSubject)
}

// labelsSubject reports whether the signer answers for a subject as a labeler:
// of its lot, or of its product.
func (d *draft) labelsSubject(s Subject) bool {
	if lot, ok := s.Lot(); ok {
		return d.labels(lot)
	}
	g, ok := s.GTIN()
	if !ok {
		return false
	}
	p := d.products.get(g)
	return p != nil && d.actsFor(p.Labeler)
}
