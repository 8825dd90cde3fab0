package app

// Exemption names why a change of ownership needs no transaction statement or
// goes along an edge that is not ordinary: the exemptions from "transaction"
// (FD&C Act 581(24)(B)) that goods on this ledger can meet, and two of section
// 582. What is not here is no change of ownership that the ledger records:
// dispensing on a prescription (iv) is Dispense, and blood, animal drugs,
// radioactive drugs and licensed devices (vi, x, xi, xviii) are no products.
// The numbers are the ledger's own.
type Exemption uint8

// The exemptions, with the letter of FD&C Act 581(24)(B) where it has one.
const (
	ExemptNone Exemption = 0
	// ExemptSpecificPatient: dispenser to dispenser for a specific patient
	// need, FD&C Act 582(d)(1)(A)(ii).
	ExemptSpecificPatient Exemption = 1
	// ExemptEmergency: emergency medical reasons, a declared public health
	// emergency among them; a shortage alone is none (iii).
	ExemptEmergency Exemption = 2
	// ExemptNonsaleable: a return of goods that may not be sold again, FD&C
	// Act 582(c)(1)(B)(ii), (d)(1)(C)(ii).
	ExemptNonsaleable Exemption = 3
	// ExemptAffiliate: between members of an affiliate that each own goods
	// under a number of their own (i). One owner's sites need none: Relocate.
	ExemptAffiliate Exemption = 4
	// ExemptCommonControl: between hospitals or other health care entities
	// under common control (ii).
	ExemptCommonControl Exemption = 5
	// ExemptSample: samples from a manufacturer or wholesaler (v).
	ExemptSample Exemption = 6
	// ExemptOfficeUse: minimal quantities from a licensed retail pharmacy to
	// a licensed practitioner for office use (vii).
	ExemptOfficeUse Exemption = 7
	// ExemptCharity: a charitable organization to a nonprofit affiliate of
	// its own (viii).
	ExemptCharity Exemption = 8
	// ExemptMerger: the sale or merger of pharmacies or of wholesale
	// distributors (ix).
	ExemptMerger Exemption = 9
	// ExemptCombination: combination products of a device and a drug that
	// are approved as devices (xii).
	ExemptCombination Exemption = 10
	// ExemptKit: medical convenience kits (xiii).
	ExemptKit Exemption = 11
	// ExemptIntravenous: intravenous products that replenish fluids,
	// electrolytes or calories (xiv).
	ExemptIntravenous Exemption = 12
	// ExemptDialysis: intravenous products that keep the balance of water
	// and minerals (xv).
	ExemptDialysis Exemption = 13
	// ExemptIrrigation: products for irrigation, and sterile water (xvi).
	ExemptIrrigation Exemption = 14
	// ExemptMedicalGas: medical gases (xvii).
	ExemptMedicalGas Exemption = 15

	exemptions = 16
)

// String is the exemption's name.
func (x Exemption) String() string {
	names := [exemptions]string{
		"none", "specific-patient", "emergency", "nonsaleable", "affiliate", "common-control", "sample", "office-use",
		"charity", "merger", "combination-product", "convenience-kit", "intravenous", "dialysis", "irrigation", "medical-gas",
	}
	if x >= exemptions {
		return "unknown"
	}
	return names[x]
}

// MarshalText writes the exemption's name.
func (x Exemption) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// between reports whether the exemption fits a sale between partners of these
// roles, and whether it makes an edge of them that is not ordinary.
func (x Exemption) between(from, to Roles) (fits, edge bool) {
	const makers = RoleManufacturer | RoleRepackager
	const owners = makers | RoleWholesaler | RoleDispenser
	switch x {
	case ExemptNone:
		return true, false
	case ExemptSpecificPatient, ExemptCommonControl, ExemptOfficeUse:
		fits = from.Has(RoleDispenser) && to.Has(RoleDispenser)
	case ExemptEmergency:
		fits = from.Has(owners) && to.Has(owners)
	case ExemptAffiliate:
		fits = (from & to).Has(owners) || from.Has(makers) && to.Has(makers)
	case ExemptSample:
		fits = from.Has(makers|RoleWholesaler) && to.Has(RoleDispenser)
	case ExemptCharity, ExemptMerger:
		fits = (from & to).Has(RoleWholesaler | RoleDispenser)
	case ExemptCombination, ExemptKit, ExemptIntravenous, ExemptDialysis, ExemptIrrigation, ExemptMedicalGas:
		return true, false // of the product: the partners are the ordinary ones
	case ExemptNonsaleable, exemptions:
	}
	return fits, fits
}

// legalEdge judges a sale between partners of these roles (rule 5).
func legalEdge(from, to Roles, exempt Exemption) error {
	const makers = RoleManufacturer | RoleRepackager
	fits, edge := exempt.between(from, to)
	switch {
	case exempt == ExemptNonsaleable:
		return reject(CodeExemptionInvalid, "nonsaleable goods are not sold")
	case !fits:
		return reject(CodeExemptionInvalid, "%s does not go from %s to %s", exempt, from, to)
	case edge:
		return nil
	case from.Has(makers|RoleWholesaler) && to.Has(RoleWholesaler|RoleRepackager|RoleDispenser):
		return nil
	}
	return reject(CodeIllegalEdge, "from %s to %s", from, to)
}
