package index

import (
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// TestExpiring: founders and partners that joined, ascending by the end of their
// credentials, page by page; the list follows what is renewed and suspended.
func TestExpiring(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	const day = 86400
	ends := func(p *apptest.Partner, days int) {
		t.Helper()
		op := &app.UpdatePartner{GLN: p.GLN, PartnerInfo: l.Partner(p.GLN).PartnerInfo}
		op.Credential.Until = uint64(int(l.Block.Time) + days*day)
		by := l.Regulator
		l.must(by, op)
	}
	corner := apptest.NewPartner("corner", "0871000", app.RoleDispenser, false)
	info := corner.Info()
	info.Credential.Until = l.Block.Time + 10*day
	l.must(l.Wholesaler, &app.SponsorPartner{GLN: corner.GLN, PartnerInfo: info, Keys: []app.PublicKey{corner.Public()}})
	ends(l.Maker, 29)
	ends(l.Pharmacy, -1)
	ends(l.Pharmacy2, 31)
	l.must(l.Regulator, &app.SuspendPartner{GLN: l.Logistics.GLN, Reason: "inspection"})
	l.feed(x)

	got := expiring(t, x, 30)
	want := []gs1.GLN{l.Pharmacy.GLN, corner.GLN, l.Maker.GLN, l.Logistics.GLN}
	if !slices.EqualFunc(got, want, func(p app.PartnerEnd, g gs1.GLN) bool { return p.GLN == g }) {
		t.Errorf("within 30 days: got %+v, want %v", got, want)
	}
	if !got[0].Ended || got[1].Ended || !got[3].Suspended || got[2].Suspended {
		t.Errorf("got %+v, want the first ended and the last suspended", got)
	}

	ends(l.Maker, 300)
	l.must(l.Regulator, &app.SuspendPartner{GLN: l.Logistics.GLN, Lift: true})
	l.feed(x)
	if got := expiring(t, x, 30); len(got) != 2 {
		t.Errorf("after renewal: got %+v, want two", got)
	}
	all, err := x.Partners(app.PageRequest{Limit: app.PageLimit})
	if err != nil || len(all.Items) != len(l.World.Partners())+1 {
		t.Errorf("partners: got %d, %v; want %d", len(all.Items), err, len(l.World.Partners())+1)
	}
}

// expiring reads the listing in pages of one.
func expiring(t *testing.T, x *Index, days uint32) (out []app.PartnerEnd) {
	t.Helper()
	for page := (app.PageRequest{Limit: 1}); ; {
		p, err := x.Expiring(days, page)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Items...)
		if p.Next == "" {
			return out
		}
		page.Cursor = p.Next
	}
}
