package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// goodsWindow is how many bytes of txs are in flight while the goods are
// loaded: few enough for the window of a key's nonces.
const goodsWindow = 512 << 10

// benchPin is the Pin of the client that is measured.
const benchPin = time.Second

// verifyBench measures verification on a running network.
type verifyBench struct {
	o      verifyBenchOptions
	g      *goods
	net    *testnet.Network
	d      *driver
	client *client.Client
	// validators are those of the genesis file.
	validators *types.ValidatorSet
}

// verifyMeasured loads the goods and runs every measurement.
func verifyMeasured(ctx context.Context, env *environment, o verifyBenchOptions, net *testnet.Network, g *goods) (*verifyBenchReport, error) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	b := &verifyBench{o: o, g: g, net: net, d: newDriver(net, goodsWindow, nil, make(chan error, 2))}
	if err := b.d.until(ctx, b.d.joined); err != nil {
		return nil, err
	}
	watching.Go(func() { labelled(ctx, "load", b.d.watch) })
	if err := b.load(ctx, env); err != nil {
		return nil, err
	}
	if err := b.connect(ctx); err != nil {
		return nil, err
	}
	h, err := newHTTPBench(b)
	if err != nil {
		return nil, err
	}
	defer h.close()
	r := &verifyBenchReport{Serials: g.serials(), Concurrency: o.concurrency}
	for _, s := range []struct {
		name string
		ask  benchAsk
	}{{"record", b.record}, {"library", b.library}, {"http", h.verify}} {
		f, err := b.measure(ctx, s.name, s.ask)
		if err != nil {
			return nil, fmt.Errorf("bench: %s: %w", s.name, err)
		}
		env.say("  %s: %.0f/s, p50 %s, p99 %s, %s of the processor each", f.Name, f.PerSecond, tenths(f.P50), tenths(f.P99), f.Processor.Round(time.Microsecond))
		r.Series = append(r.Series, f)
		b.client.Tune(benchTuning()) // what it kept is not the next one's memory
	}
	return r, nil
}

// load brings the goods onto the ledger.
func (b *verifyBench) load(ctx context.Context, env *environment) error {
	begun := time.Now()
	bar := newProgress(env.stderr, "loading serials")
	defer bar.end()
	submit := func(tx benchTx) error {
		bar.set(b.d.committed.Load(), uint64(b.g.serials()))
		if err := b.d.waitRoom(ctx); err != nil {
			return err
		}
		return b.d.submit(ctx, tx)
	}
	if err := b.g.register(submit); err != nil {
		return err
	}
	for lot := range b.g.lots {
		if err := b.g.lot(lot, submit); err != nil {
			return err
		}
	}
	if err := b.d.drained(ctx); err != nil {
		return err
	}
	if err := b.g.receive(submit); err != nil {
		return err
	}
	if err := b.d.drained(ctx); err != nil {
		return err
	}
	env.say("%d serials in %d lots, %d cases and pallets loaded in %.0f s", b.g.serials(), b.g.lots, b.g.packages, time.Since(begun).Seconds())
	return b.d.until(ctx, func() bool { return indexLag(b.net) == 0 })
}

// connect makes the client of the measurements: of the node in this process,
// with a light client that trusts the genesis file.
func (b *verifyBench) connect(ctx context.Context) error {
	doc, err := b.net.Node(0).Home().Genesis()
	if err != nil {
		return err
	}
	var vals []*types.Validator
	for _, v := range doc.Validators {
		vals = append(vals, types.NewValidator(v.PubKey, v.Power))
	}
	b.validators = types.NewValidatorSet(vals)
	rpc := b.net.Node(0).Local().Local()
	light, err := client.NewLight(ctx, client.LightConfig{ChainID: benchChain, Primary: rpc, Validators: b.validators})
	if err != nil {
		return err
	}
	if b.client, err = client.Connect(ctx, rpc); err != nil {
		return err
	}
	b.client.UseLight(light)
	b.client.Tune(benchTuning())
	return nil
}

// benchTuning is what a node gives its own HTTP edge.
func benchTuning() client.Tuning {
	return client.Tuning{Pin: benchPin, AtOnce: runtime.GOMAXPROCS(0)}
}

// measure runs callers while a tx every now and then keeps blocks coming.
func (b *verifyBench) measure(ctx context.Context, name string, ask benchAsk) (*callFigures, error) {
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	memory := &memoryWatch{}
	defer beside.Wait()
	defer stop()
	beside.Go(func() { labelled(ctx, "load", memory.run) })
	beside.Go(func() { labelled(ctx, "load", b.trickle) })
	c := callers{b.g.serials(), b.o.concurrency, time.Duration(b.o.warm) * time.Second}
	if _, err := c.run(ctx, name+" warm", ask); err != nil {
		return nil, err
	}
	c.lasting = time.Duration(b.o.seconds) * time.Second
	prof, err := startProfile()
	if err != nil {
		return nil, err
	}
	b.d.take()
	from, begun := b.net.Node(0).Local().Height(), time.Now()
	f, err := c.run(ctx, name, ask)
	if saved := prof.save(b.o.profile, name); err == nil {
		err = saved
	}
	if _, stopped := prof.stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return nil, err
	}
	f.BlockInterval = time.Since(begun).Seconds() / float64(max(b.net.Node(0).Local().Height()-from, 1))
	f.Verdict, f.MiB = b.d.take().latency(), memory.peak()/(1<<20)
	return f, nil
}

// trickle submits a tx now and then, until ctx ends.
func (b *verifyBench) trickle(ctx context.Context) {
	tick := time.NewTicker(time.Duration(b.o.paceSeconds * float64(time.Second)))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		err := b.g.submit(&b.g.maker, b.g.another(), 0, func(tx benchTx) error { return b.d.submit(ctx, tx) })
		if err := ended(ctx, err); err != nil {
			b.d.failed <- err
			return
		}
	}
}

// record asks for the record of a random case or pallet, which the client
// checks against a verified header: one ICS-23 proof.
func (b *verifyBench) record(ctx context.Context, n int) (int, error) {
	id := app.ContainerID(b.g.ssccOf(n%b.g.packages+1), 0)
	p, err := client.Query(ctx, b.client, app.DecodeHolding, app.PathRecord, hex.EncodeToString(app.HoldingKey(id)))
	if err == nil && p.Record == nil {
		err = fmt.Errorf("holding %s: it is proved that there is none", id)
	}
	return 0, err
}

// library asks the client about an item, and whether the answer is right.
func (b *verifyBench) library(ctx context.Context, n int) (int, error) {
	key, lot := b.g.item(n)
	ped, file, err := b.client.Pedigree(ctx, proof.Claim{Key: key, Lot: lot, Expiry: b.g.expiry}, proof.Options{MaxAge: 2 * time.Minute})
	if err != nil {
		return 0, err
	}
	if !ped.Identity.Yes {
		return 0, fmt.Errorf("%s: %s", key, ped.Identity.Reason)
	}
	return len(file.Encode()), nil
}
