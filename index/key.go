package index

import (
	"encoding/binary"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// The spaces of the database: the first byte of every key. All integers are
// big-endian; at most one field is variable, last or after its length.
const (
	spaceMarker = 'm' // alone: the height of the last complete block
	spaceSalt   = 'a' // alone: the salt of this index's fingerprints

	spaceHolding  = 'h' // holding: its record
	spaceSegment  = 'n' // holding, segment: its record
	spaceShipment = 's' // number: its record
	spaceContents = 'e' // root: packed entries

	spaceTx     = 't' // ref: what is kept of a tx
	spaceTxID   = 'i' // tx id: ref
	spaceEvent  = 'w' // event hash, ref: nothing
	spaceStep   = 'y' // holding, number of the event: ref, flags
	spaceParent = 'z' // holding, ref: its parent from then on
	spaceMove   = 'v' // holding, segment, ref, number: a move

	spaceContainer = 'k' // length, container key, use: holding
	spaceStands    = 'q' // child holding: the position where it was last packed

	spaceByPartner       = 'o' // GLN, holding: nothing
	spaceByLot           = 'l' // GTIN, length, lot, holding, source: nothing, or a count of its own
	spaceRecalled        = 'R' // GTIN, length, lot: its record, once recalled
	spaceRecallAck       = 'r' // GTIN, length, lot, GLN: a RecallAck
	spaceByShipment      = 'g' // number, holding: nothing
	spacePartnerShipment = 'p' // GLN, status or 0, inverted number: nothing
	spaceSale            = 'S' // GLN, GTIN, length, lot, customer's GLN, number: items
	spaceMadeFrom        = 'L' // GTIN, length, lot, GTIN made, lot made: a usedUp
	spaceByEnd           = 'E' // end of the credential, GLN: standing
	spacePartnerEnd      = 'D' // GLN: end of the credential

	spaceInvestigation     = 'I' // number: its record
	spaceInvestigations    = 'J' // list, inverted number (overdue: due time, number): nothing
	spaceNotice            = 'O' // GLN, subject: its record
	spaceClock             = 'b' // alone: the time of the last block
	spaceRequest           = 'Q' // number: a trace request's record
	spaceException         = 'X' // number: an exception's record
	spaceCorrection        = 'K' // tx id, GLN: a correction's record
	spaceDue               = 'u' // GLN, due, kind, number: nothing
	spacePartnerRequest    = 'A' // GLN, inverted number: nothing
	spacePartnerException  = 'x' // GLN, status or 0, inverted number: nothing
	spacePartnerCorrection = 'j' // GLN, inverted height, tx id: nothing

	spaceCommissions = 'N' // GTIN: how many commissions
	spaceCommission  = 'c' // GTIN, ordinal: a commission and its runs
	spaceSequence    = 'C' // GTIN, length, lot, sequence: the ordinal
	spacePieces      = 'M' // GTIN: the live pieces
	spaceChunk       = 'd' // GTIN, level, piece, chunk: fingerprints
	spaceTrash       = 'T' // GTIN, level, piece: bits of a piece to delete
)

// A space used twice is a duplicate key here, which does not compile.
var _ = map[byte]struct{}{
	spaceMarker: {}, spaceSalt: {}, spaceHolding: {}, spaceSegment: {}, spaceShipment: {},
	spaceContents: {}, spaceTx: {}, spaceTxID: {}, spaceEvent: {}, spaceStep: {}, spaceParent: {},
	spaceMove: {}, spaceContainer: {}, spaceStands: {}, spaceByPartner: {}, spaceByLot: {},
	spaceRecalled: {}, spaceRecallAck: {}, spaceByShipment: {}, spacePartnerShipment: {},
	spaceSale: {}, spaceMadeFrom: {},
	spaceByEnd: {}, spacePartnerEnd: {}, spaceInvestigation: {}, spaceInvestigations: {},
	spaceNotice: {}, spaceClock: {}, spaceRequest: {}, spaceException: {}, spaceCorrection: {},
	spaceDue: {}, spacePartnerRequest: {}, spacePartnerException: {}, spacePartnerCorrection: {},
	spaceCommissions: {}, spaceCommission: {}, spaceSequence: {}, spacePieces: {}, spaceChunk: {},
	spaceTrash: {},
}

const indexFormat = 1

func markerKey() []byte { return []byte{spaceMarker} }
func saltKey() []byte   { return []byte{spaceSalt} }

func encodeMarker(height uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{indexFormat}, height)
}

func decodeMarker(v []byte) (uint64, error) {
	if len(v) != 9 || v[0] != indexFormat {
		return 0, fmt.Errorf("format %d and a height expected, found %x", indexFormat, v)
	}
	return binary.BigEndian.Uint64(v[1:]), nil
}

// ref names a tx by its place: height, and index in the block. Refs compare
// in the order of the ledger.
type ref struct {
	height uint64
	index  uint32
}

const refLen = 12

func (r ref) before(o ref) bool {
	return r.height < o.height || r.height == o.height && r.index < o.index
}

func (r ref) appendTo(k []byte) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(k, r.height), r.index)
}

// parseRef reads the first twelve bytes of p, which has at least those.
func parseRef(p []byte) ref {
	return ref{binary.BigEndian.Uint64(p), binary.BigEndian.Uint32(p[8:])}
}

// keyOf joins a space and fixed parts.
func keyOf(space byte, parts ...[]byte) []byte {
	n := 1
	for _, p := range parts {
		n += len(p)
	}
	k := append(make([]byte, 0, n), space)
	for _, p := range parts {
		k = append(k, p...)
	}
	return k
}

func u32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }
func u64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func holdingKey(id app.HoldingID) []byte  { return keyOf(spaceHolding, id[:]) }
func shipmentKey(n uint64) []byte         { return keyOf(spaceShipment, u64(n)) }
func contentsKey(root merkle.Hash) []byte { return keyOf(spaceContents, root[:]) }
func standsKey(child app.HoldingID) []byte {
	return keyOf(spaceStands, child[:])
}

func segmentKey(id app.HoldingID, segment uint32) []byte {
	return keyOf(spaceSegment, id[:], u32(segment))
}

func txKey(r ref) []byte                   { return r.appendTo([]byte{spaceTx}) }
func txIDKey(id app.TxID) []byte           { return keyOf(spaceTxID, id[:]) }
func stepPrefix(id app.HoldingID) []byte   { return keyOf(spaceStep, id[:]) }
func parentPrefix(id app.HoldingID) []byte { return keyOf(spaceParent, id[:]) }

func eventPrefix(h app.EventHash) []byte { return keyOf(spaceEvent, h[:]) }

func movePrefix(id app.HoldingID, segment uint32) []byte {
	return keyOf(spaceMove, id[:], u32(segment))
}

func containerPrefix(key gs1.Key) []byte {
	return keyOf(spaceContainer, []byte{byte(len(key))}, []byte(key))
}

func partnerPrefix(gln gs1.GLN) []byte { return keyOf(spaceByPartner, gln[:]) }

func lotPrefix(lot app.LotID) []byte {
	return keyOf(spaceByLot, lot.GTIN[:], []byte{byte(len(lot.Lot))}, []byte(lot.Lot))
}

func recalledKey(lot app.LotID) []byte {
	return keyOf(spaceRecalled, lot.GTIN[:], []byte{byte(len(lot.Lot))}, []byte(lot.Lot))
}

func recallAckPrefix(lot app.LotID) []byte {
	return keyOf(spaceRecallAck, lot.GTIN[:], []byte{byte(len(lot.Lot))}, []byte(lot.Lot))
}

func shipmentPrefix(n uint64) []byte { return keyOf(spaceByShipment, u64(n)) }

// partnerShipmentPrefix leads to inverted numbers, so that a scan meets the
// newest first. Status 0 is all.
func partnerShipmentPrefix(gln gs1.GLN, status app.ShipmentStatus) []byte {
	return keyOf(spacePartnerShipment, gln[:], []byte{byte(status)})
}

// investigationsPrefix leads to inverted numbers as well; that of overdue ones
// to due times and numbers.
func investigationsPrefix(l app.InvestigationList) []byte {
	return []byte{spaceInvestigations, byte(l)}
}

func clockKey() []byte { return []byte{spaceClock} }

func commissionsKey(g gs1.GTIN) []byte { return keyOf(spaceCommissions, g[:]) }
func piecesKey(g gs1.GTIN) []byte      { return keyOf(spacePieces, g[:]) }

func commissionKey(g gs1.GTIN, ordinal uint32) []byte {
	return keyOf(spaceCommission, g[:], u32(ordinal))
}

func sequenceKey(lot app.LotID, seq uint32) []byte {
	return keyOf(spaceSequence, lot.GTIN[:], []byte{byte(len(lot.Lot))}, []byte(lot.Lot), u32(seq))
}

func chunkKey(g gs1.GTIN, level int, piece, chunk uint32) []byte {
	return keyOf(spaceChunk, g[:], []byte{byte(level)}, u32(piece), u32(chunk))
}

func trashKey(g gs1.GTIN, level int, piece uint32) []byte {
	return keyOf(spaceTrash, g[:], []byte{byte(level)}, u32(piece))
}
