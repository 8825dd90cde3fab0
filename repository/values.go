package repository

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// Resource names a top-level resource of EPCIS 2.0.
type Resource string

// The top-level resources.
const (
	EventTypes   Resource = "eventTypes"
	EPCs         Resource = "epcs"
	BizSteps     Resource = "bizSteps"
	BizLocations Resource = "bizLocations"
	ReadPoints   Resource = "readPoints"
	Dispositions Resource = "dispositions"
)

// ValuePage is a page of the values of a resource.
type ValuePage struct {
	// Values are as an event wrote them.
	Values []string
	// Next is where the next page begins, empty after the last.
	Next string
}

// Values lists the values that stand in events: at most limit after the value
// after, which is empty for the first page and otherwise the Next of the page
// before. The error is a *QueryError for a resource that is not known.
func (r *Repository) Values(ctx context.Context, of Resource, after string, limit int) (*ValuePage, error) {
	k, ok := of.kind()
	if !ok {
		return nil, &QueryError{"resource", fmt.Sprintf("%q is no top-level resource", clip(string(of)))}
	}
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	snap := r.snapshot()
	defer snap.close()
	it := snap.txn.NewIterator(badger.IteratorOptions{Prefix: []byte{prefixTerm, byte(k)}})
	defer it.Close()
	page, spell := &ValuePage{}, &speller{of: of, snap: snap}
	from := []byte{prefixTerm, byte(k)}
	if after != "" {
		from = beyondTerm(term{k, after})
	}
	for it.Seek(from); it.Valid(); it.Seek(from) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		key := it.Item().KeyCopy(nil)
		end := bytes.IndexByte(key, 0)
		if end < 0 {
			return nil, errOrder
		}
		from = append(key[:end:end], 1)
		value, err := spell.spelling(key[:end+1])
		if err != nil {
			return nil, err
		}
		if value == "" {
			continue
		}
		if len(page.Values) == r.pageSize(limit) || len(page.Values) > 0 && spell.bytes > maxSpelled {
			page.Next = after
			return page, nil
		}
		page.Values = append(page.Values, value)
		after = string(key[2:end])
	}
	return page, nil
}

// beyondTerm is the first key after all of a term's.
func beyondTerm(t term) []byte { return append(t.open(), 1) }

func (of Resource) kind() (kind, bool) {
	switch of {
	case EventTypes:
		return kindType, true
	case EPCs:
		return kindEPC, true
	case BizSteps:
		return kindBizStep, true
	case BizLocations:
		return kindBizLocation, true
	case ReadPoints:
		return kindReadPoint, true
	case Dispositions:
		return kindDisposition, true
	}
	return 0, false
}

// maxSpelled bounds the events that are read for a page of values, in bytes.
const maxSpelled = 8 << 20

// speller finds out how events write values. It keeps the words of the event
// that it read last: many values of a page often stand in one.
type speller struct {
	of    Resource
	snap  *snapshot
	seq   uint64
	words map[string]string // canonical to written
	bytes int
}

// spelling is how the first event that readers see writes the term of a
// prefix, or "".
func (s *speller) spelling(prefix []byte) (string, error) {
	out, k := "", prefix[1]
	err := scan(s.snap.txn, prefix, nil, false, func(suffix []byte, _ *badger.Item) (bool, error) {
		if len(suffix) != 8 {
			return false, errOrder
		}
		if err := s.read(binary.BigEndian.Uint64(suffix), kind(k)); err != nil {
			return false, err
		}
		out = s.words[string(prefix)]
		return out == "", nil
	})
	return out, err
}

// read gets the words of an event.
func (s *speller) read(seq uint64, k kind) error {
	if s.seq == seq && s.words != nil {
		return nil
	}
	e, size, err := s.snap.event(seq)
	if err != nil {
		return err
	}
	s.seq, s.words = seq, make(map[string]string)
	s.bytes += size
	if e == nil {
		return nil
	}
	for _, v := range s.of.in(e.Event) {
		if key := string(term{k, s.of.fold(v)}.prefix()); v != "" && s.words[key] == "" {
			s.words[key] = v
		}
	}
	return nil
}

func (of Resource) fold(v string) string {
	switch of {
	case BizSteps:
		return bizStepOf(v)
	case Dispositions:
		return dispositionOf(v)
	case EventTypes:
		return v
	default:
		return canonicalID(v)
	}
}

// in lists the values of a resource in an event.
func (of Resource) in(e *epcis.Event) []string {
	switch of {
	case EventTypes:
		return []string{e.Type}
	case BizSteps:
		return []string{e.BizStep}
	case Dispositions:
		return []string{e.Disposition}
	case BizLocations:
		return []string{e.BizLocation.ID}
	case ReadPoints:
		return []string{e.ReadPoint.ID}
	default:
		return slices.Concat([]string{e.ParentID}, e.EPCs, e.ChildEPCs, e.InputEPCs, e.OutputEPCs)
	}
}
