package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// Desk is what capturing needs of a ledger: to look things up, and to submit.
// A Client is one.
//
// Contract: Record returns the value under a state key and nil when there is
// none. Place and Entries are as the index has them; Entries are checked
// against the segment's root. Submit signs op for the partner, waits until it
// is in a block and until the index has that block, and returns the verdict; a
// refusal is an Outcome, not an error. Signs reports whether it can sign for a
// partner. Place and Record are called from several goroutines.
type Desk interface {
	Record(ctx context.Context, key []byte) ([]byte, error)
	Place(ctx context.Context, key gs1.Key) (*app.Place, error)
	Entries(ctx context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error)
	Submit(ctx context.Context, partner gs1.GLN, op app.Op, at uint64, hash app.EventHash) (*Outcome, error)
	Signs(partner gs1.GLN) bool
}

// errRefused stops an event: the ledger, or the rules of capturing, said no.
var errRefused = errors.New("refused")

// Capture is Capturing with its zero value. report, if not nil, is called after
// each event.
func Capture(ctx context.Context, desk Desk, doc *epcis.Document, report func(Captured)) ([]Captured, error) {
	return Capturing{Report: report}.Capture(ctx, desk, doc)
}

// capturer captures one document.
type capturer struct {
	desk Desk
	doc  *epcis.Document
	// finder finds events that are recorded; nil when the desk cannot.
	finder eventFinder
	attach bool
	// parents are the GTINs that stand as parents in the document: cases,
	// whatever their indicator digit.
	parents map[gs1.GTIN]bool
	// said are the events of the document so far, by what they say.
	said map[saying]int
	// dry is not nil when nothing is to be submitted.
	dry *dryRun

	// holdings and shipments as read since the last op
	holdings  map[app.HoldingID]*app.Holding
	shipments map[uint64]*app.Shipment

	// the event in progress
	ev   *epcis.Event
	hash app.EventHash
	at   uint64
	done *Captured
	// partly says that some of its ops are recorded already.
	partly bool
}

// eventFinder is what capturing can use beside a Desk: the txs that carry an
// event's hash. A Client is one.
type eventFinder interface {
	TxByEvent(ctx context.Context, hash app.EventHash) ([]app.TxSummary, error)
}

func newCapturer(desk Desk, doc *epcis.Document, o Capturing) *capturer {
	c := &capturer{desk: desk, doc: doc, attach: o.Attach, parents: parentProducts(doc), said: make(map[saying]int)}
	c.finder, _ = desk.(eventFinder)
	c.forget()
	return c
}

// forget lets records be read anew.
func (c *capturer) forget() {
	c.holdings, c.shipments = make(map[app.HoldingID]*app.Holding), make(map[uint64]*app.Shipment)
}

// begin makes ev the event in progress.
func (c *capturer) begin(ev *epcis.Event) *Captured {
	c.forget()
	c.ev, c.partly = ev, false
	c.done = &Captured{Event: max(ev.Index, 1), Line: ev.Line, Pointer: ev.Pointer, What: ev.Step()}
	return c.done
}

// event captures the event in progress.
func (c *capturer) event(ctx context.Context) error {
	err := c.take(ctx)
	if errors.Is(err, errRefused) {
		err = nil
	}
	c.done.settle()
	return err
}

func (c *capturer) take(ctx context.Context) error {
	if err := c.identify(); err != nil {
		return err
	}
	if before, err := c.recordedBefore(ctx); err != nil || before {
		return err
	}
	if c.dry != nil {
		if err := c.checkTime(); err != nil {
			return err
		}
	}
	if done, err := c.attached(); done {
		return err
	}
	if c.ev.Error != nil {
		return c.correct(ctx)
	}
	return c.step().run(c, ctx)
}

// step is the line of the list of steps that the event is on, nil for none.
func (c *capturer) step() *captureStep {
	for _, step := range captureSteps() {
		if step.matches(c.ev) {
			return &step
		}
	}
	return nil
}

// saying is what an event says. A correction hashes like what it corrects.
type saying struct {
	hash       app.EventHash
	correction bool
}

// identify reads what the event is known by, and its time.
func (c *capturer) identify() error {
	hash, err := c.ev.HashBytes()
	if err != nil {
		return c.refuse("the event hash cannot be computed: %v", err)
	}
	c.hash, c.done.EventHash = hash, epcis.FormatHash(hash)
	what := saying{hash, c.ev.Error != nil}
	if first := c.said[what]; first > 0 {
		c.done.Standing = StandingRepeated
		return c.refuse("it says the same as event %d of the document", first)
	}
	c.said[what] = c.done.Event
	if c.ev.Time.At.Unix() < 0 {
		return c.refuse("eventTime %s lies before 1970", c.ev.Time)
	}
	c.at = uint64(c.ev.Time.At.Unix())
	return nil
}

// captureStep is one line of the list of what is captured.
type captureStep struct {
	step    string
	types   []string
	actions []string
	run     func(*capturer, context.Context) error
}

// captureSteps is THE list of events that become ops (reference: GS1 US DSCSA
// guideline, CBV 2.0).
func captureSteps() []captureStep {
	object, transaction, aggregation := epcis.ObjectEvent, epcis.TransactionEvent, epcis.AggregationEvent
	observe := []string{epcis.ActionObserve, epcis.ActionAdd}
	remove := []string{epcis.ActionDelete, epcis.ActionObserve}
	return []captureStep{
		{"commissioning", []string{object}, []string{epcis.ActionAdd}, (*capturer).commission},
		{"packing", []string{aggregation}, []string{epcis.ActionAdd}, (*capturer).pack},
		{"unpacking", []string{aggregation}, []string{epcis.ActionDelete}, (*capturer).unpack},
		{"shipping", []string{object, transaction}, observe, (*capturer).ship},
		{"receiving", []string{object, transaction}, observe, (*capturer).receive},
		{"void_shipping", []string{object, transaction}, remove, (*capturer).voidShip},
		{"dispensing", []string{object}, remove, (*capturer).dispense},
		{"decommissioning", []string{object}, []string{epcis.ActionDelete}, (*capturer).decommission},
		{"destroying", []string{object}, remove, (*capturer).destroy},
		{"sampling", []string{object}, remove, (*capturer).sample},
		{"holding", []string{object}, []string{epcis.ActionObserve}, (*capturer).hold},
		{"repackaging", []string{epcis.TransformationEvent}, []string{""}, (*capturer).repackage},
	}
}

func (s *captureStep) matches(ev *epcis.Event) bool {
	return s.step == ev.Step() && contains(s.types, ev.Type) && contains(s.actions, ev.Action)
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func stepNames() string {
	out := ""
	for i, s := range captureSteps() {
		if i > 0 {
			out += ", "
		}
		out += s.step
	}
	return out
}

// refuse ends the event with a reason of the capturer's own.
func (c *capturer) refuse(format string, args ...any) error {
	c.done.Refusal = fmt.Sprintf(format, args...)
	return errRefused
}

// infer notes what the event did not say.
func (c *capturer) infer(format string, args ...any) {
	c.done.Inferred = append(c.done.Inferred, fmt.Sprintf(format, args...))
}

// submit sends one op and books it; a refusal by the ledger ends the event.
func (c *capturer) submit(ctx context.Context, partner gs1.GLN, op app.Op) error {
	if !c.desk.Signs(partner) {
		return c.refuseKey(partner)
	}
	out, err := c.send(ctx, partner, op, c.hash)
	if err != nil {
		return err
	}
	return c.book(partner, op, out)
}

// refuseKey ends an event that belongs to a partner whose key is not at hand.
func (c *capturer) refuseKey(partner gs1.GLN) error {
	return c.refuse("the event belongs to partner %s, and no key of that partner is at hand: let that partner capture it", partner)
}

// send submits an op, or plans it. What was read of holdings and shipments no
// longer holds after it.
func (c *capturer) send(ctx context.Context, partner gs1.GLN, op app.Op, hash app.EventHash) (*Outcome, error) {
	if c.dry != nil {
		return c.dry.plan(partner, op), nil
	}
	defer c.forget()
	return c.desk.Submit(ctx, partner, op, c.at, hash)
}

// maxSameContents bounds how often the very same contents are tried as one
// more loose holding.
const maxSameContents = 64

// submitLoose sends an op that makes a loose holding of moved items. Its
// number is 0 unless the same items were loose together before; the ledger
// says so, and the next number is tried.
func (c *capturer) submitLoose(ctx context.Context, partner gs1.GLN, build func(n uint32) app.Op) error {
	if !c.desk.Signs(partner) {
		return c.submit(ctx, partner, build(0))
	}
	for n := uint32(0); ; n++ {
		op := build(n)
		out, err := c.send(ctx, partner, op, c.hash)
		if err != nil {
			return err
		}
		if out.Code != app.CodeHoldingExists || n == maxSameContents {
			return c.book(partner, op, out)
		}
	}
}

// book notes a verdict; a refusal ends the event.
func (c *capturer) book(partner gs1.GLN, op app.Op, out *Outcome) error {
	done := CapturedOp{Op: op.Kind().String(), Partner: partner, Tx: out.Tx, Height: out.Height, Code: out.Code}
	if n, ok := app.ShipmentNumber(out.Data); ok && out.Code == app.CodeOK {
		done.Shipment = n
	}
	c.done.Ops = append(c.done.Ops, done)
	if out.Code == app.CodeRunExists && c.partly {
		c.done.Ops = c.done.Ops[:len(c.done.Ops)-1]
		c.infer("a part of the serials was commissioned before")
		return nil
	}
	if out.Code != app.CodeOK {
		c.done.Code, c.done.CodeName, c.done.Conflict = out.Code, out.Code.String(), out.Conflict
		return c.refuse("%s: %s (%s); %s", out.Code, out.Code.Meaning(), out.Detail, out.Code.Advice())
	}
	return nil
}
