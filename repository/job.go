package repository

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Behaviour is what a capture does on an error (EPCIS 2.0, section 8.4: the
// header GS1-Capture-Error-Behaviour).
type Behaviour string

// The behaviours.
const (
	// Rollback captures all events or none.
	Rollback Behaviour = "rollback"
	// Proceed captures the events that can be.
	Proceed Behaviour = "proceed"
)

// Job is a capture job (EPCIS 2.0, section 8.4).
type Job struct {
	// ID is a UUID of version 7, from NewJobID; jobs are listed by it.
	ID string
	// Caller is who asked for it.
	Caller   string
	Created  time.Time
	Finished time.Time
	// Running and Success are as the standard has them: while a job runs,
	// Success says that there was no error so far.
	Running   bool
	Success   bool
	Behaviour Behaviour
	Document  DocumentID
	// SchemaVersion is that of the document, as written.
	SchemaVersion string
	// Events is how many events the document has.
	Events int
	Errors []JobError
	// Captured is the outcome of each event, in a form of the caller's own.
	Captured json.RawMessage `json:",omitempty"`
}

// JobError is one thing that a job found wrong.
type JobError struct {
	// Event counts from 1; 0 is the document itself.
	Event int
	// Pointer is a JSON pointer, Line a line from 1; either may be absent.
	Pointer string
	Line    int
	// Type, Title and Detail are as in a problem of RFC 9457.
	Type   string
	Title  string
	Detail string
	// Code is the ledger's rejection code by name, empty if it did not refuse.
	Code string
}

// maxJobBytes bounds the record of a job.
const maxJobBytes = 1 << 20

// NewJobID returns a new UUID of version 7: later ones are greater.
func (r *Repository) NewJobID() string {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails
	ms := uint64(r.cfg.Now().UnixMilli())
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return formatUUID(u)
}

func formatUUID(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

var errUUID = errors.New("not a UUID in lower case")

func parseUUID(text string) (u [16]byte, err error) {
	if len(text) != 36 {
		return u, errUUID
	}
	raw, err := hex.DecodeString(text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:])
	if err != nil || formatUUID([16]byte(raw)) != text {
		return u, errUUID
	}
	return [16]byte(raw), nil
}

// PutJob stores a job, new or changed, in one step. The error is ErrTooLarge
// when its errors and outcomes are beyond 1 MiB: shorten them.
func (r *Repository) PutJob(ctx context.Context, j *Job) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	writes, err := j.writes()
	if err != nil {
		return err
	}
	return r.update(func(txn *badger.Txn) error { return apply(txn, writes) })
}

// apply puts writes into a transaction; a nil value deletes.
func apply(txn *badger.Txn, writes []write) error {
	for _, w := range writes {
		err := txn.Delete(w.key)
		if w.value != nil {
			err = txn.Set(w.key, w.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *Job) writes() ([]write, error) {
	u, err := parseUUID(j.ID)
	if err != nil {
		return nil, fmt.Errorf("repository: job %q: %w", j.ID, err)
	}
	raw, err := encodeJSON(j)
	if err != nil {
		return nil, err
	}
	if len(raw) > maxJobBytes {
		return nil, fmt.Errorf("%w: job %s has %d bytes of errors and outcomes, at most %d are taken", ErrTooLarge, j.ID, len(raw), maxJobBytes)
	}
	running := write{append([]byte{prefixRunning}, u[:]...), nil}
	if j.Running {
		running.value = []byte{recordVersion}
	}
	return []write{{append([]byte{prefixJob}, u[:]...), raw}, running}, nil
}

// Job returns a job, or ErrNotFound.
func (r *Repository) Job(ctx context.Context, id string) (*Job, error) {
	u, err := parseUUID(id)
	if err != nil {
		return nil, ErrNotFound
	}
	return fetch[Job](ctx, r, append([]byte{prefixJob}, u[:]...))
}

// fetch reads one record, or ErrNotFound.
func fetch[T any](ctx context.Context, r *Repository, key []byte) (*T, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	raw, err := r.get(key)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, ErrNotFound
	}
	out := new(T)
	if err := decodeJSON(raw, out); err != nil {
		return nil, err
	}
	return out, nil
}

// JobPage is a page of jobs.
type JobPage struct {
	Jobs []Job
	// Next is where the next page begins, empty after the last.
	Next string
}

// Jobs lists the jobs of a caller, or all when caller is empty, the newest
// first: at most limit after the job named by after, which is empty for the
// first page.
func (r *Repository) Jobs(ctx context.Context, caller, after string, limit int) (*JobPage, error) {
	var from []byte
	if after != "" {
		u, err := parseUUID(after)
		if err != nil {
			return nil, &QueryError{Parameter: "nextPageToken", Reason: "is no job of the list: " + err.Error()}
		}
		from = u[:]
	}
	page := &JobPage{}
	err := r.walk(ctx, []byte{prefixJob}, from, true, func(_, value []byte) (bool, error) {
		var j Job
		if err := decodeJSON(value, &j); err != nil {
			return false, err
		}
		if caller != "" && j.Caller != caller {
			return true, nil
		}
		if len(page.Jobs) == r.pageSize(limit) {
			page.Next = page.Jobs[len(page.Jobs)-1].ID
			return false, nil
		}
		page.Jobs = append(page.Jobs, j)
		return true, nil
	})
	return page, err
}

// Unfinished lists the jobs that run, the oldest first: after a crash they are
// to be resumed.
func (r *Repository) Unfinished(ctx context.Context) ([]Job, error) {
	var ids []string
	err := r.walk(ctx, []byte{prefixRunning}, nil, false, func(suffix, _ []byte) (bool, error) {
		ids = append(ids, formatUUID([16]byte(suffix)))
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]Job, 0, len(ids))
	for _, id := range ids {
		j, err := r.Job(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, *j)
	}
	return out, nil
}

// walk is scan over its own snapshot, with values and a context.
func (r *Repository) walk(ctx context.Context, prefix, after []byte, reverse bool, fn func(suffix, value []byte) (bool, error)) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	txn := r.db.NewTransaction(false)
	defer txn.Discard()
	return scan(txn, prefix, after, reverse, func(suffix []byte, item *badger.Item) (more bool, err error) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		err = item.Value(func(v []byte) (err error) {
			more, err = fn(suffix, v)
			return err
		})
		return more, err
	})
}

// pageSize bounds what a caller asks for; 0 means the standard's default.
func (r *Repository) pageSize(limit int) int {
	if limit <= 0 {
		limit = defaultPage
	}
	return min(limit, r.cfg.MaxPage)
}

// defaultPage is the default of perPage (EPCIS 2.0, REST binding).
const defaultPage = 30
