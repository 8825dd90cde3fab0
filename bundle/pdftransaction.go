package bundle

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
)

// transaction prints one change of ownership, from a new page on.
func (p *printer) transaction(i int) {
	t := &p.b.Transactions[i]
	p.AddPage()
	p.heading(fmt.Sprintf("Transaction %d of %d: %s, shipment %d", i+1, len(p.b.Transactions), t.Purpose, t.Shipment), 14)
	p.field("From", t.From.words())
	p.field("To", t.To.words())
	if t.Shipper != t.From.GLN {
		p.field("Shipped by", "GLN "+t.Shipper.String())
	}
	if t.ShipTo != t.To.GLN {
		p.field("Shipped to", "GLN "+t.ShipTo.String())
	}
	if t.DropShipment {
		p.field("Drop shipment", "yes: the goods went from GLN "+t.Shipper.String()+" straight to GLN "+t.ShipTo.String())
	}
	p.field("Date of transaction", t.Date.String())
	p.field("Date of shipment", stamp(t.Shipped))
	p.field("Packages shipped", strconv.FormatUint(t.Counts.Shipped, 10)+" ("+t.Counts.words()+")")
	for _, d := range t.Documents {
		p.field("Document", d.Kind.String()+" "+d.ID)
	}
	p.statement(t)
	for j := range t.Lines {
		p.line(&t.Lines[j])
	}
	if t.Unlisted > 0 {
		p.Ln(2)
		p.paragraph("B", fmt.Sprintf("%d of the %d packages shipped are not listed here.", t.Unlisted, t.Counts.Shipped))
	}
}

// words say what became of the packages.
func (c *Counts) words() string {
	var parts []string
	for _, x := range [...]struct {
		n    uint64
		what string
	}{{c.Received, "received"}, {c.Refused, "refused"}, {c.Short, "missing on arrival"}, {c.Voided, "taken back"}, {c.Open, "on the road"}} {
		if x.n > 0 {
			parts = append(parts, strconv.FormatUint(x.n, 10)+" "+x.what)
		}
	}
	return strings.Join(parts, ", ")
}

// statement prints the transaction statement, or why there is none.
func (p *printer) statement(t *Transaction) {
	p.Ln(2)
	p.heading("Transaction statement", 11)
	p.field("Statement", t.Standing())
	if !t.Statement {
		return
	}
	p.paragraph("", legalNotice)
	text := "The entity transferring ownership, " + t.From.Name + ","
	for i, s := range statementWords() {
		text += " (" + string(rune('A'+i)) + ") " + s
	}
	p.paragraph("", text)
}

// line prints the packages of one lot: what they are, then their labels.
func (p *printer) line(l *Line) {
	p.room(50)
	p.Ln(3)
	p.heading(l.Product.Name, 11)
	p.field("Strength and form", join(l.Product.Strength, l.Product.Form))
	p.field("NDC", l.Product.NDC)
	p.field("Container size", l.Product.NetContent)
	p.field("Containers", strconv.Itoa(len(l.Packages)))
	p.field("Lot", l.Lot.Lot)
	p.field("Expiry", l.Lot.Expiry.String())
	p.field("GTIN", l.Product.GTIN.String())
	p.field("Manufacturer", l.Product.Manufacturer.words())
	if r := l.Lot.Recall; r != nil {
		p.field("RECALLED", recallWords(r))
	}
	if l.Lot.Exempt != app.LotNotExempt {
		p.field("Exempt", l.Lot.Exempt.String()+": its packages bear no product identifier; a serial that begins with * stands for one on this ledger only")
	}
	p.labels(l)
}

func recallWords(r *app.Recall) string {
	s := fmt.Sprintf("class %d, since %s", r.Class, unixTime(r.Time).Format(time.DateOnly))
	if !r.Whole {
		s += ", in part: " + plural(uint64(r.Items), "package or case")
	}
	if r.Reason != "" {
		s += ": " + r.Reason
	}
	return s
}

func join(words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}
