package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Scan is a barcode that was read: the package or container that it names, and
// what else it says.
type Scan struct {
	Text     string       `json:"scan" doc:"what was read"`
	Elements gs1.Elements `json:"-"`
	Key      gs1.Key      `json:"key" doc:"the package or container that it names"`
	Lot      string       `json:"lot,omitempty" doc:"the lot that it names (AI 10)"`
	Expiry   gs1.Date     `json:"expiry,omitempty" doc:"the expiry date that it names (AI 17)"`
	// Suspicions are what looks wrong although the scan reads well.
	Suspicions []ScanProblem `json:"suspicions,omitempty" doc:"what looks wrong although it reads well"`
}

// ScanProblem is what is wrong with a scan, for people and programs.
type ScanProblem struct {
	Problem string `json:"problem" doc:"the kind of trouble, such as check-digit or lost-separator"`
	AI      string `json:"ai,omitempty" doc:"the application identifier concerned"`
	Offset  int    `json:"offset" doc:"the byte of the scan where it shows, -1 where it has no place"`
	Detail  string `json:"detail" doc:"what was expected and what was found"`
	Hint    string `json:"hint,omitempty" doc:"the likely cure"`
	// Words are those of Problem.
	Words string `json:"-"`
}

// ProblemOf writes what package gs1 found.
func ProblemOf(e *gs1.ScanError) ScanProblem {
	return ScanProblem{e.Problem.Code(), e.AI, e.Offset, e.Detail, e.Hint, e.Problem.String()}
}

// AsScanError finds what is wrong with a scan in an error.
func AsScanError(err error) (*gs1.ScanError, bool) {
	var e *gs1.ScanError
	return e, errors.As(err, &e)
}

// Diagnose is what an error of package gs1, however wrapped, says is wrong.
func Diagnose(err error) *ScanProblem {
	if e, ok := AsScanError(err); ok {
		p := ProblemOf(e)
		return &p
	}
	return &ScanProblem{Problem: gs1.ProblemValue.Code(), Offset: -1, Detail: err.Error(), Words: gs1.ProblemValue.String()}
}

// ReadScan reads what was scanned, in any form of gs1.ParseScan; now tells the
// century of its dates. The error is a *gs1.ScanError, also for a scan that
// names no single package.
func ReadScan(text string, now time.Time) (*Scan, error) {
	es, err := gs1.ParseScan(text)
	if err != nil {
		return nil, err
	}
	s := &Scan{Text: text, Elements: es}
	var ok bool
	if s.Key, ok = es.Key(); !ok {
		return nil, &gs1.ScanError{
			Problem: gs1.ProblemMissingAI, Offset: -1,
			Detail: "it names no single package: a GTIN (01) with a serial (21), or an SSCC (00), is expected, found " + es.Bracketed(),
			Hint:   "scan the two-dimensional code; the linear one on a package holds no serial",
		}
	}
	s.Lot, _ = es.Lot()
	s.Expiry, _ = es.Expiry(now.Year())
	for _, e := range es.Suspicions() {
		s.Suspicions = append(s.Suspicions, ProblemOf(e))
	}
	return s, nil
}

// Print completes a scan by what is printed on the package, which wins over it:
// a lot, and an expiry date as YYMMDD or YYYY-MM-DD; empty says nothing. The
// error names the one that is wrong and wraps a *gs1.ScanError.
func (s *Scan) Print(lot, expiry string, now time.Time) error {
	if lot != "" {
		if err := gs1.ValidLot(lot); err != nil {
			return fmt.Errorf("lot: %w", err)
		}
		s.Lot = lot
	}
	if expiry == "" {
		return nil
	}
	var err error
	if len(expiry) == len("YYMMDD") {
		s.Expiry, err = gs1.ParseDate6(expiry, now.Year())
	} else {
		s.Expiry, err = gs1.ParseDateISO(expiry)
	}
	if err != nil {
		return fmt.Errorf("expiry is YYMMDD or YYYY-MM-DD: %w", err)
	}
	return nil
}

// Claim is what the package says of itself.
func (s *Scan) Claim() proof.Claim {
	return proof.Claim{Key: s.Key, Lot: s.Lot, Expiry: s.Expiry}
}
