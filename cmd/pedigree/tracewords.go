package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// opWords says what a tx did, seen from the thing whose history it is in, and
// where, if the op says so. Every op has its words: TestOpWords asks for them.
func opWords(op app.Op) (string, *gs1.GLN) {
	switch op := op.(type) {
	case *app.Commission:
		words := fmt.Sprintf("commissioned in lot %s, expires %s, one of %d", op.Lot, op.Expiry, len(op.Serials))
		if exempt := exemptWords(op.Exempt); exempt != "" {
			words += "; " + exempt
		}
		return words, &op.Location
	case *app.Repackage:
		return repackageWords(op), &op.Into.Location
	case *app.CommissionContainer:
		return "commissioned as a container", &op.Location
	case *app.Receive:
		how := "received with the container around it, unread"
		if op.Scanned {
			how = "received"
		}
		return fmt.Sprintf("%s, shipment %d", how, op.Shipment), &op.Location
	case *app.Relocate:
		return fmt.Sprintf("moved to another site; %s has it", op.Possessor), &op.Location
	case *app.ReportConflict:
		return "reported in hand elsewhere than the ledger has it, or after its end: " + openedWords(&op.Opening), &op.Location
	default:
		for _, words := range [...]func(app.Op) string{moveWords, endWords, safetyWords, inquiryWords, registryWords} {
			if s := words(op); s != "" {
				return s, nil
			}
		}
		return op.Kind().String(), nil
	}
}

// exemptWords say why the packages of a lot bear no identifiers; empty where
// they do.
func exemptWords(x app.LotExemption) string {
	if x == app.LotNotExempt {
		return ""
	}
	return fmt.Sprintf("this lot bears no identifiers: %s", x)
}

// moveWords say how goods were packed and moved.
func moveWords(op app.Op) string {
	switch op := op.(type) {
	case *app.Pack:
		return "packed into " + op.Parent.Bracketed()
	case *app.Unpack:
		return "taken out of the container around it"
	case *app.Ship:
		words := fmt.Sprintf("shipped (%s) to %s", op.Terms.Purpose, op.Terms.To)
		if !op.Seller.IsZero() {
			words = fmt.Sprintf("shipped (drop shipment) to %s, sold by %s", op.Terms.To, op.Seller)
		}
		return words + exemptionWords(op.Exemption)
	case *app.Return:
		words := fmt.Sprintf("given back to %s", op.Terms.To)
		if op.Reverses > 0 {
			words += fmt.Sprintf(", reversing the sale by shipment %d", op.Reverses)
		}
		return words + exemptionWords(op.Exemption)
	case *app.Refuse:
		return because(fmt.Sprintf("refused by the consignee of shipment %d: the shipper has it all along", op.Shipment), op.Reason)
	case *app.VoidShip:
		return fmt.Sprintf("shipment %d was voided: the shipper has it all along", op.Shipment)
	default:
		return ""
	}
}

// exemptionWords name the exemption that a change of ownership claims.
func exemptionWords(x app.Exemption) string {
	if x == app.ExemptNone {
		return ""
	}
	return fmt.Sprintf(", exempt: %s", x)
}

// endWords say how the life of a package ended.
func endWords(op app.Op) string {
	switch op := op.(type) {
	case *app.Dispense:
		if op.Partial {
			return "dispensed in part"
		}
		return "dispensed to a patient"
	case *app.Decommission:
		if op.Missing {
			return because("written off as missing", op.Reason)
		}
		return because("decommissioned", op.Reason)
	case *app.Destroy:
		return because("destroyed by its owner", op.Reason)
	case *app.Sample:
		return because("used up as a sample", op.Reason)
	case *app.Export:
		return "exported to country " + op.Country
	default:
		return ""
	}
}

// because adds a reason for people, if there is one.
func because(words, reason string) string {
	if reason == "" {
		return words
	}
	return words + ": " + reason
}

// openedWords name the items that an opening shows.
func openedWords(o *app.Opening) string {
	var keys []string
	for _, e := range o.Entries {
		keys = append(keys, e.Key.Bracketed())
	}
	return strings.Join(keys, ", ")
}

// repackageWords names old and new identifiers, so that the history of either
// leads to the other (FD&C Act 582(e)).
func repackageWords(op *app.Repackage) string {
	const few = 8
	var from []string
	n := 0
	for i := range op.Openings {
		for _, e := range op.Openings[i].Entries {
			if n++; len(from) < few {
				from = append(from, e.Key.Bracketed()+" of lot "+e.Lot)
			}
		}
	}
	if n > few {
		from = append(from, fmt.Sprintf("and %d more", n-few))
	}
	into := &op.Into
	return fmt.Sprintf("repackaged from %s into %d of GTIN %s lot %s, serials %s to %s, expires %s", strings.Join(from, ", "),
		len(into.Serials), into.GTIN, into.Lot, into.Serials[0], into.Serials[len(into.Serials)-1], into.Expiry)
}

// signers looks up who signed, in proved records.
type signers struct {
	ledger   *ledger
	keys     map[app.KeyID]*signedBy
	partners map[gs1.GLN]*signedBy
}

// signedBy is the partner behind a key, or behind an agent.
type signedBy struct {
	GLN  gs1.GLN `json:"gln"`
	Name string  `json:"name"`
}

// byWords names who stands behind a tx, and the agent that signed, if any.
func byWords(name string, gln gs1.GLN, agent *signedBy) string {
	by := fmt.Sprintf("%s (%s)", name, gln)
	if agent != nil {
		by = fmt.Sprintf("%s (%s) for %s", agent.Name, agent.GLN, by)
	}
	return by
}

// behind is the partner that stands behind a tx and the agent that signed it on
// its behalf, nil when it signed itself.
func (n *signers) behind(ctx context.Context, tx *app.Tx) (by, agent *signedBy, err error) {
	by, err = n.signer(ctx, tx.KeyID)
	if err != nil || tx.For.IsZero() {
		return by, nil, err
	}
	principal, err := n.partner(ctx, tx.For)
	return principal, by, err
}

func newSigners(l *ledger) *signers {
	return &signers{l, make(map[app.KeyID]*signedBy), make(map[gs1.GLN]*signedBy)}
}

// signer is the partner that a key belongs to.
func (n *signers) signer(ctx context.Context, id app.KeyID) (*signedBy, error) {
	if s := n.keys[id]; s != nil {
		return s, nil
	}
	key, err := client.Query(ctx, n.ledger.Client, app.DecodeKey, "/key/{id}", id.String())
	if err != nil {
		return nil, err
	}
	if key.Record == nil {
		return nil, no("no partner registered the key %s that signed", id)
	}
	s, err := n.partner(ctx, key.Record.Partner)
	if err == nil {
		n.keys[id] = s
	}
	return s, err
}

// partner looks a partner up.
func (n *signers) partner(ctx context.Context, gln gs1.GLN) (*signedBy, error) {
	if s := n.partners[gln]; s != nil {
		return s, nil
	}
	partner, err := client.Query(ctx, n.ledger.Client, app.DecodePartner, "/partner/{gln}", gln.String())
	if err != nil {
		return nil, err
	}
	s := &signedBy{gln, "not registered"}
	if partner.Record != nil {
		s.Name = partner.Record.Name
	}
	n.partners[gln] = s
	return s, nil
}
