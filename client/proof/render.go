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
	kind, rec, err := app.RecordKind(key[0]), any(nil), error(nil)
	name := string(key[:1])
	switch kind {
	case app.RecordHolding:
		name = "holding"
		rec, err = app.DecodeHolding(value)
	case app.RecordSegment:
		name = "segment"
		rec, err = showSegment(value)
	case app.RecordContent:
		name = "content"
		rec, err = app.DecodeCount(value)
	case app.RecordLot:
		name = "lot"
		rec, err = app.DecodeLot(value)
	case app.RecordCommission:
		name = "commission"
		rec, err = app.DecodeCommissionRecord(value)
	case app.RecordMarks:
		name = "marks"
		rec, err = app.DecodeMarks(value)
	case app.RecordProduct:
		name = "product"
		rec, err = app.DecodeProduct(value)
	case app.RecordPartner:
		name = "partner"
		rec, err = app.DecodePartner(value)
	case app.RecordShipment:
		name = "shipment"
		rec, err = app.DecodeShipment(value)
	case app.RecordRequest:
		name = "trace-request"
		rec, err = app.DecodeTraceRequest(value)
	case app.RecordCorrection:
		name = "correction"
		rec, err = app.DecodeCorrection(value)
	case app.RecordException:
		name = "exception"
		rec, err = app.DecodeException(value)
	case app.RecordDelegation:
		name = "delegation"
		rec, err = app.DecodeDelegation(value)
	case app.RecordRecallAck:
		name = "recall-ack"
		rec, err = app.DecodeRecallAck(value)
	case app.RecordInvestigation:
		name = "investigation"
		rec, err = app.DecodeInvestigation(value)
	case app.RecordNotice:
		name = "notice"
		rec, err = app.DecodeNotice(value)
	default:
		rec = hex.EncodeToString(value)
	}
	if err != nil {
		rec = hex.EncodeToString(value)
	}
	return shownRecord{name, hex.EncodeToString(key), rec}
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
