package bundle

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode/datamatrix"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// The drawing of a symbol: pixels for each module, and modules of quiet zone on
// each side (ISO/IEC 16022 asks for one).
const (
	pixelsPerModule = 4
	quietModules    = 2
)

// symbol is the GS1 DataMatrix of a product identifier: FNC1 first, and as the
// separator after a value of variable length (GS 5.6). It is the package's
// barcode in content; its own printer may have ordered or encoded it otherwise.
func symbol(id gs1.ProductIdentifier) (image.Image, error) {
	fnc1 := string([]byte{datamatrix.FNC1})
	text := strings.ReplaceAll(id.Elements().ElementString(), "^", fnc1)
	code, err := datamatrix.Encode(text)
	if err != nil {
		return nil, fmt.Errorf("DataMatrix of %s: %w", id.SGTIN.Key().Bracketed(), err)
	}
	return enlarge(code), nil
}

// enlarge draws modules as squares of pixels inside a quiet zone, in black and
// white.
func enlarge(code image.Image) image.Image {
	size := code.Bounds().Size()
	palette := color.Palette{color.Gray{Y: 255}, color.Gray{Y: 0}}
	out := image.NewPaletted(image.Rect(0, 0, (size.X+2*quietModules)*pixelsPerModule, (size.Y+2*quietModules)*pixelsPerModule), palette)
	for y := range size.Y * pixelsPerModule {
		for x := range size.X * pixelsPerModule {
			at := code.Bounds().Min.Add(image.Pt(x/pixelsPerModule, y/pixelsPerModule))
			if gray, _, _, _ := code.At(at.X, at.Y).RGBA(); gray < 0x8000 {
				out.SetColorIndex(x+quietModules*pixelsPerModule, y+quietModules*pixelsPerModule, 1)
			}
		}
	}
	return out
}

// symbolPNG is symbol as a PNG file of one bit a pixel.
func symbolPNG(id gs1.ProductIdentifier) ([]byte, error) {
	img, err := symbol(id)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}

// labelLines are the human-readable lines beside the barcode (FD&C Act
// 581(14)).
func labelLines(id gs1.ProductIdentifier) [4]string {
	return [4]string{
		"GTIN " + id.SGTIN.GTIN.String(), "SN " + id.SGTIN.Serial, "EXP " + id.Expiry.String(), "LOT " + id.Lot,
	}
}
