package repository

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// maxAnswerBytes bounds an answer: its record stays out of Badger's value log,
// which is never collected.
const maxAnswerBytes = valueLogBytes - 64

// noted is a caller's idempotency key, as one short text.
type noted [32]byte

func note(caller, key string) noted {
	h := sha256.New()
	for _, part := range []string{caller, key} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	return noted(h.Sum(nil))
}

func (n noted) key() []byte { return append([]byte{prefixAnswer}, n[:]...) }

// Begin notes that a caller's request with an idempotency key is at work, and
// returns first = true. If one with the key came within Config.AnswerLife it
// returns that request's hash and its answer, nil while it is at work. Notes of
// requests at work end with the process: what they did is for the request
// itself to find out when it is sent again.
func (r *Repository) Begin(ctx context.Context, caller, key string, request [32]byte) (known [32]byte, answer []byte, first bool, err error) {
	if err := r.enter(); err != nil {
		return known, nil, false, err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return known, nil, false, err
	}
	r.naming.Lock() // two requests with one key come at once, one is first
	defer r.naming.Unlock()
	n := note(caller, key)
	if known, ok := r.atWork[n]; ok {
		return known, nil, false, nil
	}
	raw, err := r.get(n.key())
	if err != nil {
		return known, nil, false, err
	}
	if raw != nil {
		expires, known, answer, err := decodeAnswer(raw)
		if err != nil || r.cfg.Now().UnixNano() < expires {
			return known, answer, false, err
		}
	}
	r.atWork[n] = request
	return request, nil, true, nil
}

// Finish keeps the answer to a request that Begin noted. The error is
// ErrTooLarge for an answer of more than a mebibyte.
func (r *Repository) Finish(ctx context.Context, caller, key string, answer []byte) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(answer) > maxAnswerBytes {
		return fmt.Errorf("%w: the answer has %d bytes, at most %d are kept", ErrTooLarge, len(answer), maxAnswerBytes)
	}
	n := note(caller, key)
	r.naming.Lock()
	request, ok := r.atWork[n]
	r.naming.Unlock()
	if !ok {
		return fmt.Errorf("%w: no request with this key is at work", ErrNotFound)
	}
	raw := encodeAnswer(r.cfg.Now().Add(r.cfg.AnswerLife).UnixNano(), request, answer)
	err := r.update(func(txn *badger.Txn) error {
		// Badger drops the record some time after it counts for nothing.
		return txn.SetEntry(badger.NewEntry(n.key(), raw).WithTTL(2 * r.cfg.AnswerLife))
	})
	if err != nil {
		return err
	}
	r.naming.Lock()
	delete(r.atWork, n)
	r.naming.Unlock()
	return nil
}

// Forget drops the note of a request that came to nothing, so that it can be
// sent again.
func (r *Repository) Forget(_ context.Context, caller, key string) error {
	r.naming.Lock()
	defer r.naming.Unlock()
	delete(r.atWork, note(caller, key))
	return nil
}

// encodeAnswer: version, end of its life in nanoseconds, the request's hash,
// the answer.
func encodeAnswer(expires int64, request [32]byte, answer []byte) []byte {
	out := numbered(recordVersion, uint64(expires))
	return append(append(out, request[:]...), answer...)
}

func decodeAnswer(raw []byte) (expires int64, request [32]byte, answer []byte, err error) {
	if len(raw) < 41 || raw[0] != recordVersion {
		return 0, request, nil, errors.New("repository: damaged record of an answer")
	}
	return int64(binary.BigEndian.Uint64(raw[1:9])), [32]byte(raw[9:41]), raw[41:], nil
}
