package app

import (
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// What tests outside the package need of its inside.

// EncodePartner is the value of a partner's record.
func EncodePartner(p *Partner) []byte { return p.encode() }

// EncodeKey is the value of a key's record.
func EncodeKey(k *Key) []byte { return k.encode() }

// EncodeHolding is the value of a holding's record.
func EncodeHolding(h *Holding) []byte { return h.encode() }

// NonceCode judges a nonce without using it.
func (k *Key) NonceCode(nonce uint64) Code { return k.nonceCode(nonce) }

// UseNonce records a nonce.
func (k *Key) UseNonce(nonce uint64) { k.useNonce(nonce) }

// SealUnsigned encodes tx with an empty signature that VerifySignature will
// take for genuine: signing and checking is most of what a small tx costs.
func SealUnsigned(tx *Tx, public []byte) (*Tx, error) {
	tx.KeyID = NewKeyID(Ed25519, public)
	body, err := tx.encodeBody()
	if err != nil {
		return nil, err
	}
	e := wire.NewEncoder(len(body) + 66)
	e.Raw(body)
	e.Bytes16(make([]byte, 64))
	return DecodeUnsigned(e.Bytes())
}

// DecodeUnsigned decodes what SealUnsigned made.
func DecodeUnsigned(raw []byte) (*Tx, error) {
	tx, err := Decode(raw)
	if err == nil {
		tx.genuine = 1
	}
	return tx, err
}

// EncodeOp writes the body of an op.
func EncodeOp(op Op) []byte {
	e := wire.NewEncoder(256)
	op.encode(e)
	return e.Bytes()
}

// DecodeOp reads the body of an op of the kind: form only.
func DecodeOp(kind Kind, body []byte) (Op, error) {
	op, ok := NewOp(kind)
	if !ok {
		return nil, errShortKey
	}
	d := wire.NewDecoder(body)
	op.decode(d)
	return op, d.Finish()
}

// EncodeTx writes a decoded tx again.
func EncodeTx(tx *Tx) []byte {
	body, err := tx.encodeBody()
	if err != nil {
		panic(err)
	}
	e := wire.NewEncoder(len(body) + 66)
	e.Raw(body)
	e.Bytes16(tx.Signature)
	return e.Bytes()
}

// Reencode decodes the value of a record and encodes it again.
func Reencode(kind RecordKind, value []byte) ([]byte, error) {
	switch kind {
	case RecordHolding:
		return reencode(value, DecodeHolding, (*Holding).encode)
	case RecordSegment:
		return reencode(value, DecodeSegment, (*Segment).encode)
	case RecordLot:
		return reencode(value, DecodeLot, (*Lot).encode)
	case RecordCommission:
		return reencode(value, DecodeCommissionRecord, (*CommissionRecord).encode)
	case RecordMarks:
		return reencode(value, DecodeMarks, (*Marks).encode)
	case RecordProduct:
		return reencode(value, DecodeProduct, (*Product).encode)
	case RecordPartner:
		return reencode(value, DecodePartner, (*Partner).encode)
	case RecordKey:
		return reencode(value, DecodeKey, (*Key).encode)
	case RecordShipment:
		return reencode(value, DecodeShipment, (*Shipment).encode)
	case RecordDelegation:
		return reencode(value, DecodeDelegation, (*Delegation).encode)
	case RecordRecallAck:
		return reencode(value, DecodeRecallAck, (*RecallAck).encode)
	case RecordInvestigation:
		return reencode(value, DecodeInvestigation, (*Investigation).encode)
	case RecordNotice:
		return reencode(value, DecodeNotice, (*Notice).encode)
	case RecordParameter:
		if again, err := reencode(value, DecodePartnerKeys, (*PartnerKeys).encode); err == nil {
			return again, nil
		}
		return reencode(value, DecodeParams, (*Params).encode)
	case RecordRequest:
		return reencode(value, DecodeTraceRequest, (*TraceRequest).encode)
	case RecordCorrection:
		return reencode(value, DecodeCorrection, (*Correction).encode)
	case RecordException:
		return reencode(value, DecodeException, (*Exception).encode)
	default:
		return reencode(value, decodeCounter, encodeCounter)
	}
}

func reencode[R any](value []byte, decode func([]byte) (*R, error), encode func(*R) []byte) ([]byte, error) {
	r, err := decode(value)
	if err != nil {
		return nil, err
	}
	return encode(r), nil
}

// EncodeShipment is the value of a shipment's record.
func EncodeShipment(s *Shipment) []byte { return s.encode() }

// EncodeLot is the value of a lot's record.
func EncodeLot(l *Lot) []byte { return l.encode() }

// EncodeCommission is the value of a commission's record.
func EncodeCommission(c *CommissionRecord) []byte { return c.encode() }

// EncodePartnerKeys is the value of the list of a partner's keys.
func EncodePartnerKeys(r *PartnerKeys) []byte { return r.encode() }

// RecordSize is the size of a record and what its comment says it is at most.
type RecordSize struct{ Size, Documented int }

// LargestRecords are records with every field as large as it may be.
func LargestRecords() map[string]RecordSize {
	text := func(n int) string { return strings.Repeat("X", n) }
	key := gs1.Key(text(maxKeyBytes))
	id := HoldingID{1}
	gln := gs1.GLN{1}
	info := PartnerInfo{Name: text(maxNameBytes), Address: text(maxTextBytes)}
	for range maxPrefixes {
		info.Prefixes = append(info.Prefixes, gs1.CompanyPrefix(text(12)))
	}
	suspensions := []Suspension{{Reason: text(maxReasonBytes)}, {Reason: text(maxReasonBytes), Regulator: true}}
	product := &Product{Offered: gln, ProductInfo: ProductInfo{Name: text(maxNameBytes), Form: text(maxNameBytes), Strength: text(maxNameBytes), NetContent: text(maxNameBytes)}}
	for range maxNDCs {
		product.NDCs = append(product.NDCs, NDC{Code: text(maxNDCBytes)})
	}
	shipment := &Shipment{Agent: gln, Terms: Terms{Carrier: gln, Seller: gln}}
	for range maxDocuments {
		shipment.Documents = append(shipment.Documents, Document{DocPO, text(maxDocIDBytes)})
	}
	holding := &Holding{Kind: KindContainer, Key: key, Declared: text(maxLotBytes), LotMode: LotOne, Lot: LotID{Lot: text(maxLotBytes)}}
	request := &TraceRequest{TraceTerms: TraceTerms{Key: key, Message: Digest{1}, Text: text(maxTextBytes)}}
	request.Answer = &TraceAnswer{Message: Digest{1}, Text: text(maxTextBytes)}
	correction := &Correction{ErrorTerms: ErrorTerms{EventHash: EventHash{1}, Corrective: make([]EventHash, maxCorrective), Text: text(maxTextBytes)}}
	exception := &Exception{ExceptionTerms: ExceptionTerms{Case: text(maxCaseBytes), Message: Digest{1}, Text: text(maxTextBytes)}}
	exception.Response = &ExceptionResponse{ResponseTerms: ResponseTerms{Message: Digest{1}, Text: text(maxTextBytes)}}
	exception.Resolved = &ExceptionEnd{Text: text(maxTextBytes)}
	return map[string]RecordSize{
		"calendar":   {len((&Calendar{Closed: make([]gs1.Date, maxClosed)}).encode()), maxCalendarBytes},
		"request":    {len(request.encode()), maxRequestBytes},
		"correction": {len(correction.encode()), maxCorrectionBytes},
		"exception":  {len(exception.encode()), maxExceptionBytes},
		"holding":    {len(holding.encode()), maxHoldingBytes},
		"segment":    {len(NewSegment(merkle.Hash{}, merkle.SegmentSize, 0).encode()), maxSegmentBytes},
		"lot":        {len((&Lot{Recall: &Recall{Reason: text(maxReasonBytes), Outcome: RecallCompleted}, Investigations: make([]uint64, maxLotBlocks)}).encode()), maxLotRecordBytes},
		"commission": {len((&CommissionRecord{First: key, Last: key, InputCount: 1}).encode()), maxCommissionBytes},
		"marks":      {len((&Marks{Located: id, Marks: make([]Mark, maxMarks)}).encode()), maxMarksBytes},
		"recall-ack": {len((&RecallAck{}).encode()), maxRecallAckBytes},
		"product":    {len(product.encode()), maxProductBytes},
		"partner":    {len((&Partner{PartnerInfo: info, Standing: StandingSuspended, Suspensions: suspensions, Sponsor: gln, Consensus: make([]byte, 32)}).encode()), maxPartnerBytes},
		"keys":       {len((&PartnerKeys{Keys: make([]KeyID, maxPartnerKeys)}).encode()), maxPartnerKeysBytes},
		"key":        {len((&Key{Public: make([]byte, 32)}).encode()), maxKeyRecordBytes},
		"shipment":   {len(shipment.encode()), maxShipmentBytes},
		"delegation": {len((&Delegation{Scope: Scope{Ops: make([]Kind, maxScopeOps)}}).encode()), maxDelegationBytes},

		"investigation": {len((&Investigation{Subject: Subject(text(maxSubjectBytes)), Text: text(maxTextBytes), Finding: text(maxTextBytes), Evidence: Digest{1}, Incident: text(maxIncidentBytes)}).encode()), maxInvestigationBytes},
		"notice":        {len((&Notice{Of: make([]NoticeOf, maxNotices)}).encode()), maxNoticeBytes},
	}
}
