package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// draft is one tx's working copy of the records it touches. An op's validate
// reads through it and changes the copies; only when the op has been accepted
// does apply write them. So a rejected op has written nothing, an inferred
// Receive is undone by forgetting it, and apply has nothing left to decide.
type draft struct {
	view  View
	block Block
	tx    *Tx
	err   error // the first failure of this node, never a verdict

	params Params
	// by and signer are the principal: the partner that stands behind the op.
	// The envelope sets them to the key's partner; actFor, to the one on
	// whose behalf it signs, and agent to the key's.
	signer *Partner
	by     gs1.GLN
	agent  gs1.GLN // zero when the principal signed itself
	// seller is the partner in between of a drop shipment: it sells as well.
	seller gs1.GLN

	holdings    table[HoldingID, Holding]
	segments    table[segmentRef, Segment]
	contents    table[contentRef, uint64]
	lots        table[LotID, Lot]
	commissions table[commissionRef, CommissionRecord]
	marks       table[gs1.Key, Marks]
	products    table[gs1.GTIN, Product]
	partners    table[gs1.GLN, Partner]
	keys        table[KeyID, Key]
	shipments   table[uint64, Shipment]
	counters    table[string, uint64]
	prefixes    table[gs1.CompanyPrefix, gs1.GLN]
	delegations table[delegationRef, Delegation]
	acks        table[ackRef, RecallAck]
	requests    table[uint64, TraceRequest]
	corrections table[correctionRef, Correction]
	exceptions  table[uint64, Exception]
	partnerKeys table[gs1.GLN, PartnerKeys]

	investigations table[uint64, Investigation]
	notices        table[noticeRef, Notice]

	deltas   pendingCounts // not yet settled, see settle.go
	mixed    map[HoldingID]*accounts
	shipped  []lotCount // what a Ship loaded, a lot as often as it came
	lotsRead int        // accounts of lots read so far, see maxLotsRead
	opened   map[positionRef]bool
	touched  map[HoldingID]bool
	received map[uint64]bool // shipments of which a receipt was announced
	newRoots []pendingContents
	moves    []Move
	events   []Event
	data     []byte
}

// segmentRef names a segment.
type segmentRef struct {
	holding HoldingID
	number  uint32
}

// contentRef names a 't' record.
type contentRef struct {
	holding HoldingID
	lot     LotID
}

type commissionRef struct {
	lot LotID
	seq uint32
}

func newDraft(v View, b Block, tx *Tx) *draft {
	d := &draft{view: v, block: b, tx: tx, opened: make(map[positionRef]bool), touched: make(map[HoldingID]bool)}
	d.holdings = newTable(d, HoldingKey, DecodeHolding, (*Holding).encode)
	d.segments = newTable(d, func(r segmentRef) []byte { return SegmentKey(r.holding, r.number) }, DecodeSegment, (*Segment).encode)
	d.contents = newTable(d, func(r contentRef) []byte { return ContentKey(r.holding, r.lot) }, decodeCounter, encodeCounter)
	d.lots = newTable(d, LotKey, DecodeLot, (*Lot).encode)
	d.commissions = newTable(d, func(r commissionRef) []byte { return CommissionKey(r.lot, r.seq) }, DecodeCommissionRecord, (*CommissionRecord).encode)
	d.marks = newTable(d, MarksKey, DecodeMarks, (*Marks).encode)
	d.products = newTable(d, ProductKey, DecodeProduct, (*Product).encode)
	d.partners = newTable(d, PartnerKey, DecodePartner, (*Partner).encode)
	d.keys = newTable(d, KeyKey, DecodeKey, (*Key).encode)
	d.shipments = newTable(d, ShipmentKey, DecodeShipment, (*Shipment).encode)
	d.investigations = newTable(d, InvestigationKey, DecodeInvestigation, (*Investigation).encode)
	d.notices = newTable(d, func(r noticeRef) []byte { return NoticeKey(r.partner, r.subject) }, DecodeNotice, (*Notice).encode)
	d.counters = newTable(d, parameterKey, decodeCounter, encodeCounter)
	d.prefixes = newTable(d, PrefixKey, decodePrefixOwner, encodePrefixOwner)
	d.delegations = newTable(d, func(r delegationRef) []byte { return DelegationKey(r.principal, r.agent) }, DecodeDelegation, (*Delegation).encode)
	d.acks = newTable(d, func(r ackRef) []byte { return RecallAckKey(r.lot, r.partner) }, DecodeRecallAck, (*RecallAck).encode)
	d.requests = newTable(d, RequestKey, DecodeTraceRequest, (*TraceRequest).encode)
	d.corrections = newTable(d, func(r correctionRef) []byte { return CorrectionKey(r.tx, r.by) }, DecodeCorrection, (*Correction).encode)
	d.exceptions = newTable(d, ExceptionKey, DecodeException, (*Exception).encode)
	d.partnerKeys = newTable(d, PartnerKeysKey, DecodePartnerKeys, (*PartnerKeys).encode)
	d.loadParams()
	return d
}

func decodeCounter(p []byte) (*uint64, error) {
	n, err := DecodeCount(p)
	return &n, err
}

func encodeCounter(n *uint64) []byte { return encodeCount(*n) }

func (d *draft) loadParams() {
	raw, ok := d.view.Get(ParamsKey())
	if !ok {
		d.fail(errNoGenesis)
		return
	}
	p, err := DecodeParams(raw)
	if err != nil {
		d.fail(&CorruptError{Key: ParamsKey(), Err: err})
		return
	}
	d.params = *p
}

// fail remembers the first trouble of this node.
func (d *draft) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// failure is the node's trouble, the view's before the draft's own.
func (d *draft) failure() error {
	if err := d.view.Err(); err != nil {
		return err
	}
	return d.err
}

// apply writes the draft. It cannot fail: whatever could be wrong was found
// by validate. The order of the tables is part of consensus only through the
// set of writes, but it is fixed all the same.
func (d *draft) apply(s Store) Result {
	res := Result{Data: d.data, Events: d.events, Contents: d.contentsOf(), Moves: d.moves, Shipped: d.shippedLots(), LotsRead: d.lotsRead}
	for _, t := range [...]writer{
		&d.holdings, &d.segments, &d.contents, &d.lots, &d.commissions, &d.marks,
		&d.products, &d.partners, &d.keys, &d.shipments, &d.counters, &d.prefixes,
		&d.delegations,
		&d.acks,
		&d.requests, &d.corrections, &d.exceptions,
		&d.partnerKeys,
		&d.investigations, &d.notices,
	} {
		res.Changes = t.write(s, res.Changes)
	}
	return res
}

// pendingContents is a new segment whose entries are not built yet.
type pendingContents struct {
	Contents
	entries func() []Entry
}

// noteContents records a new segment for the result.
func (d *draft) noteContents(id HoldingID, n uint32, p piece) {
	d.newRoots = append(d.newRoots, pendingContents{Contents{Holding: id, Segment: n, Root: p.root}, p.entries})
}

// contentsOf builds the entries of every new segment.
func (d *draft) contentsOf() []Contents {
	out := make([]Contents, len(d.newRoots))
	for i, c := range d.newRoots {
		out[i] = c.Contents
		out[i].Entries = c.entries()
	}
	return out
}
