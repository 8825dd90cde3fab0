package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// maxNotified bounds the partners of one Notify.
const maxNotified = 256

// Notified is one partner that a Notify concerns.
type Notified struct {
	Partner gs1.GLN `json:"partner"`
	// Shipment is one between the signer and the partner, in either
	// direction: it makes them immediate trading partners. 0 when the signer
	// needs none.
	Shipment uint64 `json:"shipment,omitempty"`
}

// Notify notifies FDA, and trading partners, of illegitimate product (FD&C Act
// 582(b)(4)(B)(ii) and parallels; Form FDA 3911), says more later, or ends the
// notification. The partner that opened the investigation signs, or a
// regulator. The first notice of either kind stops the clock that the finding
// set; one that names no partner is to FDA alone.
//
// Initial needs a finding of illegitimate product. High-risk, by the product's
// labeler, needs an open investigation. Both give each partner a notice: from
// the next block on it neither ships nor dispenses of the subject, whatever it
// has of it or gets later; it may receive, quarantine, return and destroy. A
// regulator and the subject's labeler may notify anyone; anyone else itself and
// immediate trading partners: the partner shipped to the signer, or received
// something that the signer shipped. A follow-up may name partners
// that have the notice, and gives it to those that have not. A termination ends
// the notices it names and, when none is left, the notification; FDA is
// consulted before, so it needs the number of the incident. The duty to notify
// outlasts a suspension.
//
// Codes: investigation-unknown, not-authorized, wrong-stage,
// not-labeler, partner-unknown, shipment-unknown, already-notified,
// too-many-marks.
type Notify struct {
	Investigation uint64     `json:"investigation"`
	Type          NoticeType `json:"type"`
	// Incident is FDA's number of it, at most 40 bytes; a termination has one.
	Incident string `json:"incident,omitempty"`
	// Partners are strictly ascending, at most 256.
	Partners []Notified `json:"partners,omitempty"`
}

// Kind is KindNotify.
func (*Notify) Kind() Kind { return KindNotify }

func (o *Notify) encode(e *wire.Encoder) {
	e.Uint64(o.Investigation)
	e.Uint8(uint8(o.Type))
	e.String8(o.Incident)
	e.Count(len(o.Partners))
	for i := range o.Partners {
		e.Raw(o.Partners[i].Partner[:])
		e.Uint64(o.Partners[i].Shipment)
	}
}

func (o *Notify) decode(d *wire.Decoder) {
	o.Investigation, o.Type, o.Incident = d.Uint64(), NoticeType(d.Uint8()), readText(d, maxIncidentBytes)
	if o.Type == 0 || o.Type >= noticeTypes {
		d.Fail("unknown type of notice %d", o.Type)
	}
	if o.Type == NoticeTermination && o.Incident == "" {
		d.Fail("a termination names the number of the incident")
	}
	n := d.Count(maxNotified, 13+8)
	for i := range n {
		o.Partners = append(o.Partners, Notified{readGLN(d), d.Uint64()})
		if i > 0 && o.Partners[i-1].Partner.String() >= o.Partners[i].Partner.String() {
			d.Fail("partners are not ascending")
		}
	}
}

func (o *Notify) validate(d *draft) error {
	i, err := d.investigation(o.Investigation)
	if err != nil {
		return err
	}
	if err := o.atStage(d, i); err != nil {
		return err
	}
	if i.FirstNotice == 0 {
		i.FirstNotice = d.block.Time
	}
	if o.Incident != "" {
		i.Incident = o.Incident
	}
	for j := range o.Partners {
		if err := o.notify(d, i.Subject, &o.Partners[j]); err != nil {
			return err
		}
		d.emit(EventNotified, "investigation", num(o.Investigation), "partner", o.Partners[j].Partner.String(), "type", o.Type.String())
	}
	if o.Type == NoticeTermination && i.Notices == 0 {
		i.Terminated = d.block.Time
	}
	d.announce(o.Investigation, i)
	return nil
}

// atStage judges whether the investigation is far enough for this notice.
func (o *Notify) atStage(d *draft, i *Investigation) error {
	switch {
	case i.Status == InvestigationCleared:
		return reject(CodeWrongStage, "investigation %d was cleared at height %d", o.Investigation, i.Closed.Height)
	case i.Terminated != 0:
		return reject(CodeWrongStage, "the notification of investigation %d was terminated", o.Investigation)
	case o.Type == NoticeInitial && i.Status != InvestigationIllegitimate:
		return reject(CodeWrongStage, "investigation %d is %s: an initial notice needs a finding of illegitimate product", o.Investigation, i.Status)
	case o.Type == NoticeHighRisk && i.Status != InvestigationOpen:
		return reject(CodeWrongStage, "investigation %d is %s: a high risk is seen while it is open", o.Investigation, i.Status)
	case o.Type == NoticeHighRisk && !d.labelsSubject(i.Subject) && !d.signer.Roles.Has(RoleRegulator):
		return reject(CodeNotLabeler, "only the labeler of %s sees a high risk; signer %s", i.Subject, d.by)
	case (o.Type == NoticeFollowUp || o.Type == NoticeTermination) && i.FirstNotice == 0:
		return reject(CodeWrongStage, "no notice of investigation %d was given", o.Investigation)
	}
	return nil
}

// notify gives one partner the notice, or ends it.
func (o *Notify) notify(d *draft, s Subject, p *Notified) error {
	ref := noticeRef{p.Partner, s}
	if o.Type == NoticeTermination {
		if !d.endNotice(ref, o.Investigation) {
			return reject(CodeWrongStage, "no notice of investigation %d to %s stands", o.Investigation, p.Partner)
		}
		return nil
	}
	if d.partners.get(p.Partner) == nil {
		return reject(CodePartnerUnknown, "partner %s", p.Partner)
	}
	if err := d.mayNotify(s, p); err != nil {
		return err
	}
	given, err := d.giveNotice(ref, o.Investigation)
	if err != nil {
		return err
	}
	if !given && o.Type != NoticeFollowUp {
		return reject(CodeAlreadyNotified, "%s has the notice of investigation %d", p.Partner, o.Investigation)
	}
	return nil
}

// mayNotify lets a partner stop the goods of an immediate trading partner, and
// of nobody else (docs/decisions/0015). The other side has to have signed for
// the shipment that is named, so that nobody becomes a trading partner by the
// word of one alone.
func (d *draft) mayNotify(s Subject, p *Notified) error {
	if p.Partner == d.by || d.signer.Roles.Has(RoleRegulator) || d.labelsSubject(s) {
		return nil
	}
	ship := d.shipments.get(p.Shipment)
	if ship == nil {
		return reject(CodeShipmentUnknown, "shipment %d", p.Shipment)
	}
	chain := ship.Owners()
	for i, seller := range chain[:len(chain)-1] {
		buyer := chain[i+1]
		if d.actsFor(buyer) && seller == p.Partner || d.actsFor(seller) && buyer == p.Partner && ship.Received > 0 {
			return nil
		}
	}
	return reject(CodeNotAuthorized, "shipment %d does not make %s and %s immediate trading partners: it was from %s to %s, %d items received", p.Shipment, d.by, p.Partner, ship.From, ship.To, ship.Received)
}
