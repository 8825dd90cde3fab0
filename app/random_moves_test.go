package app_test

import (
	"github.com/pedigree-ledger/pedigree/app"
)

// move is one line of the list of what a random program may do next.
type move struct {
	// weight is how often it is chosen, relative to the others.
	weight int
	do     func(*program)
}

// moves is THE list of moves. A new area is its own file and its lines here.
// Half of all moves are of goods: every other rule is about what they meet.
func moves() []move {
	return []move{
		{2, (*program).commission},
		{1, (*program).container},
		{6, (*program).pack},
		{4, (*program).unpack},
		{1, (*program).exemptLot},
		{2, (*program).repackage},
		{6, (*program).ship},
		{7, (*program).receive},
		{2, (*program).void},
		{4, (*program).giveBack},
		{2, (*program).relocate},
		{4, (*program).end},
		{1, (*program).mark},
		{1, (*program).locate},
		{1, (*program).clear},
		{1, (*program).hold},
		{1, (*program).unhold},
		{1, (*program).recall},
		{1, (*program).acknowledge},
		{1, (*program).closeRecall},
		{1, (*program).conflict},
		{1, (*program).duplicate},
		{1, (*program).delegate},
		{2, (*program).clocks},
		{2, (*program).investigate},
		{1, (*program).suspend},
		{1, (*program).lift},
		{1, (*program).registryNow},
		{1, (*program).replay},
		{1, (*program).staleOpening},
	}
}

// neverAccepted lists the ops that random programs do not get accepted, and
// where they are tried instead.
func neverAccepted() map[app.Kind]string {
	return map[app.Kind]string{
		app.KindRegisterProduct: "every world begins with six products",
		app.KindReportDuplicate: "no serial comes twice here: TestDuplicatesKeepInvariants",
	}
}

// openingsOf are the openings of an op that a program may spoil, so that the
// op must be refused.
func openingsOf(op app.Op) []app.Opening {
	switch o := op.(type) {
	case *app.Pack:
		return o.Openings
	case *app.Ship:
		return o.Openings
	case *app.Dispense:
		return o.Openings
	case *app.Return:
		if len(o.Openings) == 0 {
			return o.Inside
		}
		return o.Openings
	case *app.Repackage:
		return o.Openings
	case *app.Destroy:
		return o.Openings
	case *app.Decommission:
		return o.Openings
	case *app.Export:
		return o.Openings
	case *app.Sample:
		return o.Openings
	case *app.Relocate:
		return o.Openings
	case *app.Unpack:
		return o.Openings
	case *app.Receive:
		return o.Openings
	}
	return nil
}
