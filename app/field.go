package app

import (
	"unicode/utf8"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Bounds of single fields, in bytes.
const (
	maxKeyBytes  = 38 // "01" GTIN-14 "21" serial of 20
	minKeyBytes  = 19 // the same with a serial of one character
	maxLotBytes  = 20
	maxNameBytes = 120
	maxTextBytes = 200
)

// A field of a gs1 type is checked when it is read, so that a value that was
// decoded is as good as one that was parsed.

func readGTIN(d *wire.Decoder) gs1.GTIN {
	var raw [14]byte
	d.Raw(raw[:])
	return checked(d, raw, gs1.GTINFromBytes)
}

func readGLN(d *wire.Decoder) gs1.GLN {
	var raw [13]byte
	d.Raw(raw[:])
	return checked(d, raw, gs1.GLNFromBytes)
}

// readOptionalGLN reads a GLN that may be absent, as a presence byte first.
func readOptionalGLN(d *wire.Decoder) gs1.GLN {
	if !d.Bool() {
		return gs1.GLN{}
	}
	return readGLN(d)
}

func writeOptionalGLN(e *wire.Encoder, g gs1.GLN) {
	e.Bool(!g.IsZero())
	if !g.IsZero() {
		e.Raw(g[:])
	}
}

func checked[Raw, T any](d *wire.Decoder, raw Raw, parse func(Raw) (T, error)) T {
	var zero T
	if d.Err() != nil {
		return zero
	}
	v, err := parse(raw)
	if err != nil {
		d.Fail("%v", err)
		return zero
	}
	return v
}

func readKey(d *wire.Decoder) gs1.Key {
	return checked(d, d.String8(maxKeyBytes), gs1.ParseKey)
}

func readLot(d *wire.Decoder) string {
	return checked(d, d.String8(maxLotBytes), func(s string) (string, error) { return s, gs1.ValidLot(s) })
}

// readOptionalLot reads a lot that may be the empty string.
func readOptionalLot(d *wire.Decoder) string {
	s := d.String8(maxLotBytes)
	if s == "" {
		return ""
	}
	return checked(d, s, func(s string) (string, error) { return s, gs1.ValidLot(s) })
}

func readDate(d *wire.Decoder) gs1.Date {
	return checked(d, d.Uint32(), gs1.DateFromNumber)
}

func readPrefix(d *wire.Decoder) gs1.CompanyPrefix {
	return checked(d, d.String8(12), gs1.ParseCompanyPrefix)
}

func readHash(d *wire.Decoder) (h merkle.Hash) {
	d.Raw(h[:])
	return h
}

func readHoldingID(d *wire.Decoder) (id HoldingID) {
	d.Raw(id[:])
	return id
}

// readText reads UTF-8 text without control characters.
func readText(d *wire.Decoder, limit int) string {
	s := d.String8(limit)
	if !printable(s) {
		d.Fail("text contains control characters or is not UTF-8")
		return ""
	}
	return s
}

// printable reports whether s is UTF-8 without control characters, so that no
// record can garble a terminal or a log.
func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return false
		}
	}
	return true
}
