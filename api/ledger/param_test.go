package ledger

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// FuzzParams: what stands in a path is read as an identifier, which reads as
// itself, or is the caller's error with a diagnosis.
func FuzzParams(f *testing.F) {
	for _, seed := range []string{
		"09521001100014", "(01)09521001100014(21)S1", "]d2010952100110001421S1\x1d10L1", "https://id.gs1.org/01/09521001100014/21/S1",
		"urn:epc:id:sgln:9521001.00000.0", "9521001000007", "(414)9521001000007", "(417)9521001000007", "00095210010000000017", "L/1", "01 09521001100014 10 L1", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range []interface{ args() ([]string, error) }{
			&ProductPath{text}, &PartnerPath{text}, &LotPath{"09521001100014", text}, &LotPath{text, "L1"},
			&marksRecord{KeyPath: KeyPath{text}}, &noticeRecord{PartnerPath: PartnerPath{"9521001000007"}, Subject: text},
		} {
			args, err := p.args()
			var problem *edge.Problem
			switch {
			case err != nil && (!errors.As(err, &problem) || problem.Status != 400 || len(problem.Errors) == 0):
				t.Errorf("%T of %q: %v", p, text, err)
			case err == nil && slices.Contains(args, ""):
				t.Errorf("%T of %q: an empty argument in %q", p, text, args)
			}
		}
		s, err := (&KeyPath{text}).scan(time.Unix(1.7e9, 0))
		if err == nil {
			if again, err := (&KeyPath{string(s.Key)}).scan(time.Unix(1.7e9, 0)); err != nil || again.Key != s.Key {
				t.Errorf("%q reads as %q, which reads as %+v: %v", text, s.Key, again, err)
			}
		}
	})
}

// FuzzOpRequest: no request to sign something is trouble of ours.
func FuzzOpRequest(f *testing.F) {
	f.Add([]byte(`{"op":"AcknowledgeRecall","body":{"gtin":"09521001100014","lot":"L1","found":1},"partner":"9521001000007","eventTime":"2026-01-31T08:00:00Z"}`))
	f.Add([]byte(`{"op":"Recall","OP":1,"body":{}}`))
	h := &handlers{Config: Config{Partner: apptest.GLN("9521001", 0)}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := h.submission(raw)
		var problem *edge.Problem
		switch {
		case err != nil && (!errors.As(err, &problem) || problem.Status != 400):
			t.Errorf("%s: %v", raw, err)
		case err == nil && (s.Op == nil || s.Partner.IsZero()):
			t.Errorf("%s: read as %+v", raw, s)
		}
	})
}
