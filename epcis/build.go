package epcis

import (
	"fmt"
	"strings"
)

// builder makes one Event from its tree in the shape of XML 2.0. Both forms pass
// through here, so each rule stands once.
type builder struct {
	index   int
	pointer string
	format  Format
	what    bool // a field saying what the event is about was there, even if empty
	e       Event
}

// maxQuoted is how much of a value stands in an error, in bytes.
const maxQuoted = 100

func (b *builder) fail(n *Node, field, reason string, args ...any) error {
	for i := range args {
		if s, ok := args[i].(string); ok && len(s) > maxQuoted {
			args[i] = strings.ToValidUTF8(s[:maxQuoted], "") + "..."
		}
	}
	e := &Error{Event: b.index, Field: field, Reason: fmt.Sprintf(reason, args...)}
	if n != nil {
		e.Line = n.Line
	}
	if b.pointer != "" {
		e.Pointer = b.pointer + "/" + strings.ReplaceAll(field, " ", "/")
	}
	return e
}

func (b *builder) event(n Node) (Event, error) {
	b.e = Event{Index: b.index, Line: n.Line, Pointer: b.pointer, Format: b.format, Type: n.Name.Local}
	if err := b.fields(n.Children, false); err != nil {
		return Event{}, err
	}
	if err := b.check(&n); err != nil {
		return Event{}, err
	}
	return b.e, nil
}

// fields reads the children of an event. The wrappers extension and
// baseExtension, by which 1.x schemas stayed compatible, are looked through;
// inside them elements of no namespace are a vendor's own and are carried.
func (b *builder) fields(nodes []Node, wrapped bool) error {
	for i := range nodes {
		n := &nodes[i]
		if isEPCISSpace(n.Name.Space) {
			n.Name.Space = ""
		}
		if n.Name.Space != "" || n.Attr {
			b.e.Extensions = append(b.e.Extensions, *n)
			continue
		}
		if n.Name.Local == "extension" || n.Name.Local == "baseExtension" {
			if err := b.fields(n.Children, true); err != nil {
				return err
			}
			continue
		}
		if err := b.field(n, wrapped); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) field(n *Node, wrapped bool) error {
	known, err := b.scalar(n)
	if known || err != nil {
		return err
	}
	known, err = b.list(n)
	if known || err != nil {
		return err
	}
	if !wrapped {
		return b.fail(n, n.Name.Local, "is not a field of %s; fields of your own need a namespace of your own", b.e.Type)
	}
	b.e.Extensions = append(b.e.Extensions, *n)
	return nil
}

// scalar reads the fields that hold one value.
func (b *builder) scalar(n *Node) (bool, error) {
	e := &b.e
	switch n.Name.Local {
	case "eventTime":
		return true, b.instant(n, &e.Time)
	case "recordTime":
		return true, b.instant(n, &e.RecordTime)
	case "eventTimeZoneOffset":
		return true, b.once(n, &e.TimeZoneOffset)
	case "eventID":
		return true, b.once(n, &e.ID)
	case "action":
		return true, b.once(n, &e.Action)
	case "parentID":
		return true, b.identifier(n, &e.ParentID)
	case "transformationID":
		return true, b.identifier(n, &e.TransformationID)
	case "bizStep":
		return true, b.word(n, bizSteps(), &e.BizStep)
	case "disposition":
		return true, b.word(n, dispositions(), &e.Disposition)
	case "certificationInfo":
		e.Certifications = append(e.Certifications, n.Value)
		return true, b.isURI(n, n.Name.Local, n.Value)
	case "readPoint":
		return true, b.place(n, &e.ReadPoint)
	case "bizLocation":
		return true, b.place(n, &e.BizLocation)
	}
	return false, nil
}

// list reads the fields that hold several values.
func (b *builder) list(n *Node) (bool, error) {
	e := &b.e
	switch n.Name.Local {
	case "epcList":
		b.what = true
		return true, b.epcs(n, &e.EPCs)
	case "childEPCs":
		return true, b.epcs(n, &e.ChildEPCs)
	case "inputEPCList":
		return true, b.epcs(n, &e.InputEPCs)
	case "outputEPCList":
		return true, b.epcs(n, &e.OutputEPCs)
	case "quantityList":
		b.what = true
		return true, b.quantities(n, &e.Quantities)
	case "childQuantityList":
		return true, b.quantities(n, &e.ChildQuantities)
	case "inputQuantityList":
		return true, b.quantities(n, &e.InputQuantities)
	case "outputQuantityList":
		return true, b.quantities(n, &e.OutputQuantities)
	case "bizTransactionList":
		return true, b.transactions(n)
	case "sourceList":
		return true, b.endpoints(n, "source", &e.Sources)
	case "destinationList":
		return true, b.endpoints(n, "destination", &e.Destinations)
	case "persistentDisposition":
		return true, b.persistent(n)
	case "sensorElementList":
		b.what = true
		return true, b.sensors(n)
	case "ilmd":
		return true, b.ilmd(n)
	case "errorDeclaration":
		return true, b.declaration(n)
	}
	return false, nil
}
