package repository

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// NamedQuery is a query that is kept under a name (EPCIS 2.0, section 8.2.4).
type NamedQuery struct {
	Name    string
	Caller  string
	Created time.Time
	// Query is the query in JSON, as ParseQueryJSON reads it.
	Query json.RawMessage
}

const (
	maxNameBytes  = 128
	maxQueryBytes = 64 << 10
)

// PutQuery keeps a query under a new name. The error is ErrExists when the
// name is taken, a *QueryError when the query or its name is malformed.
func (r *Repository) PutQuery(ctx context.Context, q NamedQuery) error {
	if q.Name == "" || len(q.Name) > maxNameBytes || slices.Contains([]byte(q.Name), 0) {
		return &QueryError{Parameter: "name", Reason: fmt.Sprintf("want 1 to %d bytes, found %d", maxNameBytes, len(q.Name))}
	}
	if _, err := ParseQueryJSON(q.Query); err != nil {
		return err
	}
	r.naming.Lock() // two of one name come at once, one is first
	defer r.naming.Unlock()
	key := append([]byte{prefixQuery}, q.Name...)
	if _, err := fetch[NamedQuery](ctx, r, key); err == nil {
		return fmt.Errorf("%w: a query named %s", ErrExists, q.Name)
	}
	return r.keep(ctx, key, q)
}

// keep writes one record.
func (r *Repository) keep(ctx context.Context, key []byte, v any) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	raw, err := encodeJSON(v)
	if err != nil {
		return err
	}
	return r.put(key, raw)
}

// NamedQuery returns a query by its name, or ErrNotFound.
func (r *Repository) NamedQuery(ctx context.Context, name string) (*NamedQuery, error) {
	return fetch[NamedQuery](ctx, r, append([]byte{prefixQuery}, name...))
}

// DeleteQuery deletes a query after its subscriptions. The error
// is ErrNotFound when there is none of the name.
func (r *Repository) DeleteQuery(ctx context.Context, name string) error {
	r.naming.Lock()
	defer r.naming.Unlock()
	if _, err := r.NamedQuery(ctx, name); err != nil {
		return err
	}
	subs, err := r.Subscriptions(ctx, name)
	if err != nil {
		return err
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	for i := range subs {
		if err := r.dropSubscription(&subs[i]); err != nil {
			return err
		}
	}
	return r.update(func(txn *badger.Txn) error { return txn.Delete(append([]byte{prefixQuery}, name...)) })
}

// QueryPage is a page of named queries.
type QueryPage struct {
	Queries []NamedQuery
	// Next is where the next page begins, empty after the last.
	Next string
}

// Queries lists named queries by name: at most limit after the name after,
// which is empty for the first page.
func (r *Repository) Queries(ctx context.Context, after string, limit int) (*QueryPage, error) {
	page := &QueryPage{}
	err := r.walk(ctx, []byte{prefixQuery}, []byte(after), false, func(_, value []byte) (bool, error) {
		var q NamedQuery
		if err := decodeJSON(value, &q); err != nil {
			return false, err
		}
		if len(page.Queries) == r.pageSize(limit) {
			page.Next = page.Queries[len(page.Queries)-1].Name
			return false, nil
		}
		page.Queries = append(page.Queries, q)
		return true, nil
	})
	return page, err
}
