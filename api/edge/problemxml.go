package edge

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
)

// xmlProblems is the namespace of problems in XML (RFC 9457, appendix B).
const xmlProblems = "urn:ietf:rfc:7807"

// writeProblemXML writes a problem in XML: each member of its JSON is an element
// of that name, in the same order, and each entry of a list an element i. So the
// two forms cannot come to say different things.
func writeProblemXML(w io.Writer, p *Problem) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	x := xmlOfJSON{in: json.NewDecoder(bytes.NewReader(raw))}
	x.in.UseNumber()
	x.out.WriteString(xml.Header + `<problem xmlns="` + xmlProblems + `">`)
	if err := x.value(); err != nil {
		return err
	}
	x.out.WriteString("</problem>\n")
	_, err = w.Write(x.out.Bytes())
	return err
}

// xmlOfJSON writes as XML what it reads as JSON. The names of members are those
// of Go types and stand as they are; text is escaped, and what XML cannot hold
// replaced.
type xmlOfJSON struct {
	in  *json.Decoder
	out bytes.Buffer
}

func (x *xmlOfJSON) value() error {
	token, err := x.in.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		return x.elements(t == '[')
	case string:
		return xml.EscapeText(&x.out, []byte(t))
	case json.Number:
		x.out.WriteString(t.String())
	case bool:
		if t {
			x.out.WriteString("true")
		} else {
			x.out.WriteString("false")
		}
	}
	return nil
}

// elements writes the members of an object, or the entries of a list, to its
// end.
func (x *xmlOfJSON) elements(list bool) error {
	for x.in.More() {
		name := "i"
		if !list {
			token, err := x.in.Token()
			if err != nil {
				return err
			}
			name, _ = token.(string)
		}
		x.out.WriteString("<" + name + ">")
		if err := x.value(); err != nil {
			return err
		}
		x.out.WriteString("</" + name + ">")
	}
	_, err := x.in.Token() // the end
	return err
}
