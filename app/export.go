package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Export takes items out of the country, and with that out of the ledger: the
// end of their life here. The owner signs. Only goods that may be sold are
// exported: what is suspect, held, recalled or expired is not got rid of
// abroad (FD&C Act 582(c)(4)(A)(i)), nor what was dispensed in part.
//
// Codes: those of acting, those of claiming goods, not-owner, those of
// opening entries, partial, wrong-level, marked, recalled, expired.
type Export struct {
	// Country is where they go: ISO 3166-1 alpha-2, such as "CA".
	Country  string    `json:"country"`
	Openings []Opening `json:"openings"`
}

// Kind is KindExport.
func (*Export) Kind() Kind { return KindExport }

func (o *Export) opened() int { return countOpened(o.Openings) }

func (o *Export) encode(e *wire.Encoder) {
	e.String8(o.Country)
	writeOpenings(e, o.Openings)
}

func (o *Export) decode(d *wire.Decoder) {
	o.Country, o.Openings = readCountry(d), readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one item is exported")
	}
}

func (o *Export) validate(d *draft) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	items, err := d.open(o.Openings, want{asOwner: true})
	if err != nil {
		return err
	}
	if err := d.sellableItems(items); err != nil {
		return err
	}
	d.release(items, Exported, HoldingID{})
	return nil
}

// readCountry reads two capital letters, but "US": what stays is not exported.
// Which pairs are in use is not judged: the list changes, and no rule needs it.
func readCountry(d *wire.Decoder) string {
	const letters = 2
	s := d.String8(letters)
	if len(s) != letters || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' || s == "US" {
		d.Fail("a country other than US is expected, as two capital letters; found %q", s)
		return ""
	}
	return s
}
