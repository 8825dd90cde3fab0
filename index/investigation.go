package index

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// investigation takes in an investigation's record: its copy, and the lists
// it stands in. Whether a notice is overdue depends on the time, so that list
// is of those for which one is due, and a query looks at the clock.
func (w *batch) investigation(k, value []byte) error {
	if len(k) != 9 {
		return errShort
	}
	i, err := app.DecodeInvestigation(value)
	if err != nil {
		return err
	}
	w.put(keyOf(spaceInvestigation, k[1:]), value)
	number := invert(k[1:])
	due := i.Status == app.InvestigationIllegitimate && i.FirstNotice == 0
	open := i.Status == app.InvestigationOpen
	w.mark(append(investigationsPrefix(app.ListAll), number...))
	w.list(append(investigationsPrefix(app.ListOpen), number...), open)
	w.list(append(investigationsPrefix(app.ListClosed), number...), !open)
	if i.NoticeDue != 0 {
		w.list(append(investigationsPrefix(app.ListOverdue), append(u64(i.NoticeDue), k[1:]...)...), due)
		w.list([]byte(dueKey(i.By, i.NoticeDue, clockNotice, k[1:])), due)
	}
	return nil
}

// list marks a key, or removes it.
func (w *batch) list(key []byte, in bool) {
	if in {
		w.mark(key)
		return
	}
	w.remove(key)
}

// notice takes in the notices of a subject to a partner.
func (w *batch) notice(k, value []byte) {
	if value == nil {
		w.remove(keyOf(spaceNotice, k[1:]))
		return
	}
	w.put(keyOf(spaceNotice, k[1:]), value)
}

// clock keeps the time of the last block: what is overdue is so as of it.
func (w *batch) clock(time uint64) { w.put(clockKey(), u64(time)) }

func (s *snapshot) clock() (uint64, error) {
	v, err := s.get(clockKey())
	if err != nil || len(v) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(v), nil
}

// Investigations lists investigations, newest first; those whose notice is
// overdue by their due time, the oldest first.
func (x *Index) Investigations(l app.InvestigationList, page app.PageRequest) (*app.Page[app.InvestigationSummary], error) {
	if l == app.ListOverdue {
		return x.overdue(page)
	}
	return list(x, app.PathInvestigations, investigationsPrefix(l), 8, page, func(s *snapshot, suffix []byte) (app.InvestigationSummary, error) {
		return investigationSummary(s, ^binary.BigEndian.Uint64(suffix))
	})
}

// overdue reads the list of notices that are due up to the time of the last
// block.
func (x *Index) overdue(page app.PageRequest) (*app.Page[app.InvestigationSummary], error) {
	limit, after, err := readPage(app.PathInvestigations, page, 16)
	if err != nil {
		return nil, err
	}
	return read(x, func(s *snapshot) (*app.Page[app.InvestigationSummary], error) {
		out := &app.Page[app.InvestigationSummary]{Items: []app.InvestigationSummary{}, Height: s.head.height}
		now, err := s.clock()
		if err != nil {
			return nil, err
		}
		last := ""
		err = s.scan(investigationsPrefix(app.ListOverdue), after, func(suffix, _ []byte) (bool, error) {
			switch {
			case len(suffix) != 16:
				return false, errShort
			case binary.BigEndian.Uint64(suffix) >= now:
				return false, nil
			case len(out.Items) == limit:
				out.Next = hex.EncodeToString([]byte(last))
				return false, nil
			}
			i, err := investigationSummary(s, binary.BigEndian.Uint64(suffix[8:]))
			out.Items, last = append(out.Items, i), string(suffix)
			return true, err
		})
		return out, err
	})
}

// Notices lists what stands for a partner, by subject.
func (x *Index) Notices(gln gs1.GLN, page app.PageRequest) (*app.Page[app.NoticeSummary], error) {
	prefix := keyOf(spaceNotice, gln[:])
	return list(x, app.PathNotices, prefix, 0, page, func(s *snapshot, suffix []byte) (out app.NoticeSummary, err error) {
		if out.Subject, err = app.ParseSubject(string(suffix)); err != nil {
			return out, err
		}
		_, err = s.view(append(append([]byte{}, prefix...), suffix...), func(v []byte) error {
			n, err := app.DecodeNotice(v)
			if err == nil {
				out.Notice = *n
			}
			return err
		})
		return out, err
	})
}

func investigationSummary(s *snapshot, number uint64) (out app.InvestigationSummary, err error) {
	out.Number = number
	now, err := s.clock()
	if err != nil {
		return out, err
	}
	found, err := s.view(keyOf(spaceInvestigation, u64(out.Number)), func(v []byte) error {
		i, err := app.DecodeInvestigation(v)
		if err == nil {
			out.Late, out.Investigation = i.Late(now), *i
		}
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: investigation %d", errRecordMissing, out.Number)
	}
	return out, err
}
