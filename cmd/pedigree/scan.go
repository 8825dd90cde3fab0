package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// scanHelp says what a scan may look like, for the help texts.
const scanHelp = `SCAN is what the barcode reader sends (with or without its symbology
identifier; the group separator as GS, or as ^ when the scan begins with ^), an
element string in brackets such as "(01)09521001100014(21)A3N9QGNNBQ", a GS1
Digital Link, an EPC URI, or a key as other commands print it.`

// scanned is a barcode that was read: the key, and what else it says.
type scanned struct {
	Text     string       `json:"scan"`
	Elements gs1.Elements `json:"-"`
	Key      gs1.Key      `json:"key"`
	Lot      string       `json:"lot,omitempty"`
	Expiry   gs1.Date     `json:"expiry,omitempty"`
	// Suspicions are what looks wrong although the scan reads well.
	Suspicions []scanProblem `json:"suspicions,omitempty"`
}

// scanProblem is a gs1.ScanError for people and programs.
type scanProblem struct {
	Problem string `json:"problem"`
	AI      string `json:"ai,omitempty"`
	Offset  int    `json:"offset"`
	Detail  string `json:"detail"`
	Hint    string `json:"hint,omitempty"`
	words   string
}

func problemOf(e *gs1.ScanError) scanProblem {
	return scanProblem{e.Problem.Code(), e.AI, e.Offset, e.Detail, e.Hint, e.Problem.String()}
}

func (p *scanProblem) text(w io.Writer) {
	part := ""
	if p.AI != "" {
		part = "(" + p.AI + ") "
	}
	where := ""
	if p.Offset >= 0 {
		where = fmt.Sprintf(" at character %d", p.Offset+1)
	}
	fmt.Fprintf(w, "  %s%s%s: %s\n", part, p.words, where, p.Detail)
	if p.Hint != "" {
		fmt.Fprintf(w, "  do: %s\n", p.Hint)
	}
}

// readScan reads what was scanned. A scan that names no single package is a
// *gs1.ScanError too.
func readScan(text string) (*scanned, error) {
	es, err := gs1.ParseScan(text)
	if err != nil {
		return nil, err
	}
	s := &scanned{Text: text, Elements: es}
	var ok bool
	if s.Key, ok = es.Key(); !ok {
		return nil, &gs1.ScanError{
			Problem: gs1.ProblemMissingAI, Offset: -1,
			Detail: "it names no single package: a GTIN (01) with a serial (21), or an SSCC (00), is expected, found " + es.Bracketed(),
			Hint:   "scan the two-dimensional code; the linear one on a package holds no serial",
		}
	}
	s.Lot, _ = es.Lot()
	s.Expiry, _ = es.Expiry(time.Now().Year())
	for _, e := range es.Suspicions() {
		s.Suspicions = append(s.Suspicions, problemOf(e))
	}
	return s, nil
}

// readKey is readScan for a command whose work is not to judge barcodes: a bad
// one is wrong usage.
func readKey(text string) (*scanned, error) {
	s, err := readScan(text)
	if err != nil {
		return nil, usage("%q cannot be read: %v", text, err)
	}
	return s, nil
}

// claimFlags are what the package says, given by hand.
type claimFlags struct{ lot, expiry string }

// apply completes a scan by the flags, which win over it.
func (f *claimFlags) apply(s *scanned) error {
	if f.lot != "" {
		if err := gs1.ValidLot(f.lot); err != nil {
			return usage("--lot: %v", err)
		}
		s.Lot = f.lot
	}
	if f.expiry == "" {
		return nil
	}
	var err error
	if len(f.expiry) == len("YYMMDD") {
		s.Expiry, err = gs1.ParseDate6(f.expiry, time.Now().Year())
	} else {
		s.Expiry, err = gs1.ParseDateISO(f.expiry)
	}
	if err != nil {
		return usage("--expiry is YYMMDD or YYYY-MM-DD: %v", err)
	}
	return nil
}

func (s *scanned) claim() proof.Claim {
	return proof.Claim{Key: s.Key, Lot: s.Lot, Expiry: s.Expiry}
}

// asScanError finds what is wrong with a scan in an error.
func asScanError(err error) (*gs1.ScanError, bool) {
	var e *gs1.ScanError
	return e, errors.As(err, &e)
}

// unhex32 reads a hash of 32 bytes.
func unhex32(what, text string) ([]byte, error) {
	p, err := hex.DecodeString(text)
	if err != nil || len(p) != 32 {
		return nil, usage("%s is 64 hexadecimal digits, found %q", what, text)
	}
	return p, nil
}
