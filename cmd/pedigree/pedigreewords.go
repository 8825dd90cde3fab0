package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// What a proved pedigree says, in words a pharmacist understands.

// pedigreeTitle is the key and what it is.
func pedigreeTitle(p *proof.Pedigree) string {
	title := p.Key.Bracketed()
	if what := productWords(p.Product); what != "" {
		title += "  " + what
	}
	return title
}

func productWords(p *app.Product) string {
	if p == nil {
		return ""
	}
	words := p.Name
	for _, s := range []string{p.Strength, p.Form} {
		if s != "" {
			words += " " + s
		}
	}
	if p.NetContent != "" {
		words += ", " + p.NetContent
	}
	if n := len(p.NDCs); n > 0 {
		words += ", NDC " + p.NDCs[n-1].Code
	}
	return words
}

// partyWords names a partner.
func partyWords(p *proof.Party) string {
	return fmt.Sprintf("%s (%s)", p.Name, p.GLN)
}

// whereWords say how and where the key is, one sentence a line.
func whereWords(p *proof.Pedigree) []string {
	if len(p.Chain) == 0 {
		return []string{"The ledger has never seen it: " + p.Identity.Reason + "."}
	}
	out := append([]string{stateWords(p)}, chainWords(p)...)
	out = append(out, holdWords(p)...)
	out = append(out, custodyWords(p)...)
	for i := range p.Lots {
		out = append(out, lotWords(p, &p.Lots[i]))
	}
	if p.Marks != nil {
		for _, m := range p.Marks.Marks {
			kind := markEffect(m.Blocking)
			if m.Kind == app.MarkRecalled {
				out = append(out, fmt.Sprintf("It was RECALLED by its serial, by %s on %s: %s.", m.By, day(m.Time), kind))
				continue
			}
			in := ""
			if m.Investigation > 0 {
				in = fmt.Sprintf(" in investigation %d", m.Investigation)
			}
			out = append(out, fmt.Sprintf("It was marked %s by %s on %s%s: %s.", m.Kind, m.By, day(m.Time), in, kind))
		}
	}
	return out
}

// day is a time in seconds UTC as a date.
func day(seconds uint64) string { return time.Unix(int64(seconds), 0).UTC().Format(time.DateOnly) }

func stateWords(p *proof.Pedigree) string {
	if p.Statement == proof.StatementContainer {
		h := &p.Chain[0]
		words := fmt.Sprintf("It is a container with %d packages in it", h.Live)
		switch {
		case h.Live == 0 && h.Children == 0:
			return "It is an empty container."
		case h.Children > 0:
			words += fmt.Sprintf(", in %d containers and loose", h.Children)
		}
		return words + "."
	}
	switch p.State {
	case app.Here:
		if p.Shipment != nil {
			return "It is on its way."
		}
		return "It is in stock."
	case app.Partial:
		return "It was dispensed in part; the rest is still there."
	case app.Dispensed:
		return "It was dispensed to a patient: a package like it in your hand is suspect."
	default:
		return "Its life has ended: it was " + p.State.String() + "."
	}
}

// chainWords say what it stands in.
func chainWords(p *proof.Pedigree) []string {
	var in []string
	for i := range p.Chain {
		h := &p.Chain[i]
		if h.Kind == app.KindContainer && h.Key != p.Key {
			in = append(in, h.Key.Bracketed())
		}
	}
	if len(in) == 0 {
		return nil
	}
	verb := "It stands in container "
	if p.State.Ended() {
		verb = "It was last in container "
	}
	return []string{verb + strings.Join(in, ", which stands in container ") + "."}
}

// holdWords say that it, or what it stands in, is on hold.
func holdWords(p *proof.Pedigree) []string {
	for i := range p.Chain {
		if h := &p.Chain[i]; h.Holds != 0 && !p.State.Ended() {
			return []string{fmt.Sprintf("It is on hold (%s): it is not to be sold before it is released.", h.Holds)}
		}
	}
	return nil
}

func custodyWords(p *proof.Pedigree) []string {
	if p.State.Ended() {
		return []string{fmt.Sprintf("It ended with %s, at site %s.", partyWords(p.Possessor), p.Location)}
	}
	var out []string
	if p.Owner.GLN == p.Possessor.GLN {
		out = append(out, fmt.Sprintf("%s owns and has it, at site %s.", partyWords(p.Owner), p.Location))
	} else {
		out = append(out, fmt.Sprintf("%s owns it; %s has it, at site %s.", partyWords(p.Owner), partyWords(p.Possessor), p.Location))
	}
	if s := p.Shipment; s != nil {
		out = append(out, fmt.Sprintf("It is under way to %s in shipment %d (%s); it becomes theirs when they receive it.", s.To, s.Number, s.Status))
	}
	if p.Acquired > 0 {
		out = append(out, fmt.Sprintf("It last changed owner by shipment %d.", p.Acquired))
	}
	return out
}

func lotWords(p *proof.Pedigree, l *proof.Lot) string {
	words := fmt.Sprintf("Lot %s, expires %s", l.LotID.Lot, l.Expiry)
	if p.Statement == proof.StatementContainer {
		words = fmt.Sprintf("%d of GTIN %s, lot %s, expires %s", l.Items, l.LotID.GTIN, l.LotID.Lot, l.Expiry)
	}
	if exempt := exemptWords(l.Exempt); exempt != "" {
		words += "; " + exempt
	}
	if r := l.Recall; r != nil {
		words += "; " + recallWords(r)
	}
	if of := l.Investigations; len(of) > 0 {
		words += fmt.Sprintf("; stopped by investigation %d", of[0])
	}
	return words + "."
}

// recallWords say how a lot's recall stands.
func recallWords(r *app.Recall) string {
	switch {
	case r.Outcome == app.RecallWithdrawn:
		return fmt.Sprintf("a recall of it (class %d) by %s was withdrawn on %s: it stops nothing", r.Class, r.By, day(r.Closed.Time))
	case !r.Whole:
		return fmt.Sprintf("%d of it RECALLED one by one (class %d) by %s: %s%s", r.Items, r.Class, r.By, r.Reason, completedWords(r))
	default:
		return fmt.Sprintf("RECALLED (class %d) by %s: %s%s", r.Class, r.By, r.Reason, completedWords(r))
	}
}

// completedWords say that a recall is over, and that nothing may be sold all
// the same.
func completedWords(r *app.Recall) string {
	if r.Open() {
		return ""
	}
	return fmt.Sprintf("; completed on %s, not to be sold", day(r.Closed.Time))
}

// asOf says how fresh an answer is and that it is proved.
func asOf(w io.Writer, p *proof.Pedigree, bytes int) {
	fmt.Fprintf(w, "as of block %d, signed %s (%s); proved in %.1f KB\n", p.Height, p.Time.UTC().Format(time.RFC3339), age(p.Time), float64(bytes)/1000)
}
