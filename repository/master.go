package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// maxMasterElements bounds the master data of one Add, and the descendants
// that a query may name.
const maxMasterElements = 10_000

// masterRecord is one vocabulary element on disk.
type masterRecord struct {
	Type    string
	Element epcis.VocabularyElement
}

// masterKey: the canonical ID comes first, so that an ID is found whatever
// vocabulary it is of.
func masterKey(id, vocabulary string) []byte {
	key := append([]byte{prefixMaster}, term{0, canonicalID(id)}.prefix()[2:]...)
	return append(key, vocabulary...)
}

func (r *Repository) masterWrites(list []epcis.Vocabulary) ([]write, error) {
	byKey := make(map[string]int)
	var out []write
	for _, v := range list {
		for i := range v.Elements {
			raw, err := encodeJSON(masterRecord{v.Type, v.Elements[i]})
			if err != nil {
				return nil, err
			}
			key := masterKey(v.Elements[i].ID, v.Type)
			if len(key) > 1024 || len(out) >= maxMasterElements {
				return nil, fmt.Errorf("%w: master data of %s", ErrTooLarge, v.Elements[i].ID)
			}
			if at, again := byKey[string(key)]; again {
				out[at].value = raw
				continue
			}
			byKey[string(key)] = len(out)
			out = append(out, write{key, raw})
		}
	}
	return out, nil
}

// MasterData returns what is known of an ID, in every vocabulary.
func (r *Repository) MasterData(ctx context.Context, id string) ([]epcis.Vocabulary, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	snap := r.snapshot()
	defer snap.close()
	records, err := snap.master(id)
	var out []epcis.Vocabulary
	for _, m := range records {
		out = append(out, epcis.Vocabulary{Type: m.Type, Elements: []epcis.VocabularyElement{m.Element}})
	}
	return out, err
}

func (s *snapshot) master(id string) ([]masterRecord, error) {
	var out []masterRecord
	err := scan(s.txn, masterKey(id, ""), nil, false, func(_ []byte, item *badger.Item) (bool, error) {
		var m masterRecord
		err := item.Value(func(v []byte) error { return decodeJSON(v, &m) })
		out = append(out, m)
		return err == nil, err
	})
	return out, err
}

// descendants returns canonical IDs with all that stand below them in the
// master data (EPCIS 2.0, section 6.5).
func (s *snapshot) descendants(ids []string) ([]string, error) {
	out := slices.Clone(ids)
	seen := make(map[string]bool)
	for _, id := range out {
		seen[id] = true
	}
	for i := 0; i < len(out); i++ {
		records, err := s.master(out[i])
		if err != nil {
			return nil, err
		}
		for _, m := range records {
			for _, child := range m.Element.Children {
				id := canonicalID(child)
				if seen[id] {
					continue
				}
				if len(out) == maxMasterElements {
					return nil, &TooLargeError{fmt.Sprintf("more than %d places are named or stand below those that are", maxMasterElements)}
				}
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out, nil
}
