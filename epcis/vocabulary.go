package epcis

import "strings"

// vocabulary is one of the word lists of CBV 2.0.
type vocabulary struct {
	urn   string // prefix of the URN form, "urn:epcglobal:cbv:bizstep:"
	web   string // what stands between the CBV web namespace and the word, "BizStep-"
	words string // the words, each between spaces
}

func bizSteps() vocabulary {
	return vocabulary{"urn:epcglobal:cbv:bizstep:", "BizStep-", ` accepting arriving assembling collecting ` +
		`commissioning consigning creating_class_instance cycle_counting decommissioning departing destroying ` +
		`disassembling dispensing encoding entering_exiting holding inspecting installing killing loading other ` +
		`packing picking receiving removing repackaging repairing replacing reserving retail_selling shipping ` +
		`staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping ` +
		`sensor_reporting sampling `}
}

func dispositions() vocabulary {
	return vocabulary{"urn:epcglobal:cbv:disp:", "Disp-", ` active container_closed damaged destroyed dispensed ` +
		`disposed encoded expired in_progress in_transit inactive no_pedigree_match non_sellable_other ` +
		`partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible ` +
		`stolen unknown available completeness_verified completeness_inferred conformant container_open ` +
		`mismatch_instance mismatch_class mismatch_quantity needs_replacement non_conformant unavailable `}
}

func bizTransactionTypes() vocabulary {
	return vocabulary{"urn:epcglobal:cbv:btt:", "BTT-", ` bol cert desadv inv pedigree po poc prodorder recadv rma ` +
		`testprd testres upevt `}
}

func endpointTypes() vocabulary {
	return vocabulary{"urn:epcglobal:cbv:sdt:", "SDT-", ` owning_party possessing_party location `}
}

func errorReasons() vocabulary {
	return vocabulary{"urn:epcglobal:cbv:er:", "ER-", ` did_not_occur incorrect_data `}
}

func components() vocabulary {
	return vocabulary{"urn:epcglobal:cbv:comp:", "Comp-", ` x y z axial_distance azimuth height spherical_radius ` +
		`polar_angle elevation_angle easting northing latitude longitude altitude `}
}

// has tells whether word is in the list.
func (v vocabulary) has(word string) bool {
	return word != "" && !strings.ContainsRune(word, ' ') && strings.Contains(v.words, " "+word+" ")
}

// short returns the bare word for any of its three forms (bare, URN, web URI or
// its cbv: CURIE), and text itself when it is none of them.
func (v vocabulary) short(text string) string {
	word := text
	switch {
	case strings.HasPrefix(text, v.urn):
		word = text[len(v.urn):]
	case strings.HasPrefix(text, nsCBV+v.web):
		word = text[len(nsCBV+v.web):]
	case strings.HasPrefix(text, "cbv:"+v.web):
		word = text[len("cbv:"+v.web):]
	}
	if v.has(word) {
		return word
	}
	return text
}

// toURN returns the form that EPCIS 1.x writes.
func (v vocabulary) toURN(word string) string {
	if v.has(word) {
		return v.urn + word
	}
	return word
}

// toWeb returns the form that EPCIS 2.0 and the event hash write.
func (v vocabulary) toWeb(word string) string {
	if v.has(word) {
		return nsCBV + v.web + word
	}
	return word
}

// BizStepWord returns the bare CBV 2.0 word for a business step in any form, and
// whether CBV knows it. "decomissioning", which several systems write, counts as
// decommissioning here; Event.BizStep keeps what was written, because the
// event's hash is over that.
func BizStepWord(text string) (word string, known bool) {
	word = bizSteps().short(text)
	if strings.TrimPrefix(word, bizSteps().urn) == "decomissioning" {
		word = "decommissioning"
	}
	return word, bizSteps().has(word)
}

// DispositionWord returns the bare CBV 2.0 word for a disposition in any form,
// and whether CBV knows it.
func DispositionWord(text string) (word string, known bool) {
	word = dispositions().short(text)
	return word, dispositions().has(word)
}

// Step returns the event's business step as a bare CBV word, with the known
// misspelling folded, or "" when CBV does not know it.
func (e *Event) Step() string {
	word, known := BizStepWord(e.BizStep)
	if !known {
		return ""
	}
	return word
}

// expandBare writes a word of namespace ns as a full URI: bare words belong to
// ns (JSON-LD), gs1: and cbv: are prefixes that EPCIS 2.0 fixes.
func expandBare(text, ns string) string {
	if text == "" {
		return ""
	}
	for i := 0; i < len(text); i++ {
		if text[i] == ':' {
			return expandCURIE(text)
		}
	}
	return ns + text
}

// expandCURIE expands the two prefixes that EPCIS 2.0 fixes for values.
func expandCURIE(text string) string {
	if rest, ok := strings.CutPrefix(text, "gs1:"); ok {
		return nsVoc + rest
	}
	if rest, ok := strings.CutPrefix(text, "cbv:"); ok {
		return nsCBV + rest
	}
	return text
}
