package repository

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNotFound means that the repository holds no such thing.
	ErrNotFound = errors.New("repository: not found")

	// ErrClosed means that the repository was closed.
	ErrClosed = errors.New("repository: closed")

	// ErrLocked means that another process has the repository open.
	ErrLocked = errors.New("repository: the directory is in use by another process: stop it, or use another directory")

	// ErrTooLarge means that a document, a job or another record is beyond
	// its bound.
	ErrTooLarge = errors.New("repository: too large")

	// ErrExists means that the name is taken.
	ErrExists = errors.New("repository: exists already")

	errStalled = errors.New("a write did not end in time")
)

// DamagedError means that the repository on disk cannot be read. The ledger is
// not concerned; what was captured here must come from a backup, or be
// captured again.
type DamagedError struct {
	Dir string
	Err error
}

// Error names the directory, the trouble and the cure.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("repository: %s cannot be read (%s): restore it from a backup, or start an empty one and capture again; the ledger itself is not concerned", e.Dir, firstLine(e.Err))
}

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// ConflictError means that an event has the ID of another with other content.
// An event ID names one event (EPCIS 2.0, section 7.4.1).
type ConflictError struct {
	// Event is the place in the list that was to be added, from 0.
	Event int
	ID    string
	// Hash and Known are the event hashes of the new event and the known one.
	Hash, Known string
}

// Error names the event and both contents.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("event %d has the ID %s of an event with other content: its hash is %s, the known one's %s; send it with an ID of its own, or declare the known one an error", e.Event+1, e.ID, e.Hash, e.Known)
}

// QueryError means that a query is malformed: a QueryParameterException
// (EPCIS 2.0, section 8.2.6).
type QueryError struct {
	// Parameter is the parameter's name as it was given.
	Parameter string
	Reason    string
}

// Error names the parameter and what is wrong with it.
func (e *QueryError) Error() string { return "query parameter " + e.Parameter + ": " + e.Reason }

// TooLargeError means that a query asks for more than is allowed: a
// QueryTooLargeException (EPCIS 2.0, section 8.2.6).
type TooLargeError struct{ Reason string }

// Error says what the bound was.
func (e *TooLargeError) Error() string { return "the query is too large: " + e.Reason }

// firstLine cuts the stack that Badger's errors carry.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
