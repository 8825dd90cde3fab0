package repository

// Parameter describes a parameter of the SimpleEventQuery, for the description
// of an interface that takes them.
type Parameter struct {
	// Name is the parameter's; words in braces stand for what the caller
	// puts there.
	Name string
	// List says that it takes several values, separated by "|" in a URL.
	List bool
	// Type is that of a value: string, uri, date-time, number, integer or
	// boolean.
	Type string
	// Enum lists the values there are; nil means any.
	Enum []string
	// Meaning says which events meet it, in one sentence.
	Meaning string
}

// Fixed reports whether the name is the parameter's own, without braces.
func (p *Parameter) Fixed() bool {
	for _, r := range p.Name {
		if r == '{' {
			return false
		}
	}
	return true
}

// Parameters lists all parameters (EPCIS 2.0, section 8.2.7.1), those of paging
// too.
func Parameters() []Parameter {
	var out []Parameter
	for _, part := range [][]Parameter{eventParameters(), goodsParameters(), sensorParameters(), fieldParameters(), resultParameters()} {
		out = append(out, part...)
	}
	return out
}

func eventParameters() []Parameter {
	return []Parameter{
		{"eventType", true, "string", nil, "The event is of one of these types."},
		{"GE_eventTime", false, "date-time", nil, "The event happened at this time or later."},
		{"LT_eventTime", false, "date-time", nil, "The event happened before this time."},
		{"GE_recordTime", false, "date-time", nil, "The event was recorded here at this time or later."},
		{"LT_recordTime", false, "date-time", nil, "The event was recorded here before this time."},
		{"EQ_action", true, "string", []string{"ADD", "OBSERVE", "DELETE"}, "The action is one of these."},
		{"EQ_bizStep", true, "string", nil, "The business step is one of these, as a bare word or a URI."},
		{"EQ_disposition", true, "string", nil, "The disposition is one of these, as a bare word or a URI."},
		{"EQ_persistentDisposition_set", true, "string", nil, "The event sets one of these persistent dispositions."},
		{"EQ_persistentDisposition_unset", true, "string", nil, "The event unsets one of these persistent dispositions."},
		{"EQ_readPoint", true, "uri", nil, "The read point is one of these, in any notation."},
		{"WD_readPoint", true, "uri", nil, "The read point is one of these, or below one in the master data."},
		{"EQ_bizLocation", true, "uri", nil, "The business location is one of these, in any notation."},
		{"WD_bizLocation", true, "uri", nil, "The business location is one of these, or below one in the master data."},
		{"EQ_bizTransaction_{type}", true, "uri", nil, "A business transaction of the type is one of these."},
		{"EQ_source_{type}", true, "uri", nil, "A source of the type is one of these."},
		{"EQ_destination_{type}", true, "uri", nil, "A destination of the type is one of these."},
		{"EQ_transformationID", true, "uri", nil, "The transformation is one of these."},
		{"EQ_eventID", true, "uri", nil, "The event ID, or the event hash of an event that was given none, is one of these."},
		{"EXISTS_errorDeclaration", false, "boolean", nil, "The event declares an error."},
		{"GE_errorDeclarationTime", false, "date-time", nil, "The event declares an error, at this time or later."},
		{"LT_errorDeclarationTime", false, "date-time", nil, "The event declares an error, before this time."},
		{"EQ_errorReason", true, "string", nil, "The event declares an error for one of these reasons."},
		{"EQ_correctiveEventID", true, "uri", nil, "The event declares an error and names one of these events as its correction."},
	}
}

func goodsParameters() []Parameter {
	const forms = ": EPC URIs, Digital Links, element strings in brackets, or patterns urn:epc:idpat:."
	out := []Parameter{
		{"MATCH_epc", true, "uri", nil, "An EPC in epcList or childEPCs matches one of these" + forms},
		{"MATCH_parentID", true, "uri", nil, "The parent matches one of these" + forms},
		{"MATCH_inputEPC", true, "uri", nil, "An input EPC matches one of these" + forms},
		{"MATCH_outputEPC", true, "uri", nil, "An output EPC matches one of these" + forms},
		{"MATCH_anyEPC", true, "uri", nil, "An EPC in any place matches one of these" + forms},
		{"MATCH_epcClass", true, "uri", nil, "A class in quantityList or childQuantityList matches one of these; a pattern of a product's items matches its lots."},
		{"MATCH_inputEPCClass", true, "uri", nil, "An input class matches one of these."},
		{"MATCH_outputEPCClass", true, "uri", nil, "An output class matches one of these."},
		{"MATCH_anyEPCClass", true, "uri", nil, "A class in any place matches one of these."},
	}
	for _, c := range comparisonWords() {
		out = append(out,
			Parameter{c[0] + "_quantity", c[0] == "EQ", "number", nil, "A quantity is " + c[1] + " this."},
			Parameter{c[0] + "_quantity_{uom}", c[0] == "EQ", "number", nil, "A quantity in this unit is " + c[1] + " this."})
	}
	return out
}

// comparisonWords are the comparisons with their meaning.
func comparisonWords() [][2]string {
	return [][2]string{{"EQ", "equal to"}, {"GT", "greater than"}, {"GE", "at least"}, {"LT", "less than"}, {"LE", "at most"}}
}

func sensorParameters() []Parameter {
	out := []Parameter{{"EXISTS_sensorElementList", false, "boolean", nil, "The event has sensor data."}}
	for _, name := range []string{"time", "startTime", "endTime"} {
		out = append(out,
			Parameter{"GE_" + name, false, "date-time", nil, "A sensor's " + name + " is this or later."},
			Parameter{"LT_" + name, false, "date-time", nil, "A sensor's " + name + " is before this."})
	}
	for _, name := range []string{"type", "deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules", "stringValue", "hexBinaryValue", "uriValue"} {
		out = append(out, Parameter{"EQ_" + name, true, "string", nil, "A sensor's " + name + " is one of these."})
	}
	out = append(out, Parameter{"EQ_booleanValue", false, "boolean", nil, "A sensor's booleanValue is this."})
	for _, c := range comparisonWords() {
		for _, name := range []string{"value", "minValue", "maxValue", "meanValue", "sDev", "percValue"} {
			out = append(out, Parameter{c[0] + "_" + name + "_{uom}", c[0] == "EQ", "number", nil, "A sensor's " + name + " in this unit is " + c[1] + " this; other units are not converted."})
		}
		out = append(out, Parameter{c[0] + "_percRank", c[0] == "EQ", "number", nil, "A sensor's percRank is " + c[1] + " this."})
	}
	return out
}

func fieldParameters() []Parameter {
	var out []Parameter
	for _, in := range [][2]string{
		{"", "extension field"},
		{"ILMD_", "field of the ILMD"},
		{"ERROR_DECLARATION_", "extension field of the error declaration"},
		{"SENSORELEMENT_", "extension field of a sensor element"},
		{"SENSORMETADATA_", "extension field of sensor metadata"},
		{"SENSORREPORT_", "extension field of a sensor report"},
		{"readPoint_", "extension field of the read point"},
		{"bizLocation_", "extension field of the business location"},
	} {
		for _, inner := range [][2]string{{"", ""}, {"INNER_", " at any depth within one"}} {
			name := inner[0] + in[0] + "{fieldname}"
			out = append(out, Parameter{"EXISTS_" + name, false, "boolean", nil, "There is such an " + in[1] + inner[1] + "."})
			for _, c := range comparisonWords() {
				out = append(out, Parameter{c[0] + "_" + name, c[0] == "EQ", "string", nil, "Such an " + in[1] + inner[1] + " is " + c[1] + " this, as a number, a time or text."})
			}
		}
	}
	return append(out,
		Parameter{"HASATTR_{fieldname}", true, "string", nil, "The master data of the field's value has one of these attributes."},
		Parameter{"EQATTR_{fieldname}_{attribute}", true, "string", nil, "The master data of the field's value has the attribute with one of these values."})
}

func resultParameters() []Parameter {
	return []Parameter{
		{"orderBy", false, "string", nil, "Orders by eventTime, recordTime or an extension field; without it, by when events were recorded."},
		{"orderDirection", false, "string", []string{"ASC", "DESC"}, "The direction of orderBy; DESC if it is left out."},
		{"eventCountLimit", false, "integer", nil, "Ends the result after so many events; needs orderBy."},
		{"maxEventCount", false, "integer", nil, "Refuses the query if more events meet it."},
		{"perPage", false, "integer", nil, "At most so many events on a page; 30 if it is left out."},
		{"nextPageToken", false, "string", nil, "The page that follows the one that gave this token."},
	}
}
