package proof

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
)

// shown is the JSON form of a file: for people to see what it holds.
type shown struct {
	Statement statement     `json:"statement"`
	Header    shownHeader   `json:"header"`
	Records   []shownRecord `json:"records"`
	Bytes     int           `json:"bytes"`
}

type shownHeader struct {
	ChainID    string    `json:"chainId"`
	Height     int64     `json:"height"`
	Time       time.Time `json:"time"`
	Hash       string    `json:"hash"`
	AppHash    string    `json:"appHash"`
	Validators int       `json:"validators"`
	Signatures int       `json:"signatures"`
}

type shownRecord struct {
	Kind  string `json:"kind"`
	Key   string `json:"key"`
	Value any    `json:"value"`
}

// MarshalJSON shows what the file holds, records decoded. Nothing is verified
// by it, and a file is not made from it.
func (p *Proof) MarshalJSON() ([]byte, error) {
	m, err := p.open()
	if err != nil {
		return nil, err
	}
	out := shown{Statement: p.statement, Header: showHeader(p.block), Records: []shownRecord{}, Bytes: len(p.Encode())}
	m.Records(func(key, value []byte) {
		out.Records = append(out.Records, showRecord(key, value))
	})
	return json.Marshal(out)
}

func showHeader(lb *types.LightBlock) shownHeader {
	h := shownHeader{
		ChainID: lb.ChainID, Height: lb.Height, Time: lb.Time, Hash: lb.Hash().String(),
		AppHash: lb.AppHash.String(), Validators: len(lb.ValidatorSet.Validators),
	}
	for _, s := range lb.Commit.Signatures {
		if s.BlockIDFlag == types.BlockIDFlagCommit {
			h.Signatures++
		}
	}
	return h
}

// showRecord decodes a record for people; one that cannot be read is shown in
// hex.
func showRecord(key, value []byte) shownRecord {
	out := shownRecord{string(key[:1]), hex.EncodeToString(key), hex.EncodeToString(value)}
	kinds := shownKinds()
	for i := range kinds {
		k := &kinds[i]
		if k.kind != app.RecordKind(key[0]) {
			continue
		}
		out.Kind = k.name
		if rec, err := k.show(value); err == nil {
			out.Value = rec
		}
	}
	return out
}

// shownKind is a kind of record as people see it.
type shownKind struct {
	kind app.RecordKind
	name string
	show func(value []byte) (any, error)
}

// shownKinds is the list of the records that are decoded for people. Parameters
// ('x') are of many forms, by their name, and stand in no file: one is shown in
// hex.
func shownKinds() []shownKind {
	return []shownKind{
		{app.RecordHolding, "holding", decoded(app.DecodeHolding)},
		{app.RecordSegment, "segment", showSegment},
		{app.RecordContent, "content", decoded(app.DecodeCount)},
		{app.RecordLot, "lot", decoded(app.DecodeLot)},
		{app.RecordCommission, "commission", decoded(app.DecodeCommissionRecord)},
		{app.RecordMarks, "marks", decoded(app.DecodeMarks)},
		{app.RecordProduct, "product", decoded(app.DecodeProduct)},
		{app.RecordPartner, "partner", decoded(app.DecodePartner)},
		{app.RecordKey, "key", decoded(app.DecodeKey)},
		{app.RecordShipment, "shipment", decoded(app.DecodeShipment)},
		{app.RecordRequest, "trace-request", decoded(app.DecodeTraceRequest)},
		{app.RecordCorrection, "correction", decoded(app.DecodeCorrection)},
		{app.RecordException, "exception", decoded(app.DecodeException)},
		{app.RecordDelegation, "delegation", decoded(app.DecodeDelegation)},
		{app.RecordRecallAck, "recall-ack", decoded(app.DecodeRecallAck)},
		{app.RecordInvestigation, "investigation", decoded(app.DecodeInvestigation)},
		{app.RecordNotice, "notice", decoded(app.DecodeNotice)},
	}
}

func decoded[R any](decode func([]byte) (R, error)) func([]byte) (any, error) {
	return func(value []byte) (any, error) { return decode(value) }
}

// showSegment shows a segment with its positions counted by state.
func showSegment(value []byte) (any, error) {
	s, err := app.DecodeSegment(value)
	if err != nil {
		return nil, err
	}
	states := make(map[string]int)
	for i := range s.Count {
		states[s.State(i).String()]++
	}
	return map[string]any{"root": s.Root, "count": s.Count, "base": s.Base, "states": states}, nil
}
