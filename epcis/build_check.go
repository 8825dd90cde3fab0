package epcis

// check holds the rules between fields (EPCIS 2.0, the event types).
func (b *builder) check(n *Node) error {
	e := &b.e
	if e.Time.Text == "" {
		return b.fail(n, "eventTime", "is missing")
	}
	if e.Time.At.Unix() < 0 {
		return b.fail(n, "eventTime", "is %q, before 1970: the clock that gave it was not set", e.Time.Text)
	}
	if e.TimeZoneOffset != "" && !isOffset(e.TimeZoneOffset) {
		return b.fail(n, "eventTimeZoneOffset", "is %q: want an offset like -05:00", e.TimeZoneOffset)
	}
	if err := b.checkAction(n); err != nil {
		return err
	}
	switch e.Type {
	case AggregationEvent, AssociationEvent:
		if e.ParentID == "" && e.Action != ActionObserve {
			return b.fail(n, "parentID", "is missing: %s with action %s needs one", e.Type, e.Action)
		}
	case ObjectEvent:
		if !b.what {
			return b.fail(n, "epcList", "is missing: an ObjectEvent has an epcList, a quantityList or a sensorElementList")
		}
	case TransactionEvent:
		if len(e.BizTransactions) == 0 {
			return b.fail(n, "bizTransactionList", "is missing: a TransactionEvent names at least one business transaction")
		}
	}
	return b.checkFieldsOfType(n)
}

func (b *builder) checkAction(n *Node) error {
	switch {
	case b.e.Type == TransformationEvent && b.e.Action != "":
		return b.fail(n, "action", "is not a field of TransformationEvent")
	case b.e.Type == TransformationEvent:
		return nil
	case b.e.Action == "":
		return b.fail(n, "action", "is missing: want ADD, OBSERVE or DELETE")
	case b.e.Action != ActionAdd && b.e.Action != ActionObserve && b.e.Action != ActionDelete:
		return b.fail(n, "action", "is %q: want ADD, OBSERVE or DELETE", b.e.Action)
	}
	return nil
}

// checkFieldsOfType refuses what-fields of another event type: their meaning
// would be guessed.
func (b *builder) checkFieldsOfType(n *Node) error {
	e := &b.e
	aggregates := e.Type == AggregationEvent || e.Type == AssociationEvent
	transforms := e.Type == TransformationEvent
	lists := e.Type == ObjectEvent || e.Type == TransactionEvent
	for _, f := range []struct {
		name         string
		present, may bool
	}{
		{"epcList", len(e.EPCs) > 0, lists},
		{"quantityList", len(e.Quantities) > 0, lists},
		{"childEPCs", len(e.ChildEPCs) > 0, aggregates},
		{"childQuantityList", len(e.ChildQuantities) > 0, aggregates},
		{"inputEPCList", len(e.InputEPCs) > 0, transforms},
		{"inputQuantityList", len(e.InputQuantities) > 0, transforms},
		{"outputEPCList", len(e.OutputEPCs) > 0, transforms},
		{"outputQuantityList", len(e.OutputQuantities) > 0, transforms},
		{"transformationID", e.TransformationID != "", transforms},
		{"parentID", e.ParentID != "", aggregates || e.Type == TransactionEvent},
		{"ilmd", len(e.ILMD) > 0, e.Type == ObjectEvent || transforms},
	} {
		if f.present && !f.may {
			return b.fail(n, f.name, "is not a field of %s", e.Type)
		}
	}
	return nil
}
