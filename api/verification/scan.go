package verification

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/client"
)

// diagnosis is what is wrong with a scan.
func diagnosis(err error) *client.ScanProblem {
	if e, ok := client.AsScanError(err); ok {
		p := client.ProblemOf(e)
		return &p
	}
	return &client.ScanProblem{Problem: "value", Offset: -1, Detail: err.Error(), Words: "not to be read"}
}

// unread is the answer about a scan of a batch that cannot be read.
func unread(err error) *Answer {
	p := diagnosis(err)
	return &Answer{Word: wordAsk, Verification: *client.Unread(p), Unreadable: p}
}

// misread is what is wrong with a package's barcode or print, and where.
type misread struct {
	where string
	error
}

// Unwrap is what package gs1 says.
func (m *misread) Unwrap() error { return m.error }

// read reads a scan and the print that completes it. The error is a *misread.
func (h *handlers) read(text string, p Printed) (*client.Scan, error) {
	now := h.Now()
	s, err := client.ReadScan(text, now)
	if err != nil {
		return nil, &misread{"scan", err}
	}
	if err := s.Print(p.Lot, "", now); err != nil {
		return nil, &misread{"lot", err}
	}
	if err := s.Print("", p.Expiry, now); err != nil {
		return nil, &misread{"exp", err}
	}
	return s, nil
}

// scanProblem tells a caller what is wrong with a package's barcode or print,
// and the likely cure.
func scanProblem(err error) *edge.Problem {
	d, where := diagnosis(err), "scan"
	var m *misread
	if errors.As(err, &m) {
		where = m.where
	}
	words := where + ": " + d.Words + ": " + d.Detail
	if d.AI != "" {
		words = where + ": (" + d.AI + ") " + d.Words + ": " + d.Detail
	}
	if d.Hint != "" {
		words += "; do: " + d.Hint
	}
	p := edge.NewProblem(http.StatusBadRequest, words)
	p.Type, p.Title = "urn:pedigree:scan:"+d.Problem, "what the package says cannot be read"
	if d.Offset >= 0 {
		where = fmt.Sprintf("%s, character %d", where, d.Offset+1)
	}
	p.Errors = []edge.Wrong{{Where: where, Message: d.Words + ": " + d.Detail}}
	return p
}
