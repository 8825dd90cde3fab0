package client

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
// partner.
type Desk interface {
	Record(ctx context.Context, key []byte) ([]byte, error)
	Place(ctx context.Context, key gs1.Key) (*app.Place, error)
	Entries(ctx context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error)
	Submit(ctx context.Context, partner gs1.GLN, op app.Op, at uint64, hash app.EventHash) (*Outcome, error)
	Signs(partner gs1.GLN) bool
}

// Captured says what became of one event of a document.
type Captured struct {
	// Event is the event's place in the document, from 1.
	Event int `json:"event"`
	// What is the event in words.
	What string `json:"what"`
	// EventHash is the CBV 2.0 hash that the ops carry.
	EventHash string `json:"eventHash"`
	// Ops are the transactions that the event became, in order.
	Ops []CapturedOp `json:"ops,omitempty"`
	// Inferred says, in words, what the event did not say itself.
	Inferred []string `json:"inferred,omitempty"`
	// Refusal is why the event went in not at all or only in part: see Ops
	// for what did. Empty when it went in.
	Refusal string `json:"refusal,omitempty"`
	// Code is the ledger's code for the refusal, if the ledger refused.
	Code app.Code `json:"code,omitempty"`
	// CodeName is its name.
	CodeName string `json:"codeName,omitempty"`
	// Conflict is the report that the refusal suggests, nil when there is
	// none.
	Conflict *Conflict `json:"conflict,omitempty"`
}

// OK reports whether the whole event went in.
func (c *Captured) OK() bool { return c.Refusal == "" }

// CapturedOp is one transaction.
type CapturedOp struct {
	Op      string   `json:"op"`
	Partner gs1.GLN  `json:"partner"`
	Tx      app.TxID `json:"tx"`
	Height  uint64   `json:"height"`
	Code    app.Code `json:"code"`
	// Shipment is the number of the shipment that a Ship began.
	Shipment uint64 `json:"shipment,omitempty"`
}

// errRefused stops an event: the ledger, or the rules of capturing, said no.
var errRefused = errors.New("refused")

// Capture takes the events of a document to the ledger in order, each as the
// ops it stands for, signed by the partner it belongs to. It stops at the
// first event that is refused, because what follows builds on it; the result
// lists every event that was tried, the refused one last. report, if not nil,
// is called after each. The error is trouble: with the ledger's node, not with
// the document.
func Capture(ctx context.Context, desk Desk, doc *epcis.Document, report func(Captured)) ([]Captured, error) {
	c := &capturer{desk: desk, doc: doc, parents: parentProducts(doc)}
	var out []Captured
	for i := range doc.Events {
		done, err := c.event(ctx, &doc.Events[i])
		if err != nil {
			return out, fmt.Errorf("event %d: %w", i+1, err)
		}
		out = append(out, done)
		if report != nil {
			report(done)
		}
		if !done.OK() {
			break
		}
	}
	return out, nil
}

// capturer captures one document.
type capturer struct {
	desk Desk
	doc  *epcis.Document
	// parents are the GTINs that stand as parents in the document: cases,
	// whatever their indicator digit.
	parents map[gs1.GTIN]bool

	// the event in progress
	ev   *epcis.Event
	hash app.EventHash
	at   uint64
	done *Captured
}

// event captures one event.
func (c *capturer) event(ctx context.Context, ev *epcis.Event) (Captured, error) {
	c.ev, c.done = ev, &Captured{Event: max(ev.Index, 1), What: ev.Step()}
	err := c.take(ctx)
	if errors.Is(err, errRefused) {
		return *c.done, nil
	}
	return *c.done, err
}

func (c *capturer) take(ctx context.Context) error {
	hash, err := c.ev.HashBytes()
	if err != nil {
		return c.refuse("the event hash cannot be computed: %v", err)
	}
	c.hash, c.done.EventHash = hash, epcis.FormatHash(hash)
	if c.ev.Time.At.Unix() < 0 {
		return c.refuse("eventTime %s lies before 1970", c.ev.Time)
	}
	c.at = uint64(c.ev.Time.At.Unix())
	if c.ev.Error != nil {
		return c.correct(ctx)
	}
	for _, step := range captureSteps() {
		if step.matches(c.ev) {
			return step.run(c, ctx)
		}
	}
	c.sayWhat("%s", strings.TrimRight(c.ev.Type+" "+c.ev.Action, " "))
	return c.refuse("%s with action %q and bizStep %q stands for nothing that the ledger records; it takes: %s",
		c.ev.Type, c.ev.Action, c.ev.BizStep, stepNames())
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
		return c.refuse("the event belongs to partner %s, and no key of that partner is at hand: let that partner capture it", partner)
	}
	out, err := c.desk.Submit(ctx, partner, op, c.at, c.hash)
	if err != nil {
		return err
	}
	return c.book(partner, op, out)
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
		out, err := c.desk.Submit(ctx, partner, op, c.at, c.hash)
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
	if out.Code != app.CodeOK {
		c.done.Code, c.done.CodeName, c.done.Conflict = out.Code, out.Code.String(), out.Conflict
		return c.refuse("%s: %s (%s); %s", out.Code, out.Code.Meaning(), out.Detail, out.Code.Advice())
	}
	return nil
}
