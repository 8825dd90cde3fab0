package app

// CodeTerms are the words that the standards have for a refusal, so that a
// partner's system can pass it on: in the answer of a verification request and
// as the disposition of an EPCIS event. Empty where they have none.
type CodeTerms struct {
	// VRS is a verificationFailureReason or an additionalInfo of GS1's
	// Lightweight Messaging Standard for verification.
	VRS string
	// Disposition is a disposition of the Core Business Vocabulary 2.0,
	// without its prefix.
	Disposition string
}

// codeTerm is one line of the table of terms.
type codeTerm struct {
	code  Code
	terms CodeTerms
}

// codeTerms is THE table of terms; a code that is not in it has none. The
// standards' words are about goods: what is wrong with a partner, a key, a
// delegation, a clock or an answer has no word there.
func codeTerms() []codeTerm {
	return []codeTerm{
		{CodeProductUnknown, CodeTerms{"No_match_GTIN_Serial", "no_pedigree_match"}},
		{CodeLotUnknown, CodeTerms{"No_match_GTIN_Serial_Lot", "no_pedigree_match"}},
		{CodeLotMismatch, CodeTerms{"No_match_GTIN_Serial_Lot", "mismatch_class"}},
		{CodeExpiryMismatch, CodeTerms{"No_match_GTIN_Serial_Expiry", "mismatch_class"}},
		{CodeHoldingUnknown, CodeTerms{"No_match_GTIN_Serial", "no_pedigree_match"}},
		{CodeSegmentUnknown, CodeTerms{"No_match_GTIN_Serial", "no_pedigree_match"}},
		{CodeOpeningInvalid, CodeTerms{"No_match_GTIN_Serial", "no_pedigree_match"}},
		{CodeDuplicateKey, CodeTerms{"Suspect", "mismatch_instance"}},
		{CodeShipmentUnknown, CodeTerms{"", "no_pedigree_match"}},

		{CodeMoved, CodeTerms{"No_reason_provided", "mismatch_instance"}},
		{CodeEnded, CodeTerms{"Not_for_re-distribution", "inactive"}},
		{CodePartial, CodeTerms{"Not_for_re-distribution", "partially_dispensed"}},
		{CodeInTransit, CodeTerms{"", "in_transit"}},
		{CodeNotInTransit, CodeTerms{"", "mismatch_instance"}},
		{CodeMarked, CodeTerms{"Suspect", "non_sellable_other"}},
		{CodeRecalled, CodeTerms{"Recalled", "recalled"}},
		{CodeAlreadyRecalled, CodeTerms{"Recalled", "recalled"}},
		{CodeExpiredLot, CodeTerms{"Expired", "expired"}},
		{CodeExpiryPast, CodeTerms{"Expired", "expired"}},
		{CodeNotAll, CodeTerms{"", "mismatch_quantity"}},
		{CodeAtConsignee, CodeTerms{"", "in_transit"}},
		{CodeAlreadyHeld, CodeTerms{"", "non_sellable_other"}},
		{CodeNoticed, CodeTerms{"Illegitimate", "non_sellable_other"}},
		{CodeAlreadyNotified, CodeTerms{"Illegitimate", "non_sellable_other"}},
		{CodeExpiryTooLate, CodeTerms{"", "mismatch_class"}},
		{CodeExemptMismatch, CodeTerms{"", "mismatch_class"}},
		{CodeSurrogateSerial, CodeTerms{"", "mismatch_instance"}},
		{CodeWrongSale, CodeTerms{"Not_for_re-distribution", "no_pedigree_match"}},
	}
}

// Terms are the standards' words for the code, both empty when they have none.
func (c Code) Terms() CodeTerms {
	for _, t := range codeTerms() {
		if t.code == c {
			return t.terms
		}
	}
	return CodeTerms{}
}
