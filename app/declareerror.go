package app

import (
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// DeclareError puts on record that an earlier transaction recorded something
// wrongly (EPCIS errorDeclaration), and names the events that say it right. It
// edits nothing: whoever reads the history sees both. Any registered partner
// signs, whatever its standing, once for each transaction; readers tell the
// statement of the partner that signed the erroneous transaction from a
// foreign one.
//
// Codes: already-corrected.
type DeclareError struct {
	// Tx is the erroneous transaction.
	Tx TxID `json:"tx"`
	ErrorTerms
}

// Kind is KindDeclareError.
func (*DeclareError) Kind() Kind { return KindDeclareError }

func (o *DeclareError) encode(e *wire.Encoder) {
	e.Raw(o.Tx[:])
	o.ErrorTerms.encode(e)
}

func (o *DeclareError) decode(d *wire.Decoder) {
	d.Raw(o.Tx[:])
	o.ErrorTerms = readErrorTerms(d)
}

func (o *DeclareError) validate(d *draft) error {
	ref := correctionRef{o.Tx, d.by}
	if c := d.corrections.get(ref); c != nil {
		return reject(CodeAlreadyCorrected, "tx %s was declared an error by %s at height %d", o.Tx, d.by, c.Height)
	}
	d.corrections.put(ref, &Correction{
		ErrorTerms: o.ErrorTerms, Declared: d.tx.ID(), Height: d.block.Height, Time: d.block.Time,
	})
	d.emit(EventErrorDeclared, "tx", o.Tx.String(), "partner", d.by.String(), "reason", o.Reason.String())
	return nil
}
