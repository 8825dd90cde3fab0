package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// Check looks at a document without submitting anything, and finds what can be
// found before the first op: words that CBV does not know, identifiers that are
// no keys, a lot or an expiry that is missing, goods that the ledger does not
// know or that ended, partners whose key is not at hand, events that the
// document says twice, and times in the future, before 1970 or older than the
// network accepts. The result lists every event; one that nothing speaks
// against is StandingReady. What an event does to goods that earlier ones of
// the document move is judged by the ledger alone.
func (o Capturing) Check(ctx context.Context, desk Desk, doc *epcis.Document) ([]Captured, error) {
	c := newCapturer(desk, doc, o)
	var err error
	if c.dry, err = newDryRun(ctx, desk, o.Now); err != nil {
		return nil, err
	}
	out := make([]Captured, 0, len(doc.Events))
	for i := range doc.Events {
		done := c.begin(&doc.Events[i])
		if err := c.checkOne(ctx); err != nil {
			return out, fmt.Errorf("event %d: %w", done.Event, err)
		}
		out = append(out, *done)
	}
	return out, nil
}

// dryRun is what Check keeps from one event to the next.
type dryRun struct {
	// latest is the last second that an event may have, and earliest the
	// first.
	latest, earliest time.Time
	// touched are the keys that events of the document concern, with who has
	// them then: zero where that is not known.
	touched map[gs1.Key]gs1.GLN
	// moved are the outermost holdings of containers that they concern: what
	// is inside may be elsewhere, or another's, afterwards.
	moved map[app.HoldingID]bool
	// boxes are those of the event in progress.
	boxes []app.HoldingID
	// has is who has the goods after the event in progress.
	has gs1.GLN
}

func newDryRun(ctx context.Context, desk Desk, now func() time.Time) (*dryRun, error) {
	if now == nil {
		now = time.Now
	}
	raw, err := desk.Record(ctx, app.ParamsKey())
	if err != nil {
		return nil, err
	}
	params := app.DefaultParams()
	if raw != nil {
		p, err := app.DecodeParams(raw)
		if err != nil {
			return nil, err
		}
		params = *p
	}
	d := &dryRun{touched: make(map[gs1.Key]gs1.GLN), moved: make(map[app.HoldingID]bool)}
	t := now()
	d.latest = t.Add(time.Duration(params.ClockToleranceSeconds) * time.Second)
	d.earliest = t.AddDate(0, 0, -int(min(params.MaxEventAgeDays, anyAgeDays)))
	return d, nil
}

// anyAgeDays is an age before 1970: events of any age.
const anyAgeDays = 100_000

// errDepends means that an event builds on an earlier one of its document.
var errDepends = errors.New("the event builds on an earlier one")

// checkOne judges the event in progress.
func (c *capturer) checkOne(ctx context.Context) error {
	c.dry.has, c.dry.boxes = gs1.GLN{}, nil
	err := c.take(ctx)
	if errors.Is(err, errDepends) {
		err = c.checkDependent()
	}
	if err != nil && !errors.Is(err, errRefused) {
		return err
	}
	if c.done.Refusal == "" && c.done.Standing == "" {
		c.done.Standing = StandingReady
	}
	c.done.settle()
	if s := c.done.Standing; s == StandingReady || s == StandingRefused {
		for _, key := range eventKeys(c.ev) {
			c.dry.touched[key] = c.dry.has
		}
		for _, id := range c.dry.boxes {
			c.dry.moved[id] = true
		}
	}
	return nil
}

// checkTime judges when an event took place as the ledger will.
func (c *capturer) checkTime() error {
	code, bound := app.CodeOK, time.Time{}
	switch at := c.ev.Time.At; {
	case at.After(c.dry.latest):
		code, bound = app.CodeEventInFuture, c.dry.latest
	case at.Before(c.dry.earliest):
		code, bound = app.CodeEventTooOld, c.dry.earliest
	default:
		return nil
	}
	c.done.Code, c.done.CodeName = code, code.String()
	return c.refuse("%s: %s (eventTime %s, the bound is %s); %s", code, code.Meaning(), c.ev.Time, bound.UTC().Format(time.RFC3339), code.Advice())
}

// checkDependent judges an event whose goods earlier ones of the document move,
// as far as that can be done without knowing where they will be.
func (c *capturer) checkDependent() error {
	c.done.Ops, c.done.Inferred, c.dry.has = nil, nil, gs1.GLN{}
	for _, list := range []struct {
		field string
		ids   []string
	}{
		{"epcList", c.ev.EPCs},
		{"childEPCs", c.ev.ChildEPCs},
		{"inputEPCList", c.ev.InputEPCs},
		{"outputEPCList", c.ev.OutputEPCs},
	} {
		if _, err := c.keysOf(list.field, list.ids); err != nil {
			return err
		}
	}
	var has gs1.GLN
	for _, key := range eventKeys(c.ev) {
		if gln := c.dry.touched[key]; !gln.IsZero() {
			has = gln
		}
	}
	if has.IsZero() {
		return nil
	}
	if !c.desk.Signs(has) {
		return c.refuseKey(has)
	}
	if c.ev.Step() == "shipping" {
		terms, err := c.terms(has)
		c.dry.has = terms.To
		return err
	}
	c.dry.has = has
	return nil
}

// plan books an op that is not submitted.
func (d *dryRun) plan(partner gs1.GLN, op app.Op) *Outcome {
	d.has = partner
	switch op := op.(type) {
	case *app.Ship:
		d.has = op.Terms.To
	case *app.Return:
		d.has = op.Terms.To
	}
	return &Outcome{}
}

// depends reports whether where goods are follows from earlier events of the
// document, and notes the containers that the event concerns. g is nil for a
// key that the ledger does not know. A nil dryRun knows of no earlier event.
func (d *dryRun) depends(key gs1.Key, g *goods) bool {
	if d == nil {
		return false
	}
	if _, touched := d.touched[key]; touched || g == nil {
		return touched
	}
	if g.container() {
		d.boxes = append(d.boxes, g.outer)
	}
	return d.moved[g.outer]
}
