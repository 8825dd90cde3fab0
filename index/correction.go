package index

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

const (
	txIDLen = len(app.TxID{})
	glnLen  = len(gs1.GLN{})
)

func correctionPrefix(tx app.TxID) []byte { return keyOf(spaceCorrection, tx[:]) }

func partnerCorrectionPrefix(gln gs1.GLN) []byte { return keyOf(spacePartnerCorrection, gln[:]) }

// correction takes in an error declaration: its copy, and the list of the
// partner that made it. It is written once.
func (w *batch) correction(k, value []byte) error {
	if len(k) != 1+txIDLen+glnLen {
		return errShort
	}
	_, now, err := stored(w, spaceCorrection, k, value, app.DecodeCorrection)
	if err == nil {
		tx, by := k[1:1+txIDLen], gs1.GLN(k[1+txIDLen:])
		w.mark(append(append(partnerCorrectionPrefix(by), invert(u64(now.Height))...), tx...))
	}
	return err
}

// Corrections lists the errors that a partner declared, newest first.
func (x *Index) Corrections(gln gs1.GLN, page app.PageRequest) (*app.Page[app.CorrectionSummary], error) {
	return list(x, app.PathCorrections, partnerCorrectionPrefix(gln), 8+txIDLen, page, func(s *snapshot, suffix []byte) (out app.CorrectionSummary, err error) {
		tx := app.TxID(suffix[8:])
		c, err := copyOf(s, append(correctionPrefix(tx), gln[:]...), app.DecodeCorrection)
		if err != nil {
			return out, err
		}
		out = app.CorrectionSummary{Tx: tx, By: gln, Foreign: true, Correction: *c}
		at, err := s.get(txIDKey(tx))
		if err != nil || len(at) != refLen {
			return out, err
		}
		t, err := s.tx(parseRef(at))
		if err == nil {
			out.Foreign = foreign(t, gln)
		}
		return out, err
	})
}

// foreign reports whether a partner is neither behind a tx nor signed it.
func foreign(t *app.TxSummary, gln gs1.GLN) bool { return gln != t.Partner && gln != t.Agent }

// correctionsOf are the declarations that a tx was an error.
func (s *snapshot) correctionsOf(t *app.TxSummary) (out []app.CorrectionSummary, err error) {
	err = s.scan(correctionPrefix(t.ID), nil, func(suffix, v []byte) (bool, error) {
		if len(suffix) != glnLen {
			return false, errShort
		}
		c, err := app.DecodeCorrection(v)
		if err != nil {
			return false, err
		}
		by := gs1.GLN(suffix)
		out = append(out, app.CorrectionSummary{Tx: t.ID, By: by, Foreign: foreign(t, by), Correction: *c})
		return true, nil
	})
	return out, err
}
