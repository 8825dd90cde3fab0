package gs1

import "strings"

// Bracketed returns the form printed under a barcode, which ParseBracketed
// reads back.
func (es Elements) Bracketed() string {
	var b strings.Builder
	for i := range es {
		b.WriteString("(" + es[i].AI + ")")
		b.WriteString(strings.ReplaceAll(es[i].Value, "(", `\(`))
	}
	return b.String()
}

// ElementString returns the unbracketed form with '^' for FNC1, one before the
// first element and one after each whose length is not predefined, the last
// aside. ParseElementString reads it back.
func (es Elements) ElementString() string { return es.join('^', "^") }

// Scan returns what a scanner transmits for these elements in a GS1 DataMatrix:
// the symbology identifier ]d2 and GS (0x1D) for FNC1 (GS 7.8.4).
func (es Elements) Scan() string { return es.join(groupSeparator, "]d2") }

func (es Elements) join(separator byte, first string) string {
	var b strings.Builder
	b.WriteString(first)
	for i := range es {
		if i > 0 {
			if sp, _ := lookup(es[i-1].AI); !sp.preset {
				b.WriteByte(separator)
			}
		}
		b.WriteString(es[i].AI)
		b.WriteString(es[i].Value)
	}
	return b.String()
}
