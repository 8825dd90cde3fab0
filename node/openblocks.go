package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/store"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// OpenBlocks opens the block store of a node that does not run, for reading:
// an auditor's replay. close must be called when the store is no longer used.
func (h Home) OpenBlocks() (blocks *store.BlockStore, closeStore func() error, err error) {
	if _, err := os.Stat(h.file("data", "comet", "blockstore.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("node: %s holds no blocks: has the node ever run?", h)
	}
	db, err := dbm.NewGoLevelDBWithOpts("blockstore", h.cometDir(), &opt.Options{ReadOnly: true, ErrorIfMissing: true})
	if err != nil {
		return nil, nil, openError(h, "blockstore", err)
	}
	return store.NewBlockStore(db), db.Close, nil
}
