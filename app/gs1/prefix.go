package gs1

import "strconv"

// CompanyPrefix is a GS1 Company Prefix, 4 to 12 digits (GS 1.4.4). A U.P.C.
// company prefix is written with its leading zero.
type CompanyPrefix string

const (
	minPrefixLen = 4
	maxPrefixLen = 12
)

// ParseCompanyPrefix reads a company prefix of 4 to 12 digits.
func ParseCompanyPrefix(s string) (CompanyPrefix, error) {
	if i := firstNonDigit(s); i >= 0 {
		return "", notDigit(s, i)
	}
	if len(s) < minPrefixLen || len(s) > maxPrefixLen {
		p := ProblemTooShort
		if len(s) > maxPrefixLen {
			p = ProblemTooLong
		}
		return "", problem(p, -1, "a GS1 company prefix has 4 to 12 digits, found "+strconv.Itoa(len(s)))
	}
	return CompanyPrefix(s), nil
}
