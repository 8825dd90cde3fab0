package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

// Add checks an ICS-23 proof as Verify or, when value is nil, VerifyAbsence
// does, and takes what it shows into m. All proofs of one Multi are of one
// version: under one root. The error is ErrForm or ErrInvalid, and m is then
// as it was.
func (m *Multi) Add(root, key, value, proof []byte) error {
	if m.root != nil && !bytes.Equal(root, m.root.hash[:]) {
		return fmt.Errorf("%w: a proof under root %x, the others are under %x", ErrInvalid, root, m.root.hash)
	}
	if len(key) > 0xff {
		return fmt.Errorf("%w: key has %d bytes, at most 255 fit", ErrForm, len(key))
	}
	check := func() error { return Verify(root, key, value, proof) }
	if value == nil {
		check = func() error { return VerifyAbsence(root, key, proof) }
	}
	if err := check(); err != nil {
		return err
	}
	p := new(ics23.CommitmentProof)
	if err := p.Unmarshal(proof); err != nil {
		return fmt.Errorf("%w: %v", ErrForm, err)
	}
	for _, leaf := range []*ics23.ExistenceProof{p.GetExist(), p.GetNonexist().GetLeft(), p.GetNonexist().GetRight()} {
		if leaf == nil {
			continue
		}
		path, err := pathOf(leaf)
		if err != nil {
			return err
		}
		m.root = merge(m.root, path)
	}
	m.list()
	return nil
}

// pathOf makes the nodes of one existence proof, the root with all else
// hidden beside the way to the leaf.
func pathOf(p *ics23.ExistenceProof) (*node, error) {
	version, err := leafVersion(p.Leaf.Prefix)
	if err != nil {
		return nil, err
	}
	n := &node{kind: record, size: 1, version: version, key: p.Key, value: p.Value, valueHash: sha256.Sum256(p.Value)}
	n.seal()
	for _, op := range p.Path {
		if n, err = above(n, op); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// leafVersion reads the prefix of a leaf: height 0, size 1, version.
func leafVersion(prefix []byte) (uint64, error) {
	f, rest, err := varints(prefix)
	if err != nil || f[0] != 0 || f[1] != 1 || len(rest) != 0 {
		return 0, fmt.Errorf("%w: prefix of a leaf %x", ErrForm, prefix)
	}
	return f[2], nil
}

// above makes the inner node over n that an ICS-23 step describes.
func above(n *node, op *ics23.InnerOp) (*node, error) {
	s, err := readStep(op)
	if err != nil {
		return nil, err
	}
	up := &node{kind: inner, height: s.height, size: s.size, version: s.version, left: n, right: &node{hash: s.sibling}}
	if s.side == 1 {
		up.left, up.right = up.right, n
	}
	up.seal()
	return up, nil
}

// step is an ICS-23 step: an inner node, on which side of it the way comes up,
// 0 left or 1 right, and the hash on the other.
type step struct {
	height        uint8
	size, version uint64
	side          int
	sibling       [RootBytes]byte
}

// readStep reads height, size and version, then the left sibling, if the way
// comes from the right, in the prefix, or the right one in the suffix.
func readStep(op *ics23.InnerOp) (s step, err error) {
	f, rest, err := varints(op.GetPrefix())
	if err != nil || f[0] == 0 || f[0] > maxHeight {
		return s, fmt.Errorf("%w: prefix of a step %x", ErrForm, op.GetPrefix())
	}
	s.height, s.size, s.version = uint8(f[0]), f[1], f[2]
	switch {
	case len(rest) == 1 && len(op.Suffix) == 1+RootBytes:
		copy(s.sibling[:], op.Suffix[1:])
	case len(rest) == 2+RootBytes && len(op.Suffix) == 0:
		copy(s.sibling[:], rest[1:])
		s.side = 1
	default:
		return s, fmt.Errorf("%w: a step of %d and %d bytes", ErrForm, len(op.Prefix), len(op.Suffix))
	}
	return s, nil
}

// varints reads the three numbers that begin every preimage of IAVL.
func varints(p []byte) (f [3]uint64, rest []byte, err error) {
	for i := range f {
		v, n := binary.Varint(p)
		if n <= 0 || v < 0 {
			return f, nil, ErrForm
		}
		f[i], p = uint64(v), p[n:]
	}
	return f, p, nil
}

// merge lays two parts of one tree over each other; equal hashes make them
// equal wherever both show something.
func merge(a, b *node) *node {
	switch {
	case a == nil || a.kind == hidden:
		return b
	case b.kind != inner || a.kind != inner:
		return a
	}
	a.left, a.right = merge(a.left, b.left), merge(a.right, b.right)
	return a
}
