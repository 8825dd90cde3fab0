package repository

import (
	"bytes"
	"context"
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
	page := &ValuePage{}
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
		value, err := snap.spelling(of, key[:end+1])
		if err != nil {
			return nil, err
		}
		if value == "" {
			continue
		}
		if len(page.Values) == r.pageSize(limit) {
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

// spelling is how the first event that readers see writes a term, or "".
func (s *snapshot) spelling(of Resource, prefix []byte) (string, error) {
	out := ""
	err := scan(s.txn, prefix, nil, false, func(suffix []byte, _ *badger.Item) (bool, error) {
		at, err := placeOf(append(make([]byte, 8), suffix...))
		if err != nil {
			return false, err
		}
		e, _, err := s.event(at.seq)
		if err != nil || e == nil {
			return err == nil, err
		}
		k, _ := of.kind()
		for _, v := range of.in(e.Event) {
			if bytes.Equal(term{k, of.fold(v)}.prefix(), prefix) {
				out = v
				return false, nil
			}
		}
		return true, nil
	})
	return out, err
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
