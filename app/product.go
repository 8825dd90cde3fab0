package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Level is a product's packaging level: whether a key of it names an item or a
// container, and never both (design 01, section 3).
type Level uint8

// The packaging levels.
const (
	LevelUnit  Level = 1
	LevelInner Level = 2
	LevelCase  Level = 3
)

// String is the level's name.
func (l Level) String() string {
	switch l {
	case LevelUnit:
		return "unit"
	case LevelInner:
		return "inner"
	case LevelCase:
		return "case"
	default:
		return "unknown"
	}
}

// MarshalText writes the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a level's name.
func (l *Level) UnmarshalText(p []byte) error {
	for i := LevelUnit; i <= LevelCase; i++ {
		if i.String() == string(p) {
			*l = i
			return nil
		}
	}
	return reject(CodeMalformed, "%q is no packaging level: unit, inner or case", p)
}

// NDC is one dated entry of a product's NDC history. The NDC is never derived
// from the GTIN: from 2033 a 12-digit NDC cannot be embedded in one.
type NDC struct {
	// Code is the NDC as printed, with dashes.
	Code string `json:"code"`
	// From is the first day on which it applies.
	From gs1.Date `json:"from"`
}

// ProductInfo is what a product's labeler says about it: the fields of
// transaction information that follow from the GTIN (FD&C Act 581(26)).
type ProductInfo struct {
	// Level is whether a key of it names an item or a container.
	Level Level `json:"level"`
	// NDCs are its national drug codes, by first day, at most 8.
	NDCs []NDC `json:"ndcs,omitempty"`
	// Name is the proprietary or established name.
	Name string `json:"name"`
	// Form is the dosage form, Strength the strength of a dose, and NetContent
	// how much is in a package.
	Form       string `json:"form,omitempty"`
	Strength   string `json:"strength,omitempty"`
	NetContent string `json:"netContent,omitempty"`
}

// Product is the record of a GTIN ('p'). At most 1,000 bytes.
type Product struct {
	// Labeler is the partner whose product it is now.
	Labeler gs1.GLN `json:"labeler"`
	// PrefixDigits is the length of the company prefix in the GTIN, which
	// EPC URIs need and the GTIN does not tell. The prefix is that of the
	// labeler that registered it, also after the product was sold.
	PrefixDigits uint8 `json:"prefixDigits"`
	// Offered is the partner to which the labeler offers the product; zero
	// when it is not offered. See TransferProduct.
	Offered gs1.GLN `json:"offered,omitzero"`
	ProductInfo
}

const (
	maxNDCs     = 8
	maxNDCBytes = 16
)

func (p *ProductInfo) encode(e *wire.Encoder) {
	e.Uint8(uint8(p.Level))
	e.Count(len(p.NDCs))
	for _, n := range p.NDCs {
		e.String8(n.Code)
		e.Uint32(uint32(n.From))
	}
	e.String8(p.Name)
	e.String8(p.Form)
	e.String8(p.Strength)
	e.String8(p.NetContent)
}

func readProductInfo(d *wire.Decoder) (p ProductInfo) {
	p.Level = Level(d.Uint8())
	if p.Level < LevelUnit || p.Level > LevelCase {
		d.Fail("unknown packaging level %d", p.Level)
	}
	n := d.Count(maxNDCs, 5)
	for i := range n {
		p.NDCs = append(p.NDCs, NDC{readText(d, maxNDCBytes), readDate(d)})
		if i > 0 && p.NDCs[i-1].From >= p.NDCs[i].From {
			d.Fail("NDC history is not ascending by date")
		}
	}
	p.Name, p.Form = readText(d, maxNameBytes), readText(d, maxNameBytes)
	p.Strength, p.NetContent = readText(d, maxNameBytes), readText(d, maxNameBytes)
	return p
}

func (p *Product) encode() []byte {
	e := wire.NewEncoder(256)
	e.Uint8(1)
	e.Raw(p.Labeler[:])
	e.Uint8(p.PrefixDigits)
	writeOptionalGLN(e, p.Offered)
	p.ProductInfo.encode(e)
	return e.Bytes()
}

// DecodeProduct reads the value of a product record.
func DecodeProduct(v []byte) (*Product, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	p := &Product{Labeler: readGLN(d), PrefixDigits: d.Uint8(), Offered: readOptionalGLN(d)}
	p.ProductInfo = readProductInfo(d)
	return p, d.Finish()
}
