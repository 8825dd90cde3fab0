package proof

// The words of a Verdict. About identity: the ledger knows the key as the
// package has it, knows it with another lot or expiry, or never saw it. About
// sale: yes or no. And a barcode that says nothing.
const (
	Known      = "KNOWN"
	Mismatch   = "MISMATCH"
	Unknown    = "UNKNOWN"
	Yes        = "YES"
	No         = "NO"
	Unreadable = "UNREADABLE"
)

// Verdict is one word with its reason, as every edge of the product says it.
type Verdict struct {
	Word   string `json:"word" enum:"KNOWN,MISMATCH,UNKNOWN,UNREADABLE,YES,NO" doc:"the answer in one word"`
	Reason string `json:"reason" doc:"why, in words"`
	// VRS is the verification failure reason or additional information of the
	// GS1 Lightweight Messaging Standard, or empty.
	VRS string `json:"vrs,omitempty" doc:"the same as the GS1 Lightweight Messaging Standard says it"`
	// CBV is the CBV 2.0 disposition that says the same, or empty.
	CBV string `json:"cbv,omitempty" doc:"the CBV 2.0 disposition that says the same"`
}

// IdentityVerdict is Identity in one word: Known, Mismatch or Unknown.
func (p *Pedigree) IdentityVerdict() Verdict {
	word := Known
	switch {
	case !p.Identity.Yes && p.Commissioned != nil:
		word = Mismatch
	case !p.Identity.Yes:
		word = Unknown
	}
	return p.Identity.verdict(word)
}

// SellableVerdict is Sellable in one word: Yes or No.
func (p *Pedigree) SellableVerdict() Verdict {
	if p.Sellable.Yes {
		return p.Sellable.verdict(Yes)
	}
	return p.Sellable.verdict(No)
}

func (a *Answer) verdict(word string) Verdict { return Verdict{word, a.Reason, a.VRS, a.CBV} }

// Investigate is what the law asks for a suspect product (FD&C Act 582).
const Investigate = "do not sell or dispense it: quarantine it, and investigate it with whoever sold it to you"

// Advice is what to do about the answer, empty when there is nothing to do.
func (p *Pedigree) Advice() string {
	if !p.Identity.Yes && p.Commissioned != nil {
		return "compare the barcode with the print on the package; if they agree, " + Investigate
	}
	if !p.Identity.Yes {
		return Investigate
	}
	if p.Sellable.Yes {
		return ""
	}
	switch p.Sellable.CBV {
	case "recalled":
		return "quarantine it and return it as the recall says"
	case "expired":
		return "return or destroy it"
	case "in_transit":
		return "record the receipt first, if it is here"
	case "partially_dispensed":
		return "dispense the rest to the same patient, or destroy it"
	case "stolen":
		return "quarantine it and tell its owner and the authorities"
	}
	if p.State.Ended() {
		return "a package with this serial in your hand may be a copy: " + Investigate + ", and report the conflict"
	}
	return Investigate
}
