// Package proof is the pedigree file: what the ledger says about one item or
// container at one height, in a form that anyone can check without a network,
// a node or a database, trusting nothing but the validators' signatures
// (design 01, section 7; docs/spec/proof.md has the byte tables).
//
// A file holds a statement (which key, and where to look), a part of the state
// tree that shows every record which the statement rests on, and the signed
// header that commits to that tree.
//
//	 bytes ── Decode ──▶ Proof ── Verify(Trust) ──▶ Pedigree
//	                       ▲                          ▲
//	Source ── Build ───────┘         the same judgement, judge.go, over a
//	                                 part of the tree instead of the whole
//
// Build and Verify run one function over the state: Build fetches each record
// that it reads together with its proof, Verify reads the same records out of
// the file. What is not shown cannot be read, so there is no list of links to
// check and none to forget; what is shown and never read is refused, so that a
// statement has one file.
package proof

import (
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/internal/wire"
	stateproof "github.com/pedigree-ledger/pedigree/state/proof"
)

// MaxBytes bounds a file.
const MaxBytes = 1 << 20

// magic begins every file, with the version of the format after it.
const (
	magic   = "PEDIGREE"
	version = 1
)

// What a file can be refused for. Every error of Decode and Verify wraps
// exactly one of them.
var (
	// ErrForm: the bytes are not a pedigree file, or not its one encoding.
	ErrForm = errors.New("not a pedigree file")
	// ErrUntrusted: the header is not signed by whom the caller trusts.
	ErrUntrusted = errors.New("the header cannot be trusted")
	// ErrInvalid: the file does not prove what it states.
	ErrInvalid = errors.New("the proof does not hold")
	// ErrStale: the proof is older than the caller accepts, or from the
	// future.
	ErrStale = errors.New("the proof is not of the right age")
)

// Proof is one pedigree file. It is immutable and may be shared.
type Proof struct {
	statement statement
	witness   []byte
	block     *types.LightBlock
	blockRaw  []byte
	raw       []byte // the file, nil when it was not written yet
}

// Encode writes the file. The bytes must not be changed.
func (p *Proof) Encode() []byte {
	if p.raw != nil {
		return p.raw
	}
	return p.encode()
}

func (p *Proof) encode() []byte {
	e := wire.NewEncoder(64 + len(p.witness) + len(p.blockRaw) + 1280)
	e.Raw([]byte(magic))
	e.Uint8(version)
	p.statement.encode(e)
	writeBytes32(e, p.witness)
	writeBytes32(e, p.blockRaw)
	return e.Bytes()
}

func writeBytes32(e *wire.Encoder, p []byte) {
	e.Uint32(uint32(len(p)))
	e.Raw(p)
}

// readBytes32 returns a view of a byte string behind a length of four bytes.
func readBytes32(d *wire.Decoder) []byte {
	n := d.Uint32()
	if int64(n) > int64(d.Remaining()) {
		d.Fail("%d bytes announced, %d remain", n, d.Remaining())
		return nil
	}
	return d.View(int(n))
}

// Decode reads a file: form only. Nothing in it is to be believed before
// Verify. The Proof keeps raw, which must not be changed.
func Decode(raw []byte) (*Proof, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: at most %d bytes, found %d", ErrForm, MaxBytes, len(raw))
	}
	d := wire.NewDecoder(raw)
	if string(d.View(min(len(magic), len(raw)))) != magic {
		return nil, fmt.Errorf("%w: it does not begin with %s", ErrForm, magic)
	}
	d.Version(version)
	p := &Proof{statement: readStatement(d), raw: raw}
	p.witness, p.blockRaw = readBytes32(d), readBytes32(d)
	if err := d.Finish(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrForm, err)
	}
	var err error
	if p.block, err = decodeBlock(p.blockRaw); err != nil {
		return nil, fmt.Errorf("%w: signed header: %v", ErrForm, err)
	}
	return p, nil
}

// open reads the part of the tree that the file shows.
func (p *Proof) open() (*stateproof.Multi, error) { return openWitness(p.witness) }

// openWitness reads a part of the tree.
func openWitness(witness []byte) (*stateproof.Multi, error) {
	d := wire.NewDecoder(witness)
	m := stateproof.DecodeMulti(d)
	if err := d.Finish(); err != nil {
		return nil, fmt.Errorf("%w: records: %v", ErrForm, err)
	}
	return m, nil
}

// Height is the height whose state the file shows: the one before that of its
// header, because a header commits to the state after the block before it.
func (p *Proof) Height() uint64 { return uint64(p.block.Height) - 1 }

// Block is the signed header with its validator set, for a light client to
// judge. It must not be changed.
func (p *Proof) Block() *types.LightBlock { return p.block }
