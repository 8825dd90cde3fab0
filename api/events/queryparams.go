package events

import (
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// eventParams describe the SimpleEventQuery, but for the parameters named.
func eventParams(but ...string) []*huma.Param {
	var own []*huma.Param
	list := func(doc string, names ...string) {
		for _, name := range names {
			if !slices.Contains(but, name) {
				own = append(own, queryParam(name, huma.TypeString, doc+"; several with | between them"))
			}
		}
	}
	one := func(doc string, names ...string) {
		for _, name := range names {
			own = append(own, queryParam(name, huma.TypeString, doc))
		}
	}
	list("one of the event types", "eventType")
	one("the event took place then or later", "GE_eventTime")
	one("the event took place earlier", "LT_eventTime")
	one("the event was captured then or later", "GE_recordTime")
	one("the event was captured earlier", "LT_recordTime")
	list("has this action", "EQ_action")
	list("has this word of CBV, or URI", "EQ_bizStep", "EQ_disposition", "EQ_persistentDisposition_set", "EQ_persistentDisposition_unset")
	list("took place there", "EQ_readPoint", "EQ_bizLocation")
	list("took place there or at a place inside it, by master data", "WD_readPoint", "WD_bizLocation")
	list("has this ID", "EQ_transformationID", "EQ_eventID")
	list("names an object that the EPC, or the pattern urn:epc:idpat:..., matches", "MATCH_epc", "MATCH_parentID", "MATCH_inputEPC", "MATCH_outputEPC", "MATCH_anyEPC")
	list("names a class that matches", "MATCH_epcClass", "MATCH_inputEPCClass", "MATCH_outputEPCClass", "MATCH_anyEPCClass")
	one("has a quantity so compared; with a unit, EQ_quantity_uom", "EQ_quantity", "GT_quantity", "GE_quantity", "LT_quantity", "LE_quantity")
	one("has an error declaration", "EXISTS_errorDeclaration")
	one("was declared an error then or later", "GE_errorDeclarationTime")
	one("was declared an error earlier", "LT_errorDeclarationTime")
	list("was declared an error for this reason, or corrected by this event", "EQ_errorReason", "EQ_correctiveEventID")
	one("a sensor reports of such a time", "GE_startTime", "LT_startTime", "GE_endTime", "LT_endTime")
	list("a sensor reports so", "EQ_type", "EQ_deviceID", "EQ_dataProcessingMethod", "EQ_microorganism", "EQ_chemicalSubstance",
		"EQ_bizRules", "EQ_stringValue", "EQ_hexBinaryValue", "EQ_uriValue", "EQ_booleanValue")
	one("eventTime, recordTime or an extension field by which events are ordered", "orderBy")
	one("DESC (the default) or ASC", "orderDirection")
	one("only so many, the first ones by the order", "eventCountLimit")
	one("an error if there are more", "maxEventCount")
	return append(formatParams(own...), more(), queryParam("perPage", huma.TypeInteger, "how many events are on a page, at most 1,000; 30 if absent"),
		queryParam("nextPageToken", huma.TypeString, "the token in the Link of the page before"))
}

// more describes the parameters whose names hold a type or a field.
func more() *huma.Param {
	explode := true
	return &huma.Param{
		Name: "more", In: "query", Style: "form", Explode: &explode,
		Description: "Parameters whose names hold a type or a field of an extension: " + strings.Join([]string{
			"EQ_bizTransaction_type", "EQ_source_type", "EQ_destination_type", "EQ_/GT_/GE_/LT_/LE_ and EXISTS_fieldname", "the same with INNER_, ILMD_, SENSORELEMENT_ ... before the field",
			"HASATTR_fieldname", "EQATTR_fieldname_attributename", "GE_value_uom and the like of sensors",
		}, ", ") + ". Fields are prefix:name, with the prefix declared in GS1-Extensions, or namespace#name.",
		Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeString}},
	}
}

// formatParams are the headers that choose how events are written.
func formatParams(own ...*huma.Param) []*huma.Param {
	return params(append(own,
		header("GS1-EPC-Format", "the notation of EPCs; Digital Links if absent", "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates", "No_Preference"),
		header("GS1-CBV-XML-Format", "the notation of words of CBV in XML", "Always_Web_URI", "Always_URN", "Never_Translates", "No_Preference"),
		header("If-None-Match", "the ETag of an answer that the caller has"),
		header("GS1-EPCIS-Min", "the lowest EPCIS version that the caller reads"), header("GS1-EPCIS-Max", "the highest EPCIS version that the caller reads"),
		header("GS1-CBV-Min", "the lowest CBV version that the caller reads"), header("GS1-CBV-Max", "the highest CBV version that the caller reads"),
	)...)
}

// pathParam describes a part of a path.
func pathParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}
