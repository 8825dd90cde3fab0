package proof

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// ErrNotShown means that a Multi shows neither that a key is present nor that
// it is absent.
var ErrNotShown = errors.New("proof: not shown")

// Multi shows several records of one version of the state at once: the part of
// the IAVL tree that their ICS-23 proofs have in common, each node once, so
// that it is about half as long as the proofs one by one. Every leaf that is
// read is remembered; one that nobody needed makes a second encoding of the
// same statement, which Unread finds.
//
// The zero value shows nothing. A Multi is not safe for concurrent use.
type Multi struct {
	root *node
	// leaves are the leaves shown, ascending by key; gap[i] says that
	// something hidden stands between leaf i-1 and leaf i, and gap[len] that
	// something hidden stands after the last.
	leaves []*node
	gap    []bool
}

// node is a node of the tree: hidden (a hash only), a leaf, or an inner node.
type node struct {
	kind          nodeKind
	hash          [RootBytes]byte
	height        uint8
	size, version uint64
	left, right   *node

	key       []byte
	value     []byte // nil in a neighbor
	valueHash [sha256.Size]byte
	asked     bool // the value was read
	beside    bool // needed as the neighbor of an absent key
}

type nodeKind uint8

const (
	hidden   nodeKind = 0
	record   nodeKind = 1 // a leaf with its value
	neighbor nodeKind = 2 // a leaf with the hash of its value
	inner    nodeKind = 3
)

// Root is the root hash of the version that m is a part of, nil when m shows
// nothing. The caller compares it with one that it trusts.
func (m *Multi) Root() []byte {
	if m.root == nil {
		return nil
	}
	return bytes.Clone(m.root.hash[:])
}

// Get returns the value of key, or false when key is shown to be absent. The
// error is ErrNotShown when m shows neither.
func (m *Multi) Get(key []byte) (value []byte, present bool, err error) {
	i, found := m.search(key)
	if found {
		return m.read(i)
	}
	if m.root == nil || m.gap[i] {
		return nil, false, fmt.Errorf("%w: key %x", ErrNotShown, key)
	}
	m.markBeside(i - 1)
	m.markBeside(i)
	return nil, false, nil
}

// Scan calls fn for every record whose key begins with prefix, ascending. The
// error is fn's, or ErrNotShown when m may hide one of them.
func (m *Multi) Scan(prefix []byte, fn func(key, value []byte) error) error {
	i, _ := m.search(prefix)
	if m.root == nil || m.gap[i] {
		return fmt.Errorf("%w: keys that begin with %x", ErrNotShown, prefix)
	}
	m.markBeside(i - 1)
	for ; i < len(m.leaves) && bytes.HasPrefix(m.leaves[i].key, prefix); i++ {
		value, _, err := m.read(i)
		if err != nil {
			return err
		}
		if err := fn(m.leaves[i].key, value); err != nil {
			return err
		}
		if m.gap[i+1] {
			return fmt.Errorf("%w: keys that begin with %x, above %x", ErrNotShown, prefix, m.leaves[i].key)
		}
	}
	m.markBeside(i)
	return nil
}

// Unread reports whether m shows a record or a neighbor that no Get or Scan
// needed.
func (m *Multi) Unread() bool {
	return slices.ContainsFunc(m.leaves, func(n *node) bool {
		return n.kind == record && !n.asked || n.kind == neighbor && !n.beside
	})
}

// Records calls fn for every record that m shows with its value, ascending.
func (m *Multi) Records(fn func(key, value []byte)) {
	for _, n := range m.leaves {
		if n.kind == record {
			fn(n.key, n.value)
		}
	}
}

func (m *Multi) read(i int) (value []byte, present bool, err error) {
	n := m.leaves[i]
	if n.kind != record {
		return nil, false, fmt.Errorf("%w: the value of key %x", ErrNotShown, n.key)
	}
	n.asked = true
	return n.value, true, nil
}

func (m *Multi) markBeside(i int) {
	if i >= 0 && i < len(m.leaves) {
		m.leaves[i].beside = true
	}
}

func (m *Multi) search(key []byte) (int, bool) {
	return slices.BinarySearchFunc(m.leaves, key, func(n *node, key []byte) int { return bytes.Compare(n.key, key) })
}

// list lists the leaves in order, with what is hidden between them.
func (m *Multi) list() {
	m.leaves, m.gap = nil, []bool{false}
	m.root.each(func(n *node) {
		if n.kind == hidden {
			m.gap[len(m.leaves)] = true
			return
		}
		m.leaves = append(m.leaves, n)
		m.gap = append(m.gap, false)
	})
}

// each visits leaves and hidden subtrees from left to right.
func (n *node) each(fn func(*node)) {
	if n.kind != inner {
		fn(n)
		return
	}
	n.left.each(fn)
	n.right.each(fn)
}
