package proof

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

// Add is how tests put proofs together: it checks an ICS-23 proof as Verify or,
// when value is nil, VerifyAbsence does, by the code of others, and takes what it shows into m. All proofs of one Multi are of one
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

// Prune hides what no Get or Scan needed: what a Reading does not show to begin
// with.
func (m *Multi) Prune() {
	if m.root != nil {
		m.root = m.root.prune()
		m.list()
	}
}

func (n *node) prune() *node {
	switch {
	case n.kind == inner:
		n.left, n.right = n.left.prune(), n.right.prune()
		if n.left.kind == hidden && n.right.kind == hidden {
			return &node{hash: n.hash}
		}
	case n.asked:
	case n.kind != hidden && n.beside:
		n.kind, n.value = neighbor, nil
	case n.kind != hidden:
		return &node{hash: n.hash}
	}
	return n
}
