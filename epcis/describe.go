package epcis

import (
	"fmt"
	"strings"
)

// Describe returns the document in plain words, for a person who has to check
// it: every field that was understood, and what is only carried.
func (d *Document) Describe() string {
	var p plain
	p.line(0, "%s, schema version %s, created %s", d.Format, or(d.SchemaVersion, "not given"), or(d.CreationDate.Text, "not given"))
	p.header(d)
	for _, v := range d.MasterData {
		p.line(0, "master data: %s", attributeName(v.Type))
		for _, e := range v.Elements {
			p.line(1, "%s", e.ID)
			for _, a := range e.Attributes {
				p.line(2, "%s: %s", attributeName(a.ID), a.Value)
			}
			p.list(2, "contains", e.Children)
		}
	}
	for i := range d.Events {
		p.event(&d.Events[i])
	}
	return p.b.String()
}

// Describe returns the event in plain words, as Document.Describe does.
func (e *Event) Describe() string {
	var p plain
	p.event(e)
	return p.b.String()
}

// plain writes indented lines, leaving out what is empty.
type plain struct{ b strings.Builder }

func (p *plain) line(depth int, format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

func (p *plain) value(depth int, label, value string) {
	if value != "" {
		p.line(depth, "%s: %s", label, value)
	}
}

func (p *plain) list(depth int, label string, values []string) {
	if len(values) == 0 {
		return
	}
	p.line(depth, "%s: %d", label, len(values))
	for _, v := range values {
		p.line(depth+1, "%s", v)
	}
}

func (p *plain) header(d *Document) {
	p.value(0, "instance", d.Header.InstanceID)
	for _, s := range d.Header.Senders {
		p.line(0, "sender: %s", s.ID)
	}
	for _, r := range d.Header.Receivers {
		p.line(0, "receiver: %s", r.ID)
	}
	p.value(0, "guideline", d.DSCSA.GuidelineVersion)
	if d.DSCSA.Present {
		p.line(0, "transaction statement: affirmed %t", d.DSCSA.Affirmed)
		p.value(1, "notice", d.DSCSA.LegalNotice)
	}
	p.nodes(0, d.Header.Extensions)
	p.nodes(0, d.Extensions)
}

func (p *plain) event(e *Event) {
	where := ""
	switch {
	case e.Pointer != "":
		where = fmt.Sprintf(" (line %d, %s)", e.Line, e.Pointer)
	case e.Line > 0:
		where = fmt.Sprintf(" (line %d)", e.Line)
	}
	p.line(0, "event %d: %s %s%s", e.Index, e.Type, strings.TrimSpace(e.Action+" "+e.BizStep), where)
	p.value(1, "event id", e.ID)
	p.line(1, "time: %s, local offset %s", e.Time, or(e.TimeZoneOffset, "not given"))
	p.value(1, "recorded", e.RecordTime.String())
	p.value(1, "disposition", e.Disposition)
	p.list(1, "disposition set", e.PersistentDisposition.Set)
	p.list(1, "disposition unset", e.PersistentDisposition.Unset)
	p.what(e)
	p.value(1, "read point", e.ReadPoint.ID)
	p.nodes(2, e.ReadPoint.Extensions)
	p.value(1, "business location", e.BizLocation.ID)
	p.nodes(2, e.BizLocation.Extensions)
	p.why(e)
	p.carried(e)
	if digest, err := e.Digest(); err == nil {
		p.line(1, "digest: %s", digest)
	}
}

func (p *plain) what(e *Event) {
	p.value(1, "parent", e.ParentID)
	p.list(1, "objects", e.EPCs)
	p.quantities("quantities", e.Quantities)
	p.list(1, "children", e.ChildEPCs)
	p.quantities("child quantities", e.ChildQuantities)
	p.list(1, "inputs", e.InputEPCs)
	p.quantities("input quantities", e.InputQuantities)
	p.list(1, "outputs", e.OutputEPCs)
	p.quantities("output quantities", e.OutputQuantities)
	p.value(1, "transformation", e.TransformationID)
	p.value(1, "lot", e.Lot())
	p.value(1, "expires", e.Expiry())
}

func (p *plain) quantities(label string, list []Quantity) {
	for _, q := range list {
		p.line(1, "%s: %s", label, strings.TrimSpace(q.Amount+" "+q.UOM+" of "+q.EPCClass))
	}
}

func (p *plain) why(e *Event) {
	for _, t := range e.BizTransactions {
		p.line(1, "business transaction %s: %s", or(t.Type, "of no type"), t.ID)
	}
	for _, s := range e.Sources {
		p.line(1, "source %s: %s", s.Type, s.ID)
	}
	for _, d := range e.Destinations {
		p.line(1, "destination %s: %s", d.Type, d.ID)
	}
	if d := e.Error; d != nil {
		p.line(1, "declared wrong at %s: %s", d.Time, or(d.Reason, "no reason given"))
		p.list(2, "corrected by", d.CorrectiveIDs)
		p.nodes(2, d.Extensions)
	}
}

func (p *plain) carried(e *Event) {
	p.list(1, "certification", e.Certifications)
	p.nodes(1, e.SensorElements)
	if len(e.ILMD) > 0 {
		p.line(1, "instance and lot data:")
		p.nodes(2, e.ILMD)
	}
	if len(e.Extensions) > 0 {
		p.line(1, "carried along:")
		p.nodes(2, e.Extensions)
	}
}

func (p *plain) nodes(depth int, list []Node) {
	for i := range list {
		n := &list[i]
		p.line(depth, "%s", strings.TrimSuffix(n.Name.String()+": "+n.Value, ": "))
		p.nodes(depth+1, n.Children)
	}
}
