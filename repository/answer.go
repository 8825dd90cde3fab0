package repository

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Answer is what a caller was answered, kept for an idempotency key.
type Answer struct {
	// Request is a digest of the request, so that a key used again for
	// another request is found out.
	Request [32]byte
	// Status is the HTTP status; 0 while the request is being worked on.
	Status int
	Header map[string][]string
	Body   []byte
	// Expires is when the key may be used anew.
	Expires time.Time
}

// maxAnswerBytes bounds the record of an answer: it stays out of Badger's
// value log, which is never collected.
const maxAnswerBytes = valueLogBytes / 2

func answerKey(caller, key string) []byte {
	h := sha256.New()
	for _, part := range []string{caller, key} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	return h.Sum([]byte{prefixAnswer})
}

// Remember notes that a caller's request with this idempotency key is being
// worked on. If it was noted before and has not expired, that is returned
// instead, and nothing is changed: its Request tells whether it is the same
// request, its Status whether it was answered.
func (r *Repository) Remember(ctx context.Context, caller, key string, request [32]byte) (*Answer, error) {
	r.naming.Lock() // two requests with one key come at once, one is first
	defer r.naming.Unlock()
	a, err := fetch[Answer](ctx, r, answerKey(caller, key))
	switch {
	case err == nil && r.cfg.Now().Before(a.Expires):
		return a, nil
	case err != nil && !errors.Is(err, ErrNotFound):
		return nil, err
	}
	return nil, r.putAnswer(ctx, caller, key, &Answer{Request: request})
}

// Answered keeps what the caller was answered, for Config.AnswerLife. The
// error is ErrTooLarge beyond 128 KiB; the key then stays as it was.
func (r *Repository) Answered(ctx context.Context, caller, key string, a Answer) error {
	return r.putAnswer(ctx, caller, key, &a)
}

// Forget lets a key be used anew: the request came to nothing.
func (r *Repository) Forget(ctx context.Context, caller, key string) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.update(func(txn *badger.Txn) error { return txn.Delete(answerKey(caller, key)) })
}

func (r *Repository) putAnswer(ctx context.Context, caller, key string, a *Answer) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	a.Expires = r.cfg.Now().Add(r.cfg.AnswerLife)
	raw, err := encodeJSON(a)
	if err != nil {
		return err
	}
	if len(raw) > maxAnswerBytes {
		return fmt.Errorf("%w: the answer has %d bytes, at most %d are kept", ErrTooLarge, len(raw), maxAnswerBytes)
	}
	return r.update(func(txn *badger.Txn) error {
		// Badger drops the record some time after it counts for nothing.
		return txn.SetEntry(badger.NewEntry(answerKey(caller, key), raw).WithTTL(2 * r.cfg.AnswerLife))
	})
}
