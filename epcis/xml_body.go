package epcis

import (
	"fmt"
	"strings"
)

func (r *xmlReader) body(n Node) error {
	standard := n.Name.Space == "" || isEPCISSpace(n.Name.Space)
	switch {
	case standard && n.Name.Local == "EventList":
		return r.children(r.listed)
	case standard && (n.Name.Local == "QueryResults" || n.Name.Local == "resultsBody"):
		return r.children(r.body)
	case standard && n.Name.Local == "VocabularyList":
		tree, err := r.subtree(n)
		if err != nil {
			return err
		}
		return r.doc.readVocabularies(tree)
	case standard && isQueryLabel(n.Name.Local):
		return r.label(n)
	case standard && n.Name.Local == "extension":
		return r.children(r.wrapped)
	case standard:
		return &Error{Line: n.Line, Field: n.Name.Local, Reason: "is not an element of EPCISBody: want EventList or QueryResults"}
	}
	return r.carry(n)
}

// wrapped reads one child of an extension element beside or inside the body: one
// of the standard's own, or a vendor's with or without a namespace.
func (r *xmlReader) wrapped(n Node) error {
	if n.Name.Space != "" && !isEPCISSpace(n.Name.Space) {
		return r.carry(n)
	}
	switch {
	case n.Name.Local == "EventList", n.Name.Local == "VocabularyList", n.Name.Local == "resultsBody", isQueryLabel(n.Name.Local):
		return r.body(n)
	case n.Name.Local == "extension", strings.EqualFold(n.Name.Local, "EPCISBody"), strings.EqualFold(n.Name.Local, "EPCISHeader"):
		return r.topLevel(n)
	}
	return r.carry(n)
}

func (r *xmlReader) carry(n Node) error {
	tree, err := r.subtree(n)
	switch {
	case err != nil:
		return err
	case isHeaderPart(n.Name.Local):
		r.doc.readStatement(tree)
	default:
		r.doc.extend(tree)
	}
	return nil
}

func (r *xmlReader) label(n Node) error {
	tree, err := r.subtree(n)
	r.doc.label(n.Name.Local, tree.Value)
	return err
}

// listed reads one child of EventList: an event, or the extension element behind
// which EPCIS 1.1 hides TransformationEvent.
func (r *xmlReader) listed(n Node) error {
	standard := n.Name.Space == "" || isEPCISSpace(n.Name.Space)
	switch {
	case standard && n.Name.Local == "extension":
		return r.children(r.listed)
	case standard && isEventType(n.Name.Local):
		return r.event(n)
	}
	return &Error{Event: len(r.doc.Events) + 1, Line: n.Line, Field: n.Name.String(), Reason: unknownEventType(n.Name.Local)}
}

func (r *xmlReader) event(n Node) error {
	index := len(r.doc.Events) + 1
	if index > r.opt.MaxEvents {
		return &Error{Line: n.Line, Reason: fmt.Sprintf("has more than %d events", r.opt.MaxEvents)}
	}
	tree, err := r.subtree(n)
	if err != nil {
		e := asError(err, n.Line)
		e.Event = index
		return e
	}
	b := builder{index: index, format: r.doc.Format}
	e, err := b.event(tree)
	if err != nil {
		return err
	}
	r.doc.Events = append(r.doc.Events, e)
	return nil
}
