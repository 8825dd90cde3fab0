package app

import (
	"cmp"
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// NoticeType is a type of notification of Form FDA 3911.
type NoticeType uint8

// The types.
const (
	// NoticeInitial: product was found illegitimate (FD&C Act
	// 582(b)(4)(B)(ii)(I) and parallels).
	NoticeInitial NoticeType = 1
	// NoticeFollowUp says more about what was notified before.
	NoticeFollowUp NoticeType = 2
	// NoticeTermination: the notification is no longer necessary, in
	// consultation with FDA (FD&C Act 582(b)(4)(B)(iv)).
	NoticeTermination NoticeType = 3
	// NoticeHighRisk: the labeler sees a high risk that product is
	// illegitimate (FD&C Act 582(b)(4)(B)(ii)(II)).
	NoticeHighRisk NoticeType = 4

	noticeTypes = 5
)

// String is the type's name.
func (t NoticeType) String() string {
	names := [noticeTypes]string{"", "initial", "follow-up", "termination", "high-risk"}
	if t == 0 || t >= noticeTypes {
		return "unknown"
	}
	return names[t]
}

// MarshalText writes the type's name.
func (t NoticeType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a type's name.
func (t *NoticeType) UnmarshalText(p []byte) error {
	return readWord(t, p, NoticeInitial, noticeTypes, "type of a notice")
}

// NoticeOf says that a notice stands: of which investigation, by whom and since
// when (block time).
type NoticeOf struct {
	// Investigation is the number of the investigation.
	Investigation uint64 `json:"investigation"`
	// By is the partner that gave notice.
	By gs1.GLN `json:"by"`
	// Height and Time are the block's; Time in seconds UTC.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
}

// maxNotices bounds the notices of one subject to one partner.
const maxNotices = 16

// Notice is the record of the notices of one subject to one partner ('o'),
// ascending by investigation, at least one. While it stands the partner neither
// sells nor dispenses of that subject; goods that arrive later are covered as
// well, because the record names no goods (docs/decisions/0015). At most 610
// bytes.
type Notice struct {
	// Of are the notices that stand, ascending by investigation.
	Of []NoticeOf `json:"of"`
}

// noticeRef names a notice record.
type noticeRef struct {
	partner gs1.GLN
	subject Subject
}

// find returns where the notice of an investigation stands, or where it would.
func (n *Notice) find(number uint64) (int, bool) {
	return slices.BinarySearchFunc(n.Of, number, func(o NoticeOf, number uint64) int { return cmp.Compare(o.Investigation, number) })
}

func (n *Notice) encode() []byte {
	e := wire.NewEncoder(8 + 37*len(n.Of))
	e.Uint8(1)
	e.Count(len(n.Of))
	for i := range n.Of {
		o := &n.Of[i]
		e.Uint64(o.Investigation)
		e.Raw(o.By[:])
		e.Uint64(o.Height)
		e.Uint64(o.Time)
	}
	return e.Bytes()
}

// DecodeNotice reads the value of a notice record.
func DecodeNotice(p []byte) (*Notice, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	n := &Notice{}
	count := d.Count(maxNotices, 37)
	if count == 0 {
		d.Fail("a notice record has at least one notice")
	}
	for i := range count {
		n.Of = append(n.Of, NoticeOf{Investigation: d.Uint64(), By: readGLN(d), Height: d.Uint64(), Time: d.Uint64()})
		if i > 0 && n.Of[i-1].Investigation >= n.Of[i].Investigation {
			d.Fail("notices are not ascending by investigation")
		}
	}
	return n, d.Finish()
}

// noticed refuses to sell a subject of which a notice stands to the signer, or
// to the seller in between of its drop shipment.
func (d *draft) noticed(s Subject) error {
	if err := d.noticedTo(d.by, d.signer, s); err != nil || d.seller.IsZero() {
		return err
	}
	return d.noticedTo(d.seller, d.partners.get(d.seller), s)
}

// noticedTo looks for a notice to one partner. A partner without any notice,
// which its own record says, costs no read.
func (d *draft) noticedTo(gln gs1.GLN, p *Partner, s Subject) error {
	if p.Notices == 0 {
		return nil
	}
	n := d.notices.get(noticeRef{gln, s})
	if n == nil {
		return nil
	}
	of := n.Of[0]
	return reject(CodeNoticed, "%s: notice of investigation %d to %s, by %s at height %d", s, of.Investigation, gln, of.By, of.Height)
}

// giveNotice adds a notice, unless it stands: then it reports false.
func (d *draft) giveNotice(ref noticeRef, number uint64) (given bool, err error) {
	n := d.notices.get(ref)
	if n == nil {
		n = &Notice{}
	}
	at, found := n.find(number)
	if found {
		return false, nil
	}
	if len(n.Of) >= maxNotices {
		return false, reject(CodeTooManyMarks, "%d notices of %s to %s stand", len(n.Of), ref.subject, ref.partner)
	}
	n.Of = slices.Insert(n.Of, at, NoticeOf{Investigation: number, By: d.by, Height: d.block.Height, Time: d.block.Time})
	d.notices.put(ref, n)
	d.partners.edit(ref.partner).Notices++
	d.investigations.edit(number).Notices++
	return true, nil
}

// endNotice takes a notice away, and reports whether it stood.
func (d *draft) endNotice(ref noticeRef, number uint64) bool {
	n := d.notices.get(ref)
	if n == nil {
		return false
	}
	at, found := n.find(number)
	if !found {
		return false
	}
	n.Of = slices.Delete(n.Of, at, at+1)
	if d.notices.put(ref, n); len(n.Of) == 0 {
		d.notices.remove(ref)
	}
	d.partners.edit(ref.partner).Notices--
	d.investigations.edit(number).Notices--
	return true
}
