package index

import (
	"crypto/sha256"
	"math/bits"
	"sort"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// The pieces of a GTIN. Commission number i is piece i of level 0: its runs
// are ascending, so their first serials tell which of them may hold a serial.
// Sixteen pieces of a level, the first sixteen that stand there, merge into one
// of the next: piece j of level L+1 is made of pieces 16j to 16j+15 of level L, so a
// merge that was interrupted is simply done again.
//
// A piece of level 1 and up is a list of (fingerprint, commission, run), cut
// by the fingerprint's leading bits into chunks of a few hundred: which
// chunk may hold a serial is arithmetic, and a lookup is one point read per
// piece. Fingerprints are salted hashes, so every distribution of serials
// fills the chunks evenly.
const (
	fan      = 16
	fanBits  = 4
	maxLevel = 5 // 16^5 commissions of 16,384 serials

	fingerprintBits = 40
	refBits         = fanBits*maxLevel + runBits
	runBits         = 4 // 16 runs in a commission
	chunkEntries    = 512
	fingerprintLen  = fingerprintBits / 8
)

// A fingerprint and a ref fit one word together, and a run's number its bits.
var (
	_ = [1]struct{}{}[(fingerprintBits+refBits)/65]
	_ = [1]struct{}{}[(maxRuns-1)>>runBits]
)

// fingerprint is the first 40 bits of SHA-256(salt ‖ serial).
func fingerprint(salt, serial []byte) uint64 {
	var buf [64]byte
	n := copy(buf[:], salt)
	n += copy(buf[n:], serial)
	sum := sha256.Sum256(buf[:n])
	return uint64(sum[0])<<32 | uint64(sum[1])<<24 | uint64(sum[2])<<16 | uint64(sum[3])<<8 | uint64(sum[4])
}

// refWidth is how many bytes a piece of a level needs to name a commission of
// its own and a run.
func refWidth(level int) int { return (fanBits*level + runBits + 7) / 8 }

// bitsFor is how many leading bits cut count fingerprints into chunks of at
// most chunkEntries on average.
func bitsFor(count uint64) uint8 {
	return uint8(bits.Len64((count - 1) / chunkEntries))
}

// chunkOf is the chunk that a fingerprint belongs to.
func chunkOf(fp uint64, cut uint8) uint32 { return uint32(fp >> (fingerprintBits - cut)) }

// entry packs a fingerprint and a ref into a word, so that words sort by
// fingerprint.
func packWord(fp uint64, ref uint32) uint64 { return fp<<refBits | uint64(ref) }

// appendChunk writes words: five bytes of fingerprint, then the ref.
func appendChunk(out []byte, words []uint64, width int) []byte {
	for _, w := range words {
		fp, ref := w>>refBits, w&(1<<refBits-1)
		out = append(out, byte(fp>>32), byte(fp>>24), byte(fp>>16), byte(fp>>8), byte(fp))
		for i := width - 1; i >= 0; i-- {
			out = append(out, byte(ref>>(8*i)))
		}
	}
	return out
}

// wordAt reads one entry of a chunk.
func wordAt(p []byte, i, width int) uint64 {
	p = p[i*(fingerprintLen+width):]
	fp := uint64(p[0])<<32 | uint64(p[1])<<24 | uint64(p[2])<<16 | uint64(p[3])<<8 | uint64(p[4])
	var ref uint64
	for _, b := range p[fingerprintLen : fingerprintLen+width] {
		ref = ref<<8 | uint64(b)
	}
	return fp<<refBits | ref
}

// searchChunk returns the refs of a fingerprint.
func searchChunk(p []byte, fp uint64, width int) (refs []uint32, err error) {
	stride := fingerprintLen + width
	if len(p)%stride != 0 {
		return nil, errPacked
	}
	n := len(p) / stride
	for i := sort.Search(n, func(i int) bool { return wordAt(p, i, width)>>refBits >= fp }); i < n; i++ {
		w := wordAt(p, i, width)
		if w>>refBits != fp {
			break
		}
		refs = append(refs, uint32(w&(1<<refBits-1)))
	}
	return refs, nil
}

// pieces are the live pieces of a GTIN: levels[0] is level 1.
type pieces struct{ levels []level }

// level is a run of pieces, the first of which has number start.
type level struct {
	start  uint32
	pieces []piece
}

// piece is what must be known to read a piece.
type piece struct {
	cut   uint8
	count uint64
}

// made is how many pieces a level of 1 and up has had so far.
func (p *pieces) made(lvl int) uint32 {
	if lvl > len(p.levels) {
		return 0
	}
	l := &p.levels[lvl-1]
	return l.start + uint32(len(l.pieces))
}

// start is the first live piece of a level.
func (p *pieces) start(lvl int) uint32 { return fan * p.made(lvl+1) }

func (p *pieces) encode() []byte {
	e := wire.NewEncoder(128)
	e.Uint8(1)
	e.Count(len(p.levels))
	for i := range p.levels {
		l := &p.levels[i]
		e.Uint32(l.start)
		e.Count(len(l.pieces))
		for _, q := range l.pieces {
			e.Uint8(q.cut)
			e.Uint64(q.count)
		}
	}
	return e.Bytes()
}

func decodePieces(v []byte) (*pieces, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	p := &pieces{levels: make([]level, d.Count(maxLevel, 6))}
	for i := range p.levels {
		l := &p.levels[i]
		l.start = d.Uint32()
		l.pieces = make([]piece, d.Count(merkle.SegmentSize, 9))
		for j := range l.pieces {
			l.pieces[j] = piece{d.Uint8(), d.Uint64()}
			if l.pieces[j].cut > fingerprintBits {
				d.Fail("a fingerprint has %d bits", fingerprintBits)
			}
		}
	}
	return p, d.Finish()
}

// pieces reads the live pieces of a GTIN, and how many commissions it has.
func (s *snapshot) pieces(g gs1.GTIN) (p *pieces, commissions uint32, err error) {
	p = &pieces{}
	_, err = s.view(piecesKey(g), func(v []byte) error {
		p, err = decodePieces(v)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	_, err = s.view(commissionsKey(g), func(v []byte) error {
		commissions, err = parseU32(v)
		return err
	})
	return p, commissions, err
}
