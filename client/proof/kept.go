package proof

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/lru"
)

// kept keeps what stands behind roots, which never changes: the hashes of
// segments and the segments of Commissions.
type kept = lru.Cache[merkle.Hash, any]

// blockLeaves is how many leaves of a segment are hashed anew for a path: the
// hashes above a block are kept, those within are not, which halves what is
// kept.
const blockLeaves = 32

// keptSegment are the hashes of a segment.
type keptSegment struct {
	leaves []merkle.Hash
	blocks *merkle.Tree
}

func (s *keptSegment) bytes() int64 { return int64(len(s.leaves))*34 + 200 }

func newKeptSegment(entries []app.Entry) *keptSegment {
	s := &keptSegment{leaves: leavesOf(entries)}
	var roots []merkle.Hash
	for i := 0; i < len(s.leaves); i += blockLeaves {
		roots = append(roots, merkle.Root(s.block(i)))
	}
	s.blocks = merkle.NewTree(roots)
	return s
}

// block is the block that begins at a leaf.
func (s *keptSegment) block(i int) []merkle.Hash {
	return s.leaves[i:min(i+blockLeaves, len(s.leaves))]
}

// path is that of one position, which there must be.
func (s *keptSegment) path(position uint16) ([]merkle.Hash, error) {
	at := int(position) / blockLeaves
	outside, err := s.blocks.Prove([]uint16{uint16(at)})
	if err != nil {
		return nil, err
	}
	inside := merkle.Prove(s.block(at*blockLeaves), []uint16{position % blockLeaves})
	return nested(inside, outside, s.blocks.Count(), at), nil
}

// nested puts the path within one of n subtrees, the one with number at, into
// the path of that subtree among them. A sibling that stands before the entry
// comes before those within.
func nested(inside, outside []merkle.Hash, n, at int) []merkle.Hash {
	before := leftOf(n, at)
	out := make([]merkle.Hash, 0, len(inside)+len(outside))
	return append(append(append(out, outside[:before]...), inside...), outside[before:]...)
}

// keptCommission are the segments of a Commission.
type keptCommission struct {
	segments []app.CommissionSegment
	tree     *merkle.Tree
}

func (c *keptCommission) bytes() int64 { return int64(len(c.segments))*160 + 200 }

func newKeptCommission(segments []app.CommissionSegment) *keptCommission {
	roots := make([]merkle.Hash, len(segments))
	for i := range segments {
		roots[i] = segments[i].Root
	}
	return &keptCommission{segments, merkle.NewTree(roots)}
}
