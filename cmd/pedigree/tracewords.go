package main

import (
	"context"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// opWords says what a tx did, seen from the thing whose history it is in, and
// where, if the op says so.
func opWords(op app.Op) (string, *gs1.GLN) {
	switch op := op.(type) {
	case *app.Commission:
		return fmt.Sprintf("commissioned in lot %s, expires %s, one of %d", op.Lot, op.Expiry, len(op.Serials)), &op.Location
	case *app.CommissionContainer:
		return "commissioned as a container", &op.Location
	case *app.Pack:
		return "packed into " + op.Parent.Bracketed(), nil
	case *app.Unpack:
		return "taken out of the container around it", nil
	case *app.Ship:
		return fmt.Sprintf("shipped (%s) to %s", op.Terms.Purpose, op.Terms.To), nil
	case *app.Receive:
		how := "received with the container around it, unread"
		if op.Scanned {
			how = "received"
		}
		return fmt.Sprintf("%s, shipment %d", how, op.Shipment), &op.Location
	case *app.VoidShip:
		return fmt.Sprintf("shipment %d was voided", op.Shipment), nil
	case *app.Relocate:
		return fmt.Sprintf("moved to another site of %s", op.Possessor), &op.Location
	case *app.Dispense:
		if op.Partial {
			return "dispensed in part", nil
		}
		return "dispensed to a patient", nil
	case *app.Decommission:
		return "decommissioned: " + op.Reason, nil
	case *app.RecallLot:
		return "its lot was recalled", nil
	default:
		return op.Kind().String(), nil
	}
}

// signers looks up who signed, in proved records.
type signers struct {
	ledger *ledger
	keys   map[app.KeyID]*signedBy
}

// signedBy is the partner behind a key.
type signedBy struct {
	GLN  gs1.GLN
	Name string
}

func newSigners(l *ledger) *signers { return &signers{l, make(map[app.KeyID]*signedBy)} }

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
	partner, err := client.Query(ctx, n.ledger.Client, app.DecodePartner, "/partner/{gln}", key.Record.Partner.String())
	if err != nil {
		return nil, err
	}
	if partner.Record == nil {
		return nil, no("partner %s, whose key signed, is not registered", key.Record.Partner)
	}
	s := &signedBy{key.Record.Partner, partner.Record.Name}
	n.keys[id] = s
	return s, nil
}
