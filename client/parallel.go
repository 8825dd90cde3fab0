package client

import (
	"context"
	"sync"
)

// askedAtOnce is how many queries of one question are under way at a time.
const askedAtOnce = 16

// eachOf calls fn for 0 to n-1, some at a time, and returns the first error:
// after one no more are begun.
func eachOf(ctx context.Context, n int, fn func(ctx context.Context, i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	slots := make(chan struct{}, askedAtOnce)
	for i := 0; i < n && ctx.Err() == nil; i++ {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := fn(ctx, i); err != nil {
				stop(err)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}
