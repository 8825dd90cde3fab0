package proof

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
)

// judgeSale answers whether the goods may be sold or dispensed at a time, in
// seconds UTC: what Ship and Dispense would say to their owner. The first
// reason against it is given.
func (p *Pedigree) judgeSale(now uint64) {
	for _, reason := range [...]func(uint64) *Answer{
		p.unknownKey, p.ended, p.marked, p.recalled, p.investigated, p.expired, p.moving, p.unauthorised,
	} {
		if a := reason(now); a != nil {
			p.Sellable = *a
			return
		}
	}
	reason := "nothing stands against it"
	if p.Marks != nil {
		k := &p.Marks.Marks[0]
		reason = fmt.Sprintf("nothing blocks it, but it is marked %s by %s%s", k.Kind, k.By, ofInvestigation(k))
	}
	p.Sellable = Answer{Yes: true, Reason: reason, CBV: "sellable_accessible"}
}

func (p *Pedigree) unknownKey(uint64) *Answer {
	if p.Identity.Yes {
		return nil
	}
	return &Answer{Reason: "its identity is not right: " + p.Identity.Reason, VRS: p.Identity.VRS, CBV: "no_pedigree_match"}
}

func (p *Pedigree) ended(uint64) *Answer {
	if p.Statement == StatementContainer && p.Chain[0].Live == 0 {
		return &Answer{Reason: "there is nothing in it", CBV: "non_sellable_other"}
	}
	if p.State == app.Here {
		return nil
	}
	cbv := map[app.State]string{
		app.Partial: "partially_dispensed", app.Dispensed: "dispensed", app.Destroyed: "destroyed",
		app.Decommissioned: "inactive", app.Repackaged: "inactive",
	}[p.State]
	if cbv == "" {
		cbv = "non_sellable_other"
	}
	words := "it was " + p.State.String()
	if p.State == app.Partial {
		words = "it was dispensed in part; the rest may be dispensed, not sold"
	}
	return &Answer{Reason: words, CBV: cbv}
}

func (p *Pedigree) marked(uint64) *Answer {
	if a := p.recalledBySerial(p.Marks, "it"); a != nil {
		return a
	}
	if a := blocked(p.Marks, "it"); a != nil {
		return a
	}
	for i := range p.Chain {
		h := &p.Chain[i]
		if h.Holds != 0 {
			return &Answer{Reason: fmt.Sprintf("holding %s is quarantined", h.ID), CBV: "non_sellable_other"}
		}
		if a := p.recalledBySerial(h.Marks, "the container "+string(h.Key)+" around it"); a != nil {
			return a
		}
		if a := blocked(h.Marks, "the container "+string(h.Key)+" around it"); a != nil {
			return a
		}
	}
	if p.Statement == StatementContainer && p.Chain[0].Marked > 0 {
		return &Answer{Reason: fmt.Sprintf("%d things in it are marked or on hold", p.Chain[0].Marked), CBV: "non_sellable_other"}
	}
	return nil
}

// blocked answers for the first blocking mark.
func blocked(m *app.Marks, what string) *Answer {
	if !m.Blocking() {
		return nil
	}
	for _, k := range m.Marks {
		if !k.Blocking {
			continue
		}
		a := &Answer{Reason: fmt.Sprintf("%s is marked %s by %s%s", what, k.Kind, k.By, ofInvestigation(&k)), CBV: "non_sellable_other"}
		switch k.Kind {
		case app.MarkStolen:
			a.VRS, a.CBV = "Suspect", "stolen"
		case app.MarkIllegitimate:
			a.VRS = "Illegitimate"
		case app.MarkRecalled: // recalledBySerial has answered
		case app.MarkSuspect, app.MarkDuplicate, app.MarkQuarantined:
			a.VRS = "Suspect"
		}
		return a
	}
	return nil
}

// ofInvestigation names the investigation that a mark belongs to, if any.
func ofInvestigation(k *app.Mark) string {
	if k.Investigation == 0 {
		return ""
	}
	return fmt.Sprintf(" in investigation %d", k.Investigation)
}

// recalledBySerial answers for a mark that a recall of single items set. The
// recall is told in the lot's record, if that is among those shown.
func (p *Pedigree) recalledBySerial(m *app.Marks, what string) *Answer {
	if m == nil {
		return nil
	}
	for _, k := range m.Marks {
		if k.Kind != app.MarkRecalled {
			continue
		}
		reason := fmt.Sprintf("%s was recalled by its serial, by %s", what, k.By)
		for i := range p.Lots {
			if r := p.Lots[i].Recall; r != nil && r.Tx == k.Tx {
				reason = fmt.Sprintf("%s was recalled by its serial (class %d%s), by %s: %s", what, r.Class, closedWords(r), r.By, r.Reason)
			}
		}
		return &Answer{Reason: reason, VRS: "Recalled", CBV: "recalled"}
	}
	return nil
}

// recalled answers for a lot that is recalled as a whole. A recall that was
// withdrawn stops nothing, and one of single items only those: see marked.
func (p *Pedigree) recalled(uint64) *Answer {
	for i := range p.Lots {
		if r := p.Lots[i].Recall; r.Stops() {
			reason := fmt.Sprintf("lot %s was recalled (class %d%s) by %s: %s", p.Lots[i].LotID.Lot, r.Class, closedWords(r), r.By, r.Reason)
			return &Answer{Reason: reason, VRS: "Recalled", CBV: "recalled"}
		}
	}
	return nil
}

// closedWords say that a recall is over: its goods stay unsellable.
func closedWords(r *app.Recall) string {
	if r.Open() {
		return ""
	}
	return ", " + r.Outcome.String()
}

// investigated answers for a lot that is blocked while it is looked into, or
// because it was found illegitimate.
func (p *Pedigree) investigated(uint64) *Answer {
	for i := range p.Lots {
		if of := p.Lots[i].Investigations; len(of) > 0 {
			reason := fmt.Sprintf("lot %s is stopped by investigation %d", p.Lots[i].LotID.Lot, of[0])
			return &Answer{Reason: reason, VRS: "Suspect", CBV: "non_sellable_other"}
		}
	}
	return nil
}

func (p *Pedigree) expired(now uint64) *Answer {
	for i := range p.Lots {
		if l := &p.Lots[i]; now >= l.Expiry.EndUnix() {
			return &Answer{Reason: fmt.Sprintf("lot %s expired %s", l.LotID.Lot, l.Expiry), VRS: "Expired", CBV: "expired"}
		}
	}
	return nil
}

func (p *Pedigree) moving(uint64) *Answer {
	if p.Shipment == nil {
		return nil
	}
	return &Answer{
		Reason: fmt.Sprintf("it is on its way to %s in shipment %d; it must be received first", p.Shipment.To, p.Shipment.Number),
		CBV:    "in_transit",
	}
}

func (p *Pedigree) unauthorised(now uint64) *Answer {
	switch {
	case p.Owner.Standing != app.StandingActive:
		return &Answer{Reason: fmt.Sprintf("its owner %s is suspended", p.Owner.GLN), CBV: "non_sellable_other"}
	case !p.Owner.Credential.Covers(now):
		return &Answer{Reason: fmt.Sprintf("the credential of its owner %s is not valid now", p.Owner.GLN), CBV: "non_sellable_other"}
	}
	return nil
}

// compare holds the package in hand against what is proved.
func (p *Pedigree) compare(c Claim) error {
	if c.Key != "" && c.Key != p.Key {
		return fmt.Errorf("%w: it is about %s, not %s", ErrInvalid, p.Key, c.Key)
	}
	if p.AskedLot != "" && c.Lot != "" && p.AskedLot != c.Lot {
		return fmt.Errorf("%w: it is about lot %s, not %s", ErrInvalid, p.AskedLot, c.Lot)
	}
	if p.Statement != StatementItem {
		return nil
	}
	lot := &p.Lots[0]
	wrongLot := c.Lot != "" && c.Lot != lot.LotID.Lot
	wrongExpiry := !c.Expiry.IsZero() && c.Expiry != lot.Expiry
	no := func(vrs, format string, args ...any) {
		p.Identity = Answer{Reason: fmt.Sprintf(format, args...), VRS: vrs, CBV: "no_pedigree_match"}
	}
	switch {
	case wrongLot && wrongExpiry:
		no("No_match_GTIN_Serial_Lot_Expiry", "the package says lot %s, expiry %s; the ledger says %s, %s", c.Lot, c.Expiry, lot.LotID.Lot, lot.Expiry)
	case wrongLot:
		no("No_match_GTIN_Serial_Lot", "the package says lot %s; the ledger says %s", c.Lot, lot.LotID.Lot)
	case wrongExpiry:
		no("No_match_GTIN_Serial_Expiry", "the package says expiry %s; the ledger says %s", c.Expiry, lot.Expiry)
	}
	return nil
}
