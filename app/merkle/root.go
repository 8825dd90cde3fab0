package merkle

import "math/bits"

// Root is the RFC 6962 root over leaves, which it reads once, from left to
// right, with no allocation. The root of one leaf is that leaf. It panics when
// there are none: no record has an empty tree, so asking for its root is a
// programming error. It does not enforce MaxLeaves.
func Root(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		panic("merkle: root of no leaves")
	case 1: // most calls of a walk: spares them the array
		return leaves[0]
	}
	// full[k] is a complete subtree of 2^k leaves that waits for its right
	// neighbor; those waiting are the 1 bits of the number of leaves read.
	var full [bits.UintSize]Hash
	for i := range leaves {
		node, level := leaves[i], 0
		for ; i>>level&1 == 1; level++ {
			node = InnerHash(full[level], node)
		}
		full[level] = node
	}
	return fold(&full, len(leaves))
}

// fold joins the complete subtrees that wait after n leaves, smallest first:
// exactly the nodes to the right of RFC 6962's splits.
func fold(full *[bits.UintSize]Hash, n int) Hash {
	level := bits.TrailingZeros(uint(n))
	node := full[level]
	for level++; n>>level != 0; level++ {
		if n>>level&1 == 1 {
			node = InnerHash(full[level], node)
		}
	}
	return node
}

// RootOfSegments is the root over all entries of segments, given the root of
// each, when all but the last hold exactly SegmentSize entries: the root in a
// c record from the roots of its runs (design 01, section 4). It panics when
// there are none. That the segments are full is the caller's to know.
func RootOfSegments(segments []Hash) Hash { return Root(segments) }
