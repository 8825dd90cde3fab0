package epcis

import (
	"fmt"
	"slices"
	"strings"
)

// xmlReader walks an XML document from its root to the events, building each as
// soon as it has been read.
type xmlReader struct {
	*xmlScanner
	doc *Document
	opt Options
}

func decodeXML(data []byte, opt Options) (*Document, error) {
	r := &xmlReader{xmlScanner: newXMLScanner(data, opt), doc: &Document{}, opt: opt}
	kind, root, err := r.next()
	if err == nil && kind == tokenStart {
		err = r.root(root)
	}
	for err == nil && kind != tokenEOF {
		kind, _, err = r.next()
	}
	if err != nil {
		return nil, asError(err, r.line())
	}
	r.doc.Namespaces = r.declared
	r.doc.shareIgnored()
	if err := r.doc.checkCarried(); err != nil {
		return nil, err
	}
	return r.doc, nil
}

func (r *xmlReader) root(n Node) error {
	r.doc.Format = FormatXML2
	switch n.Name.Space {
	case nsEPCIS1, nsQuery1, nsMasterData1:
		r.doc.Format = FormatXML1
	case nsEPCIS2, nsQuery2, nsMasterData2:
	case "":
		if isFragment(n.Name.Local) {
			break
		}
		fallthrough
	default:
		return &Error{Line: n.Line, Field: n.Name.String(), Reason: "is not an EPCIS root element: want EPCISDocument in namespace " + nsEPCIS1 + " or " + nsEPCIS2}
	}
	r.version(&n)
	if isFragment(n.Name.Local) {
		return r.fragment(n)
	}
	switch n.Name.Local {
	case "EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument":
	default:
		return &Error{Line: n.Line, Field: n.Name.Local, Reason: "is not an EPCIS document: want EPCISDocument"}
	}
	if n.Name.Local == "EPCISQueryDocument" {
		r.doc.query()
	}
	return r.children(r.topLevel)
}

// version takes what a root element says of the whole document from its
// attributes.
func (r *xmlReader) version(n *Node) {
	r.doc.SchemaVersion = n.ChildValue("schemaVersion")
	if text := n.ChildValue("creationDate"); text != "" {
		r.doc.CreationDate, _ = parseTime(text)
		r.doc.CreationDate.Text = text
	}
	n.Children = slices.DeleteFunc(n.Children, func(a Node) bool {
		return a.Name == Name{Local: "schemaVersion"} || a.Name == Name{Local: "creationDate"}
	})
	if !isEventType(n.Name.Local) {
		r.doc.Extensions = append(r.doc.Extensions, n.Children...)
	}
}

// isFragment tells whether an element of a document may stand alone: an event,
// a list of events or of master data.
func isFragment(local string) bool {
	return isEventType(local) || local == "EventList" || local == "VocabularyList" || local == "EPCISMasterDataBody"
}

func (r *xmlReader) fragment(n Node) error {
	switch {
	case isEventType(n.Name.Local):
		return r.event(n)
	case n.Name.Local == "EPCISMasterDataBody":
		return r.children(r.body)
	}
	return r.body(n)
}

// children calls visit for each child element up to the end of the current one.
// visit must read its element to the end.
func (r *xmlReader) children(visit func(Node) error) error {
	for {
		kind, n, err := r.next()
		if err != nil || kind == tokenEnd {
			return err
		}
		if kind == tokenStart {
			if err := visit(n); err != nil {
				return err
			}
		}
	}
}

// topLevel takes header and body in any case of letters: one system writes
// epcisbody.
func (r *xmlReader) topLevel(n Node) error {
	standard := n.Name.Space == "" || isEPCISSpace(n.Name.Space)
	switch {
	case standard && strings.EqualFold(n.Name.Local, "EPCISBody"):
		return r.children(r.body)
	case standard && strings.EqualFold(n.Name.Local, "EPCISHeader"):
		tree, err := r.subtree(n)
		if err != nil {
			return err
		}
		return r.doc.readHeader(tree)
	case standard && n.Name.Local == "extension":
		return r.children(r.wrapped)
	case standard && n.Name.Local == "resultsBody":
		return r.children(r.body)
	case standard && isQueryLabel(n.Name.Local):
		return r.label(n)
	case standard:
		return &Error{Line: n.Line, Field: n.Name.Local, Reason: "is not an element of an EPCIS document"}
	}
	return r.carry(n)
}

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

func isEventType(local string) bool {
	switch local {
	case ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent:
		return true
	}
	return false
}

func unknownEventType(got string) string {
	if got == "QuantityEvent" {
		return "is deprecated since EPCIS 1.1; send an ObjectEvent with a quantityList"
	}
	if got == "" {
		return "is missing: want an EPCIS event type"
	}
	return fmt.Sprintf("is not an EPCIS event type: want %s, %s, %s, %s or %s",
		ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent)
}

// extend keeps a document-level element of another namespace, and understands
// one of them: ignoreFields names extension fields that are not content.
func (d *Document) extend(n Node) {
	if n.Name.Local == "ignoreFields" {
		for _, c := range n.Children {
			d.Ignored = append(d.Ignored, c.Name)
		}
	}
	d.Extensions = append(d.Extensions, n)
}

func (d *Document) shareIgnored() {
	for i := range d.Events {
		d.Events[i].Ignored = d.Ignored
	}
}
