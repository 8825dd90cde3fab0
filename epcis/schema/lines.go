package schema

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// setLines finds the lines of the places that findings point to, in one walk
// over the document.
func (f *jsonFindings) setLines(data []byte) {
	w := lineWalker{dec: json.NewDecoder(bytes.NewReader(data)), data: data, findings: f, left: len(f.list)}
	w.value("")
}

// lineWalker walks JSON that is known to be well-formed.
type lineWalker struct {
	dec      *json.Decoder
	data     []byte
	counted  int64 // bytes whose line feeds are in lines
	lines    int
	findings *jsonFindings
	left     int // findings without a line
}

// value reads one value, whose pointer is given.
func (w *lineWalker) value(pointer string) {
	token, err := w.dec.Token()
	if err != nil {
		return
	}
	if i, wanted := w.findings.at[pointer]; wanted {
		w.findings.list[i].Line = w.line()
		w.left--
	}
	open, composite := token.(json.Delim)
	for i := 0; composite && w.left > 0 && w.dec.More(); i++ {
		step := strconv.Itoa(i)
		if open == '{' {
			key, err := w.dec.Token()
			if err != nil {
				return
			}
			step, _ = key.(string)
			step = strings.ReplaceAll(strings.ReplaceAll(step, "~", "~0"), "/", "~1")
		}
		w.value(pointer + "/" + step)
	}
	if composite && w.left > 0 {
		_, _ = w.dec.Token() // its end: there is one, the text is well-formed
	}
}

func (w *lineWalker) line() int {
	at := w.dec.InputOffset()
	w.lines += bytes.Count(w.data[w.counted:at], []byte("\n"))
	w.counted = at
	return w.lines + 1
}
