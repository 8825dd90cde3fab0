package main

import (
	"fmt"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
)

// safetyWords say what was stated about the safety of goods, and what stops
// them.
func safetyWords(op app.Op) string {
	switch op := op.(type) {
	case *app.SetMark:
		return fmt.Sprintf("%s was marked %s: %s", op.Key.Bracketed(), op.Mark, markEffect(op.Blocking))
	case *app.LocateMark:
		return fmt.Sprintf("%s, which bears a mark, was shown where it is", op.Key.Bracketed())
	case *app.ClearMark:
		return fmt.Sprintf("%s is no longer marked %s by %s", op.Key.Bracketed(), op.Mark, op.By)
	case *app.Quarantine:
		return because("put on hold: nothing of it is sold or dispensed", op.Reason)
	case *app.Release:
		return because("released from hold", op.Reason)
	case *app.OpenInvestigation:
		return because(fmt.Sprintf("an investigation of %s was opened (%s)", subjectWords(op.Subject), op.Reason), op.Text)
	case *app.CloseInvestigation:
		return because(fmt.Sprintf("investigation %d was closed, its subject %s", op.Investigation, op.Outcome), op.Finding)
	case *app.Notify:
		return noticeWords(op)
	default:
		return recallOpWords(op)
	}
}

// markEffect says what a mark does.
func markEffect(blocking bool) string {
	if blocking {
		return "it blocks any sale"
	}
	return "a warning only"
}

func noticeWords(op *app.Notify) string {
	words := fmt.Sprintf("notice of investigation %d was given (%s)", op.Investigation, op.Type)
	if op.Incident != "" {
		words += ", FDA incident " + op.Incident
	}
	var to []string
	for _, p := range op.Partners {
		to = append(to, p.Partner.String())
	}
	if len(to) > 0 {
		words += ", to " + strings.Join(to, ", ")
	}
	return words
}

// recallOpWords say what became of a recall, or was reported of two packages
// with one number.
func recallOpWords(op app.Op) string {
	switch op := op.(type) {
	case *app.RecallLot:
		what := "was recalled"
		if n := len(op.Keys); n > 0 {
			what = fmt.Sprintf("was recalled in part, %d by their serials", n)
		}
		return because(fmt.Sprintf("its lot %s %s, class %d, down to %s", op.Lot, what, op.Class, depthWord(op.Depth)), op.Reason)
	case *app.AcknowledgeRecall:
		return because(fmt.Sprintf("the recall of lot %s was acknowledged: %d found and set aside", op.Lot, op.Found), op.Text)
	case *app.CloseRecall:
		what := fmt.Sprintf("the recall of lot %s", op.Lot)
		if n := len(op.Keys); n > 0 {
			what = fmt.Sprintf("the recall of %d by their serials, of lot %s,", n, op.Lot)
		}
		return because(fmt.Sprintf("%s was %s", what, op.Outcome), op.Text)
	case *app.ReportDuplicate:
		return fmt.Sprintf("%s was reported as commissioned twice, in lots %s and %s: both are stopped", op.Key.Bracketed(), op.First.Lot, op.Second.Lot)
	default:
		return ""
	}
}

// inquiryWords say what partners asked of each other and declared.
func inquiryWords(op app.Op) string {
	switch op := op.(type) {
	case *app.RequestTrace:
		what := "trace request"
		if op.Drill {
			what = "trace request, an exercise,"
		}
		return because(fmt.Sprintf("%s to %s about %s: %s (%s)", what, op.To, requestSubject(op), op.Ask, op.Reason), op.Text)
	case *app.RespondTrace:
		return because(fmt.Sprintf("trace request %d was answered: %s", op.Request, op.Outcome), op.Text)
	case *app.DeclareError:
		return because(fmt.Sprintf("transaction %.8s was declared an error: %s", op.Tx, op.Reason), op.Text)
	case *app.OpenException:
		about := ""
		if op.Shipment > 0 {
			about = fmt.Sprintf(" about shipment %d", op.Shipment)
		}
		return because(fmt.Sprintf("exception%s raised with %s: %s", about, op.Against, op.Type), op.Text)
	case *app.RespondException:
		how := "rejected"
		if op.Accept {
			how = "accepted"
		}
		return because(fmt.Sprintf("exception %d was answered: %s", op.Exception, how), op.Text)
	case *app.ResolveException:
		return because(fmt.Sprintf("exception %d was resolved", op.Exception), op.Text)
	default:
		return ""
	}
}

func requestSubject(op *app.RequestTrace) string {
	if op.Lot != nil {
		return subjectWords(app.LotSubject(*op.Lot))
	}
	return op.Key.Bracketed()
}

// registryWords say what was registered about products and partners.
func registryWords(op app.Op) string {
	switch op := op.(type) {
	case *app.RegisterProduct:
		return fmt.Sprintf("product %s was registered: %s (%s)", op.GTIN, op.Name, op.Level)
	case *app.TransferProduct:
		switch {
		case op.Accept:
			return fmt.Sprintf("product %s was taken over", op.GTIN)
		case op.To.IsZero():
			return fmt.Sprintf("the offer to hand product %s over was withdrawn", op.GTIN)
		}
		return fmt.Sprintf("product %s was offered to %s", op.GTIN, op.To)
	case *app.SponsorPartner:
		return fmt.Sprintf("partner %s (%s) was registered as %s", op.Name, op.GLN, op.Roles)
	case *app.UpdatePartner:
		return fmt.Sprintf("what is registered of partner %s (%s) was renewed", op.Name, op.GLN)
	case *app.SuspendPartner:
		if op.Lift {
			return because(fmt.Sprintf("the suspension of partner %s was lifted", op.GLN), op.Reason)
		}
		return because(fmt.Sprintf("partner %s was suspended", op.GLN), op.Reason)
	case *app.RotateKey:
		return fmt.Sprintf("keys were changed: %d added, %d retired", len(op.Add), len(op.Retire))
	case *app.Delegate:
		if op.Until == 0 {
			return fmt.Sprintf("%s signs on its behalf no more", op.Agent)
		}
		return fmt.Sprintf("%s may sign on its behalf: %s", op.Agent, scopeWords(&op.Scope))
	default:
		return ""
	}
}

// scopeWords list what is delegated.
func scopeWords(s *app.Scope) string {
	var out []string
	for _, k := range s.Ops {
		out = append(out, k.String())
	}
	if s.DropShip {
		out = append(out, "drop shipments in its name")
	}
	return strings.Join(out, ", ")
}
