package app

import (
	"slices"
	"strings"
	"sync"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Commission brings items of one lot into being (CBV commissioning, design 01
// origin (a)): the state machine builds every root from the serials in the
// op, one run per 1,024 of them. Only the product's labeler may sign, and the
// goods are then its own, at Location. The first Commission of a lot fixes its
// expiry date, whether it is exempt, and its labeler: after the product was
// sold the new labeler begins lots of its own.
//
// Packages of an exempt lot bear no serial. Surrogates stand for them: "*", the
// signer's GLN, six characters. What is grandfathered may be brought in by any
// partner that has it, as the owner it then is. A lot that was begun so is the
// labeler's as soon as it commissions something else of it: its expiry date then
// holds for all of the lot, and nothing more is brought in.
//
// Codes: those of acting, product-unknown, not-labeler, wrong-level,
// surrogate-serial, expiry-past, expiry-too-late, expiry-mismatch,
// exempt-mismatch, run-exists.
type Commission struct {
	GTIN     gs1.GTIN `json:"gtin"`
	Lot      string   `json:"lot"`
	Expiry   gs1.Date `json:"expiry"`
	Location gs1.GLN  `json:"location"`
	// Exempt says why the packages bear no identifier; none for all others.
	Exempt LotExemption `json:"exempt,omitempty"`
	// Serials are strictly ascending, 1 to 16,384.
	Serials []string `json:"serials"`

	once  sync.Once
	roots []merkle.Hash // a memo of a pure function of the fields above
}

// MaxCommission is how many serials one Commission may bring into being.
const MaxCommission = merkle.MaxLeaves

const maxSerialBytes = 20

// Kind is KindCommission.
func (*Commission) Kind() Kind { return KindCommission }

func (o *Commission) encode(e *wire.Encoder) {
	e.Raw(o.GTIN[:])
	e.String8(o.Lot)
	e.Uint32(uint32(o.Expiry))
	e.Raw(o.Location[:])
	e.Uint8(uint8(o.Exempt))
	e.Count(len(o.Serials))
	for _, s := range o.Serials {
		e.String8(s)
	}
}

func (o *Commission) decode(d *wire.Decoder) {
	o.GTIN, o.Lot, o.Expiry, o.Location = readGTIN(d), readLot(d), readDate(d), readGLN(d)
	if o.Exempt = readLotExemption(d); o.Exempt == LotReclaimed {
		d.Fail("a lot is reclaimed by what is commissioned, found exempt %s", o.Exempt)
	}
	n := d.Count(MaxCommission, 2)
	if n == 0 {
		d.Fail("at least one serial is needed")
		return
	}
	o.Serials = d.Strings8(n, maxSerialBytes)
	for i, s := range o.Serials {
		if err := gs1.ValidSerial(s); err != nil {
			d.Fail("serial %d: %v", i+1, err)
			return
		}
		if i > 0 && o.Serials[i-1] >= s {
			d.Fail("serial %d is not ascending", i+1)
			return
		}
	}
}

// segments are the runs' segments. Their roots are computed once for a node's
// many looks at the tx; their entries only where somebody keeps them.
func (o *Commission) segments() []piece {
	o.once.Do(func() {
		value := merkle.ValueHash((&Entry{Lot: o.Lot}).Value())
		leaves := make([]merkle.Hash, 0, merkle.SegmentSize)
		key := append(make([]byte, 0, maxKeyBytes), gs1.ItemKey(o.GTIN, "")...)
		for serials := range slices.Chunk(o.Serials, merkle.SegmentSize) {
			leaves = leaves[:0]
			for _, s := range serials {
				leaves = append(leaves, merkle.LeafHashPre(append(key, s...), value))
			}
			o.roots = append(o.roots, merkle.Root(leaves))
		}
	})
	pieces := make([]piece, 0, len(o.roots))
	for serials := range slices.Chunk(o.Serials, merkle.SegmentSize) {
		pieces = append(pieces, piece{
			root: o.roots[len(pieces)], count: len(serials),
			entries: func() []Entry { return o.entries(serials) },
		})
	}
	return pieces
}

// entries builds the entries of one segment. The keys share one string.
func (o *Commission) entries(serials []string) []Entry {
	prefix := string(gs1.ItemKey(o.GTIN, ""))
	var b strings.Builder
	b.Grow(len(serials) * maxKeyBytes)
	for _, s := range serials {
		b.WriteString(prefix)
		b.WriteString(s)
	}
	keys := b.String()
	out := make([]Entry, len(serials))
	for i, s := range serials {
		n := len(prefix) + len(s)
		out[i] = Entry{Key: gs1.Key(keys[:n]), Lot: o.Lot}
		keys = keys[n:]
	}
	return out
}

func (o *Commission) validate(d *draft) error {
	if err := o.mayCommission(d); err != nil {
		return err
	}
	return o.create(d, &inputs{})
}

// create makes the runs of a Commission and its records.
func (o *Commission) create(d *draft, in *inputs) error {
	lot, err := o.lotRecord(d)
	if err != nil {
		return err
	}
	id := LotID{o.GTIN, o.Lot}
	pieces := o.segments()
	roots := make([]merkle.Hash, len(pieces))
	for i, p := range pieces {
		roots[i] = p.root
		if err := d.newRun(id, p, o.Location, in); err != nil {
			return err
		}
	}
	d.commissions.put(commissionRef{id, lot.Commissions}, &CommissionRecord{
		Root: merkle.RootOfSegments(roots), Count: uint32(len(o.Serials)),
		First:  gs1.ItemKey(o.GTIN, o.Serials[0]),
		Last:   gs1.ItemKey(o.GTIN, o.Serials[len(o.Serials)-1]),
		Height: d.block.Height, InputCount: in.count, Inputs: in.root,
	})
	lot.Commissions++
	lot.Commissioned += uint64(len(o.Serials))
	d.lots.put(id, lot)
	return nil
}

// mayCommission checks the signer, the product and the form of the serials.
func (o *Commission) mayCommission(d *draft) error {
	roles := RoleManufacturer | RoleRepackager
	if o.Exempt == LotGrandfathered {
		roles = anyTrader &^ RoleLogistics // whoever brings it in owns it
	}
	if err := d.active(roles); err != nil {
		return err
	}
	p := d.products.get(o.GTIN)
	if p == nil {
		return reject(CodeProductUnknown, "GTIN %s", o.GTIN)
	}
	if o.Exempt != LotGrandfathered && !d.actsFor(p.Labeler) {
		return reject(CodeNotLabeler, "labeler %s, signer %s", p.Labeler, d.by)
	}
	if p.Level != LevelUnit {
		return reject(CodeWrongLevel, "GTIN %s is at level %s; commission its serials as containers", o.GTIN, p.Level)
	}
	return o.checkSerials(d)
}

// lotRecord returns the lot's record for changing, new if this is its first
// Commission (rule 9).
func (o *Commission) lotRecord(d *draft) (*Lot, error) {
	if d.tx.EventTime >= o.Expiry.EndUnix() {
		return nil, reject(CodeExpiryPast, "expiry %s, event time %d", o.Expiry, d.tx.EventTime)
	}
	if o.Exempt == LotGrandfathered && o.Expiry > LastGrandfatheredExpiry {
		return nil, reject(CodeExpiryTooLate, "expiry %s; grandfathered goods expire by %s", o.Expiry, LastGrandfatheredExpiry)
	}
	lot := d.lots.get(LotID{o.GTIN, o.Lot})
	if lot == nil {
		return &Lot{Expiry: o.Expiry, Labeler: d.products.get(o.GTIN).Labeler, Exempt: o.Exempt}, nil
	}
	switch {
	case lot.Exempt == LotGrandfathered && o.Exempt != LotGrandfathered:
		return o.reclaim(d, lot), nil
	case lot.Exempt != o.Exempt && (lot.Exempt != LotReclaimed || o.Exempt != LotNotExempt):
		return nil, reject(CodeExemptMismatch, "lot %s has exemption %s, the op says %s", o.Lot, lot.Exempt, o.Exempt)
	case o.Exempt != LotGrandfathered && !d.actsFor(lot.Labeler):
		return nil, reject(CodeNotLabeler, "lot %s was begun by labeler %s, signer %s", o.Lot, lot.Labeler, d.by)
	case lot.Expiry != o.Expiry:
		return nil, reject(CodeExpiryMismatch, "lot %s expires %s, the op says %s", o.Lot, lot.Expiry, o.Expiry)
	}
	return lot, nil
}

// reclaim gives a lot that others began as grandfathered to the labeler, whose
// word on its own lots is what counts: with its expiry date, and open to no
// further surrogates. Otherwise anyone could stand in its way for ever, by
// bringing in one package of a lot that it is about to make.
func (o *Commission) reclaim(d *draft, lot *Lot) *Lot {
	own := *lot
	own.Expiry, own.Labeler, own.Exempt = o.Expiry, d.by, o.Exempt
	if o.Exempt == LotNotExempt {
		own.Exempt = LotReclaimed
	}
	return &own
}

// newRun creates the run of one segment. It takes in the history of what it was
// made of.
func (d *draft) newRun(lot LotID, p piece, location gs1.GLN, in *inputs) error {
	id := RunID(lot.GTIN, lot.Lot, p.root)
	if d.holdings.get(id) != nil {
		e := p.entries()
		return reject(CodeRunExists, "run %s: serials %s to %s", id, e[0].Key, e[len(e)-1].Key)
	}
	d.holdings.put(id, &Holding{
		Kind: KindRun, Owner: d.by, Possessor: d.by, Location: location,
		Live: uint64(p.count), LotMode: LotOne, Lot: lot,
	})
	for _, from := range in.sources {
		d.absorb(id, from)
	}
	d.addSegments(lineage{id}, []piece{p})
	d.touch(id)
	d.raise(id, in.left)
	return nil
}
