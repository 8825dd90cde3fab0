package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// keysPerRecall is how many keys one Recall or CloseRecall names at most.
const keysPerRecall = 1024

// itemFlags name packages and cases one by one.
type itemFlags struct {
	items []string
	file  string
}

func (f *itemFlags) flags(c *cobra.Command, what string) {
	c.Flags().StringArrayVar(&f.items, "item", nil, "one package or case "+what+", as a key or scan (may be repeated)")
	c.Flags().StringVar(&f.file, "items", "", "a file of packages and cases "+what+`, one key or scan a line; "-" is standard input`)
}

// keys reads what was named, ascending, each once.
func (f *itemFlags) keys(env *environment) ([]gs1.Key, error) {
	lines := slices.Clone(f.items)
	if f.file != "" {
		more, err := readLines(env, f.file)
		if err != nil {
			return nil, err
		}
		if lines = append(lines, more...); len(lines) == 0 {
			return nil, usage("--items: %s names nothing", f.file)
		}
	}
	var out []gs1.Key
	for _, line := range lines {
		s, err := readKey(line)
		if err != nil {
			return nil, err
		}
		if s.Key.IsLogistic() {
			return nil, usage("%s is an SSCC: name the packages or cases in it", s.Key.Bracketed())
		}
		out = append(out, s.Key)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// readLines reads the lines of a file that are not empty.
func readLines(env *environment, path string) (out []string, err error) {
	in, err := openInput(env.stdin, path)
	if err != nil {
		return nil, usage("--items: %v", err)
	}
	defer in.Close()
	for lines := bufio.NewScanner(in); ; {
		if !lines.Scan() {
			return out, lines.Err()
		}
		if s := strings.TrimSpace(lines.Text()); s != "" {
			out = append(out, s)
		}
	}
}

// inFlight is how many transactions of one key are under way at once.
const inFlight = 32

// locate shows the ledger where recalled items are, one transaction each, so
// that the containers around them are stopped too. It returns how many it has
// shown. What moved meanwhile is located by its move.
func (s *signing) locate(ctx context.Context, keys []gs1.Key) (int, error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed error
	located, slots := 0, make(chan struct{}, inFlight)
	for _, k := range keys {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			ok, err := s.locateOne(ctx, k)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			if ok {
				located++
			}
		})
	}
	all.Wait()
	return located, failed
}

func (s *signing) locateOne(ctx context.Context, key gs1.Key) (bool, error) {
	spot, _, err := s.spot(ctx, key)
	if err != nil || spot.Opening == nil && spot.Container.IsZero() {
		return false, err
	}
	v, err := s.submit(ctx, &app.LocateMark{Key: key, Spot: spot}, time.Time{})
	if err != nil {
		return false, fmt.Errorf("show where %s is: %w", key.Bracketed(), err)
	}
	return v.accepted(), nil
}
