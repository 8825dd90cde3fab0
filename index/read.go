package index

import (
	"crypto/rand"
	"fmt"
	"time"
)

// read answers from one snapshot, with whatever goes wrong as an error.
func read[T any](x *Index, fn func(s *snapshot) (T, error)) (out T, err error) {
	defer x.guard(&err)()
	begin := time.Now()
	s, err := x.disk.snapshot()
	if err != nil {
		return out, err
	}
	defer s.close()
	out, err = fn(s)
	x.metrics.querySeconds.Observe(time.Since(begin).Seconds())
	return out, err
}

// notFound says that the index, as of this snapshot, knows no such thing.
func (s *snapshot) notFound(format string, args ...any) error {
	return &NotFoundError{What: fmt.Sprintf(format, args...), Height: s.head.height}
}

const saltBytes = 16

// loadSalt reads the salt of this index, or makes one: secret and its own, so
// that nobody can choose serials whose fingerprints collide.
func (x *Index) loadSalt() ([]byte, error) {
	s, err := x.disk.snapshot()
	if err != nil {
		return nil, err
	}
	defer s.close()
	salt, err := s.get(saltKey())
	if err != nil {
		return nil, err
	}
	if len(salt) == saltBytes {
		return salt, nil
	}
	if s.head.height > 0 || salt != nil {
		return nil, fmt.Errorf("%w: the salt", errRecordMissing)
	}
	salt = make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	return salt, x.disk.commitMore([]write{{saltKey(), salt}})
}
