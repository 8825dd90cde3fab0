package client_test

import (
	"sync"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// pinned asks a client whose answers rest on one header for a while about goods
// that change meanwhile. The other client submits.
func pinned(t *testing.T, n *network, other *client.Client) {
	w := n.world
	must(t, other, w.Maker, apptest.Commission(w.Maker, w.Unit, "P1", 27_001, 27_010))
	item := func(i int) gs1.Key { return apptest.Item(w.Unit, 27_000+i) }
	stolen := func(i int) *app.SetMark { return &app.SetMark{Key: item(i), Mark: app.MarkStolen, Blocking: true} }

	t.Run("for an hour", func(t *testing.T) {
		c := n.client(t, 2)
		c.Tune(client.Tuning{Pin: time.Hour, CacheBytes: 1 << 20, AtOnce: 2})
		before := verified(t, c, item(1))
		must(t, other, w.Maker, stolen(1))
		if again := verified(t, c, item(1)); again.Height != before.Height || !again.Sellable.Yes {
			t.Errorf("another header was looked for: height %d and %d, %s", before.Height, again.Height, again.Sellable.Reason)
		}
		out := must(t, c, w.Maker, stolen(2))
		if got := verified(t, c, item(2)); got.Height < out.Height || got.Sellable.CBV != "stolen" {
			t.Errorf("after the client's own tx in block %d: height %d, %s", out.Height, got.Height, got.Sellable.Reason)
		}
		if got := verified(t, c, item(1)); got.Sellable.CBV != "stolen" {
			t.Errorf("the mark of another in an earlier block: height %d, %s", got.Height, got.Sellable.Reason)
		}
		box := w.Maker.SSCC(270)
		must(t, other, w.Maker, planned[app.Pack](t)(other.Plan(w.Maker.GLN).Pack(t.Context(), box, item(3), item(4))))
		if got := verified(t, c, item(3)); len(got.Chain) != 1 || got.Chain[0].Key != box {
			t.Errorf("after it was packed by another: chain %+v", got.Chain)
		}
	})
	t.Run("shortly", func(t *testing.T) { pinnedShortly(t, n, other, item(5), stolen(5)) })
	t.Run("not at all", func(t *testing.T) {
		c := n.client(t, 3)
		verified(t, c, item(6))
		must(t, other, w.Maker, stolen(6))
		wait := n.WaitHeight(t.Context(), heightOf(t, other))
		if got := verified(t, c, item(6)); wait != nil || got.Sellable.CBV != "stolen" {
			t.Errorf("height %d, %s, %v", got.Height, got.Sellable.Reason, wait)
		}
	})
}

// pinnedShortly lets many ask while a mark is set: who sees its block sees the
// mark, nobody who has seen it loses it again, and within twice the Pin and a
// block all see it.
func pinnedShortly(t *testing.T, n *network, other *client.Client, key gs1.Key, mark *app.SetMark) {
	const pin, block = 50 * time.Millisecond, 5 * time.Second // a loaded machine's block
	c := n.client(t, 1)
	c.Tune(client.Tuning{Pin: pin, AtOnce: 4})
	verified(t, c, key)
	var height uint64 // of the mark's block
	var stands time.Time
	marked := make(chan struct{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			seen := false
			for !seen || !closed(marked) {
				asked, known := time.Now(), closed(marked)
				ped, _, err := c.Pedigree(t.Context(), proof.Claim{Key: key}, proof.Options{MaxAge: time.Minute})
				switch {
				case err != nil:
					t.Error(err)
					return
				case seen && ped.Sellable.Yes:
					t.Errorf("height %d no longer shows the mark", ped.Height)
					return
				case known && ped.Height >= height && ped.Sellable.Yes:
					t.Errorf("height %d does not show the mark of block %d", ped.Height, height)
					return
				case known && asked.After(stands.Add(2*pin+block)) && ped.Sellable.Yes:
					t.Errorf("height %d is shown %s after block %d", ped.Height, asked.Sub(stands), height)
					return
				}
				seen = !ped.Sellable.Yes
			}
		})
	}
	height = must(t, other, n.world.Maker, mark).Height
	stands = time.Now()
	close(marked)
	all.Wait()
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// verified asks for a pedigree, whose file must say the same to others.
func verified(t *testing.T, c *client.Client, key gs1.Key) *proof.Pedigree {
	t.Helper()
	ped, file, err := c.Pedigree(t.Context(), proof.Claim{Key: key}, proof.Options{MaxAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	back, err := proof.Decode(file.Encode())
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Verify(proof.TrustHeader(c.ChainID(), file.Block().Hash()), proof.Options{})
	if err != nil || again.Height != ped.Height || again.Sellable != ped.Sellable || again.Identity != ped.Identity {
		t.Errorf("the file says %+v, %v; the answer was %+v", again, err, ped)
	}
	return ped
}

// heightOf is the block that a node has come to.
func heightOf(t *testing.T, c *client.Client) uint64 {
	t.Helper()
	res, err := c.RPC().Commit(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return uint64(res.Height)
}
