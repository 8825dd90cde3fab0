package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// The key prefixes: one byte per kind of record (design 01, section 4). This
// is THE list; retired ones keep their line.
const (
	prefixHolding    = 'h'
	prefixSegment    = 'n'
	prefixContent    = 't' // live items of one lot in a mixed holding
	prefixLot        = 'l'
	prefixCommission = 'c'
	prefixMarks      = 'f'
	prefixProduct    = 'p'
	prefixPartner    = 'm'
	prefixKey        = 'k'
	prefixShipment   = 's'
	prefixDelegation = 'd'
	prefixRecallAck  = 'a'
	prefixProposal   = 'g' // governance: a later release
	prefixParameter  = 'x'
	prefixRequest    = 'q' // trace requests
	prefixCorrection = 'r' // error declarations
	prefixException  = 'e'

	prefixInvestigation = 'i'
	prefixNotice        = 'o'
)

// A prefix used twice is a duplicate key here, which does not compile.
var _ = map[byte]struct{}{
	prefixHolding: {}, prefixSegment: {}, prefixContent: {}, prefixLot: {},
	prefixCommission: {}, prefixMarks: {}, prefixProduct: {}, prefixPartner: {},
	prefixKey: {}, prefixShipment: {}, prefixProposal: {},
	prefixParameter: {}, prefixDelegation: {}, prefixRecallAck: {},
	prefixRequest: {}, prefixCorrection: {}, prefixException: {},
	prefixInvestigation: {}, prefixNotice: {},
}

// Names of the parameter and counter records.
const (
	nameParams    = "params"
	nameShipments = "shipments"
	nameChain     = "chain"
	namePrefixes  = "prefix/"
	nameKeys      = "keys/"

	nameCalendar       = "calendar"
	nameRequests       = "trace-requests"
	nameExceptions     = "exceptions"
	nameInvestigations = "investigations"
)

// RecordKind is the first byte of a state key: which kind of record it names.
type RecordKind byte

// The kinds of record, as their prefixes.
const (
	RecordHolding    RecordKind = prefixHolding
	RecordSegment    RecordKind = prefixSegment
	RecordContent    RecordKind = prefixContent
	RecordLot        RecordKind = prefixLot
	RecordCommission RecordKind = prefixCommission
	RecordMarks      RecordKind = prefixMarks
	RecordProduct    RecordKind = prefixProduct
	RecordPartner    RecordKind = prefixPartner
	RecordKey        RecordKind = prefixKey
	RecordShipment   RecordKind = prefixShipment
	RecordDelegation RecordKind = prefixDelegation
	RecordRecallAck  RecordKind = prefixRecallAck
	RecordParameter  RecordKind = prefixParameter
	RecordRequest    RecordKind = prefixRequest
	RecordCorrection RecordKind = prefixCorrection
	RecordException  RecordKind = prefixException

	RecordInvestigation RecordKind = prefixInvestigation
	RecordNotice        RecordKind = prefixNotice
)

// RecordKinds is every kind of record that this version writes, in the order of
// the list above.
func RecordKinds() []RecordKind {
	return []RecordKind{
		RecordHolding, RecordSegment, RecordContent, RecordLot, RecordCommission, RecordMarks,
		RecordProduct, RecordPartner, RecordKey, RecordShipment, RecordDelegation, RecordRecallAck,
		RecordParameter, RecordRequest, RecordCorrection, RecordException, RecordInvestigation, RecordNotice,
	}
}

// HoldingKey is 'h' ‖ holding id: a Holding.
func HoldingKey(id HoldingID) []byte {
	return append([]byte{prefixHolding}, id[:]...)
}

// SegmentKey is 'n' ‖ holding id ‖ segment number (4 bytes): a Segment.
func SegmentKey(id HoldingID, segment uint32) []byte {
	return append(append([]byte{prefixSegment}, id[:]...), u32(segment)...)
}

// ContentKey is 't' ‖ holding id ‖ GTIN ‖ lot: how many live items of that lot
// a mixed holding contains (8 bytes after the version).
func ContentKey(id HoldingID, lot LotID) []byte {
	return appendLot(append([]byte{prefixContent}, id[:]...), lot)
}

// LotKey is 'l' ‖ GTIN ‖ lot: a Lot.
func LotKey(lot LotID) []byte {
	return appendLot([]byte{prefixLot}, lot)
}

// CommissionKey is 'c' ‖ GTIN ‖ length of the lot ‖ lot ‖ sequence (4 bytes):
// a CommissionRecord. The length keeps lots apart of which one begins with the
// other, because here the lot is not the last field.
func CommissionKey(lot LotID, seq uint32) []byte {
	k := append([]byte{prefixCommission}, lot.GTIN[:]...)
	k = append(k, byte(len(lot.Lot)))
	k = append(k, lot.Lot...)
	return append(k, u32(seq)...)
}

// RecallAckKey is 'a' ‖ GTIN ‖ length of the lot ‖ lot ‖ GLN: a partner's
// RecallAck. The length is there for the reason it is in CommissionKey.
func RecallAckKey(lot LotID, partner gs1.GLN) []byte {
	return append(recallAckPrefix(lot), partner[:]...)
}

// recallAckPrefix leads to the acknowledgements of one lot's recall.
func recallAckPrefix(lot LotID) []byte {
	k := append([]byte{prefixRecallAck}, lot.GTIN[:]...)
	k = append(k, byte(len(lot.Lot)))
	return append(k, lot.Lot...)
}

// MarksKey is 'f' ‖ item or container key: Marks.
func MarksKey(key gs1.Key) []byte {
	return append([]byte{prefixMarks}, key...)
}

// ProductKey is 'p' ‖ GTIN: a Product.
func ProductKey(gtin gs1.GTIN) []byte {
	return append([]byte{prefixProduct}, gtin[:]...)
}

// PartnerKey is 'm' ‖ GLN: a Partner.
func PartnerKey(gln gs1.GLN) []byte {
	return append([]byte{prefixPartner}, gln[:]...)
}

// KeyKey is 'k' ‖ key id: a Key.
func KeyKey(id KeyID) []byte {
	return append([]byte{prefixKey}, id[:]...)
}

// ShipmentKey is 's' ‖ shipment number (8 bytes): a Shipment.
func ShipmentKey(n uint64) []byte {
	return append([]byte{prefixShipment}, u64(n)...)
}

// DelegationKey is 'd' ‖ principal GLN ‖ agent GLN: a Delegation.
func DelegationKey(principal, agent gs1.GLN) []byte {
	return append(append([]byte{prefixDelegation}, principal[:]...), agent[:]...)
}

// RequestKey is 'q' ‖ number of the trace request (8 bytes): a TraceRequest.
func RequestKey(n uint64) []byte {
	return append([]byte{prefixRequest}, u64(n)...)
}

// CorrectionKey is 'r' ‖ id of the erroneous tx ‖ GLN of who declares it: a
// Correction.
func CorrectionKey(tx TxID, by gs1.GLN) []byte {
	return append(append([]byte{prefixCorrection}, tx[:]...), by[:]...)
}

// ExceptionKey is 'e' ‖ number of the exception (8 bytes): an Exception.
func ExceptionKey(n uint64) []byte {
	return append([]byte{prefixException}, u64(n)...)
}

// CalendarKey is the key of the calendar of business days.
func CalendarKey() []byte { return parameterKey(nameCalendar) }

// InvestigationKey is 'i' ‖ investigation number (8 bytes): an Investigation.
func InvestigationKey(n uint64) []byte {
	return append([]byte{prefixInvestigation}, u64(n)...)
}

// NoticeKey is 'o' ‖ partner GLN ‖ subject: a Notice.
func NoticeKey(partner gs1.GLN, s Subject) []byte {
	return append(append([]byte{prefixNotice}, partner[:]...), s...)
}

// ParamsKey is the key of the parameters.
func ParamsKey() []byte { return parameterKey(nameParams) }

// ShipmentCountKey is the key of the number of shipments begun so far.
func ShipmentCountKey() []byte { return parameterKey(nameShipments) }

// InvestigationCountKey is the key of the number of investigations opened so
// far.
func InvestigationCountKey() []byte { return parameterKey(nameInvestigations) }

// ChainKey is the key of the chain's identity, written at genesis.
func ChainKey() []byte { return parameterKey(nameChain) }

// PrefixKey is the key of the record that says whose a GS1 company prefix is.
func PrefixKey(prefix gs1.CompanyPrefix) []byte {
	return parameterKey(namePrefixes + string(prefix))
}

// PartnerKeysKey is the key of the record that lists a partner's keys.
func PartnerKeysKey(gln gs1.GLN) []byte {
	return parameterKey(nameKeys + gln.String())
}

func parameterKey(name string) []byte {
	return append([]byte{prefixParameter}, name...)
}

func appendLot(k []byte, lot LotID) []byte {
	return append(append(k, lot.GTIN[:]...), lot.Lot...)
}
