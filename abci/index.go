package abci

import (
	"context"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/index"
)

// Index answers listings from committed blocks. Package index provides one.
// Apply has one caller at a time; the others may be called from any goroutine
// beside it.
type Index interface {
	// Apply takes the block after Height; one that it has is a no-op. After
	// an error the index has failed and is closed and opened anew.
	Apply(index.Block) error
	// Height is the last block in the index, 0 when it is empty.
	Height() uint64
	// Query answers a listing of app.Queries, as JSON or as its line says.
	Query(ctx context.Context, path string, args []string, data []byte) ([]byte, error)
	// Status says how far the index has come and whether it works.
	Status() app.IndexStatus
	// Close waits for reads under way and releases the directory.
	Close() error
}

var _ Index = (*index.Index)(nil)
