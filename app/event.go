package app

// EventType is the type of an event that a block announces.
type EventType string

// THE list of events. Subscribers filter on these names and attributes; the
// ledger itself never reads them. Accepted emits the first for every op.
const (
	// EventOp: an op was accepted. kind, partner (that stands behind it), agent
	// (that signed for it, empty when none did).
	EventOp EventType = "op"
	// EventShipped: a shipment began. shipment, from, to, seller (of a drop
	// shipment, otherwise empty).
	EventShipped EventType = "shipped"
	// EventReceived: something of a shipment was received. shipment, to,
	// inferred ("true" when another op of the consignee implied it).
	EventReceived EventType = "received"
	// EventVoided: something of a shipment was voided. shipment, from.
	EventVoided EventType = "voided"
	// EventRecalled: a lot was recalled. gtin, lot, class, items ("all", or
	// how many are recalled one by one).
	EventRecalled EventType = "recalled"
	// EventRecallAcknowledged: a partner acknowledged a recall. gtin, lot,
	// partner, found.
	EventRecallAcknowledged EventType = "recall-acknowledged"
	// EventRecallClosed: a recall was closed or, open as before, lost some of
	// its items. gtin, lot, outcome, cleared.
	EventRecallClosed EventType = "recall-closed"
	// EventMarked: a key was marked. key, mark, blocking.
	EventMarked EventType = "marked"
	// EventCleared: a mark was cleared. key, mark.
	EventCleared EventType = "cleared"
	// EventConflict: a package in hand conflicts with the ledger. key, at.
	EventConflict EventType = "conflict"
	// EventHeld: a holding was put on hold. holding, hold.
	EventHeld EventType = "held"
	// EventReleased: a hold was lifted. holding, hold.
	EventReleased EventType = "released"
	// EventRefused: something of a shipment was refused. shipment, to.
	EventRefused EventType = "refused"
	// EventDuplicate: a key was proved to be commissioned twice. key, first,
	// second (lots).
	EventDuplicate EventType = "duplicate"
	// EventDelegated: a partner lets another sign for it, or no longer. principal,
	// agent, until (event time in seconds, 0 when it was taken back).
	EventDelegated EventType = "delegated"
	// EventTraceRequested: a partner was asked for trace information. number,
	// to, due (seconds UTC).
	EventTraceRequested EventType = "trace-requested"
	// EventTraceAnswered: a trace request was answered. number, outcome, late.
	EventTraceAnswered EventType = "trace-answered"
	// EventErrorDeclared: a transaction was declared an error. tx, partner,
	// reason.
	EventErrorDeclared EventType = "error-declared"
	// EventExceptionOpened: an exception was opened. number, against, type.
	EventExceptionOpened EventType = "exception-opened"
	// EventExceptionResponded: an exception was responded to. number, status,
	// late.
	EventExceptionResponded EventType = "exception-responded"
	// EventExceptionResolved: an exception was resolved. number, by.
	EventExceptionResolved EventType = "exception-resolved"
	// EventSuspended: a partner was suspended. partner, by.
	EventSuspended EventType = "suspended"
	// EventReinstated: a partner's suspension was lifted. partner, by.
	EventReinstated EventType = "reinstated"
	// EventTransferred: a product went to another labeler. gtin, from, to.
	EventTransferred EventType = "transferred"
	// EventInvestigation: an investigation was opened, closed or notified of.
	// investigation, status, subject.
	EventInvestigation EventType = "investigation"
	// EventNotified: a partner was notified of illegitimate product, or its
	// notice was terminated. investigation, partner, type.
	EventNotified EventType = "notified"
)

// EventInfo is one line of the list: a type and the attributes it has.
type EventInfo struct {
	Type       EventType
	Attributes []string
}

// EventTypes lists every type with its attributes, for documentation and for
// the adapter's tests.
func EventTypes() []EventInfo {
	return []EventInfo{
		{EventOp, []string{"kind", "partner", "agent"}},
		{EventShipped, []string{"shipment", "from", "to", "seller"}},
		{EventReceived, []string{"shipment", "to", "inferred"}},
		{EventVoided, []string{"shipment", "from"}},
		{EventRecalled, []string{"gtin", "lot", "class", "items"}},
		{EventRecallAcknowledged, []string{"gtin", "lot", "partner", "found"}},
		{EventRecallClosed, []string{"gtin", "lot", "outcome", "cleared"}},
		{EventMarked, []string{"key", "mark", "blocking"}},
		{EventCleared, []string{"key", "mark"}},
		{EventConflict, []string{"key", "at"}},
		{EventHeld, []string{"holding", "hold"}},
		{EventReleased, []string{"holding", "hold"}},
		{EventRefused, []string{"shipment", "to"}},
		{EventDuplicate, []string{"key", "first", "second"}},
		{EventDelegated, []string{"principal", "agent", "until"}},
		{EventTraceRequested, []string{"number", "to", "due"}},
		{EventTraceAnswered, []string{"number", "outcome", "late"}},
		{EventErrorDeclared, []string{"tx", "partner", "reason"}},
		{EventExceptionOpened, []string{"number", "against", "type"}},
		{EventExceptionResponded, []string{"number", "status", "late"}},
		{EventExceptionResolved, []string{"number", "by"}},
		{EventSuspended, []string{"partner", "by"}},
		{EventReinstated, []string{"partner", "by"}},
		{EventTransferred, []string{"gtin", "from", "to"}},
		{EventInvestigation, []string{"investigation", "status", "subject"}},
		{EventNotified, []string{"investigation", "partner", "type"}},
	}
}

// Event is what a block announces to subscribers.
type Event struct {
	Type       EventType
	Attributes []Attribute
}

// Attribute is a name and a value of an Event.
type Attribute struct{ Name, Value string }

// emit adds an event; pairs are name, value, name, value ...
func (d *draft) emit(t EventType, pairs ...string) {
	ev := Event{Type: t}
	for i := 0; i+1 < len(pairs); i += 2 {
		ev.Attributes = append(ev.Attributes, Attribute{pairs[i], pairs[i+1]})
	}
	d.events = append(d.events, ev)
}
