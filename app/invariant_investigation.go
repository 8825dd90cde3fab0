package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// inquiries are the investigations, number 1 first, and the notices that the
// walk has counted.
type inquiries struct {
	all     []*Investigation
	notices []uint64 // of each investigation
	to      map[gs1.GLN]uint64
}

// get returns nil for a number that was not given out.
func (q *inquiries) get(n uint64) *Investigation {
	if n == 0 || n > uint64(len(q.all)) {
		return nil
	}
	return q.all[n-1]
}

// checkInvestigations holds investigations, notices, marks, lots and partners
// to each other: a mark or block of an investigation stands until it is
// cleared, and every notice is counted where it is looked for.
func (c *checker) checkInvestigations() {
	q := &inquiries{to: make(map[gs1.GLN]uint64)}
	walk(c, RecordInvestigation, maxInvestigationBytes, DecodeInvestigation, func(key []byte, i *Investigation) {
		q.all = append(q.all, i)
		if want := InvestigationKey(uint64(len(q.all))); string(want) != string(key) {
			c.report(0, key, "investigation number %d is missing", len(q.all))
		}
		c.needPartner(key, i.By)
	})
	count := uint64(0)
	if raw, ok := c.v.Get(InvestigationCountKey()); ok {
		n, err := DecodeCount(raw)
		if err != nil {
			c.report(0, InvestigationCountKey(), "cannot be read: %v", err)
		}
		count = n
	}
	c.expect(0, InvestigationCountKey(), "investigations", count, uint64(len(q.all)))
	q.notices = make([]uint64, len(q.all))
	c.checkNotices(q)
	for n := range q.all {
		c.checkInvestigation(q, uint64(n)+1)
	}
	c.checkInvestigationMarks(q)
	for _, l := range c.lots {
		c.checkLotBlocks(q, l)
	}
}

// checkNotices counts the notices of each investigation and to each partner.
func (c *checker) checkNotices(q *inquiries) {
	walk(c, RecordNotice, maxNoticeBytes, DecodeNotice, func(key []byte, n *Notice) {
		to := c.glnOf(key[:1+len(gs1.GLN{})])
		s, err := ParseSubject(string(key[1+len(gs1.GLN{}):]))
		if err != nil {
			c.report(0, key, "the key cannot be read: %v", err)
		}
		for i := range n.Of {
			number := n.Of[i].Investigation
			if inv := q.get(number); inv == nil || inv.Subject != s {
				c.report(0, key, "notice of investigation %d, which is of another subject", number)
				continue
			}
			q.notices[number-1]++
			q.to[to]++
		}
	})
	walk(c, RecordPartner, maxPartnerBytes, DecodePartner, func(key []byte, p *Partner) {
		c.expect(0, key, "notices", uint64(p.Notices), q.to[c.glnOf(key)])
	})
}

// checkInvestigation judges one investigation, and that its mark or its block
// stands.
func (c *checker) checkInvestigation(q *inquiries, number uint64) {
	i, key := q.get(number), InvestigationKey(number)
	c.expect(0, key, "notices", uint64(i.Notices), q.notices[number-1])
	if i.Notices > 0 && (i.Status == InvestigationCleared || i.FirstNotice == 0 || i.Terminated != 0) {
		c.report(0, key, "%s, first notice %d, terminated %d; %d notices stand", i.Status, i.FirstNotice, i.Terminated, i.Notices)
	}
	if i.Status == InvestigationCleared {
		return
	}
	if id, ok := i.Subject.Lot(); ok {
		l := c.lot(id)
		if l == nil || slices.Contains(l.rec.Investigations, number) != i.Blocking {
			c.report(0, key, "%s is blocked by it: %v; the lot says otherwise", id, i.Blocking)
		}
		return
	}
	subject, _ := i.Subject.Key()
	raw, _ := c.v.Get(MarksKey(subject))
	m, err := DecodeMarks(raw)
	if err != nil || m.ofInvestigation(i.By, number) < 0 {
		c.report(7, key, "the mark on %s is missing", subject)
	}
}

// checkInvestigationMarks: a mark that belongs to an investigation is what that
// says.
func (c *checker) checkInvestigationMarks(q *inquiries) {
	walk(c, RecordMarks, maxMarksBytes, DecodeMarks, func(key []byte, m *Marks) {
		for _, mark := range m.Marks {
			if mark.Investigation == 0 {
				continue
			}
			kind, i := MarkSuspect, q.get(mark.Investigation)
			if i != nil && i.Status == InvestigationIllegitimate {
				kind = MarkIllegitimate
			}
			if i == nil || i.Status == InvestigationCleared || i.By != mark.By || string(i.Subject) != string(key[1:]) || mark.Kind != kind || i.Blocking && !mark.Blocking {
				c.report(7, key, "marked %s by %s in investigation %d, which says otherwise", mark.Kind, mark.By, mark.Investigation)
			}
		}
	})
}

// checkLotBlocks: only investigations of a lot that are not cleared block it.
func (c *checker) checkLotBlocks(q *inquiries, l *checkedLot) {
	for _, n := range l.rec.Investigations {
		i := q.get(n)
		if i == nil || !i.Blocking || i.Status == InvestigationCleared || i.Subject != LotSubject(l.id) {
			c.report(8, LotKey(l.id), "blocked by investigation %d, which says otherwise", n)
		}
	}
}
