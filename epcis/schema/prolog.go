package schema

import (
	"bytes"
	"encoding/xml"
	"io"
)

// prolog reads an XML document up to its root element and returns the root's
// namespace. A DOCTYPE that declares nothing, which the validator would refuse,
// is blanked in the data returned, line feeds kept; everything else is left to
// the validator to judge.
func prolog(data []byte) (space string, blanked []byte) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	from := int64(0)
	for {
		token, err := dec.Token()
		if err != nil {
			return "", data
		}
		to := dec.InputOffset()
		switch t := token.(type) {
		case xml.StartElement:
			return t.Name.Space, data
		case xml.Directive:
			if bytes.HasPrefix(t, []byte("DOCTYPE ")) && !bytes.ContainsAny(t, "[<") {
				data = blank(data, from, to)
			}
		}
		from = to
	}
}

// blank returns data with spaces for everything but line feeds between two offsets.
func blank(data []byte, from, to int64) []byte {
	out := bytes.Clone(data)
	for i := from; i < to; i++ {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return out
}
