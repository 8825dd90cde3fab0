package state

import (
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
)

// Config says where the state stands and what it may use. The zero value of
// every field but Dir is a working default.
type Config struct {
	// Dir is the directory of the database; it is made when it is missing.
	// One process at a time may open it for writing.
	Dir string

	// KeepVersions is how many versions, the latest included, stay readable
	// and provable. Older ones are pruned in the background. 0 means 1,000.
	KeepVersions uint64

	// CacheNodes bounds the writer's cache of tree nodes, about 300 bytes
	// each. 0 means 100,000.
	CacheNodes int

	// MemTableBytes is the size of one of Badger's memtables; three may be
	// in memory. A block whose writes fit 15% of it is one Badger
	// transaction; a bigger one is written in parts under one marker. 0 means
	// 32 MiB; at least 1 MiB.
	MemTableBytes int64

	// BlockCacheBytes bounds Badger's cache of checked table blocks. 0 means
	// 32 MiB.
	BlockCacheBytes int64

	// ReserveBytes is how much of the file system must be free before a
	// write is begun: Badger writes through memory maps, where a full disk
	// kills the process instead of giving an error. 0 means four memtables.
	ReserveBytes int64

	// ReadOnly opens an existing state for reading: nothing is repaired,
	// pruned or written, and several processes may do so at once.
	ReadOnly bool

	// InMemory keeps everything in memory; for tests and simulations. Dir
	// must be empty.
	InMemory bool

	// Logger receives what an operator should know; nil discards it.
	Logger *slog.Logger

	// Registerer receives the metrics pedigree_state_*; nil registers none.
	Registerer prometheus.Registerer

	// faults is for this package's tests.
	faults faults
}

// faults lets tests break a group of writes: partWrites bounds the writes of
// one part below Badger's own bound, and fail is asked before each part
// whether it fails, and whether it happens all the same.
type faults struct {
	partWrites int
	fail       func(part int) (happens bool, err error)
}

const (
	defaultKeepVersions    = 1000
	defaultCacheNodes      = 100_000
	defaultMemTableBytes   = 32 << 20
	defaultBlockCacheBytes = 32 << 20
	minMemTableBytes       = 1 << 20

	// What trees of their own cache: a view of an old version, a prover kept
	// for the next proof, an import, which reads nothing twice.
	viewCacheNodes   = 2_000
	proverCacheNodes = 20_000
	importCacheNodes = 100
	idleProvers      = 4
)

// withDefaults fills in the zero fields and refuses what cannot work.
func (c Config) withDefaults() (Config, error) {
	if c.InMemory != (c.Dir == "") {
		return c, fmt.Errorf("state: config: set exactly one of Dir (got %q) and InMemory (got %v)", c.Dir, c.InMemory)
	}
	if c.InMemory && c.ReadOnly {
		return c, fmt.Errorf("state: config: an InMemory state cannot be ReadOnly: it would stay empty")
	}
	if c.KeepVersions == 0 {
		c.KeepVersions = defaultKeepVersions
	}
	if c.CacheNodes == 0 {
		c.CacheNodes = defaultCacheNodes
	}
	if c.MemTableBytes == 0 {
		c.MemTableBytes = defaultMemTableBytes
	}
	if c.BlockCacheBytes == 0 {
		c.BlockCacheBytes = defaultBlockCacheBytes
	}
	if c.ReserveBytes == 0 {
		c.ReserveBytes = 4 * c.MemTableBytes
	}
	if c.MemTableBytes < minMemTableBytes {
		return c, fmt.Errorf("state: config: MemTableBytes is %d, need at least %d", c.MemTableBytes, minMemTableBytes)
	}
	if c.CacheNodes < 0 || c.BlockCacheBytes < 0 || c.ReserveBytes < 0 {
		return c, fmt.Errorf("state: config: CacheNodes, BlockCacheBytes and ReserveBytes must not be negative")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
