package node

// blocks gives the blocks of a node's store to the index; it is an
// abci.Blocks. Once the stores are closed there are none.
type blocks struct{ node *Node }

// Base is the height of the oldest block kept.
func (b blocks) Base() uint64 {
	if b.node.comet == nil {
		return 0
	}
	return uint64(b.node.comet.BlockStore().Base())
}

// Height is the height of the newest block.
func (b blocks) Height() uint64 {
	if b.node.comet == nil {
		return 0
	}
	return uint64(b.node.comet.BlockStore().Height())
}

// Block returns the txs and the time, in seconds UTC, of the block at height;
// false when it is not kept.
func (b blocks) Block(height uint64) (txs [][]byte, time uint64, ok bool) {
	if b.node.comet == nil || !b.node.stores.enter() {
		return nil, 0, false
	}
	// The store's own reads enter again; a read lock may be taken twice
	// only while nobody waits to write, so it is released first. Closing in
	// between ends this goroutine, as it does CometBFT's.
	b.node.stores.mu.RUnlock()
	block := b.node.comet.BlockStore().LoadBlock(int64(height))
	if block == nil {
		return nil, 0, false
	}
	txs = make([][]byte, len(block.Txs))
	for i, tx := range block.Txs {
		txs[i] = tx
	}
	return txs, uint64(block.Time.Unix()), true
}
