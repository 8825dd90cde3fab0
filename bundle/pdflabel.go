package bundle

import (
	"fmt"
	"strings"
)

// The grid of labels, in millimetres.
const (
	labelColumns = 3
	labelHigh    = 20.0
	labelWide    = textWidth / labelColumns
	symbolSide   = 17.0
	// quietModules is how many modules of quiet zone a symbol has on each side;
	// it needs one (ISO/IEC 16022).
	quietModules = 2
)

// labels prints a label for each package that bears an identifier, and the
// surrogate serial for each that bears none.
func (p *printer) labels(l *Line) {
	p.Ln(1)
	column := 0
	for i := range l.Packages {
		if column == 0 {
			p.room(labelHigh)
		}
		x, y := pageMargin+float64(column)*labelWide, p.GetY()
		p.label(l, &l.Packages[i], x, y)
		p.SetXY(pageMargin, y)
		if column++; column == labelColumns || i == len(l.Packages)-1 {
			column = 0
			p.SetXY(pageMargin, y+labelHigh)
		}
	}
}

func (p *printer) label(l *Line, pack *Package, x, y float64) {
	id, bears := l.Identifier(pack)
	lines := []string{"no identifier on the package", pack.Serial}
	if bears {
		p.symbol(l, pack, x, y)
		readable := labelLines(id)
		lines = readable[:]
	}
	const wide, high = labelWide - symbolSide - 2, 3.2
	p.SetFont(pageFont, "", smallSize)
	for i, text := range lines {
		p.SetXY(x+symbolSide+1, y+1+float64(i)*high)
		p.CellFormat(wide, high, latin(text), "", 0, "L", false, 0, "")
	}
	if !pack.Proved {
		p.SetFont(pageFont, "B", smallSize-2)
		p.SetXY(x+symbolSide+1, y+1+float64(len(lines))*high)
		p.MultiCell(wide, high*0.6, latin("NOT PROVED: "+pack.Why), "", "L", false)
	}
}

// symbol draws the DataMatrix of a package, each row of dark modules as a
// rectangle, so that it is sharp at any size.
func (p *printer) symbol(l *Line, pack *Package, x, y float64) {
	id, _ := l.Identifier(pack)
	img, err := symbol(id)
	if err != nil {
		p.SetError(err)
		return
	}
	_, page := p.GetPageSize()
	k := p.GetConversionRatio()
	side := symbolSide * k / float64(img.Bounds().Dx()+2*quietModules)
	left, top := x*k+side*quietModules, (page-y)*k-side*quietModules
	var b strings.Builder
	fmt.Fprintf(&b, "q %.4f 0 0 %.4f %.3f %.3f cm 0 g\n", side, -side, left, top)
	for _, r := range runs(img) {
		fmt.Fprintf(&b, "%d %d %d 1 re\n", r.x, r.y, r.width)
	}
	b.WriteString("f Q")
	p.RawWriteStr(b.String())
}
