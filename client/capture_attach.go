package client

import (
	"fmt"
	"strings"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// attached decides what becomes of an event that stands for nothing on the
// ledger: it is attached where that was asked for, else refused. done is false
// for an event that has a meaning.
func (c *capturer) attached() (done bool, err error) {
	why := c.noStep()
	switch {
	case c.ev.Error != nil && !c.attach:
		return false, nil // what it corrects may be of any kind
	case why != "" && c.ev.BizStep != "" && !isWord(c.ev.BizStep):
		return true, c.refuse("bizStep %q: CBV knows no such word, and it is no URI of another vocabulary", c.ev.BizStep)
	case why != "" && !c.attach:
		c.sayWhat("%s", strings.TrimRight(c.ev.Type+" "+c.ev.Action, " "))
		return true, c.refuse("%s", why)
	case why == "" && c.attach:
		why = c.noGoods()
	}
	if why == "" {
		return false, nil
	}
	c.done.Standing, c.done.Reason = StandingAttached, why
	return true, nil
}

// noStep says why an event is none of those that become ops, or nothing.
func (c *capturer) noStep() string {
	if c.step() != nil {
		return ""
	}
	return fmt.Sprintf("%s with action %q and bizStep %q stands for nothing that the ledger records; it takes: %s",
		c.ev.Type, c.ev.Action, c.ev.BizStep, stepNames())
}

// isWord reports whether a business step is a word of CBV or of somebody's own
// vocabulary. A misspelt one is neither: what was meant by it might have been
// an op, so it is not passed over.
func isWord(step string) bool {
	if _, known := epcis.BizStepWord(step); known {
		return true
	}
	return strings.Contains(step, ":") && !strings.HasPrefix(step, "cbv:") &&
		!strings.HasPrefix(step, "urn:epcglobal:cbv:") && !strings.Contains(step, "gs1.org/cbv/")
}

// noGoods says that everything an event names is of kinds that the ledger does
// not keep: classes, returnable assets, documents, places. An identifier that
// would be an item's or a container's if it were well-formed is a mistake, and
// so is an event that names nothing.
func (c *capturer) noGoods() string {
	ev := c.ev
	named := len(ev.Quantities) + len(ev.ChildQuantities) + len(ev.InputQuantities) + len(ev.OutputQuantities)
	ids := [][]string{ev.EPCs, ev.ChildEPCs, ev.InputEPCs, ev.OutputEPCs}
	if ev.ParentID != "" {
		ids = append(ids, []string{ev.ParentID})
	}
	for _, list := range ids {
		for _, id := range list {
			if _, err := parseEPCKey(id); err == nil || meansKey(id) {
				return ""
			}
			named++
		}
	}
	if named == 0 {
		return ""
	}
	return "it names no item and no logistic unit: of other things and of amounts of a class the ledger keeps nothing"
}

// meansKey reports whether an identifier has the form of an item's or a
// container's.
func meansKey(id string) bool {
	low := strings.ToLower(id)
	for _, prefix := range []string{"urn:epc:id:sgtin:", "urn:epc:id:sscc:"} {
		if strings.HasPrefix(low, prefix) {
			return true
		}
	}
	return strings.HasPrefix(low, "http") && (strings.Contains(low, "/00/") || strings.Contains(low, "/01/") && strings.Contains(low, "/21/"))
}
