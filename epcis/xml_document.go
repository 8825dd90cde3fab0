package epcis

import (
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
