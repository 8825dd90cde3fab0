package repository

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// DocumentID is the SHA-256 of a document's bytes.
type DocumentID [32]byte

// String returns the 64 hexadecimal digits.
func (d DocumentID) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports whether d names no document.
func (d DocumentID) IsZero() bool { return d == DocumentID{} }

// MarshalText writes the hexadecimal digits, nothing for the zero value.
func (d DocumentID) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return []byte{}, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *DocumentID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = DocumentID{}
		return nil
	}
	id, err := ParseDocumentID(string(text))
	*d = id
	return err
}

// ParseDocumentID reads 64 hexadecimal digits.
func ParseDocumentID(text string) (DocumentID, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return DocumentID{}, errors.New("not a document's SHA-256: want 64 hexadecimal digits")
	}
	return DocumentID(raw), nil
}

// Document is a document as it came.
type Document struct {
	ID          DocumentID
	ContentType string
	// Received is when these bytes first came.
	Received time.Time
	Bytes    []byte
}

// maxContentType bounds a content type in bytes.
const maxContentType = 255

// PutDocument keeps a document, byte for byte, under its SHA-256. The same
// bytes again are kept once, with the content type they first came with. The
// error is ErrTooLarge beyond Config.MaxDocumentBytes.
func (r *Repository) PutDocument(ctx context.Context, data []byte, contentType string) (DocumentID, error) {
	if err := r.enter(); err != nil {
		return DocumentID{}, err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return DocumentID{}, err
	}
	if int64(len(data)) > r.cfg.MaxDocumentBytes {
		return DocumentID{}, fmt.Errorf("%w: the document has %d bytes, at most %d are taken", ErrTooLarge, len(data), r.cfg.MaxDocumentBytes)
	}
	if len(contentType) > maxContentType {
		return DocumentID{}, fmt.Errorf("%w: the content type has %d bytes, at most %d are taken", ErrTooLarge, len(contentType), maxContentType)
	}
	id := DocumentID(sha256.Sum256(data))
	key := append([]byte{prefixDocument}, id[:]...)
	known, err := r.has(key)
	if err != nil || known {
		return id, err
	}
	if err := r.put(key, encodeDocument(data, contentType, r.cfg.Now())); err != nil {
		return DocumentID{}, err
	}
	r.metrics.documents.Inc()
	return id, nil
}

// Document returns a document, or ErrNotFound. Bytes that no longer have their
// SHA-256 are an error.
func (r *Repository) Document(ctx context.Context, id DocumentID) (*Document, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	raw, err := r.get(append([]byte{prefixDocument}, id[:]...))
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, ErrNotFound
	}
	d, err := decodeDocument(raw)
	if err != nil {
		return nil, err
	}
	if d.ID = DocumentID(sha256.Sum256(d.Bytes)); d.ID != id {
		return nil, fmt.Errorf("repository: document %s is damaged on disk", id)
	}
	return d, nil
}

// encodeDocument: version, time received in nanoseconds, length and text of
// the content type, the bytes.
func encodeDocument(data []byte, contentType string, received time.Time) []byte {
	out := make([]byte, 0, 10+len(contentType)+len(data))
	out = append(out, recordVersion)
	out = binary.BigEndian.AppendUint64(out, uint64(received.UnixNano()))
	out = append(out, byte(len(contentType)))
	out = append(out, contentType...)
	return append(out, data...)
}

func decodeDocument(raw []byte) (*Document, error) {
	if len(raw) < 10 || raw[0] != recordVersion || len(raw) < 10+int(raw[9]) {
		return nil, errors.New("repository: damaged record of a document")
	}
	n := 10 + int(raw[9])
	return &Document{
		Received:    time.Unix(0, int64(binary.BigEndian.Uint64(raw[1:9]))).UTC(),
		ContentType: string(raw[10:n]),
		Bytes:       raw[n:],
	}, nil
}

func (r *Repository) has(key []byte) (bool, error) {
	txn := r.db.NewTransaction(false)
	defer txn.Discard()
	return holds(txn, key)
}
