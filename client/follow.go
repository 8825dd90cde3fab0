package client

import (
	"context"
	"iter"
	"time"
)

// Follow gives every block from a height on, in order and each once, and waits
// for those to come until ctx ends, which ends the loop. To take up where one
// left, give the height after that of the last block that was dealt with.
//
//	for block, err := range c.Follow(ctx, next) {
//		if err != nil {
//			log.Print(err) // and it is tried again, later and later
//			continue
//		}
//		next = block.Height + 1
//	}
//
// Blocks are checked as those of Block are. Trouble comes as an error without a
// block: a node that cannot be reached, or one that shows something else than
// the validators signed. The loop may go on after it, as above, and then asks
// for the same height again, after a pause of at most half a minute; or leave.
func (c *Client) Follow(ctx context.Context, from uint64) iter.Seq2[*Block, error] {
	return func(yield func(*Block, error) bool) {
		pause := firstPause
		for height := max(from, 1); ctx.Err() == nil; {
			block, err := c.nextBlock(ctx, height)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				if !yield(nil, err) || !rest(ctx, pause) {
					return
				}
				pause = min(2*pause, lastPause)
			case !yield(block, nil):
				return
			default:
				height, pause = height+1, firstPause
			}
		}
	}
}

// How long Follow rests after trouble: at first, and at last.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 30 * time.Second
)

// nextBlock waits for a block.
func (c *Client) nextBlock(ctx context.Context, height uint64) (*Block, error) {
	if c.height.Load() < height {
		if err := await(ctx, func() (bool, error) {
			latest, err := c.latest(ctx)
			return latest >= height, err
		}); err != nil {
			return nil, err
		}
	}
	return c.Block(ctx, height)
}

// rest waits for a time; false when ctx ended it.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
