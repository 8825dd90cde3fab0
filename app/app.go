// Package app is Pedigree's state machine: the rules of custody for serialised
// prescription drugs, as a pure function of (state, block height and time,
// transaction). It knows no disk, clock, network or consensus engine.
//
// # The one idea
//
// The tree never holds packages, it holds places. A Holding is a set of items
// that are in one place, in one custody, with one history; its contents are
// the Merkle roots of Segments, so the record stays small whether it holds one
// bottle or a thousand. A transaction that concerns one bottle shows the
// bottle's Entry and the path to a root that stands in the tree (an Opening);
// four bits of that segment then record what became of it.
//
// It is a library like any other: whoever simulates, audits or checks a ledger
// imports it, with a Store of their own (a map will do), and calls InitGenesis
// once and Execute for each transaction. Package state provides a Store on disk
// with proofs.
//
//	import "github.com/pedigree-ledger/pedigree/app"
//
// # The life of a transaction
//
//	raw bytes ── Decode ──▶ *Tx               form only: one value, one encoding
//	*Tx ── Check ──▶ mempool                  envelope; op only where final
//	*Tx ── Execute ──▶ Result                 in proposals and blocks alike
//	          │ envelope: chain, valid-until, key, signature, nonce
//	          │ Op.validate: reads the View, fills a draft, may reject
//	          └ draft.apply: writes the draft; cannot fail
//
// A Rejection has a Code and is every node's verdict. Any other error is this
// node's trouble (a disk, a damaged record): it stops the node and never
// becomes a verdict.
//
// # Where to read
//
// commission.go shows a whole op. draft.go holds the working copies of the
// records an op touches, opening.go how an entry leaves its place, place.go
// how it enters another, settle.go how the counts follow. The records
// themselves are one file each. Design page 01 is the specification.
package app

// Block is what consensus gives the state machine about the block in progress.
// Height counts from 1. Time is the block's time in seconds UTC: the median
// that consensus agreed on, never a local clock.
type Block struct {
	ChainID string
	Height  uint64
	Time    uint64
}

// Execute judges tx and, if it stands, writes its effects to s. It is the only
// way in which the state changes after genesis.
//
// The Result is every node's verdict. A Result whose Code.Envelope is true
// wrote nothing at all, and a block that holds such a tx is refused
// (design 01, rule 13); any other refusal wrote the tx's nonce and nothing
// else. The error is this node's trouble: s must then be thrown away.
func Execute(s Store, b Block, tx *Tx) (res Result, err error) {
	d := newDraft(s, b, tx)
	defer d.shield(&err)
	if rej := d.envelope(); rej != nil {
		return refused(rej), d.failure()
	}
	rej := d.validate()
	if err := d.failure(); err != nil {
		return Result{}, err
	}
	if rej != nil {
		read := d.lotsRead
		d = newDraft(s, b, tx)
		d.spendNonce()
		res = d.apply(s)
		res.Code, res.Detail, res.LotsRead = rej.Code, rej.Detail, read
		return res, d.failure()
	}
	d.spendNonce()
	d.emit(EventOp, "kind", tx.Op.Kind().String(), "partner", d.by.String(), "agent", glnText(d.agent))
	res = d.apply(s)
	return res, d.failure()
}

// Check judges tx for the mempool, on committed state. It refuses what the
// envelope refuses, and for the op only what no pending tx could cure, so that
// Commission, Pack and Ship may be in flight together (design 01, rule 13).
// The error is this node's trouble.
func Check(v View, b Block, tx *Tx) (rej *Rejection, err error) {
	d := newDraft(readOnly{v}, b, tx)
	defer d.shield(&err)
	if rej := d.envelope(); rej != nil {
		return rej, d.failure()
	}
	rej = d.validate()
	if err := d.failure(); err != nil {
		return nil, err
	}
	if rej != nil && rej.Code.Final() {
		return rej, nil
	}
	return nil, nil
}

// validate is judge, but for an op that asks for too much reading: it was not
// shown all that it asked for.
func (d *draft) validate() *Rejection {
	rej := d.judge()
	if d.lotsRead > maxLotsRead {
		return asRejection(reject(CodeTooManyLots, "the mixed holdings of one op may contain %d lots together: split it", maxLotsRead))
	}
	return rej
}

// judge runs the op's own rules after those of every op: when the event took
// place, and for whom the key's partner signs.
func (d *draft) judge() *Rejection {
	if err := d.checkEventTime(); err != nil {
		return asRejection(err)
	}
	if err := d.actFor(d.tx.For); err != nil {
		return asRejection(err)
	}
	if err := d.tx.Op.validate(d); err != nil {
		return asRejection(err)
	}
	if err := d.settle(); err != nil {
		return asRejection(err)
	}
	return nil
}

// shield turns a panic into this node's trouble when the view has failed: what
// a record implies was then answered "absent", and rules need not allow for
// that. Without a failure the panic is a bug, and goes on.
func (d *draft) shield(err *error) {
	if r := recover(); r != nil {
		if *err = d.failure(); *err == nil {
			panic(r)
		}
	}
}

func refused(rej *Rejection) Result {
	return Result{Code: rej.Code, Detail: rej.Detail}
}
