package schema

import "github.com/pedigree-ledger/pedigree/app/gs1"

// Level says how a sender's documents are taken.
type Level uint8

// The levels.
const (
	Lenient Level = iota // what epcis.Decode reads
	Strict               // only what the schema of its form accepts besides
)

// String returns the level's name.
func (l Level) String() string {
	if l == Strict {
		return "strict"
	}
	return "lenient"
}

// Policy says whose documents are held to the schemas. The zero value holds
// nobody's: large vendors send documents that no schema accepts.
type Policy struct {
	// Default is the level of senders not listed.
	Default Level
	// Senders are exceptions, by the partner's GLN.
	Senders map[gs1.GLN]Level
}

// For returns the level of a sender, who may be given as the 13 digits of a GLN,
// an SGLN or PGLN, or a Digital Link of a place or party. One in another notation
// has the default. A header says only who claims to have sent it: the caller
// passes whom it has authenticated, where it has.
func (p Policy) For(sender string) Level {
	gln, ok := glnOf(sender)
	if !ok {
		return p.Default
	}
	if level, listed := p.Senders[gln]; listed {
		return level
	}
	return p.Default
}

func glnOf(sender string) (gs1.GLN, bool) {
	if gln, err := gs1.ParseGLN(sender); err == nil {
		return gln, true
	}
	if epc, err := gs1.ParseEPC(sender); err == nil {
		return epc.GLN, !epc.GLN.IsZero()
	}
	if elements, err := gs1.ParseLegacyDigitalLink(sender); err == nil {
		return elements.GLN()
	}
	return gs1.GLN{}, false
}
