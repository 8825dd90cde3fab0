package index

import (
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// groupBytes is how much one write of a merge is: enough to be cheap, little
// enough that a block never waits long for its turn.
const groupBytes = 256 << 10

// merge merges the lowest eight pieces that stand ready for a GTIN, and
// reports whether there were any.
func (x *Index) merge(g gs1.GTIN, stop <-chan struct{}) (bool, error) {
	s, err := x.disk.snapshot()
	if err != nil {
		return false, err
	}
	p, made, err := s.pieces(g)
	s.close()
	if err != nil {
		return false, err
	}
	for lvl := range maxLevel {
		if lvl > 0 {
			made = p.made(lvl)
		}
		if made < p.start(lvl)+fan {
			continue
		}
		m := &merging{x: x, g: g, from: lvl, stop: stop, width: refWidth(lvl + 1)}
		return m.run(p)
	}
	return false, nil
}

// merging is one merge: pieces of level from, the first eight that are live,
// become the next piece of the level above.
type merging struct {
	x     *Index
	g     gs1.GTIN
	from  int
	piece uint32 // the number of the new one
	cut   uint8
	width int
	stop  <-chan struct{}

	writes []write
	size   int
}

func (m *merging) run(p *pieces) (bool, error) {
	m.piece = p.made(m.from + 1)
	count, err := m.build(p)
	if err != nil || count == 0 {
		return false, err
	}
	next := &pieces{levels: slices.Clone(p.levels)}
	if m.from == len(next.levels) {
		next.levels = append(next.levels, level{start: m.piece})
	}
	up := &next.levels[m.from]
	up.pieces = append(slices.Clone(up.pieces), piece{m.cut, count})
	if m.from > 0 {
		down := &next.levels[m.from-1]
		for i, old := range down.pieces[:fan] {
			m.write(trashKey(m.g, m.from, down.start+uint32(i)), []byte{old.cut})
		}
		*down = level{down.start + fan, slices.Clone(down.pieces[fan:])}
	}
	m.write(piecesKey(m.g), next.encode())
	if err := m.flush(); err != nil {
		return false, err
	}
	return true, m.x.emptyTrash(trashKey(m.g, m.from, 0)[:1+len(m.g)], m.stop)
}

// build writes the chunks of the new piece, and returns how many fingerprints
// it has: none when it was told to stop.
func (m *merging) build(p *pieces) (uint64, error) {
	if m.from == 0 {
		words, err := m.fingerprints()
		if err != nil {
			return 0, err
		}
		m.cut = bitsFor(uint64(len(words)))
		return uint64(len(words)), m.scatter(words)
	}
	var count uint64
	down := &p.levels[m.from-1]
	for _, q := range down.pieces[:fan] {
		count += q.count
	}
	m.cut = bitsFor(count)
	stopped, err := m.join(down)
	if stopped {
		return 0, err
	}
	return count, err
}

// fingerprints reads the contents of eight commissions.
func (m *merging) fingerprints() ([]uint64, error) {
	s, err := m.x.disk.snapshot()
	if err != nil {
		return nil, err
	}
	defer s.close()
	var words []uint64
	for i := range uint32(fan) {
		c, err := s.commission(m.g, fan*m.piece+i)
		if err != nil {
			return nil, err
		}
		for n := range c.runs {
			ref := i<<runBits | uint32(n)
			_, err := s.view(contentsKey(c.runs[n].root), func(v []byte) error {
				u := newUnpacker(v)
				for u.next() {
					words = append(words, packWord(fingerprint(m.x.salt, u.keyBytes()[serialAt:]), ref))
				}
				return u.err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return words, nil
}

// serialAt is where the serial begins in an item's key.
const serialAt = 2 + 14 + 2

// scatter sorts words into chunks and writes them.
func (m *merging) scatter(words []uint64) error {
	starts := make([]int, 1<<m.cut+1)
	shift := fingerprintBits + refBits - int(m.cut)
	for _, w := range words {
		starts[w>>shift+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	sorted, at := make([]uint64, len(words)), slices.Clone(starts)
	for _, w := range words {
		c := w >> shift
		sorted[at[c]] = w
		at[c]++
	}
	for c := range 1 << m.cut {
		if err := m.chunk(uint32(c), sorted[starts[c]:starts[c+1]]); err != nil {
			return err
		}
	}
	return nil
}

// join merges eight pieces chunk by chunk, and reports whether it was told to
// stop.
func (m *merging) join(down *level) (stopped bool, err error) {
	sources := make([]*source, fan)
	for i := range sources {
		sources[i] = &source{
			m: m, piece: down.start + uint32(i), cut: down.pieces[i].cut, width: refWidth(m.from),
			add: uint64(i) << (fanBits*m.from + runBits), chunk: -1,
		}
	}
	var words []uint64
	for c := range uint32(1) << m.cut {
		select {
		case <-m.stop:
			return true, nil
		default:
		}
		words = words[:0]
		for _, s := range sources {
			if words, err = s.take(words, c); err != nil {
				return false, err
			}
		}
		if err := m.chunk(c, words); err != nil {
			return false, err
		}
	}
	return false, nil
}

// source is one piece that goes into a merge: its present chunk.
type source struct {
	m     *merging
	piece uint32
	cut   uint8
	width int
	add   uint64 // to its refs
	chunk int64
	p     []byte
	next  int
}

// take appends what belongs to chunk c of the new piece. Since that has more
// chunks than the source, c's part is within one chunk of the source.
func (s *source) take(words []uint64, c uint32) ([]uint64, error) {
	if own := int64(c >> (s.m.cut - s.cut)); own != s.chunk {
		if err := s.load(own); err != nil {
			return nil, err
		}
	}
	n := len(s.p) / (fingerprintLen + s.width)
	for ; s.next < n; s.next++ {
		w := wordAt(s.p, s.next, s.width)
		if chunkOf(w>>refBits, s.m.cut) != c {
			break
		}
		words = append(words, w+s.add)
	}
	return words, nil
}

func (s *source) load(chunk int64) error {
	snap, err := s.m.x.disk.snapshot()
	if err != nil {
		return err
	}
	defer snap.close()
	s.p, err = snap.get(chunkKey(s.m.g, s.m.from, s.piece, uint32(chunk)))
	s.chunk, s.next = chunk, 0
	return err
}

// chunk writes one chunk of the new piece. An empty one is not written.
func (m *merging) chunk(c uint32, words []uint64) error {
	if len(words) == 0 {
		return nil
	}
	slices.Sort(words)
	m.write(chunkKey(m.g, m.from+1, m.piece, c), appendChunk(make([]byte, 0, len(words)*(fingerprintLen+m.width)), words, m.width))
	if m.size < groupBytes {
		return nil
	}
	return m.flush()
}

func (m *merging) write(key, value []byte) {
	m.writes = append(m.writes, write{key, value})
	m.size += len(key) + len(value)
}

// flush writes what has been collected, and then leaves the disk alone for as
// long as that took, so that blocks find it free half the time.
func (m *merging) flush() error {
	begin := time.Now()
	err := m.x.disk.commitMore(m.writes)
	pause := time.NewTimer(time.Since(begin))
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-m.stop:
	}
	m.x.metrics.writes.Add(float64(len(m.writes)))
	m.x.metrics.writtenBytes.Add(float64(m.size))
	m.writes, m.size = nil, 0
	return err
}

// trashKeys is how many chunks one write deletes.
const trashKeys = 4096

// emptyTrash deletes the pieces that were merged into others. Readers that
// began before still see them, in their snapshots.
func (x *Index) emptyTrash(prefix []byte, stop <-chan struct{}) error {
	for {
		key, cut, err := x.firstTrash(prefix)
		if err != nil || key == nil {
			return err
		}
		base := keyOf(spaceChunk, key[1:])
		var writes []write
		for c := range uint32(1) << cut {
			writes = append(writes, write{append(slices.Clone(base), u32(c)...), nil})
			if len(writes) < trashKeys {
				continue
			}
			select {
			case <-stop:
				return nil
			default:
			}
			if err := x.disk.commitMore(writes); err != nil {
				return err
			}
			writes = nil
		}
		if err := x.disk.commitMore(append(writes, write{key, nil})); err != nil {
			return err
		}
	}
}

func (x *Index) firstTrash(prefix []byte) (key []byte, cut uint8, err error) {
	s, err := x.disk.snapshot()
	if err != nil {
		return nil, 0, err
	}
	defer s.close()
	err = s.scan(prefix, nil, func(suffix, v []byte) (bool, error) {
		if len(v) != 1 || v[0] > fingerprintBits {
			return false, errPacked
		}
		key, cut = append(slices.Clone(prefix), suffix...), v[0]
		return false, nil
	})
	return key, cut, err
}
