package state

import (
	"bytes"
	"testing"
)

// FuzzSnapshotReader: no stream makes the reader panic or hand on a node that
// IAVL's importer must not see.
func FuzzSnapshotReader(f *testing.F) {
	s, err := Open(Config{InMemory: true})
	if err != nil {
		f.Fatal(err)
	}
	for v := uint64(1); v <= 3; v++ {
		o := s.Begin()
		for i := range 5 * v {
			o.Set([]byte{'h', byte(i)}, []byte{1, byte(v)})
		}
		if _, err := s.Stage(o, v); err != nil {
			f.Fatal(err)
		}
		if err := s.Commit(); err != nil {
			f.Fatal(err)
		}
		var b bytes.Buffer
		if err := s.Export(v, &b, nil); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		in, err := newSnapshotReader(bytes.NewReader(p))
		if err != nil {
			return
		}
		leaves := uint64(0)
		for {
			n, err := in.next()
			if err != nil {
				return
			}
			if n == nil {
				break
			}
			if n.Version < 1 || uint64(n.Version) > in.version || n.Height < 0 || len(n.Key) == 0 {
				t.Fatalf("node of version %d, height %d, key %x", n.Version, n.Height, n.Key)
			}
			if n.Height == 0 {
				leaves++
			}
		}
		if leaves != in.leaves {
			t.Fatalf("accepted %d leaves, %d announced", leaves, in.leaves)
		}
	})
}
