package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress draws one line that grows while long work goes on. It draws on a
// terminal only, on standard error, so that results can be piped.
type progress struct {
	w    io.Writer
	what string
	last int
}

const progressCells = 30

// newProgress draws on w if it is a terminal.
func newProgress(w io.Writer, what string) *progress {
	f, ok := w.(*os.File)
	if !ok {
		return &progress{}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &progress{}
	}
	return &progress{w: w, what: what, last: -1}
}

// set shows that done of total is done.
func (p *progress) set(done, total uint64) {
	if p.w == nil || total == 0 {
		return
	}
	permille := int(min(done, total) * 1000 / total)
	if permille == p.last {
		return
	}
	p.last = permille
	cells := permille * progressCells / 1000
	fmt.Fprintf(p.w, "\r%s [%s%s] %d of %d", p.what, strings.Repeat("#", cells), strings.Repeat(".", progressCells-cells), done, total)
}

// end clears the line.
func (p *progress) end() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
