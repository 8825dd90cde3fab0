package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/pedigree-ledger/pedigree/client"
)

// scanHelp says what a scan may look like, for the help texts.
const scanHelp = `SCAN is what the barcode reader sends (with or without its symbology
identifier; the group separator as GS, or as ^ when the scan begins with ^), an
element string in brackets such as "(01)09521001100014(21)A3N9QGNNBQ", a GS1
Digital Link, an EPC URI, or a key as other commands print it.`

// problemText prints what is wrong with a scan.
func problemText(w io.Writer, p *client.ScanProblem) {
	part := ""
	if p.AI != "" {
		part = "(" + p.AI + ") "
	}
	where := ""
	if p.Offset >= 0 {
		where = fmt.Sprintf(" at character %d", p.Offset+1)
	}
	fmt.Fprintf(w, "  %s%s%s: %s\n", part, p.Words, where, p.Detail)
	if p.Hint != "" {
		fmt.Fprintf(w, "  do: %s\n", p.Hint)
	}
}

// readScan reads what was scanned, by this machine's clock.
func readScan(text string) (*client.Scan, error) { return client.ReadScan(text, time.Now()) }

// readKey is readScan for a command whose work is not to judge barcodes: a bad
// one is wrong usage.
func readKey(text string) (*client.Scan, error) {
	s, err := readScan(text)
	if err != nil {
		return nil, usage("%q cannot be read: %v", text, err)
	}
	return s, nil
}

// claimFlags are what the package says, given by hand.
type claimFlags struct{ lot, expiry string }

// apply completes a scan by the flags, which win over it.
func (f *claimFlags) apply(s *client.Scan) error {
	if err := s.Print(f.lot, f.expiry, time.Now()); err != nil {
		return usage("--%v", err)
	}
	return nil
}

// unhex32 reads a hash of 32 bytes.
func unhex32(what, text string) ([]byte, error) {
	p, err := hex.DecodeString(text)
	if err != nil || len(p) != 32 {
		return nil, usage("%s is 64 hexadecimal digits, found %q", what, text)
	}
	return p, nil
}
