package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// benchAhead is how many signed transactions wait for the driver.
const benchAhead = 64

// measureLedger runs one ledger from an empty network to its figures.
func measureLedger(ctx context.Context, env *environment, o benchOptions, l benchLedger, dir string) (*benchFigures, error) {
	var refused atomic.Uint64
	net, err := benchNetwork(l, dir, &refused)
	if err != nil {
		return nil, err
	}
	limitMemory(len(net.Nodes()))
	if err := net.Start(ctx); err != nil {
		return nil, errors.Join(err, net.Stop())
	}
	f, err := measure(ctx, env, o, l, net)
	if err == nil && refused.Load() > 0 {
		err = fmt.Errorf("%d transactions were refused: the figures would be wrong", refused.Load())
	}
	return f, errors.Join(err, net.Stop())
}

func benchNetwork(l benchLedger, dir string, refused *atomic.Uint64) (*testnet.Network, error) {
	return testnet.New(testnet.Options{
		Validators: 4, Dir: dir, ChainID: benchChain, Genesis: l.genesis,
		Prepare: func(_ int, c *node.Config) error {
			if err := l.prepare(c); err != nil {
				return err
			}
			c.App = watched{c.App, refused}
			return nil
		},
	})
}

// measure drives a running network: preload, saturation, a tenth of it.
func measure(ctx context.Context, env *environment, o benchOptions, l benchLedger, net *testnet.Network) (*benchFigures, error) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	var makers []*maker
	for _, m := range net.Members() {
		makers = append(makers, newMaker(m, o.perTx))
	}
	first := make([]benchTx, len(makers))
	for i, m := range makers {
		tx, err := m.register()
		if err != nil {
			return nil, err
		}
		first[i] = tx
	}
	txs, failed := source(ctx, makers, benchAhead)
	d := newDriver(net, l.window, txs, failed)
	if err := d.until(ctx, d.joined); err != nil {
		return nil, err
	}
	watching.Go(func() { labelled(ctx, "load", d.watch) })
	memory := &memoryWatch{}
	watching.Go(func() { labelled(ctx, "load", memory.run) })
	if l.registers {
		for _, tx := range first {
			if err := d.submit(ctx, tx); err != nil {
				return nil, err
			}
		}
		if err := d.drained(ctx); err != nil {
			return nil, err
		}
	}
	f := &benchFigures{Ledger: l.name}
	if err := saturate(ctx, env, o, l, d, f); err != nil {
		return nil, err
	}
	f.IndexLag = indexLag(net)
	if err := f.tenth(ctx, o, d); err != nil {
		return nil, err
	}
	f.BytesPerSerial = float64(diskBytes(string(net.Node(0).Home()))) / float64(max(d.committed.Load(), 1))
	f.MiBPerNode = memory.peak() / float64(len(net.Nodes())) / (1 << 20)
	return f, nil
}

// saturate floods the network, first to the preload and then for the time of
// the measurement.
func saturate(ctx context.Context, env *environment, o benchOptions, l benchLedger, d *driver, f *benchFigures) error {
	flood, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go labelled(flood, "load", func(ctx context.Context) {
		err := d.flood(ctx)
		if err != nil {
			d.failed <- err
		}
		done <- err
	})
	bar := newProgress(env.stderr, "preloading serials")
	err := d.until(ctx, func() bool {
		bar.set(d.committed.Load(), l.preload)
		return d.committed.Load() >= max(l.preload, 1)
	})
	bar.end()
	if err != nil {
		return err
	}
	f.Preloaded = d.committed.Load()
	prof, err := startProfile()
	if err != nil {
		return err
	}
	d.take()
	start := time.Now()
	if err := pause(ctx, time.Duration(o.seconds)*time.Second, done); err != nil {
		return err
	}
	tally, took := d.take(), time.Since(start).Seconds()
	if err := prof.save(o.profile, l.name); err != nil {
		return err
	}
	if f.Stages, err = prof.stop(); err != nil {
		return err
	}
	stop()
	if err := <-done; err != nil {
		return err
	}
	if tally.serials == 0 {
		return fmt.Errorf("nothing was committed in %d seconds: measure longer, on a machine with less to do", o.seconds)
	}
	f.SerialsPerSecond, f.BytesPerSecond = float64(tally.serials)/took, float64(tally.bytes)/took
	f.BlockInterval, f.Saturated = took/float64(max(tally.blocks, 1)), tally.latency()
	return d.drained(ctx)
}

// tenth measures latency at a tenth of the saturated rate.
func (f *benchFigures) tenth(ctx context.Context, o benchOptions, d *driver) error {
	paced, stop := context.WithTimeout(ctx, time.Duration(o.seconds)*time.Second)
	defer stop()
	d.take()
	if err := d.pace(paced, f.SerialsPerSecond/10); err != nil {
		return err
	}
	if err := d.drained(ctx); err != nil {
		return err
	}
	f.Tenth = d.take().latency()
	return nil
}

// pause lets the flood run for a while; it ends early when the flood fails.
func pause(ctx context.Context, how time.Duration, flood <-chan error) error {
	t := time.NewTimer(how)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case err := <-flood:
		return errors.Join(errors.New("the load ended early"), err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// diskBytes is what a directory takes on disk.
func diskBytes(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil //nolint:nilerr // a file that compaction took away meanwhile takes no room
		}
		if info, err := e.Info(); err == nil {
			total += allocated(info)
		}
		return nil
	})
	return total
}
