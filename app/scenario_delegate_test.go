package app_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
)

// delegate takes ops=Pack,Ship, drop-ship, from= and until= as days, or revoke.
func (s *scenario) delegate() app.Op {
	op := &app.Delegate{Agent: s.partner("to").GLN}
	if s.has("revoke") {
		return op
	}
	op.DropShip = s.has("drop-ship")
	for _, name := range s.listOf("ops") {
		k, ok := app.KindByName(name)
		if !ok {
			s.t.Fatalf("there is no op %q", name)
		}
		op.Ops = append(op.Ops, k)
	}
	slices.Sort(op.Ops)
	op.From, op.Until = s.midnight("from", "2025-01-01"), s.midnight("until", "2030-01-01")
	return op
}

func (s *scenario) midnight(name, otherwise string) uint64 {
	at, err := time.Parse(time.DateOnly, s.text(name, otherwise))
	if err != nil {
		s.t.Fatal(err)
	}
	return uint64(at.Unix())
}

// delegation tells what of= has delegated to to=.
func (s *scenario) delegation() string {
	raw, ok := s.w.Store.Get(app.DelegationKey(s.partner("of").GLN, s.partner("to").GLN))
	if !ok {
		return "none\n"
	}
	g, err := app.DecodeDelegation(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	out := fmt.Sprint(g.Ops)
	if g.DropShip {
		out += " and drop shipment"
	}
	day := func(t uint64) string { return time.Unix(int64(t), 0).UTC().Format(time.DateOnly) }
	return fmt.Sprintf("%s, from %s until %s\n", out, day(g.From), day(g.Until))
}

// parties tells whose a shipment is: the owners in their order, and who signed.
func (s *scenario) parties() string {
	r := s.w.Shipment(s.number("number", 1))
	out := "owned by"
	for i, g := range r.Owners() {
		if i > 0 {
			out += ", then"
		}
		out += " " + s.words(g.String())
	}
	if !r.Agent.IsZero() {
		out += "; signed by " + s.words(r.Agent.String())
	}
	return out + "\n"
}
