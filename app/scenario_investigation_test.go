package app_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
)

// subject is item= or container=, or product= and lot=.
func (s *scenario) subject() app.Subject {
	if lot := s.text("lot", ""); lot != "" {
		return app.LotSubject(app.LotID{GTIN: s.gtin(s.text("product", "")), Lot: lot})
	}
	word, _, _ := strings.Cut(s.text("item", s.text("container", "")), "@")
	return app.KeySubject(s.key(word))
}

func (s *scenario) openInvestigation() app.Op {
	op := &app.OpenInvestigation{Subject: s.subject(), Text: s.text("text", "")}
	if err := op.Reason.UnmarshalText([]byte(s.text("reason", "counterfeit"))); err != nil {
		s.t.Fatal(err)
	}
	if !s.has("lot") {
		_, op.Spot = s.spot()
	}
	return op
}

func (s *scenario) closeInvestigation() app.Op {
	op := &app.CloseInvestigation{Investigation: s.number("number", 1), Finding: s.text("finding", "")}
	if err := op.Outcome.UnmarshalText([]byte(s.text("outcome", "cleared"))); err != nil {
		s.t.Fatal(err)
	}
	return op
}

// notify names partners= as "pharmacy:2", the number being a shipment, or
// "pharmacy".
func (s *scenario) notify() app.Op {
	op := &app.Notify{Investigation: s.number("number", 1), Incident: s.text("incident", "")}
	if err := op.Type.UnmarshalText([]byte(s.text("type", "initial"))); err != nil {
		s.t.Fatal(err)
	}
	for _, word := range s.listOf("partners") {
		name, n, _ := strings.Cut(word, ":")
		shipment, _ := strconv.ParseUint(n, 10, 64)
		op.Partners = append(op.Partners, app.Notified{Partner: s.partnerNamed(name).GLN, Shipment: shipment})
	}
	slices.SortFunc(op.Partners, func(a, b app.Notified) int { return strings.Compare(a.Partner.String(), b.Partner.String()) })
	return op
}

// investigation tells how one stands, its clock as of now.
func (s *scenario) investigation() string {
	i := s.w.Investigation(s.number("number", 1))
	var b strings.Builder
	fmt.Fprintf(&b, "%s by %s, %s: %s", s.words(string(i.Subject)), s.words(i.By.String()), i.Reason, i.Status)
	if i.Blocking && i.Status != app.InvestigationCleared {
		b.WriteString(", blocking")
	}
	if i.NoticeDue != 0 {
		fmt.Fprintf(&b, "; notice due %s", s.words(fmt.Sprint(i.NoticeDue)))
	}
	if i.FirstNotice != 0 {
		fmt.Fprintf(&b, "; first given %s", s.words(fmt.Sprint(i.FirstNotice)))
	}
	if i.Late(s.w.Block.Time) {
		b.WriteString(", late")
	}
	if i.Notices > 0 {
		fmt.Fprintf(&b, "; %d notices stand", i.Notices)
	}
	if i.Terminated != 0 {
		b.WriteString("; terminated")
	}
	if i.Incident != "" {
		fmt.Fprintf(&b, "; incident %s", i.Incident)
	}
	return b.String() + "\n"
}

// notices tells which notices of a subject stand for a partner.
func (s *scenario) notices() string {
	n := s.w.Notice(s.partner("partner").GLN, s.subject())
	if n == nil {
		return "none\n"
	}
	var b strings.Builder
	for _, o := range n.Of {
		fmt.Fprintf(&b, "investigation %d, by %s\n", o.Investigation, s.words(o.By.String()))
	}
	return b.String()
}
