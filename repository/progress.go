package repository

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// Progress returns the number that the newest Add wrote under this name, 0 if
// none did. A feed keeps there how far it has come.
func (r *Repository) Progress(ctx context.Context, name string) (uint64, error) {
	if err := r.enter(); err != nil {
		return 0, err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	raw, err := r.get(append([]byte{prefixProgress}, name...))
	if err != nil || raw == nil {
		return 0, err
	}
	if len(raw) != 8 {
		return 0, errors.New("repository: damaged record of progress " + name)
	}
	return binary.BigEndian.Uint64(raw), nil
}

// maxProgressName bounds a name under Progress.
const maxProgressName = 128

// alongside turns what goes along with an Add into writes.
func (r *Repository) alongside(along []Along) ([]write, error) {
	var out []write
	for _, a := range along {
		if a.Job != nil {
			w, err := a.Job.writes()
			if err != nil {
				return nil, err
			}
			out = append(out, w...)
		}
		for name, n := range a.Progress {
			if name == "" || len(name) > maxProgressName {
				return nil, fmt.Errorf("repository: progress %q: want a name of 1 to %d bytes", name, maxProgressName)
			}
			out = append(out, write{append([]byte{prefixProgress}, name...), binary.BigEndian.AppendUint64(nil, n)})
		}
		w, err := r.masterWrites(a.MasterData)
		if err != nil {
			return nil, err
		}
		out = append(out, w...)
	}
	return out, nil
}

// PutMasterData takes over master data from a document's header: each element
// replaces what was known of its ID.
func (r *Repository) PutMasterData(ctx context.Context, list []epcis.Vocabulary) error {
	_, err := r.Add(ctx, nil, Along{MasterData: list})
	return err
}
