package state

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

var (
	// ErrLocked means that another process has the state open.
	ErrLocked = errors.New("state: the directory is in use by another process: stop it, or use another directory")

	// ErrDiskFull means that the file system has too little room to write
	// safely. Nothing was written.
	ErrDiskFull = errors.New("state: the disk is full")

	// ErrDamaged means that what stands on disk is not a state that this
	// node wrote.
	ErrDamaged = errors.New("state: the database is damaged")

	// ErrClosed means that the State, or the View, has been closed.
	ErrClosed = errors.New("state: closed")

	// ErrPruned means that the version asked for is no longer kept; the
	// error is a *PrunedError that names the oldest kept one.
	ErrPruned = errors.New("state: version pruned")

	// ErrNoVersion means that the version asked for does not exist yet.
	ErrNoVersion = errors.New("state: no such version")

	// ErrEmpty means that a proof was asked of a tree without leaves: there
	// is no neighbor to prove absence with.
	ErrEmpty = errors.New("state: the tree is empty, nothing can be proved")

	// ErrVersion means that a block's height does not follow the state's.
	ErrVersion = errors.New("state: version out of order")

	// ErrStale means that an overlay was begun on another version than the
	// one it is staged on.
	ErrStale = errors.New("state: overlay does not stand on the latest version")

	// ErrStopped means that an earlier write failed and what it left on disk
	// is known only to the next Open: the node must stop.
	ErrStopped = errors.New("state: stopped by an earlier failure")

	// ErrReadOnly means that a write was asked of a state opened ReadOnly.
	ErrReadOnly = errors.New("state: opened read-only")

	// ErrRecord means that a key or value is outside the bounds of a record.
	ErrRecord = errors.New("state: record out of bounds")

	// ErrSnapshot means that a snapshot cannot be imported: not ours, cut
	// short, or not the state that its header claims.
	ErrSnapshot = errors.New("state: bad snapshot")
)

// PrunedError is the error for a version that is no longer kept. It unwraps
// to ErrPruned.
type PrunedError struct {
	Version uint64 // the version asked for
	Oldest  uint64 // the oldest version that is kept
}

// Error says which version was asked for and from where on versions are kept.
func (e *PrunedError) Error() string {
	return fmt.Sprintf("state: version %d is pruned: the oldest kept version is %d", e.Version, e.Oldest)
}

// Unwrap returns ErrPruned.
func (e *PrunedError) Unwrap() error { return ErrPruned }

// damaged wraps err as ErrDamaged, in one line that says what to do.
func damaged(dir string, err error) error {
	return fmt.Errorf("%w: %s: %s: remove the directory and start: the node executes its blocks again",
		ErrDamaged, dir, firstLine(err))
}

// openError turns what Badger says about a directory into one of ours.
func openError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: %s", ErrDiskFull, dir)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("state: open %s: %s", dir, firstLine(err))
	case errors.Is(err, syscall.EWOULDBLOCK), strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return fmt.Errorf("%w (%s)", ErrLocked, dir)
	}
	return damaged(dir, err)
}

// firstLine cuts an error to one line: Badger's carry stacks and dumps.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
