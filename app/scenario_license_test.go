package app_test

import (
	"time"

	"github.com/pedigree-ledger/pedigree/app"
)

// license sets the end of a founder's license, as if the ledger had begun with
// it: license partner=wholesaler until=2026-01-03.
func (s *scenario) license() string {
	q := s.partner("partner")
	raw, _ := s.w.Store.Get(app.PartnerKey(q.GLN))
	p, err := app.DecodePartner(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	day, err := time.Parse(time.DateOnly, s.text("until", ""))
	if err != nil {
		s.t.Fatal(err)
	}
	p.Credential.Until = uint64(day.Unix())
	s.w.Store.Set(app.PartnerKey(q.GLN), app.EncodePartner(p))
	return ""
}
