package bundle

import (
	"strconv"

	"github.com/pedigree-ledger/pedigree/app"
)

// legalNotice is the sentence by which the GS1 US guideline R1.3 states the
// transaction statement.
const legalNotice = "Seller has complied with each applicable subsection of FDCA Sec. 581(27)(A)-(G)."

// statementWords are what a seller states of a transaction (FD&C Act 581(27)).
func statementWords() []string {
	return []string{
		"is authorized as the Drug Supply Chain Security Act demands;",
		"received the product from a person that is authorized as it demands;",
		"received transaction information and a transaction statement from the prior owner of the product, as section 582 demands;",
		"did not knowingly ship a suspect or illegitimate product;",
		"had systems and processes in place to comply with the verification requirements of section 582;",
		"did not knowingly provide false transaction information; and",
		"did not knowingly alter the transaction history.",
	}
}

// Standing says in one sentence how the transaction stands to the statement:
// affirmed, exempt, or neither.
func (t *Transaction) Standing() string {
	switch {
	case t.Statement && t.Exemption != app.ExemptNone:
		return "affirmed by " + t.From.Name + "; named exemption: " + t.Exemption.String()
	case t.Statement:
		return "affirmed by " + t.From.Name
	case t.Exemption != app.ExemptNone:
		return "none: exempt, " + t.Exemption.String() + "; no transaction statement is due, and none was given"
	default:
		return "none was given"
	}
}

// Affirmed reports whether every transaction of the bundle that is not exempt
// has its statement; stated, whether any has one.
func (b *Bundle) Affirmed() (all, stated bool) {
	all = true
	for i := range b.Transactions {
		t := &b.Transactions[i]
		stated = stated || t.Statement
		all = all && (t.Statement || t.Exemption != app.ExemptNone)
	}
	return all && stated, stated
}

// String says what is left out and how to ask for it, in whole sentences; ""
// for nil.
func (c *Cut) String() string {
	if c == nil {
		return ""
	}
	s := ""
	if c.Transactions > 0 {
		s = plural(uint64(c.Transactions), "older transaction") + " of the time asked about left out: ask again with until " +
			c.Until.UTC().Format("2006-01-02T15:04:05Z") + "."
	}
	if c.Packages > 0 {
		if s != "" {
			s += " "
		}
		s += plural(c.Packages, "package") + " of the transactions shown not listed: ask for a shorter time, or for more packages."
	}
	return s
}

func plural(n uint64, word string) string {
	s := strconv.FormatUint(n, 10) + " " + word
	if n != 1 {
		s += "s"
	}
	return s
}
