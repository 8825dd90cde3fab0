package bundle

import (
	"bytes"
	"strconv"

	"github.com/go-pdf/fpdf"
)

// The grid of labels, in millimetres.
const (
	labelColumns = 3
	labelHigh    = 20.0
	labelWide    = textWidth / labelColumns
	symbolSide   = 17.0
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
	if !pack.Proved {
		lines = append(lines, "NOT PROVED: "+pack.Why)
	}
	for i, text := range lines {
		p.SetFont(pageFont, "", smallSize)
		if i >= len(labelLines(id)) {
			p.SetFont(pageFont, "B", smallSize-2)
		}
		p.SetXY(x+symbolSide+1, y+1+float64(i)*3.2)
		p.CellFormat(labelWide-symbolSide-2, 3.2, latin(text), "", 0, "L", false, 0, "")
	}
}

// symbol draws the DataMatrix of a package.
func (p *printer) symbol(l *Line, pack *Package, x, y float64) {
	id, _ := l.Identifier(pack)
	data, err := symbolPNG(id)
	if err != nil {
		p.SetError(err)
		return
	}
	p.symbols++
	name := "symbol" + strconv.Itoa(p.symbols)
	options := fpdf.ImageOptions{ImageType: "PNG"}
	p.RegisterImageOptionsReader(name, options, bytes.NewReader(data))
	p.ImageOptions(name, x, y, symbolSide, symbolSide, false, options, 0, "")
}
