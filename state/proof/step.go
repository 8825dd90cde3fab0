package proof

import (
	"encoding/binary"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"
)

// leafVersion reads the prefix of a leaf: height 0, size 1, version.
func leafVersion(prefix []byte) (uint64, error) {
	f, rest, err := varints(prefix)
	if err != nil || f[0] != 0 || f[1] != 1 || len(rest) != 0 {
		return 0, fmt.Errorf("%w: prefix of a leaf %x", ErrForm, prefix)
	}
	return f[2], nil
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
