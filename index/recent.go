package index

import (
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/lru"
)

// recentBytes bounds what is kept of what lookups have read.
const recentBytes = 32 << 20

// recent keeps what lookups of items read again and again and what never
// changes: the records of commissions, a hash of each key in their runs, so
// that a run which does not have a key is not read from disk to find that out,
// which pieces a GTIN has as of one group of blocks, and the chunks of pieces.
type recent struct {
	seed maphash.Seed
	kept *lru.Cache[recentKey, any]
}

// recentKey names a commission by its GTIN and ordinal, a run by its root, the
// pieces of a GTIN by the group's timestamp, which is never 0, or a chunk by
// the level of its piece, which is never 0 either.
type recentKey struct {
	gtin    gs1.GTIN
	ordinal uint32
	root    merkle.Hash
	ts      uint64
	chunk   pieceChunk
}

// pieceChunk is a chunk of a piece.
type pieceChunk struct {
	level         int
	number, chunk uint32
}

// livePieces are the live pieces of a GTIN, and how many commissions it has.
type livePieces struct {
	pieces      *pieces
	commissions uint32
}

func newRecent() *recent {
	return &recent{maphash.MakeSeed(), lru.New[recentKey, any](recentBytes)}
}

// recentKeyBytes is what a key takes with what stands around it, about.
const recentKeyBytes = 256

// commission is the record of a commission that must be there.
func (r *recent) commission(s *snapshot, g gs1.GTIN, ordinal uint32) (*commission, error) {
	k := recentKey{gtin: g, ordinal: ordinal}
	size := func(c *commission) int64 { return recentKeyBytes + 128*int64(len(c.runs)) }
	return lru.Keep(r.kept, k, size, func() (*commission, error) { return s.commission(g, ordinal) })
}

// pieces are those of a GTIN as a snapshot has them, and how many commissions.
func (r *recent) pieces(s *snapshot, g gs1.GTIN) (*pieces, uint32, error) {
	k := recentKey{gtin: g, ts: s.head.ts}
	size := func(*livePieces) int64 { return recentKeyBytes + 512 }
	l, err := lru.Keep(r.kept, k, size, func() (*livePieces, error) {
		p, n, err := s.pieces(g)
		return &livePieces{p, n}, err
	})
	if err != nil {
		return nil, 0, err
	}
	return l.pieces, l.commissions, nil
}

// searchPiece returns the refs of a fingerprint in a piece.
func (r *recent) searchPiece(s *snapshot, g gs1.GTIN, lvl int, number uint32, cut uint8, fp uint64) ([]uint32, error) {
	n := chunkOf(fp, cut)
	k := recentKey{gtin: g, chunk: pieceChunk{lvl, number, n}}
	size := func(chunk []byte) int64 { return recentKeyBytes + int64(len(chunk)) }
	chunk, err := lru.Keep(r.kept, k, size, func() ([]byte, error) { return s.get(chunkKey(g, lvl, number, n)) })
	if err != nil {
		return nil, err
	}
	return searchChunk(chunk, fp, refWidth(lvl))
}

// find finds a key in the entries of a run, as findIn does.
func (r *recent) find(s *snapshot, root merkle.Hash, key gs1.Key) (e app.Entry, position uint16, found bool, err error) {
	size := func(hashes []uint32) int64 { return recentKeyBytes + 4*int64(len(hashes)) }
	hashes, err := lru.Keep(r.kept, recentKey{root: root}, size, func() ([]uint32, error) { return r.hashes(s, root) })
	if err != nil || !slices.Contains(hashes, r.hash([]byte(key))) {
		return e, 0, false, err
	}
	return s.findIn(root, key)
}

// hashes reads the keys of a run.
func (r *recent) hashes(s *snapshot, root merkle.Hash) (out []uint32, err error) {
	there, err := s.view(contentsKey(root), func(v []byte) error {
		u := newUnpacker(v)
		out = make([]uint32, 0, u.left)
		for u.next() {
			out = append(out, r.hash(u.keyBytes()))
		}
		return u.err
	})
	if err == nil && !there {
		err = fmt.Errorf("%w: those of root %x are missing", errPacked, root)
	}
	return out, err
}

func (r *recent) hash(key []byte) uint32 { return uint32(maphash.Bytes(r.seed, key)) }
