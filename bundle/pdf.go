package bundle

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/go-pdf/fpdf"
)

// The page: US letter, in millimetres.
const (
	pageMargin = 16.0
	pageBottom = 18.0
	textWidth  = 215.9 - 2*pageMargin
	lineHeight = 4.6
	labelWidth = 38.0 // of the name of a field
	pageFont   = "Helvetica"
	textSize   = 9.0
	smallSize  = 7.0
	stampForm  = "2006-01-02 15:04:05 UTC"
)

// WritePDF writes the bundle as a PDF: a page that says what it is, of whom, and
// as of when it is proved; each transaction's information and statement; and a
// label for each package, with its GS1 DataMatrix and the same in print. A
// bundle has one PDF.
func (b *Bundle) WritePDF(w io.Writer) error {
	p := b.print(true)
	if err := p.Error(); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return p.Output(w)
}

// print lays out all pages, compressed or, for tests, plain.
func (b *Bundle) print(compress bool) *printer {
	p := &printer{Fpdf: fpdf.New("P", "mm", "Letter", ""), b: b}
	p.SetCompression(compress)
	p.SetCreationDate(b.Time)
	p.SetModificationDate(b.Time)
	p.SetCatalogSort(true)
	p.SetTitle("Transaction information and transaction statements", false)
	p.SetCreator("Pedigree", false)
	p.SetMargins(pageMargin, pageMargin, pageMargin)
	p.SetAutoPageBreak(true, pageBottom)
	p.AliasNbPages("{nb}")
	p.SetFooterFunc(p.footer)
	p.AddPage()
	p.title()
	for i := range b.Transactions {
		p.transaction(i)
	}
	return p
}

// printer writes one PDF. Its errors are sticky.
type printer struct {
	*fpdf.Fpdf
	b *Bundle
}

func (p *printer) footer() {
	p.SetY(-12)
	p.SetFont(pageFont, "", smallSize)
	left := "Chain " + p.b.ChainID + ", proved as of height " + strconv.FormatUint(p.b.Height, 10)
	p.CellFormat(textWidth/2, lineHeight, latin(left), "", 0, "L", false, 0, "")
	p.CellFormat(textWidth/2, lineHeight, "Page "+strconv.Itoa(p.PageNo())+" of {nb}", "", 0, "R", false, 0, "")
}

// heading writes a heading of a size in points.
func (p *printer) heading(text string, size float64) {
	p.SetFont(pageFont, "B", size)
	p.MultiCell(textWidth, size*0.5, latin(text), "", "L", false)
	p.Ln(1)
}

// field writes a name and what it says, wrapped.
func (p *printer) field(name, value string) {
	p.SetFont(pageFont, "B", textSize)
	p.CellFormat(labelWidth, lineHeight, latin(name), "", 0, "L", false, 0, "")
	p.SetFont(pageFont, "", textSize)
	if value == "" {
		value = "not recorded"
	}
	p.MultiCell(textWidth-labelWidth, lineHeight, latin(value), "", "L", false)
}

func (p *printer) paragraph(style, text string) {
	p.SetFont(pageFont, style, textSize)
	p.MultiCell(textWidth, lineHeight, latin(text), "", "L", false)
}

// room begins a new page unless so many millimetres are left.
func (p *printer) room(height float64) {
	_, page := p.GetPageSize()
	if p.GetY()+height > page-pageBottom {
		p.AddPage()
	}
}

func stamp(t time.Time) string { return t.UTC().Format(stampForm) }
