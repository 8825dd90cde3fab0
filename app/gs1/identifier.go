package gs1

import "strconv"

// ProductIdentifier is what a package of prescription drugs carries (FDCA
// 581(14)): its standardized numerical identifier, here the GTIN and serial,
// its lot and its expiry.
type ProductIdentifier struct {
	// SGTIN is the item.
	SGTIN SGTIN
	// Lot is 1 to 20 characters of character set 82.
	Lot string
	// Expiry is the last day of use.
	Expiry Date
}

// ProductIdentifier returns the product identifier that was scanned, its expiry
// read in refYear. The error names the part that is missing.
func (es Elements) ProductIdentifier(refYear int) (ProductIdentifier, error) {
	for _, ai := range [...]string{"01", "21", "10", "17"} {
		if _, ok := es.Get(ai); !ok {
			return ProductIdentifier{}, &ScanError{
				Problem: ProblemMissingAI, AI: ai, Offset: -1,
				Detail: "a product identifier has GTIN, serial, lot and expiry",
			}
		}
	}
	var id ProductIdentifier
	id.SGTIN.GTIN, _ = es.GTIN()
	id.SGTIN.Serial, _ = es.Serial()
	id.Lot, _ = es.Lot()
	var ok bool
	if id.Expiry, ok = es.Expiry(refYear); !ok {
		return ProductIdentifier{}, &ScanError{Problem: ProblemDate, AI: "17", Offset: -1, Detail: "no such day in the century of " + strconv.Itoa(refYear)}
	}
	return id, nil
}

// Elements returns the element strings, GTIN, expiry, lot and serial: those of
// predefined length first, so that one separator is enough (GS 7.8.5).
func (p ProductIdentifier) Elements() Elements {
	return Elements{
		{"01", p.SGTIN.GTIN.String()},
		{"17", p.Expiry.AI()},
		{"10", p.Lot},
		{"21", p.SGTIN.Serial},
	}
}

// Digits returns the GTIN with n digits, 8, 12, 13 or 14, as it stands in the
// barcode of that length (GS 3.3.2). The error says why it has no such form: a
// digit other than zero would be lost.
func (g GTIN) Digits(n int) (string, error) {
	if n != 8 && n != 12 && n != 13 && n != 14 || g.IsZero() {
		return "", withAI(problem(ProblemValue, -1, "a GTIN has 8, 12, 13 or 14 digits, asked for "+strconv.Itoa(n)), "01")
	}
	cut := len(g) - n
	for i := range cut {
		if g[i] != '0' {
			return "", withAI(problem(ProblemTooLong, i, g.String()+" has more than "+strconv.Itoa(n)+" digits"), "01")
		}
	}
	return string(g[cut:]), nil
}
