package abci

// Blocks are the blocks that this node has stored, from which the index is
// rebuilt. Methods may be called from any goroutine.
type Blocks interface {
	// Base is the height of the oldest block kept, 0 when there is none.
	Base() uint64
	// Height is the height of the newest block, 0 when there is none.
	Height() uint64
	// Block returns the txs of a block and its time in seconds UTC, and
	// whether it is kept. The slices are the caller's.
	Block(height uint64) (txs [][]byte, time uint64, ok bool)
}
