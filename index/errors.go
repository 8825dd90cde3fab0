package index

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

var (
	// ErrNotFound is what every *NotFoundError is.
	ErrNotFound = errors.New("index: not found")

	// ErrClosed means that the index was closed.
	ErrClosed = errors.New("index: closed")

	// ErrLocked means that another process has the index open.
	ErrLocked = errors.New("index: the directory is in use by another process: stop it, or use another directory")

	errStalled = errors.New("a write did not end in time")
	errGone    = errors.New("the directory was removed or replaced under the running index")
)

// DamagedError means that the index on disk cannot be read or trusted. Nothing
// but the index is concerned: wipe its directory and rebuild it from the
// blocks.
type DamagedError struct {
	Dir string
	Err error
}

// Error names the directory, the trouble and the cure.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("index: %s is damaged (%s): wipe and rebuild it; the ledger itself is not concerned", e.Dir, firstLine(e.Err))
}

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// NotFoundError means that the index, as of its height, knows no such thing.
type NotFoundError struct {
	// What was asked for, in words.
	What string
	// Height is the last block in the index.
	Height uint64
}

// Error says what was not found, and as of when.
func (e *NotFoundError) Error() string {
	return fmt.Sprintf("%s is not known as of block %d", e.What, e.Height)
}

// Is makes every NotFoundError an ErrNotFound.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// RequestError means that a query's arguments make no sense.
type RequestError struct {
	Path string
	Err  error
}

// Error names the query and what is wrong.
func (e *RequestError) Error() string { return fmt.Sprintf("query %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *RequestError) Unwrap() error { return e.Err }

// GapError means that blocks are missing between the index and a new block.
type GapError struct {
	Height uint64 // the last block in the index
	Got    uint64
}

// Error says which block must come next.
func (e *GapError) Error() string {
	return fmt.Sprintf("index: block %d cannot follow block %d: apply block %d first", e.Got, e.Height, e.Height+1)
}

// ours reports whether an error is one of the package's own answers, which
// tell nothing about the health of the index.
func ours(err error) bool {
	var n *NotFoundError
	var r *RequestError
	var g *GapError
	return err == nil || errors.As(err, &n) || errors.As(err, &r) || errors.As(err, &g) ||
		errors.Is(err, ErrClosed) || errors.Is(err, ErrLocked)
}

// asDamaged wraps what went wrong as damage, unless it is plain that the
// machine is at fault and not the index: then wiping it would not help.
func asDamaged(dir string, err error) error {
	var d *DamagedError
	if ours(err) || errors.As(err, &d) {
		return err
	}
	for _, errno := range []error{os.ErrPermission, syscall.ENOSPC, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM} {
		if errors.Is(err, errno) || strings.Contains(err.Error(), errno.Error()) {
			return fmt.Errorf("index: %s: %s", dir, firstLine(err))
		}
	}
	return &DamagedError{Dir: dir, Err: err}
}

// guard turns whatever goes wrong inside a method into an error: Badger panics
// on some damage, and a read of a memory map whose file was cut short is a
// fault. What is no answer of ours is remembered as the index's failure. Use:
// defer x.guard(&err)().
func (x *Index) guard(err *error) func() {
	old := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(old)
		if r := recover(); r != nil {
			*err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
		*err = asDamaged(x.cfg.Dir, *err)
		if !ours(*err) {
			x.fail(*err)
		}
	}
}

// firstLine cuts the stack that Badger's errors carry.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
