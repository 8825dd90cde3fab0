package bundle

import (
	"fmt"
	"image"
	"strings"

	"github.com/boombuler/barcode/datamatrix"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// symbol is the GS1 DataMatrix of a product identifier, a pixel for each module:
// FNC1 first, and as the separator after a value of variable length (GS 5.6).
// It says what the barcode on the package says; the printer of the package may
// have ordered or encoded it otherwise.
func symbol(id gs1.ProductIdentifier) (image.Image, error) {
	img, err := draw(id.Elements())
	if err != nil {
		return nil, fmt.Errorf("DataMatrix of %s: %w", id.SGTIN.Key().Bracketed(), err)
	}
	return img, nil
}

// draw draws element strings. A "^" in them is FNC1: character set 82 has none.
func draw(es gs1.Elements) (image.Image, error) {
	return datamatrix.Encode(strings.ReplaceAll(es.ElementString(), "^", string([]byte{datamatrix.FNC1})))
}

// run is a row of dark modules, counted from the upper left corner.
type run struct{ x, y, width int }

// runs are the dark modules of a symbol.
func runs(img image.Image) []run {
	var out []run
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		begin := -1
		for x := r.Min.X; x <= r.Max.X; x++ {
			dark := x < r.Max.X && isDark(img, x, y)
			switch {
			case dark && begin < 0:
				begin = x
			case !dark && begin >= 0:
				out = append(out, run{begin - r.Min.X, y - r.Min.Y, x - begin})
				begin = -1
			}
		}
	}
	return out
}

func isDark(img image.Image, x, y int) bool {
	gray, _, _, _ := img.At(x, y).RGBA()
	return gray < 0x8000
}

// labelLines are the human-readable lines beside the barcode (FD&C Act
// 581(14)).
func labelLines(id gs1.ProductIdentifier) [4]string {
	return [4]string{
		"GTIN " + id.SGTIN.GTIN.String(), "SN " + id.SGTIN.Serial, "EXP " + id.Expiry.String(), "LOT " + id.Lot,
	}
}
