package client_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
)

// swallow is a connection to a node that says it took every tx, and loses it.
type swallow struct {
	client.RPC
	lost atomic.Int64
}

func (s *swallow) BroadcastTxSync(_ context.Context, tx types.Tx) (*ctypes.ResultBroadcastTx, error) {
	s.lost.Add(1)
	return &ctypes.ResultBroadcastTx{Hash: tx.Hash()}, nil
}

// mute is a connection over which txs get to the node, and no answer back.
type mute struct{ client.RPC }

func (m *mute) BroadcastTxSync(ctx context.Context, tx types.Tx) (*ctypes.ResultBroadcastTx, error) {
	_, err := m.RPC.BroadcastTxSync(ctx, tx)
	return nil, errors.Join(errFault, ctx.Err(), unlessCached(err))
}

// unlessCached drops the error of a node that has the tx already.
func unlessCached(err error) error {
	if err != nil && strings.Contains(err.Error(), "already exists in cache") {
		return nil
	}
	return err
}

// keyedSubmissions submits under keys of its own: whatever got lost, each goes
// in once.
func keyedSubmissions(t *testing.T, n *network, c *client.Client) {
	w, ctx, dir := n.world, t.Context(), filepath.Join(t.TempDir(), "outbox")
	serial := 90_000
	order := func(key string) client.Submission {
		// Each call plans the op anew, here with other serials.
		serial += 10
		return client.Submission{Key: key, Partner: w.Maker2.GLN, Op: &app.CommissionContainer{
			Location: w.Maker2.GLN, Containers: []app.ContainerUse{{Key: w.Maker2.SSCC(serial)}},
		}}
	}
	program := func(rpc client.RPC) *client.Client {
		t.Helper()
		box, err := client.OpenDirOutbox(dir)
		if err != nil {
			t.Fatal(err)
		}
		over, err := client.Connect(ctx, rpc)
		if err != nil {
			t.Fatal(err)
		}
		n.Sign(t, over)
		over.UseOutbox(box)
		return over
	}
	t.Run("in one program", func(t *testing.T) { keyedTogether(t, c, order) })
	t.Run("the answer was lost", func(t *testing.T) {
		first := program(&mute{RPC: c.RPC()})
		if _, err := first.Do(ctx, order("order 1")); !errors.Is(err, errFault) {
			t.Fatalf("got %v, want the connection's error", err)
		}
		second := program(c.RPC())
		out, err := second.Do(ctx, order("order 1"))
		if err != nil || !out.OK() {
			t.Fatalf("%v %+v", err, out)
		}
		third, err := program(n.local(t, 2).RPC()).Do(ctx, order("order 1"))
		if err != nil || third.Tx != out.Tx || third.Height != out.Height {
			t.Errorf("again: %v, got %+v, want %+v", err, third, out)
		}
	})
	t.Run("never in a block", func(t *testing.T) {
		lost := &swallow{RPC: c.RPC()}
		late := order("order 2")
		late.ValidBlocks = 1
		if _, err := program(lost).Do(ctx, late); !errors.Is(err, client.ErrNotIncluded) || lost.lost.Load() == 0 {
			t.Fatalf("got %v, want ErrNotIncluded", err)
		}
		out, err := program(c.RPC()).Do(ctx, order("order 2"))
		if err != nil || !out.OK() {
			t.Errorf("signed anew: %v %+v", err, out)
		}
	})
	t.Run("used for another op", func(t *testing.T) {
		_, err := program(c.RPC()).Do(ctx, client.Submission{Key: "order 1", Partner: w.Maker2.GLN, Op: apptest.Commission(w.Maker2, w.Unit, "L1", 1, 1)})
		if !errors.Is(err, client.ErrKeyReused) {
			t.Errorf("got %v, want ErrKeyReused", err)
		}
	})
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("%v: %d files kept, want 2", err, len(files))
	}
	box, err := client.OpenDirOutbox(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(box.Forget("order 1"), box.Forget("order 1")); err != nil {
		t.Error(err)
	}
	if raw, err := box.Kept(ctx, "order 1"); err != nil || raw != nil {
		t.Errorf("forgotten: %v, %d bytes", err, len(raw))
	}
}

// keyedTogether submits under one key from many goroutines.
func keyedTogether(t *testing.T, c *client.Client, order func(string) client.Submission) {
	s := order("order 0")
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := make(map[app.TxID]bool)
	for range 8 {
		all.Go(func() {
			out, err := c.Do(t.Context(), s)
			if err != nil || !out.OK() {
				t.Errorf("%v %+v", err, out)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[out.Tx] = true
		})
	}
	all.Wait()
	if len(seen) != 1 {
		t.Errorf("%d txs went in, want 1", len(seen))
	}
}
