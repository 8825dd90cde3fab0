package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cometbft/cometbft/rpc/client/local"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/testnet"
)

// benchWindow is how many bytes of transactions are in flight at most: enough
// for two full blocks, so that a proposer never waits for the driver.
const benchWindow = 10 << 20

// naiveWindow keeps the naive ledger's blocks at some ten thousand leaves, at
// which it is fastest: with full blocks it would write half a million leaves
// at once and stand still for minutes.
const naiveWindow = 256 << 10

// benchPoll is how often the driver looks for a new block.
const benchPoll = 5 * time.Millisecond

// driver submits transactions to the nodes in turn and watches them come back
// in the blocks of node 0.
type driver struct {
	net    *testnet.Network
	rpc    []*local.Local
	txs    <-chan benchTx
	failed chan error // the source's and the flood's, each sends one at most

	limit int // bytes in flight

	mu       sync.Mutex
	inFlight map[uint64]flight
	bytes    int
	room     chan struct{} // signalled when something was committed

	seen      int64 // last height looked at
	committed atomic.Uint64
	window    *benchTally
}

// flight is a transaction on its way.
type flight struct {
	at      time.Time
	bytes   int
	serials int
}

// benchTally counts what was committed since it was started.
type benchTally struct {
	serials, bytes uint64
	blocks         int
	latencies      []time.Duration
}

func newDriver(net *testnet.Network, limit int, txs <-chan benchTx, failed chan error) *driver {
	d := &driver{net: net, limit: limit, txs: txs, failed: failed, inFlight: make(map[uint64]flight), room: make(chan struct{}, 1), window: &benchTally{}}
	for _, n := range net.Nodes() {
		d.rpc = append(d.rpc, local.New(n.Local().Comet()))
	}
	return d
}

// joined reports whether every node takes part in consensus.
func (d *driver) joined() bool {
	for _, n := range d.net.Nodes() {
		if n.Local().Syncing() || n.Local().Height() == 0 {
			return false
		}
	}
	return true
}

// submit hands one transaction to a node.
func (d *driver) submit(ctx context.Context, tx benchTx) error {
	d.mu.Lock()
	d.inFlight[txKey(tx.raw)] = flight{time.Now(), len(tx.raw), tx.serials}
	d.bytes += len(tx.raw)
	d.mu.Unlock()
	res, err := d.rpc[tx.maker%len(d.rpc)].BroadcastTxSync(ctx, types.Tx(tx.raw))
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	if res.Code != 0 {
		return fmt.Errorf("submit: code %d: %s", res.Code, res.Log)
	}
	return nil
}

// waitRoom waits until less than the window is in flight.
func (d *driver) waitRoom(ctx context.Context) error {
	for {
		d.mu.Lock()
		full := d.bytes >= d.limit
		d.mu.Unlock()
		if !full {
			return nil
		}
		select {
		case <-d.room:
		case err := <-d.failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// flood submits as fast as the window allows, until ctx ends.
func (d *driver) flood(ctx context.Context) error {
	for {
		if err := d.waitRoom(ctx); err != nil {
			return ended(ctx, err)
		}
		select {
		case tx, ok := <-d.txs:
			if !ok {
				return <-d.failed
			}
			if err := d.submit(ctx, tx); err != nil {
				return ended(ctx, err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// pace submits at a steady rate of serials per second, until ctx ends.
func (d *driver) pace(ctx context.Context, perSecond float64) error {
	var tick *time.Ticker
	for {
		tx, ok := <-d.txs
		if !ok {
			return <-d.failed
		}
		if tick == nil {
			tick = time.NewTicker(time.Duration(float64(tx.serials) / perSecond * float64(time.Second)))
			defer tick.Stop()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		if err := d.submit(ctx, tx); err != nil {
			return ended(ctx, err)
		}
	}
}

// ended forgives errors that only say that the time is over.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil //nolint:nilerr // see above
	}
	return err
}

// watch looks for committed transactions until ctx ends.
func (d *driver) watch(ctx context.Context) {
	tick := time.NewTicker(benchPoll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			d.look()
		case <-ctx.Done():
			return
		}
	}
}

// look books the blocks that node 0 has finished since the last look. A block
// is finished when the one after it can be proposed: its state is durable.
func (d *driver) look() {
	store := d.net.Node(0).Local().Comet().BlockStore()
	height := int64(d.net.Node(0).Local().Height())
	for ; d.seen < height; d.seen++ {
		if block := store.LoadBlock(d.seen + 1); block != nil {
			d.book(block)
		}
	}
}

func (d *driver) book(block *types.Block) {
	now := time.Now()
	d.mu.Lock()
	for _, raw := range block.Txs {
		f, ok := d.inFlight[txKey(raw)]
		if !ok {
			continue
		}
		delete(d.inFlight, txKey(raw))
		d.bytes -= f.bytes
		d.committed.Add(uint64(f.serials))
		d.window.serials += uint64(f.serials)
		d.window.bytes += uint64(f.bytes)
		d.window.latencies = append(d.window.latencies, now.Sub(f.at))
	}
	if len(block.Txs) > 0 {
		d.window.blocks++
	}
	d.mu.Unlock()
	select {
	case d.room <- struct{}{}:
	default:
	}
}

// take returns the tally so far and starts another.
func (d *driver) take() *benchTally {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.window
	d.window = &benchTally{}
	return t
}

// drained waits until nothing is in flight.
func (d *driver) drained(ctx context.Context) error {
	return d.until(ctx, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.inFlight) == 0
	})
}

// until waits for a condition.
func (d *driver) until(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(benchPoll)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case err := <-d.failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// latency summarises a tally's latencies.
func (t *benchTally) latency() benchLatency {
	if len(t.latencies) == 0 {
		return benchLatency{}
	}
	slices.Sort(t.latencies)
	at := func(permille int) time.Duration { return t.latencies[(len(t.latencies)-1)*permille/1000] }
	return benchLatency{P50: at(500), P99: at(990)}
}
