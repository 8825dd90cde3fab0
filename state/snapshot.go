package state

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/cosmos/iavl"
)

// A snapshot is a stream: the header, the tree's nodes in post-order, an end
// tag, and SHA-256 over everything before it. Integers are big-endian. Of an
// inner node only the version is sent: its height follows from its children,
// and its key, which the root hash does not cover, is the first key of its
// right subtree.
//
//	header  "pedstate" ‖ format 1 ‖ version u64 ‖ root [32] ‖ leaves u64
//	leaf    1 ‖ version u64 ‖ key length u16 ‖ key ‖ value length u32 ‖ value
//	inner   2 ‖ version u64
//	end     0 ‖ SHA-256 [32]
const (
	snapshotMagic  = "pedstate"
	snapshotFormat = 1
	tagEnd         = 0
	tagLeaf        = 1
	tagInner       = 2

	// maxSnapshotVersion bounds what IAVL's importer allocates, four bytes
	// per version: eight years of a block per second.
	maxSnapshotVersion = 1 << 28
)

// Export writes a kept version as a snapshot that Import accepts; the same
// version gives the same bytes on every node. progress, if not nil, is called
// now and then with the leaves written and their total. It reads beside
// commits and pruning.
func (s *State) Export(version uint64, w io.Writer, progress func(done, total uint64)) error {
	h, snap := s.pin()
	defer snap.release()
	if err := kept(h, version); err != nil {
		return err
	}
	r := newTreeReader(s.disk, viewCacheNodes)
	tree, err := r.at(snap.ts, version)
	if err != nil {
		return err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(w, 1<<16)
	e := &exporter{w: io.MultiWriter(out, sum), total: uint64(tree.Size()), progress: progress}
	if err := e.run(tree, version); err != nil {
		return fmt.Errorf("state: export version %d: %w", version, err)
	}
	if err := r.db.failure(); err != nil {
		return err
	}
	if e.done != e.total {
		return damaged(s.cfg.Dir, fmt.Errorf("version %d has %d leaves, read %d", version, e.total, e.done))
	}
	if _, err := out.Write(sum.Sum(nil)); err != nil {
		return fmt.Errorf("state: export version %d: %w", version, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("state: export version %d: %w", version, err)
	}
	return nil
}

type exporter struct {
	w           io.Writer
	done, total uint64
	progress    func(done, total uint64)
}

func (e *exporter) run(tree *iavl.ImmutableTree, version uint64) error {
	b := append([]byte(snapshotMagic), snapshotFormat)
	b = binary.BigEndian.AppendUint64(b, version)
	b = append(b, tree.Hash()...)
	b = binary.BigEndian.AppendUint64(b, e.total)
	if _, err := e.w.Write(b); err != nil {
		return err
	}
	nodes, err := tree.Export()
	if err != nil {
		return err
	}
	defer nodes.Close()
	for {
		n, err := nodes.Next()
		if errors.Is(err, iavl.ErrorExportDone) {
			break
		}
		if err != nil {
			return err
		}
		if err := e.node(n, b[:0]); err != nil {
			return err
		}
	}
	_, err = e.w.Write([]byte{tagEnd})
	return err
}

func (e *exporter) node(n *iavl.ExportNode, b []byte) error {
	if n.Height > 0 {
		b = binary.BigEndian.AppendUint64(append(b, tagInner), uint64(n.Version))
		_, err := e.w.Write(b)
		return err
	}
	b = binary.BigEndian.AppendUint64(append(b, tagLeaf), uint64(n.Version))
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(n.Key))), n.Key...)
	b = append(binary.BigEndian.AppendUint32(b, uint32(len(n.Value))), n.Value...)
	if _, err := e.w.Write(b); err != nil {
		return err
	}
	e.done++
	if e.progress != nil && (e.done%1024 == 0 || e.done == e.total) {
		e.progress(e.done, e.total)
	}
	return nil
}

// snapshotReader decodes a snapshot that a peer may have made up.
type snapshotReader struct {
	r   *bufio.Reader
	sum hash.Hash

	version uint64
	root    []byte
	leaves  uint64

	stack []subtree
	last  []byte // key of the last leaf
	seen  uint64 // leaves
}

// subtree is a finished part of the tree: its first key and its height.
type subtree struct {
	first  []byte
	height int8
}

func newSnapshotReader(r io.Reader) (*snapshotReader, error) {
	s := &snapshotReader{r: bufio.NewReaderSize(r, 1<<16), sum: sha256.New()}
	var b [57]byte
	if err := s.read(b[:]); err != nil {
		return nil, err
	}
	if string(b[:8]) != snapshotMagic || b[8] != snapshotFormat {
		return nil, fmt.Errorf("%w: not a state snapshot of format %d", ErrSnapshot, snapshotFormat)
	}
	s.version = binary.BigEndian.Uint64(b[9:17])
	s.root = bytes.Clone(b[17:49])
	s.leaves = binary.BigEndian.Uint64(b[49:57])
	if s.version == 0 || s.version > maxSnapshotVersion {
		return nil, fmt.Errorf("%w: version %d, want 1 to %d", ErrSnapshot, s.version, maxSnapshotVersion)
	}
	return s, nil
}

func (s *snapshotReader) read(b []byte) error {
	if _, err := io.ReadFull(s.r, b); err != nil {
		return fmt.Errorf("%w: cut short after %d leaves: %w", ErrSnapshot, s.seen, err)
	}
	s.sum.Write(b)
	return nil
}

// next returns the next node, nil at a proper end.
func (s *snapshotReader) next() (*iavl.ExportNode, error) {
	var b [9]byte
	if err := s.read(b[:1]); err != nil {
		return nil, err
	}
	if b[0] == tagEnd {
		return nil, s.end()
	}
	if err := s.read(b[1:]); err != nil {
		return nil, err
	}
	version := binary.BigEndian.Uint64(b[1:])
	if version == 0 || version > s.version {
		return nil, fmt.Errorf("%w: node of version %d in a snapshot of version %d", ErrSnapshot, version, s.version)
	}
	n := &iavl.ExportNode{Version: int64(version)}
	switch b[0] {
	case tagLeaf:
		return n, s.leaf(n)
	case tagInner:
		return n, s.inner(n)
	}
	return nil, fmt.Errorf("%w: unknown tag %d", ErrSnapshot, b[0])
}

func (s *snapshotReader) leaf(n *iavl.ExportNode) error {
	var err error
	if n.Key, err = s.field(2, MaxKeyBytes); err != nil {
		return err
	}
	if n.Value, err = s.field(4, MaxValueBytes); err != nil {
		return err
	}
	if s.seen > 0 && bytes.Compare(s.last, n.Key) >= 0 {
		return fmt.Errorf("%w: key %x does not come after %x", ErrSnapshot, n.Key, s.last)
	}
	if s.seen++; s.seen > s.leaves {
		return fmt.Errorf("%w: more than the %d leaves announced", ErrSnapshot, s.leaves)
	}
	s.last = n.Key
	s.stack = append(s.stack, subtree{first: n.Key})
	return nil
}

// field reads a length of size bytes and as many bytes, 1 to limit.
func (s *snapshotReader) field(size, limit int) ([]byte, error) {
	var b [4]byte
	if err := s.read(b[4-size:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(b[:])
	if n == 0 || n > uint32(limit) {
		return nil, fmt.Errorf("%w: field of %d bytes, want 1 to %d", ErrSnapshot, n, limit)
	}
	field := make([]byte, n)
	return field, s.read(field)
}

// inner joins the last two subtrees. IAVL keeps its trees balanced to one
// level; a peer's must be as well.
func (s *snapshotReader) inner(n *iavl.ExportNode) error {
	if len(s.stack) < 2 {
		return fmt.Errorf("%w: inner node without two subtrees", ErrSnapshot)
	}
	left, right := s.stack[len(s.stack)-2], s.stack[len(s.stack)-1]
	if d := left.height - right.height; d < -1 || d > 1 {
		return fmt.Errorf("%w: subtrees of heights %d and %d under one node", ErrSnapshot, left.height, right.height)
	}
	n.Height = max(left.height, right.height) + 1
	n.Key = right.first
	s.stack = append(s.stack[:len(s.stack)-2], subtree{first: left.first, height: n.Height})
	return nil
}

// end checks what can be checked without the tree: count, shape, checksum.
func (s *snapshotReader) end() error {
	want := s.sum.Sum(nil)
	got := make([]byte, len(want))
	if err := s.read(got); err != nil {
		return err
	}
	switch {
	case !bytes.Equal(got, want):
		return fmt.Errorf("%w: checksum is %x, want %x", ErrSnapshot, got, want)
	case s.seen != s.leaves:
		return fmt.Errorf("%w: %d leaves, %d announced", ErrSnapshot, s.seen, s.leaves)
	case len(s.stack) > 1:
		return fmt.Errorf("%w: %d trees, want one", ErrSnapshot, len(s.stack))
	}
	return nil
}
