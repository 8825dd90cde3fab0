package proof_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// corpus is a set of valid files of one chain and what each says.
type corpus struct {
	world *apptest.World
	trust proof.Trust
	opt   proof.Options
	files [][]byte
	says  []*proof.Pedigree
}

// newCorpus makes files of every kind of statement, some about the same item
// at different heights.
func newCorpus(tb testing.TB) *corpus {
	tb.Helper()
	s := newScene(tb)
	c := &corpus{world: s.World}
	add := func(key gs1.Key, lot string) {
		c.files = append(c.files, s.build(tb, proof.Query{Key: key, Lot: lot}))
	}
	add(s.item(3), "")
	add(s.item(2000), "")
	add(s.case1, "")
	add(s.item(2800), lot)
	add(gs1.ItemKey(s.unit, "S001024A"), lot)
	add(s.item(9999), "L9")
	add(s.maker.SSCC(99), "")
	s.Do(s.maker, &app.SetMark{Key: s.item(3), Mark: app.MarkSuspect, Blocking: true, Spot: app.Spot{Opening: s.World.Opening(s.item(3))}})
	add(s.item(3), "")
	s.Do(s.maker, s.World.Pack(s.maker.SSCC(9), s.item(100), s.item(3001)))
	add(s.maker.SSCC(9), "")
	s.ship(s.maker, s.wholesaler, s.maker.SSCC(9))
	add(s.item(100), "")
	c.trust, c.opt = s.trust(), proof.Options{Now: s.now()}
	for _, raw := range c.files {
		c.says = append(c.says, c.accept(raw, proof.Claim{}))
	}
	return c
}

// accept returns what a file says, nil when it is refused.
func (c *corpus) accept(raw []byte, claim proof.Claim) *proof.Pedigree {
	p, err := proof.Decode(raw)
	if err != nil {
		return nil
	}
	opt := c.opt
	opt.Claim = claim
	ped, err := p.Verify(c.trust, opt)
	if err != nil {
		return nil
	}
	return ped
}

// wrong says what is wrong about a changed file: that it is accepted by one who
// asks for the key and lot of the original, or that it says what is not true.
// A gap between two keys shows that every key in it is absent, so a changed
// denial may be another, true denial to one who asks for nothing.
func (c *corpus) wrong(which int, changed []byte) string {
	says := c.says[which]
	if bytes.Equal(changed, c.files[which]) {
		return ""
	}
	if ped := c.accept(changed, proof.Claim{Key: says.Key, Lot: says.AskedLot}); ped != nil {
		return fmt.Sprintf("is accepted: %+v", ped)
	}
	ped := c.accept(changed, proof.Claim{})
	if ped == nil {
		return ""
	}
	if ped.Identity.Yes || says.Identity.Yes || ped.Key == says.Key && ped.AskedLot == says.AskedLot {
		return fmt.Sprintf("is accepted for %+v", ped)
	}
	if _, used := c.world.Contents.Use(ped.Key); used {
		return fmt.Sprintf("denies the container %s", ped.Key)
	}
	if at, ok := c.world.Contents.Where(ped.Key); ok {
		if entries, _ := c.world.Contents.Entries(at.Holding, at.Segment); entries[at.Position].Lot == ped.AskedLot {
			return fmt.Sprintf("denies the item %s", ped.Key)
		}
	}
	return ""
}

// mutate changes a file in one of six ways.
func (c *corpus) mutate(r *rand.Rand, which int) []byte {
	raw := bytes.Clone(c.files[which])
	at := r.IntN(len(raw))
	switch r.IntN(6) {
	case 0: // a bit
		raw[at] ^= 1 << r.IntN(8)
	case 1: // a byte
		raw[at] = byte(r.Uint32())
	case 2: // two bytes
		raw[at] ^= byte(1 + r.IntN(255))
		raw[r.IntN(len(raw))] ^= byte(1 + r.IntN(255))
	case 3: // a byte lost
		raw = append(raw[:at], raw[at+1:]...)
	case 4: // a byte too many
		raw = append(raw[:at], append([]byte{byte(r.Uint32())}, raw[at:]...)...)
	default: // a stretch of another file
		other := c.files[r.IntN(len(c.files))]
		n := min(1+r.IntN(200), len(raw)-at)
		if from := r.IntN(len(other)); from+n <= len(other) {
			copy(raw[at:at+n], other[from:])
		}
	}
	return raw
}

// TestMutations changes valid files at random. PEDIGREE_MUTATIONS says how
// often, PEDIGREE_SEED from where.
func TestMutations(t *testing.T) {
	total, seed := 5_000, rand.Uint64()
	if n, err := strconv.Atoi(os.Getenv("PEDIGREE_MUTATIONS")); err == nil {
		total = n
	}
	if n, err := strconv.ParseUint(os.Getenv("PEDIGREE_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("seed %d, %d mutations", seed, total)
	c := newCorpus(t)
	const workers = 2
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for range total / workers {
				which := r.IntN(len(c.files))
				changed := c.mutate(r, which)
				if wrong := c.wrong(which, changed); wrong != "" {
					t.Errorf("file %d, changed, %s\n%x", which, wrong, changed)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestEveryByteCounts changes every byte of one file.
func TestEveryByteCounts(t *testing.T) {
	c := newCorpus(t)
	for at := range c.files[0] {
		changed := bytes.Clone(c.files[0])
		changed[at] ^= 0x01
		if wrong := c.wrong(0, changed); wrong != "" {
			t.Fatalf("byte %d changed: it %s", at, wrong)
		}
	}
	for n := range c.files[0] {
		if c.accept(c.files[0][:n], proof.Claim{}) != nil {
			t.Fatalf("the first %d bytes of %d were accepted", n, len(c.files[0]))
		}
	}
}

// TestSplice puts the parts of one file into another: the statement of one, the
// records of the second, the header of the third.
func TestSplice(t *testing.T) {
	c := newCorpus(t)
	var parts [][3][]byte
	for _, raw := range c.files {
		parts = append(parts, cutFile(raw))
	}
	for i := range parts {
		for j := range parts {
			for k := range parts {
				whole := bytes.Join([][]byte{parts[i][0], parts[j][1], parts[k][2]}, nil)
				if i == j && j == k {
					if c.accept(whole, proof.Claim{}) == nil {
						t.Fatalf("file %d is refused", i)
					}
					continue
				}
				// What two files share may be exchanged: headers around an
				// empty block, the records of two items in one case. Then
				// it must be what another file of the statement says.
				if ped := c.accept(whole, proof.Claim{}); ped != nil && !c.said(parts, i, ped) {
					t.Fatalf("statement %d, records %d, header %d: accepted for %+v", i, j, k, ped)
				}
			}
		}
	}
}

// said reports whether a file with the statement of file i says the same, but
// for the height.
func (c *corpus) said(parts [][3][]byte, i int, ped *proof.Pedigree) bool {
	for j := range parts {
		ped.Height, ped.Time = c.says[j].Height, c.says[j].Time
		if bytes.Equal(parts[i][0], parts[j][0]) && reflect.DeepEqual(ped, c.says[j]) {
			return true
		}
	}
	return false
}

// cutFile cuts a file before the lengths of its two last parts, from the end.
func cutFile(raw []byte) (parts [3][]byte) {
	for at := 9; at+4 <= len(raw); at++ {
		n := int(binary.BigEndian.Uint32(raw[at:]))
		rest := at + 4 + n
		if n == 0 || n > len(raw) || rest+4 > len(raw) {
			continue
		}
		if m := int(binary.BigEndian.Uint32(raw[rest:])); rest+4+m == len(raw) {
			return [3][]byte{raw[:at], raw[at:rest], raw[rest:]}
		}
	}
	panic("the file has no two parts")
}

// FuzzProofMutation changes bytes of valid files where the fuzzer likes.
func FuzzProofMutation(f *testing.F) {
	c := newCorpus(f)
	f.Add(uint8(0), uint16(100), []byte{1}, uint8(0))
	f.Add(uint8(2), uint16(9), []byte("00"), uint8(2))
	f.Fuzz(func(t *testing.T, which uint8, at uint16, patch []byte, cut uint8) {
		i := int(which) % len(c.files)
		raw := c.files[i]
		from := int(at) % len(raw)
		to := min(from+int(cut), len(raw))
		changed := append(append(bytes.Clone(raw[:from]), patch...), raw[to:]...)
		if wrong := c.wrong(i, changed); wrong != "" {
			t.Fatalf("file %d, changed, %s", i, wrong)
		}
	})
}

// FuzzDecode reads anything: what is read writes itself back.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"item", "unknown", "container"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name+".pedigree"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := proof.Decode(raw)
		if err != nil {
			return
		}
		if again := p.Encode(); !bytes.Equal(again, raw) {
			t.Fatalf("%x is read and written as %x", raw, again)
		}
	})
}

// BenchmarkVerify verifies an item two containers deep, in a small state.
func BenchmarkVerify(b *testing.B) {
	s := newScene(b)
	raw := s.build(b, proof.Query{Key: s.item(3)})
	trust, opt := s.trust(), proof.Options{Now: s.now()}
	b.ReportMetric(float64(len(raw)), "bytes")
	for b.Loop() {
		p, err := proof.Decode(raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Verify(trust, opt); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBuild builds the same from the state itself.
func BenchmarkBuild(b *testing.B) {
	s := newScene(b)
	if _, err := s.LightBlock(b.Context(), s.Height()+1); err != nil {
		b.Fatal(err)
	}
	height := s.Height() - 1
	for b.Loop() {
		if _, err := proof.Build(b.Context(), s.Chain, proof.Query{Key: apptest.Item(s.unit, 3), Height: height}); err != nil {
			b.Fatal(err)
		}
	}
}
