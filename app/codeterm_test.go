package app_test

import (
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestCodeTerms: the terms are words of the standards, and nobody invents one.
func TestCodeTerms(t *testing.T) {
	vrs := []string{
		"", "No_match_GTIN_Serial", "No_match_GTIN_Serial_Lot_Expiry", "No_match_GTIN_Serial_Lot", "No_match_GTIN_Serial_Expiry",
		"No_reason_provided", "Manufacturer_policy", "Not_for_re-distribution",
		"Expired", "ExpirationExtended", "Recalled", "Suspect", "Illegitimate",
	}
	cbv := []string{
		"", "active", "available", "completeness_inferred", "completeness_verified", "conformant", "container_closed", "container_open",
		"damaged", "destroyed", "dispensed", "disposed", "encoded", "expired", "in_progress", "in_transit", "inactive",
		"mismatch_class", "mismatch_instance", "mismatch_quantity", "needs_replacement", "no_pedigree_match", "non_conformant",
		"non_sellable_other", "partially_dispensed", "recalled", "reserved", "retail_sold", "returned", "sellable_accessible",
		"sellable_not_accessible", "stolen", "unavailable", "unknown",
	}
	some := 0
	for _, c := range app.Codes() {
		terms := c.Terms()
		if !slices.Contains(vrs, terms.VRS) || !slices.Contains(cbv, terms.Disposition) {
			t.Errorf("%s: %+v are not the standards' words", c, terms)
		}
		if terms != (app.CodeTerms{}) {
			some++
		}
		if c.Envelope() && terms != (app.CodeTerms{}) {
			t.Errorf("%s says nothing about goods, and has terms", c)
		}
	}
	if some < 20 {
		t.Errorf("only %d codes have terms", some)
	}
	if got := app.Code(9999).Terms(); got != (app.CodeTerms{}) {
		t.Errorf("a code of a later version: %+v", got)
	}
}
