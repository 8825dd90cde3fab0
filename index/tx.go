package index

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// maxDetailBytes bounds what is kept of a result's detail.
const maxDetailBytes = 1000

// summary keeps what is listed of a tx. A tx that stands in a block twice
// keeps its first result.
func (w *batch) summary(at ref, b *BlockTx) error {
	id := b.Tx.ID()
	first, err := w.get(txIDKey(id))
	if err != nil {
		return err
	}
	w.put(txKey(at), encodeSummary(b))
	if first == nil {
		w.put(txIDKey(id), at.appendTo(nil))
	}
	if !b.Tx.EventHash.IsZero() {
		w.mark(at.appendTo(eventPrefix(b.Tx.EventHash)))
	}
	return nil
}

// behind is the partner that stands behind a tx and, when another signed on
// its behalf, that agent.
func (b *BlockTx) behind() (partner, agent gs1.GLN) {
	if b.Tx.For.IsZero() {
		return b.Partner, gs1.GLN{}
	}
	return b.Tx.For, b.Partner
}

func encodeSummary(b *BlockTx) []byte {
	id := b.Tx.ID()
	detail := b.Result.Detail
	if len(detail) > maxDetailBytes {
		detail = detail[:maxDetailBytes]
	}
	e := wire.NewEncoder(128 + len(detail) + len(b.Result.Data))
	e.Uint8(1)
	e.Raw(id[:])
	e.Uint16(uint16(b.Tx.Op.Kind()))
	partner, agent := b.behind()
	e.Raw(partner[:])
	e.Raw(agent[:])
	e.Uint64(b.Tx.EventTime)
	e.Raw(b.Tx.EventHash[:])
	e.Uint32(uint32(b.Result.Code))
	e.String16(detail)
	e.Bytes16(b.Result.Data)
	return e.Bytes()
}

func decodeSummary(at ref, p []byte) (*app.TxSummary, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	t := &app.TxSummary{Height: at.height, Index: at.index}
	d.Raw(t.ID[:])
	t.Kind = app.Kind(d.Uint16()).String()
	d.Raw(t.Partner[:])
	d.Raw(t.Agent[:])
	t.EventTime = d.Uint64()
	d.Raw(t.EventHash[:])
	t.Code = app.Code(d.Uint32())
	t.CodeName = t.Code.String()
	t.Detail, t.Data = d.String16(maxDetailBytes), d.Bytes16(1<<16-1)
	if len(t.Data) == 0 {
		t.Data = nil
	}
	return t, d.Finish()
}

// tx reads the summary of a tx that must be there.
func (s *snapshot) tx(at ref) (t *app.TxSummary, err error) {
	found, err := s.view(txKey(at), func(v []byte) error {
		t, err = decodeSummary(at, v)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: tx %d of block %d", errRecordMissing, at.index, at.height)
	}
	return t, err
}

// Tx returns what is kept of a tx: its first result. The error is a
// *NotFoundError when it is in no block of the index.
func (x *Index) Tx(id app.TxID) (*app.TxSummary, error) {
	return read(x, func(s *snapshot) (*app.TxSummary, error) {
		v, err := s.get(txIDKey(id))
		if err != nil {
			return nil, err
		}
		if len(v) != refLen {
			return nil, s.notFound("tx %s", id)
		}
		return s.tx(parseRef(v))
	})
}

// TxByEvent returns the txs that carry an EPCIS event hash, oldest first; at
// most app.PageLimit of them.
func (x *Index) TxByEvent(hash app.EventHash) ([]app.TxSummary, error) {
	return read(x, func(s *snapshot) ([]app.TxSummary, error) {
		out := []app.TxSummary{}
		err := s.scan(eventPrefix(hash), nil, func(suffix, _ []byte) (bool, error) {
			if len(suffix) != refLen {
				return false, errShort
			}
			t, err := s.tx(parseRef(suffix))
			if err != nil {
				return false, err
			}
			out = append(out, *t)
			return len(out) < app.PageLimit, nil
		})
		return out, err
	})
}
