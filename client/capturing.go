package client

import (
	"context"
	"fmt"
	"time"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// Behaviour says what a refused event means for the others of its document
// (EPCIS 2.0, GS1-Capture-Error-Behaviour).
type Behaviour uint8

const (
	// StopAtRefusal takes the events in order and stops at the first that is
	// refused: those before it stand, those after it are not tried.
	StopAtRefusal Behaviour = iota
	// Rollback looks at the whole document first (Check) and submits nothing
	// if anything is wrong with it. If the ledger refuses an event later all
	// the same, it stops there: what was recorded stands, and each event says
	// so.
	Rollback
	// Proceed goes on with the other events. One that concerns the same items
	// or containers as a refused one is not tried.
	Proceed
)

// String is the word that the EPCIS standard has for it.
func (b Behaviour) String() string { return [...]string{"stop", "rollback", "proceed"}[b] }

// Capturing says how documents are captured. The zero value is what Capture
// does.
type Capturing struct {
	// Behaviour is what a refused event means for the others.
	Behaviour Behaviour
	// Attach makes an event that stands for nothing on the ledger, such as an
	// inspection or a sensor's observation, one that is attached instead of
	// refused.
	Attach bool
	// Now is the time that Check judges events' times by; nil is the clock's.
	Now func() time.Time
	// Report, if not nil, is called after each event that was tried.
	Report func(Captured)
}

// Capture takes the events of a document to the ledger in order, each as the
// ops it stands for, signed by the partner it belongs to. An event that the
// ledger has already is passed over, so a document may be captured again. The
// result lists the events of the document in order: with StopAtRefusal up to
// the refused one, else all. The error is trouble with the ledger's node, not
// with the document; what the result lists stands all the same.
func (o Capturing) Capture(ctx context.Context, desk Desk, doc *epcis.Document) ([]Captured, error) {
	if o.Behaviour == Rollback {
		checked, err := o.Check(ctx, desk, doc)
		if err != nil {
			return nil, err
		}
		if n := refusedIn(checked); n > 0 {
			return withheld(checked, n), nil
		}
	}
	return o.take(ctx, newCapturer(desk, doc, o), doc)
}

// take takes the events in.
func (o Capturing) take(ctx context.Context, c *capturer, doc *epcis.Document) ([]Captured, error) {
	var out []Captured
	doubt := make(map[gs1.Key]int) // by which refused event
	refused := 0
	for i := range doc.Events {
		done := c.begin(&doc.Events[i])
		switch n := inDoubt(doubt, c.ev); {
		case refused > 0 && o.Behaviour == Rollback:
			done.notTried(fmt.Sprintf("not tried, because event %d was refused", refused))
		case n > 0:
			done.notTried(fmt.Sprintf("not tried, because event %d, which concerns the same goods, was refused", n))
		default:
			if err := c.event(ctx); err != nil {
				return out, fmt.Errorf("event %d: %w", done.Event, err)
			}
		}
		out = append(out, *done)
		if o.Report != nil {
			o.Report(*done)
		}
		if done.OK() {
			continue
		}
		if o.Behaviour == StopAtRefusal {
			break
		}
		if refused == 0 {
			refused = done.Event
		}
		if done.Standing != StandingRepeated {
			for _, key := range eventKeys(c.ev) {
				doubt[key] = done.Event
			}
		}
	}
	return out, nil
}

// refusedIn is the first refused event, 0 when there is none.
func refusedIn(all []Captured) int {
	for i := range all {
		if !all[i].OK() {
			return all[i].Event
		}
	}
	return 0
}

// withheld makes events that would have gone in ones that were not tried.
func withheld(all []Captured, refused int) []Captured {
	for i := range all {
		if all[i].Standing == StandingReady {
			all[i].notTried(fmt.Sprintf("not tried: nothing of the document was submitted, because event %d is refused", refused))
		}
	}
	return all
}

// inDoubt is a refused event that concerns one of the same keys, or 0.
func inDoubt(doubt map[gs1.Key]int, ev *epcis.Event) int {
	if len(doubt) == 0 {
		return 0
	}
	for _, key := range eventKeys(ev) {
		if n := doubt[key]; n > 0 {
			return n
		}
	}
	return 0
}

// eventKeys lists the items and containers that an event names, each as often
// as it does. Identifiers of other things are left out.
func eventKeys(ev *epcis.Event) []gs1.Key {
	var out []gs1.Key
	add := func(ids ...string) {
		for _, id := range ids {
			if key, err := parseEPCKey(id); err == nil {
				out = append(out, key)
			}
		}
	}
	if ev.ParentID != "" {
		add(ev.ParentID)
	}
	add(ev.EPCs...)
	add(ev.ChildEPCs...)
	add(ev.InputEPCs...)
	add(ev.OutputEPCs...)
	return out
}
