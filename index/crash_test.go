package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

var errPulled = errors.New("the plug was pulled")

// answers are the answers to every listing about everything in a program, as
// one text.
func (p *program) answers(t *testing.T, x *Index) string {
	t.Helper()
	var out []byte
	ask := func(path string, args ...string) {
		got, err := x.Query(t.Context(), path, args, []byte(`{"limit":1000}`))
		if err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatalf("%s %v: %v", path, args, err)
		}
		out = append(append(append(out, path+fmt.Sprint(args, err)...), got...), '\n')
	}
	for i, k := range p.items {
		if i%11 == 0 {
			ask(app.PathPlace, string(k))
			ask(app.PathHistory, string(k))
		}
	}
	for _, k := range p.containers {
		ask(app.PathPlace, string(k))
		ask(app.PathHistory, string(k))
		ask(app.PathContents, p.Container(k).String())
		ask(app.PathEntries, p.Container(k).String(), "0")
	}
	for _, q := range p.Partners() {
		ask(app.PathPartnerHoldings, q.GLN.String())
		ask(app.PathPartnerShipments, q.GLN.String(), "all")
		ask(app.PathPartnerShipments, q.GLN.String(), "open")
	}
	for _, lot := range []string{"L1", "L2", "A/1"} {
		ask(app.PathLotHoldings, p.Unit.String(), lot)
		ask(app.PathCommissionSegments, p.Unit.String(), lot, "0")
	}
	for n := range p.shipments {
		ask(app.PathShipmentHoldings, fmt.Sprint(n+1))
	}
	for _, b := range p.blocks {
		for _, tx := range b.Txs {
			ask(app.PathTx, tx.Tx.ID().String())
		}
	}
	return string(out)
}

// equalText compares two long texts and shows where they part.
func equalText(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	at := sharedAt(got, want)
	t.Fatalf("%s: at byte %d got ...%.200s, want ...%.200s", what, at, got[max(0, at-80):], want[max(0, at-80):])
}

func sharedAt(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// TestCrash cuts a block short in each of its parts: reopened, the index
// answers as one that never saw the block, and goes on as if nothing was.
func TestCrash(t *testing.T) {
	p := newProgram(t, random(t))
	p.run(120)
	for part := range 12 {
		t.Run(fmt.Sprint(part), func(t *testing.T) { p.crash(t, part) })
	}
}

func (p *program) crash(t *testing.T, part int) {
	dir := t.TempDir()
	armed := false
	cfg := small(dir)
	cfg.faults.partWrites = 5
	cfg.faults.fail = func(n int) error {
		if armed && n == part {
			return errPulled
		}
		return nil
	}
	x := open(t, cfg)
	half := p.biggest()
	feed(t, x, p.blocks[:half])
	x.merger.settle()
	armed = true
	err := x.Apply(p.blocks[half])
	if err == nil {
		t.Skipf("block %d has fewer than %d parts", half+1, part)
	}
	var damaged *DamagedError
	if !errors.As(err, &damaged) || !errors.Is(err, errPulled) {
		t.Fatalf("apply: got %v, want a DamagedError around %v", err, errPulled)
	}
	if s := x.Status(); s.State != "failed" || s.Err == "" {
		t.Errorf("status: got %+v, want failed", s)
	}
	if err := x.Apply(p.blocks[half]); err == nil {
		t.Error("apply after a failure: got nil, want the failure")
	}
	image := copyDir(t, dir)
	y, fresh := open(t, small(image)), open(t, small(t.TempDir()))
	feed(t, fresh, p.blocks[:half])
	if y.Height() != uint64(half) {
		t.Fatalf("height after the crash: got %d, want %d", y.Height(), half)
	}
	equalText(t, "answers after the crash", p.answers(t, y), p.answers(t, fresh))
	feed(t, y, p.blocks)
	feed(t, fresh, p.blocks)
	equalText(t, "answers at the end", p.answers(t, y), p.answers(t, fresh))
}

// biggest is the block of the second half that changes most.
func (p *program) biggest() int {
	best, most := 0, 0
	for i := len(p.blocks) / 2; i < len(p.blocks); i++ {
		n := 0
		for _, tx := range p.blocks[i].Txs {
			n += len(tx.Result.Changes)
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// TestBigBlock applies a block that does not fit one Badger transaction.
func TestBigBlock(t *testing.T) {
	p := newPlant(t)
	cfg := small(t.TempDir())
	cfg.MemTableBytes = 1 << 20
	x := open(t, cfg)
	p.start(t, x)
	b := p.block(t, app.MaxCommission)
	for range 11 {
		more := p.block(t, app.MaxCommission)
		b.Txs = append(b.Txs, more.Txs...)
	}
	parts := 0
	x.disk.cfg.faults.fail = func(part int) error {
		parts = max(parts, part+1)
		return nil
	}
	if err := x.Apply(b); err != nil {
		t.Fatal(err)
	}
	if parts < 2 {
		t.Errorf("parts: got %d, want several", parts)
	}
	if got := mustPlace(t, x, p.blockKey()); got.State != app.Here {
		t.Errorf("place: got %+v, want here", got)
	}
}

// copyDir is what a kill would leave of an open index.
func copyDir(t *testing.T, dir string) string {
	t.Helper()
	image := t.TempDir()
	if err := os.CopyFS(image, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return image
}

// TestRebuild deletes an index and builds it again: it answers the same,
// though its fingerprints have another salt.
func TestRebuild(t *testing.T) {
	p := newProgram(t, random(t))
	p.run(200)
	dir := t.TempDir()
	x := open(t, small(dir))
	feed(t, x, p.blocks)
	want := p.answers(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(other, []byte("not ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Wipe(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Fatalf("after Wipe: %v, %v; want only the file that is not ours", left, err)
	}
	y := open(t, small(dir))
	if y.Height() != 0 {
		t.Fatalf("height after Wipe: got %d, want 0", y.Height())
	}
	feed(t, y, p.blocks)
	y.merger.settle()
	equalText(t, "answers of the rebuilt index", p.answers(t, y), want)
}

// TestReopen closes and opens an index in the middle, and applies blocks that
// it has again.
func TestReopen(t *testing.T) {
	p := newProgram(t, random(t))
	p.run(120)
	dir := t.TempDir()
	fresh := open(t, small(t.TempDir()))
	feed(t, fresh, p.blocks)
	for at := 10; at < len(p.blocks); at += 10 {
		x := open(t, small(dir))
		feed(t, x, p.blocks[:at])
		for _, b := range p.blocks[:at] {
			if err := x.Apply(b); err != nil {
				t.Fatalf("apply block %d again: %v", b.Height, err)
			}
		}
		var gap *GapError
		if err := x.Apply(Block{Height: uint64(at) + 2}); !errors.As(err, &gap) || gap.Height != uint64(at) {
			t.Fatalf("a gap: got %v, want a GapError after %d", err, at)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	x := open(t, small(dir))
	feed(t, x, p.blocks)
	equalText(t, "answers", p.answers(t, x), p.answers(t, fresh))
}

// TestDamage breaks an index in several ways. Open, or the first question that
// meets the damage, says so; nothing panics.
func TestDamage(t *testing.T) {
	p := newProgram(t, random(t))
	p.run(150)
	for _, ext := range []string{".sst", ".vlog", "MANIFEST"} {
		for _, how := range []string{"cut", "zeroed", "deleted"} {
			t.Run(how+ext, func(t *testing.T) { p.damage(t, ext, how) })
		}
	}
}

func (p *program) damage(t *testing.T, ext, how string) {
	dir := t.TempDir()
	cfg := small(dir)
	x := open(t, cfg)
	big := newPlant(t)
	big.start(t, x)
	for range 3 { // contents that are big enough for the value log
		if err := x.Apply(big.block(t, app.MaxCommission)); err != nil {
			t.Fatal(err)
		}
	}
	key := big.blockKey()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "db-*", "*"+ext))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s files: %v", ext, err)
	}
	for _, f := range files {
		spoil(t, f, how)
	}
	y, err := Open(cfg)
	if err == nil {
		_, err = y.Place(key)
		if err != nil && y.Status().State != "failed" && !errors.Is(err, ErrNotFound) {
			t.Errorf("status: got %+v, want failed", y.Status())
		}
		if err := y.Close(); err != nil {
			t.Logf("close: %v", err)
		}
	}
	if err == nil {
		t.Fatal("an item was found through damaged files")
	}
	var damaged *DamagedError
	if !errors.As(err, &damaged) && !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want a DamagedError", err)
	}
	if err := Wipe(dir); err != nil {
		t.Fatal(err)
	}
	z := open(t, cfg)
	feed(t, z, p.blocks)
}

func spoil(t *testing.T, name, how string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	switch how {
	case "cut":
		data = data[:len(data)/2]
	case "zeroed":
		clear(data[len(data)/4:])
	case "deleted":
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestVanish removes the directory under a running index: Apply and questions
// give errors or answers, and Close comes back.
func TestVanish(t *testing.T) {
	p := newProgram(t, random(t))
	p.run(60)
	dir := t.TempDir()
	cfg := small(dir)
	cfg.WriteTimeout = time.Second
	x := open(t, cfg)
	half := len(p.blocks) / 2
	feed(t, x, p.blocks[:half])
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	if err := x.Apply(p.blocks[half]); !errors.As(err, &damaged) || !errors.Is(err, errGone) {
		t.Fatalf("apply: got %v, want a DamagedError: %v", err, errGone)
	}
	var s app.IndexStatus
	raw, err := x.Query(t.Context(), app.PathIndexStatus, nil, nil)
	if err != nil || json.Unmarshal(raw, &s) != nil || s.State != "failed" || s.Height != uint64(half) {
		t.Errorf("status: got %s, %v; want failed at %d", raw, err, half)
	}
	if _, err := x.Place(apptest.Item(p.Unit, 1)); err != nil && !errors.As(err, &damaged) && !errors.Is(err, ErrNotFound) {
		t.Errorf("place: got %v", err)
	}
	if err := x.Close(); err != nil {
		t.Logf("close: %v", err)
	}
	y := open(t, small(dir))
	feed(t, y, p.blocks)
}

// TestMachineDown finds an index that was open when the machine went down.
func TestMachineDown(t *testing.T) {
	if bootID() == "" {
		t.Skip("this system does not tell its boots apart")
	}
	dir := t.TempDir()
	x := open(t, small(dir))
	image := copyDir(t, dir)
	sub, err := generation(image)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(sub, openName), []byte("another boot"), 0o600); err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	if _, err := Open(small(image)); !errors.As(err, &damaged) {
		t.Errorf("open: got %v, want a DamagedError", err)
	}
	if _, err := Open(small(dir)); !errors.Is(err, ErrLocked) {
		t.Errorf("open again: got %v, want ErrLocked", err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, small(dir))
}
