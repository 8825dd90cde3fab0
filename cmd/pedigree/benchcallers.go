package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// benchAsk asks about the n-th item and returns how many bytes proved it.
type benchAsk func(ctx context.Context, n int) (proofBytes int, err error)

// callFigures are what callers saw who each ask one question after the other.
type callFigures struct {
	Name      string  `json:"name"`
	Calls     int     `json:"calls"`
	PerSecond float64 `json:"perSecond"`
	// P50, P90, P99 and Most are latencies.
	P50  time.Duration `json:"p50"`
	P90  time.Duration `json:"p90"`
	P99  time.Duration `json:"p99"`
	Most time.Duration `json:"most"`
	// Processor is the processor time of the whole process for one call, the
	// node's own work and the callers' included; 0 where it is not told.
	Processor  time.Duration `json:"processorPerCall"`
	ProofBytes float64       `json:"proofBytes"`
	// BlockInterval is that of the node meanwhile, in seconds, and Verdict how
	// long the tx of a block waited for it.
	BlockInterval float64      `json:"blockIntervalSeconds"`
	Verdict       benchLatency `json:"txLatency"`
	MiB           float64      `json:"peakMiB"`
}

// callers ask about random items of n for a while, so many at a time.
type callers struct {
	n, atOnce int
	lasting   time.Duration
}

// run asks and returns the figures, or the first error of a question.
func (c callers) run(ctx context.Context, name string, ask benchAsk) (*callFigures, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	took := make([][]time.Duration, c.atOnce)
	bytes := make([]int, c.atOnce)
	begun, used := time.Now(), processorTime()
	until := begun.Add(c.lasting)
	for i := range c.atOnce {
		random := rand.New(rand.NewPCG(uint64(i), uint64(len(name))))
		all.Go(func() {
			for ctx.Err() == nil && time.Now().Before(until) {
				at := time.Now()
				size, err := ask(ctx, random.IntN(c.n))
				if err != nil {
					cancel(err)
					return
				}
				took[i] = append(took[i], time.Since(at))
				bytes[i] += size
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	f := &callFigures{Name: name}
	f.sum(slices.Concat(took...), bytes, time.Since(begun), processorTime()-used)
	return f, nil
}

func (f *callFigures) sum(took []time.Duration, bytes []int, lasted, used time.Duration) {
	f.Calls = len(took)
	if f.Calls == 0 {
		return
	}
	slices.Sort(took)
	at := func(permille int) time.Duration { return took[(len(took)-1)*permille/1000] }
	f.P50, f.P90, f.P99, f.Most = at(500), at(900), at(990), at(1000)
	f.PerSecond = float64(f.Calls) / lasted.Seconds()
	f.Processor = used / time.Duration(f.Calls)
	for _, n := range bytes {
		f.ProofBytes += float64(n) / float64(f.Calls)
	}
}
