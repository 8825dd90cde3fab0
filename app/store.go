package app

// View is a state that can be read. The state machine declares it; package
// state provides it, and a map does in tests.
//
// Contract: Get returns the value last set under key, and whether there is
// one; the slice belongs to the View and is not changed by the caller. Scan
// calls fn for each record whose key begins with prefix, in ascending order of
// keys, until fn returns false. Neither returns an error: a View remembers its
// first failure, answers "absent" from then on, and reports it through Err,
// which the state machine asks before it believes a verdict.
type View interface {
	Get(key []byte) ([]byte, bool)
	Scan(prefix []byte, fn func(key, value []byte) bool)
	Err() error
}

// Store is a View that can be written: one block in progress. Writes are seen
// by later reads of the same Store. Set and Delete keep no reference to their
// arguments beyond the block, and the state machine does not change them
// afterwards.
type Store interface {
	View
	Set(key, value []byte)
	Delete(key []byte)
}

// readOnly lets a View stand where a Store is asked for and nothing is
// written: Check drafts, and throws the draft away.
type readOnly struct{ View }

func (readOnly) Set([]byte, []byte) { panic("app: write to a read-only view") }
func (readOnly) Delete([]byte)      { panic("app: write to a read-only view") }
