package bundle

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// read reads a DataMatrix as a scanner does.
func read(t *testing.T, img image.Image) gs1.Elements {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	found, err := datamatrix.NewDataMatrixReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the symbol cannot be read: %v", err)
	}
	id, _ := found.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER].(string)
	if id != "]d2" {
		t.Errorf("symbology identifier %q, want ]d2: the symbol is no GS1 DataMatrix", id)
	}
	es, err := gs1.ParseScan(id + found.GetText())
	if err != nil {
		t.Fatal(err)
	}
	return es
}

// paint draws runs of modules as a printer does, with a quiet zone.
func paint(rows []run) image.Image {
	const module, quiet = 4, 2
	wide, high := 0, 0
	for _, r := range rows {
		wide, high = max(wide, r.x+r.width), max(high, r.y+1)
	}
	img := image.NewGray(image.Rect(0, 0, (wide+2*quiet)*module, (high+2*quiet)*module))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, r := range rows {
		for y := (r.y + quiet) * module; y < (r.y+quiet+1)*module; y++ {
			for x := (r.x + quiet) * module; x < (r.x+quiet+r.width)*module; x++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	return img
}

// rectangles reads the drawing of a symbol in a PDF.
func rectangles(t *testing.T, drawing string) image.Image {
	t.Helper()
	var rows []run
	for line := range strings.Lines(drawing) {
		var r run
		if _, err := fmt.Sscanf(line, "%d %d %d 1 re", &r.x, &r.y, &r.width); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		rows = append(rows, r)
	}
	return paint(rows)
}

func TestSymbolReadsBack(t *testing.T) {
	gtin, err := gs1.ParseGTIN("00614141000012")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range [][2]string{
		{"A", "1"},
		{"LOT-7", "S000001"},
		{"12345678901234567890", "09876543210987654321"},
		{"!\"%&'()*+,-./:;<=>?_", "abcdefghijKLMNOPQRS/"},
	} {
		id := gs1.ProductIdentifier{SGTIN: gs1.SGTIN{GTIN: gtin, Serial: v[1]}, Lot: v[0], Expiry: 20281231}
		img, err := symbol(id)
		if err != nil {
			t.Fatal(err)
		}
		es := read(t, paint(runs(img)))
		if got, want := es.Bracketed(), id.Elements().Bracketed(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if back, err := es.ProductIdentifier(2026); err != nil || back != id {
			t.Errorf("got %v, %v; want %v", back, err, id)
		}
	}
}

// TestCorpusSymbols draws the element strings of another encoder's vectors and
// reads them back.
func TestCorpusSymbols(t *testing.T) {
	f, err := os.Open(filepath.Join(corpusDir(), "bwipp-gs1", "barcode-encodings.dev.jsonl"))
	if err != nil {
		t.Skip("corpus not found: ", err)
	}
	defer f.Close()
	tried := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var v struct{ Src, Symbology, Input, Options string }
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		es, err := gs1.ParseBracketed(v.Input)
		if v.Symbology != "gs1datamatrix" || err != nil {
			continue
		}
		tried++
		img, err := draw(es)
		if err != nil {
			t.Fatalf("%s: %v", v.Src, err)
		}
		if got := read(t, paint(runs(img))); got.Bracketed() != es.Bracketed() {
			t.Errorf("%s: got %s, want %s", v.Src, got.Bracketed(), es.Bracketed())
		}
	}
	if tried != 9 {
		t.Errorf("%d vectors drawn, want 9", tried)
	}
}

func corpusDir() string {
	if dir := os.Getenv("PEDIGREE_CORPUS"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared", "corpus")
}

func TestLatin(t *testing.T) {
	for text, want := range map[string]string{
		"Aspirol 10 mg": "Aspirol 10 mg", "Prüfung™ – 5 €": "Pr\xfcfung\x99 \x96 5 \x80", "Łódź": "{U+0141}\xf3d{U+017A}",
		"a\nb": "a b", "日": "{U+65E5}", "\x01": "{U+0001}", "a\xff": "a{U+FFFD}", "\u0081": "{U+0081}",
	} {
		if got := latin(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestLabelLines(t *testing.T) {
	gtin, err := gs1.ParseGTIN("00614141000012")
	if err != nil {
		t.Fatal(err)
	}
	lines := labelLines(gs1.ProductIdentifier{SGTIN: gs1.SGTIN{GTIN: gtin, Serial: "S1"}, Lot: "L1", Expiry: 20281231})
	if got, want := strings.Join(lines[:], "|"), "GTIN 00614141000012|SN S1|EXP 2028-12-31|LOT L1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
