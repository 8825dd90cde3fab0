package index

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// partner keeps the list of partners, ascending by the end of their
// credentials.
func (w *batch) partner(k, value []byte) error {
	if len(k) != 1+len(gs1.GLN{}) {
		return errShort
	}
	p, err := app.DecodePartner(value)
	if err != nil {
		return err
	}
	end := keyOf(spacePartnerEnd, k[1:])
	before, err := w.get(end)
	if err != nil {
		return err
	}
	if before != nil {
		w.remove(keyOf(spaceByEnd, before, k[1:]))
	}
	until := u64(p.Credential.Until)
	w.put(end, until)
	w.put(keyOf(spaceByEnd, until, k[1:]), []byte{byte(p.Standing)})
	return nil
}

// Partners lists all partners, ascending by the end of their credentials.
func (x *Index) Partners(page app.PageRequest) (*app.Page[app.PartnerEnd], error) {
	return x.partners(app.PathPartners, page, nil)
}

// Expiring lists the partners whose credential has ended or ends within that
// many days after the time of the last block, and those that are suspended;
// ascending by the end of the credential.
func (x *Index) Expiring(days uint32, page app.PageRequest) (*app.Page[app.PartnerEnd], error) {
	return x.partners(app.PathExpiring, page, func(now uint64, p *app.PartnerEnd) bool {
		return p.Suspended || p.Until <= now+uint64(days)*86400
	})
}

// partners lists those that keep says, nil for all; now is the time of the last
// block.
func (x *Index) partners(path string, page app.PageRequest, keep func(now uint64, p *app.PartnerEnd) bool) (*app.Page[app.PartnerEnd], error) {
	const width = 8 + len(gs1.GLN{})
	limit, after, err := readPage(path, page, width)
	if err != nil {
		return nil, err
	}
	return read(x, func(s *snapshot) (*app.Page[app.PartnerEnd], error) {
		now, err := s.clock()
		if err != nil {
			return nil, err
		}
		out := &app.Page[app.PartnerEnd]{Items: []app.PartnerEnd{}, Height: s.head.height}
		last := ""
		err = s.scan([]byte{spaceByEnd}, after, func(suffix, value []byte) (bool, error) {
			if len(suffix) != width || len(value) != 1 {
				return false, errShort
			}
			p := app.PartnerEnd{GLN: gs1.GLN(suffix[8:]), Until: binary.BigEndian.Uint64(suffix), Suspended: app.Standing(value[0]) == app.StandingSuspended}
			if p.Ended = p.Until <= now; keep != nil && !keep(now, &p) {
				return true, nil
			}
			if len(out.Items) == limit {
				out.Next = hex.EncodeToString([]byte(last))
				return false, nil
			}
			out.Items, last = append(out.Items, p), string(suffix)
			return true, nil
		})
		return out, err
	})
}
