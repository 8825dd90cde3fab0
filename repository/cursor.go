package repository

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// position is a place in a list of results: by time and number, or for an
// order by field the place itself.
type position struct{ at, seq uint64 }

// cursor is where the next page of a query begins. It is bound to the query
// and to the events that stood when the first page was read.
type cursor struct {
	head   uint64   // events above it do not count
	last   position // the last event of the pages before
	left   uint64   // of eventCountLimit
	digest [8]byte
}

// cursorBytes: version, four numbers, digest, half a MAC.
const cursorBytes = 1 + 4*8 + 8 + 16

var errCursor = errors.New("is no token of this repository and this query: begin again without it")

// encode writes a cursor, signed, so that what comes back is what was given.
func (c *cursor) encode(secret []byte) string {
	raw := []byte{recordVersion}
	for _, n := range []uint64{c.head, c.last.at, c.last.seq, c.left} {
		raw = binary.BigEndian.AppendUint64(raw, n)
	}
	raw = append(raw, c.digest[:]...)
	return base64.RawURLEncoding.EncodeToString(append(raw, cursorMAC(secret, raw)...))
}

func cursorMAC(secret, raw []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(raw)
	return h.Sum(nil)[:16]
}

// decodeCursor reads what encode wrote with the same secret, for the same
// query.
func decodeCursor(secret []byte, text string, digest [8]byte) (*cursor, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != cursorBytes || raw[0] != recordVersion {
		return nil, errCursor
	}
	body := raw[:cursorBytes-16]
	if !hmac.Equal(raw[cursorBytes-16:], cursorMAC(secret, body)) {
		return nil, errCursor
	}
	n := func(i int) uint64 { return binary.BigEndian.Uint64(body[1+8*i:]) }
	c := &cursor{head: n(0), last: position{n(1), n(2)}, left: n(3), digest: [8]byte(body[33:])}
	if c.digest != digest {
		return nil, errCursor
	}
	return c, nil
}
