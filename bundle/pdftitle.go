package bundle

import (
	"fmt"
	"strconv"
)

// title is the first page: of whom, for which time, and what is proved.
func (p *printer) title() {
	b := p.b
	p.heading("Transaction information and transaction statements", 18)
	p.paragraph("", "Drug Supply Chain Security Act, FD&C Act section 581(26) and (27)")
	p.Ln(4)
	if b.Partner != nil {
		p.field("Trading partner", b.Partner.words())
	}
	if b.Item != "" {
		p.field("Item", b.Item.Bracketed())
	}
	p.field("Shipped", b.period())
	bought, sold := b.sides()
	if b.Partner != nil {
		p.field("Transactions", fmt.Sprintf("%d: %d bought, %d sold", len(b.Transactions), bought, sold))
	} else {
		p.field("Transactions", strconv.Itoa(len(b.Transactions)))
	}
	listed, proved := b.Packages()
	p.field("Packages listed", strconv.Itoa(listed))
	p.Ln(3)
	p.heading("What is proved", 12)
	p.field("Ledger", b.ChainID)
	p.field("As of height", strconv.FormatUint(b.Height, 10)+", signed by the validators "+stamp(b.Time))
	p.paragraph("", "Every shipment, its parties, date, statement and counts, every product, lot and party in this document is proved to stand in the ledger's state at that height.")
	p.paragraph("", fmt.Sprintf("Of %s listed, %d are proved to have been commissioned in the lot shown. Any other is marked.", plural(uint64(listed), "package"), proved))
	p.paragraph("", "Not proved, but the word of the node that was asked: which packages were in a shipment, and that no shipment of the time is left out. The number of packages is compared with the proved one, and a difference is shown.")
	if b.Cut != nil {
		p.Ln(3)
		p.heading("Left out", 12)
		p.paragraph("B", b.Cut.String())
	}
	if len(b.Transactions) == 0 {
		p.Ln(3)
		p.paragraph("B", "There is no transaction to show.")
	}
}

// words are a party as transaction information names it.
func (y *Party) words() string {
	s := y.Name
	if y.Address != "" {
		s += ", " + y.Address
	}
	return s + " (GLN " + y.GLN.String() + ")"
}

// period says in words which time was asked about.
func (b *Bundle) period() string {
	switch {
	case b.Since.IsZero() && b.Until.IsZero():
		return "at any time"
	case b.Since.IsZero():
		return "before " + stamp(b.Until)
	case b.Until.IsZero():
		return "from " + stamp(b.Since) + " on"
	default:
		return "from " + stamp(b.Since) + " to " + stamp(b.Until) + ", the latter not included"
	}
}

// sides counts the transactions by which the partner became the owner, and
// those by which it ceased to be.
func (b *Bundle) sides() (bought, sold int) {
	for i := range b.Transactions {
		if b.Partner == nil {
			break
		}
		if b.Transactions[i].To.GLN == b.Partner.GLN {
			bought++
		}
		if b.Transactions[i].From.GLN == b.Partner.GLN {
			sold++
		}
	}
	return bought, sold
}
