package state

import (
	"crypto/sha256"
	"fmt"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// The keys of the database: one byte says what follows.
const (
	spaceMarker = 'v' // alone: the version marker
	spaceTree   = 't' // IAVL's own key: a node of the tree
	spaceFlat   = 'f' // a record's key: its current value
)

const markerFormat = 1

// head is a durable version, as its marker records it.
type head struct {
	version uint64   // block height; 0 before the first commit
	root    [32]byte // root hash
	leaves  uint64   // number of records
	oldest  uint64   // oldest version kept; 0 before the first commit
	ts      uint64   // Badger timestamp of the marker; not part of its value
}

// emptyHead is the head of a state without versions.
func emptyHead() head { return head{root: sha256.Sum256(nil)} }

// encode returns the marker's value: format, version, root, leaves, oldest.
func (h head) encode() []byte {
	e := wire.NewEncoder(57)
	e.Uint8(markerFormat)
	e.Uint64(h.version)
	e.Raw(h.root[:])
	e.Uint64(h.leaves)
	e.Uint64(h.oldest)
	return e.Bytes()
}

// decodeHead reads a marker's value that Badger wrote at timestamp ts.
func decodeHead(p []byte, ts uint64) (head, error) {
	h := head{ts: ts}
	d := wire.NewDecoder(p)
	d.Version(markerFormat)
	h.version = d.Uint64()
	d.Raw(h.root[:])
	h.leaves = d.Uint64()
	h.oldest = d.Uint64()
	if err := d.Finish(); err != nil {
		return head{}, fmt.Errorf("version marker: %w", err)
	}
	if h.oldest > h.version {
		return head{}, fmt.Errorf("version marker: oldest version %d is after version %d", h.oldest, h.version)
	}
	return h, nil
}

func markerKey() []byte { return []byte{spaceMarker} }

// flatKey returns the database key of a record's current value.
func flatKey(key []byte) []byte {
	return append(append(make([]byte, 0, len(key)+1), spaceFlat), key...)
}
