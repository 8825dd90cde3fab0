package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// InvestigationReason is why product is suspect (FD&C Act 581(21)), or how it
// came to notice.
type InvestigationReason uint8

// The reasons. The first six are those of FD&C Act 581(21): the statute lists
// counterfeit, diverted and stolen together.
const (
	ReasonDiverted    InvestigationReason = 1
	ReasonCounterfeit InvestigationReason = 2
	ReasonStolen      InvestigationReason = 3
	// ReasonAdulterated: intentionally adulterated, such that it would harm.
	ReasonAdulterated InvestigationReason = 4
	// ReasonFraudulent: the subject of a fraudulent transaction.
	ReasonFraudulent InvestigationReason = 5
	// ReasonUnfit: unfit for distribution for another cause that would harm.
	ReasonUnfit InvestigationReason = 6
	// ReasonNoMatch: its identifier does not correspond to what was affixed
	// (FD&C Act 582(b)(4)(C)).
	ReasonNoMatch InvestigationReason = 7
	ReasonOther   InvestigationReason = 8

	investigationReasons = 9
)

// String is the reason's name.
func (r InvestigationReason) String() string {
	names := [investigationReasons]string{"", "diverted", "counterfeit", "stolen", "adulterated", "fraudulent", "unfit", "no-match", "other"}
	if r == 0 || r >= investigationReasons {
		return "unknown"
	}
	return names[r]
}

// MarshalText writes the reason's name.
func (r InvestigationReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a reason's name.
func (r *InvestigationReason) UnmarshalText(p []byte) error {
	return readWord(r, p, ReasonDiverted, investigationReasons, "reason of an investigation")
}

// InvestigationStatus is how an investigation stands.
type InvestigationStatus uint8

// The statuses.
const (
	InvestigationOpen         InvestigationStatus = 1
	InvestigationCleared      InvestigationStatus = 2
	InvestigationIllegitimate InvestigationStatus = 3

	investigationStatuses = 4
)

// String is the status's name.
func (s InvestigationStatus) String() string {
	names := [investigationStatuses]string{"", "open", "cleared", "illegitimate"}
	if s == 0 || s >= investigationStatuses {
		return "unknown"
	}
	return names[s]
}

// MarshalText writes the status's name.
func (s InvestigationStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a status's name.
func (s *InvestigationStatus) UnmarshalText(p []byte) error {
	return readWord(s, p, InvestigationOpen, investigationStatuses, "status of an investigation")
}

// Moment is a block: its height, and its time in seconds UTC.
type Moment struct {
	// Height and Time are the block's; Time in seconds UTC.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
}

// Bounds of what an investigation says, in bytes, and of how many may block one
// lot at a time.
const (
	maxIncidentBytes = 40
	maxLotBlocks     = 8
	secondsPerHour   = 60 * 60
)

// Investigation is the record of an investigation of suspect product ('i'),
// FD&C Act 582(b)(4)(A) and parallels. At most 620 bytes.
type Investigation struct {
	// By is the partner that opened it.
	By gs1.GLN `json:"by"`
	// Subject is what is investigated: a key, or a lot as 01 GTIN-14 10 lot.
	Subject Subject `json:"subject"`
	// Reason is why it was opened.
	Reason InvestigationReason `json:"reason"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
	// Blocking: sale of the subject is refused while this is not cleared.
	Blocking bool `json:"blocking"`
	// Status is how it stands.
	Status InvestigationStatus `json:"status"`
	// Opened is when it was opened.
	Opened Moment `json:"opened"`
	// Closed is when the present finding was made; zero while it is open.
	Closed Moment `json:"closed"`
	// Evidence is the hash of a report kept elsewhere, or zero; Finding says
	// it in words, at most 200 bytes.
	Evidence Digest `json:"evidence"`
	Finding  string `json:"finding,omitempty"`
	// NoticeDue is by when, in block time, FDA and the trading partners have
	// to be notified of illegitimate product; 0 when nothing is due.
	NoticeDue uint64 `json:"noticeDue,omitempty"`
	// FirstNotice is the block time of the first notice, or 0.
	FirstNotice uint64 `json:"firstNotice,omitempty"`
	// Notices counts the partners for which a notice stands.
	Notices uint32 `json:"notices,omitempty"`
	// Terminated is the block time at which the last notice was terminated,
	// or 0.
	Terminated uint64 `json:"terminated,omitempty"`
	// Incident is the number that FDA gave it (Form FDA 3911), at most 40
	// bytes.
	Incident string `json:"incident,omitempty"`
}

// Late reports whether the first notice missed its due time, as of a block
// time: it came late, or has not come. It is derived whenever it is asked and
// stands nowhere (rule 11).
func (i *Investigation) Late(asOf uint64) bool {
	given := i.FirstNotice
	switch {
	case i.NoticeDue == 0:
		return false
	case given == 0 && i.Status == InvestigationCleared:
		given = i.Closed.Time // found to be no illegitimate product
	case given == 0:
		given = asOf
	}
	return given > i.NoticeDue
}

// Overdue reports whether a notice is due and has not been given, as of a block
// time.
func (i *Investigation) Overdue(asOf uint64) bool {
	return i.Status == InvestigationIllegitimate && i.FirstNotice == 0 && i.Late(asOf)
}

func (i *Investigation) encode() []byte {
	e := wire.NewEncoder(256)
	e.Uint8(1)
	e.Raw(i.By[:])
	e.String8(string(i.Subject))
	e.Uint8(uint8(i.Reason))
	e.String8(i.Text)
	e.Bool(i.Blocking)
	e.Uint8(uint8(i.Status))
	for _, n := range i.times() {
		e.Uint64(*n)
	}
	writeDigest(e, i.Evidence)
	e.String8(i.Finding)
	e.Uint32(i.Notices)
	e.String8(i.Incident)
	return e.Bytes()
}

// times are the heights and times in the order of their encoding.
func (i *Investigation) times() [7]*uint64 {
	return [7]*uint64{
		&i.Opened.Height, &i.Opened.Time, &i.Closed.Height, &i.Closed.Time,
		&i.NoticeDue, &i.FirstNotice, &i.Terminated,
	}
}

// DecodeInvestigation reads the value of an investigation's record.
func DecodeInvestigation(p []byte) (*Investigation, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	i := &Investigation{
		By: readGLN(d), Subject: readSubject(d), Reason: readInvestigationReason(d),
		Text: readText(d, maxTextBytes), Blocking: d.Bool(), Status: InvestigationStatus(d.Uint8()),
	}
	for _, n := range i.times() {
		*n = d.Uint64()
	}
	i.Evidence, i.Finding = readDigest(d), readText(d, maxTextBytes)
	i.Notices, i.Incident = d.Uint32(), readText(d, maxIncidentBytes)
	if i.Status == 0 || i.Status >= investigationStatuses {
		d.Fail("unknown status of an investigation %d", i.Status)
	}
	return i, d.Finish()
}

func readInvestigationReason(d *wire.Decoder) InvestigationReason {
	r := InvestigationReason(d.Uint8())
	if r == 0 || r >= investigationReasons {
		d.Fail("unknown reason of an investigation %d", r)
	}
	return r
}

// investigation returns the working copy of one that the signer may conduct:
// its opener or a regulator.
func (d *draft) investigation(number uint64) (*Investigation, error) {
	i := d.investigations.get(number)
	if i == nil {
		return nil, reject(CodeInvestigationUnknown, "investigation %d", number)
	}
	if !d.actsFor(i.By) && !d.signer.Roles.Has(RoleRegulator) {
		return nil, reject(CodeNotAuthorized, "investigation %d was opened by %s", number, i.By)
	}
	return d.investigations.edit(number), nil
}

// announce emits what an investigation has come to.
func (d *draft) announce(number uint64, i *Investigation) {
	d.emit(EventInvestigation, "investigation", num(number), "status", i.Status.String(), "subject", string(i.Subject))
}

// InvestigationNumber reads the Data of an accepted OpenInvestigation.
func InvestigationNumber(data []byte) (uint64, bool) { return ShipmentNumber(data) }

// block adds an investigation to those that block a lot.
func (l *Lot) block(number uint64) { l.Investigations = append(l.Investigations, number) }

// unblock takes one away.
func (l *Lot) unblock(number uint64) {
	l.Investigations = slices.DeleteFunc(l.Investigations, func(n uint64) bool { return n == number })
}
