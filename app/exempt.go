package app

import (
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// LotExemption says why the packages of a lot bear no product identifier.
type LotExemption uint8

// The exemptions of lots.
const (
	// LotNotExempt: every package bears its own serial.
	LotNotExempt LotExemption = 0
	// LotGrandfathered: packaged before 27 November 2018, when no identifier
	// was asked for (FD&C Act 582(a)(5)(A)).
	LotGrandfathered LotExemption = 1
	// LotWaiver: under a waiver, an exception or an exemption of the FDA (FD&C
	// Act 582(a)(3)).
	LotWaiver LotExemption = 2
	// LotReclaimed: it was begun as grandfathered, and its labeler has
	// commissioned packages with identifiers of it since: surrogates enter no
	// more. No Commission names it.
	LotReclaimed LotExemption = 3

	lotExemptions = 4
)

// LastGrandfatheredExpiry is the latest expiry date that a lot may have that
// was packaged before identifiers were asked for: ten years later. No medicine
// has a longer shelf life, and without a bound "grandfathered" would be a way
// in for any package without an identifier.
const LastGrandfatheredExpiry gs1.Date = 20281126

// String is the exemption's name.
func (x LotExemption) String() string {
	names := [lotExemptions]string{"none", "grandfathered", "waiver", "reclaimed"}
	if x >= lotExemptions {
		return "unknown"
	}
	return names[x]
}

// MarshalText writes the exemption's name.
func (x LotExemption) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalText reads an exemption's name.
func (x *LotExemption) UnmarshalText(p []byte) error {
	return readWord(x, p, LotNotExempt, lotExemptions, "exemption of a lot")
}

func readLotExemption(d *wire.Decoder) LotExemption {
	x := LotExemption(d.Uint8())
	if x >= lotExemptions {
		d.Fail("unknown exemption of a lot %d", uint8(x))
	}
	return x
}

// Surrogate serials stand for packages that bear none: "*", the GLN of the
// partner that brought them in, and six characters of its choice.
const (
	surrogateMark   = "*"
	surrogateSuffix = 6
	surrogateBytes  = 1 + len(gs1.GLN{}) + surrogateSuffix
)

// SurrogateSerial is a surrogate serial of a partner. suffix is six characters
// of the GS1 82-character set.
func SurrogateSerial(by gs1.GLN, suffix string) string {
	return surrogateMark + by.String() + suffix
}

// IsSurrogate reports whether a serial has the form of a surrogate, and whose
// it is.
func IsSurrogate(serial string) (by gs1.GLN, ok bool) {
	if len(serial) != surrogateBytes || !strings.HasPrefix(serial, surrogateMark) {
		return by, false
	}
	copy(by[:], serial[len(surrogateMark):])
	for _, digit := range by {
		if digit < '0' || digit > '9' {
			return gs1.GLN{}, false
		}
	}
	return by, true
}

// checkSerials: packages without an identifier have surrogates under the number
// of whoever brings them in, so that nobody takes another's; all others have
// none.
func (o *Commission) checkSerials(d *draft) error {
	for _, s := range o.Serials {
		by, surrogate := IsSurrogate(s)
		switch {
		case o.Exempt == LotNotExempt && surrogate:
			return reject(CodeSurrogateSerial, "serial %s stands for a package without an identifier; lot %s is not exempt", s, o.Lot)
		case o.Exempt != LotNotExempt && (!surrogate || !d.actsFor(by)):
			return reject(CodeSurrogateSerial, "serial %s; expected *%s and six characters", s, d.by)
		}
	}
	return nil
}
