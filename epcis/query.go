package epcis

// QueryResults makes a document the answer to a query: Decode sets it for an
// EPCISQueryDocument, and the encoders write one for every Document that has it
// (EPCIS 2.0, section 8.2.7.1 and the delivery of standing queries).
//
// A query's document has, in JSON-LD, no header: master data stand beside the
// events in its resultsBody.
type QueryResults struct {
	QueryName      string // "SimpleEventQuery", or the name of a named query
	SubscriptionID string // of the standing query that is being answered, or empty
}

// query returns the document's QueryResults, made if there are none.
func (d *Document) query() *QueryResults {
	if d.Query == nil {
		d.Query = &QueryResults{}
	}
	return d.Query
}

// label reads an element or key that says which query a document answers.
func (d *Document) label(local, value string) {
	switch local {
	case "queryName":
		d.query().QueryName = value
	case "subscriptionID":
		d.query().SubscriptionID = value
	}
}

// isQueryLabel tells whether an element only says which query or subscription a
// document answers.
func isQueryLabel(local string) bool { return local == "queryName" || local == "subscriptionID" }
