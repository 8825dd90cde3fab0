package verification

import (
	"github.com/pedigree-ledger/pedigree/client"
)

// unread is the answer about a scan of a batch that cannot be read.
func unread(err error) *Answer {
	p := client.Diagnose(err)
	return &Answer{Word: wordAsk, Verification: *client.Unread(p), Unreadable: p}
}

// read reads a scan and the print that completes it; where names the one that
// an error is about.
func (h *handlers) read(text string, p Printed) (s *client.Scan, where string, err error) {
	now := h.Now()
	if s, err = client.ReadScan(text, now); err != nil {
		return nil, "scan", err
	}
	if err := s.Print(p.Lot, "", now); err != nil {
		return nil, "lot", err
	}
	return s, "exp", s.Print("", p.Expiry, now)
}
