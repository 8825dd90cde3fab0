package epcis

// DSCSA is the transaction statement that the GS1 US DSCSA guideline puts into
// the header (R1.2 and R1.3).
type DSCSA struct {
	Present          bool   // a statement was found at all
	Affirmed         bool   // affirmTransactionStatement was true
	LegalNotice      string // the sentence itself
	GuidelineVersion string // "GS1 US DSCSA R1.3", or empty before R1.3
	Extensions       []Node // what else the statement holds
}
