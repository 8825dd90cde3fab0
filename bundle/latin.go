package bundle

import (
	"fmt"
	"strings"
)

// latin writes text in the code page of a PDF's own fonts, Windows-1252. What
// that has no character for is written as its Unicode number, such as {U+0141},
// so that a name is never cut or mistaken.
func latin(text string) string {
	plain := true
	for i := 0; i < len(text); i++ {
		plain = plain && text[i] >= ' ' && text[i] < 0x7f
	}
	if plain {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch c := latinByte(r); {
		case c != 0:
			b.WriteByte(c)
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		default:
			fmt.Fprintf(&b, "{U+%04X}", r)
		}
	}
	return b.String()
}

// latinByte is the byte of a character in Windows-1252, 0 for none.
func latinByte(r rune) byte {
	if r >= ' ' && r < 0x7f || r >= 0xa0 && r <= 0xff {
		return byte(r)
	}
	// The characters from 0x80 on, U+FFFD where the code page has none.
	const upper = "€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ"
	i := byte(0)
	for _, u := range upper {
		if u == r && r != '\ufffd' {
			return 0x80 + i
		}
		i++
	}
	return 0
}
