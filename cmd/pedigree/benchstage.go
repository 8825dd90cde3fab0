package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// stageLabel is the profile label that names the stage a goroutine works for.
const stageLabel = "stage"

// labelled runs fn under a stage; goroutines that it starts inherit it.
func labelled(ctx context.Context, stage string, fn func(context.Context)) {
	pprof.Do(ctx, pprof.Labels(stageLabel, stage), fn)
}

// stageProfile samples the processor while the bench measures.
type stageProfile struct{ buf bytes.Buffer }

func startProfile() (*stageProfile, error) {
	p := &stageProfile{}
	if err := pprof.StartCPUProfile(&p.buf); err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return p, nil
}

// save writes the processor profile, and one of the heap as it is now, for
// people with pprof; nothing when dir is empty.
func (p *stageProfile) save(dir, ledger string) error {
	if dir == "" {
		return nil
	}
	pprof.StopCPUProfile()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, ledger+".cpu.pprof"), p.buf.Bytes(), 0o644); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, ledger+".heap.pprof"))
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}

// stop returns the share of each stage, largest first.
func (p *stageProfile) stop() ([]benchStage, error) {
	pprof.StopCPUProfile()
	prof, err := profile.Parse(&p.buf)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	sums, total := make(map[string]int64), int64(0)
	for _, s := range prof.Sample {
		v := s.Value[len(s.Value)-1]
		sums[stageOf(s)] += v
		total += v
	}
	var out []benchStage
	for name, v := range sums {
		out = append(out, benchStage{Name: name, Share: float64(v) / float64(max(total, 1))})
	}
	slices.SortFunc(out, func(a, b benchStage) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		default:
			return strings.Compare(a.Name, b.Name)
		}
	})
	return out, nil
}

// stageOf is the label of a sample, or what its outermost known package does.
func stageOf(s *profile.Sample) string {
	if labels := s.Label[stageLabel]; len(labels) > 0 {
		return labels[0]
	}
	for i := len(s.Location) - 1; i >= 0; i-- {
		for _, line := range s.Location[i].Line {
			if line.Function == nil {
				continue
			}
			for _, known := range knownPackages() {
				if strings.Contains(line.Function.Name, known.part) {
					return known.stage
				}
			}
		}
	}
	return "other"
}

// knownPackage says which stage work without a label belongs to.
type knownPackage struct{ part, stage string }

func knownPackages() []knownPackage {
	return []knownPackage{
		{"pedigree/index.", "index"},
		{"pedigree/abci.", "abci"},
		{"cometbft/mempool", "mempool gossip"},
		{"cometbft/p2p", "p2p"},
		{"cometbft/consensus", "consensus"},
		{"goleveldb", "consensus stores"},
		{"badger", "badger background"},
		{"runtime.gcBgMarkWorker", "garbage collector"},
		{"runtime.bgsweep", "garbage collector"},
		{"runtime.bgscavenge", "garbage collector"},
	}
}
