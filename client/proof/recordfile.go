package proof

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/types"
)

// RecordFile shows one record of the ledger, or that there is none, with the
// signed header that commits to it: what anybody can check without a network.
// Its JSON form travels beside the answers of the HTTP API. Nothing in it is to
// be believed before Verify.
type RecordFile struct {
	ChainID string `json:"chainId" doc:"the chain that it is of"`
	// Height is the height whose state is shown; the header is the next one.
	Height uint64 `json:"height" doc:"the height whose state is shown"`
	// Key is the state key in hex (docs/spec/state.md).
	Key string `json:"key" doc:"the state key, in hex (docs/spec/state.md)"`
	// Value is the record's bytes, nil when it is shown that there is none.
	Value []byte `json:"value,omitempty" doc:"the record's bytes; absent when it is shown that there is none"`
	// ICS23 is the proof of Value, or of its absence, under the header's app
	// hash.
	ICS23 []byte `json:"ics23" doc:"the ICS-23 commitment proof of value, or of its absence, under the header's app hash"`
	// Block is the signed header with its validators, in the form of a
	// pedigree file (docs/spec/proof.md).
	Block []byte `json:"block" doc:"the signed header with its validators, a light block of CometBFT in protobuf"`
}

// NewRecordFile shows a record by the light block whose header commits to it.
// Nothing is checked: Verify does.
func NewRecordFile(key, value, evidence []byte, lb *types.LightBlock) (*RecordFile, error) {
	small, err := trim(lb)
	if err != nil {
		return nil, err
	}
	block, err := encodeBlock(small)
	if err != nil {
		return nil, err
	}
	return &RecordFile{
		ChainID: lb.ChainID, Height: uint64(lb.Height) - 1, Key: hex.EncodeToString(key),
		Value: value, ICS23: evidence, Block: block,
	}, nil
}

// ShownRecord is what a RecordFile proves.
type ShownRecord struct {
	// Kind names the record, empty for one that is shown in hex only.
	Kind string `json:"kind"`
	Key  string `json:"key"`
	// Record is the record decoded, or its bytes in hex; nil when it is
	// proved that there is none.
	Record any `json:"record"`
	// Height is the height whose state it is of, Time that of the header
	// after it.
	ChainID string    `json:"chainId"`
	Height  uint64    `json:"height"`
	Time    time.Time `json:"time"`
}

// Verify checks the file against what the caller trusts. It needs no network.
// Of the options, the claim is not used. The error wraps ErrForm, ErrUntrusted,
// ErrInvalid or ErrStale, and nothing of the file is then to be believed.
func (f *RecordFile) Verify(t Trust, opt Options) (*ShownRecord, error) {
	key, lb, err := f.decode()
	if err != nil {
		return nil, err
	}
	if err := CheckRecord(lb.AppHash, key, f.Value, f.ICS23); err != nil {
		return nil, err
	}
	now := opt.Now
	if now.IsZero() {
		now = time.Now()
	}
	if err := t.check(lb, now); err != nil {
		return nil, err
	}
	if age := now.Sub(lb.Time); opt.MaxAge > 0 && age > opt.MaxAge {
		return nil, fmt.Errorf("%w: it is %s old, at most %s is accepted", ErrStale, age.Round(time.Second), opt.MaxAge)
	}
	out := &ShownRecord{Key: f.Key, ChainID: lb.ChainID, Height: f.Height, Time: lb.Time}
	shown := showRecord(key, f.Value)
	out.Kind = shown.Kind
	if f.Value != nil {
		out.Record = shown.Value
	}
	return out, nil
}

// decode reads the parts: form only.
func (f *RecordFile) decode() (key []byte, lb *types.LightBlock, err error) {
	key, err = hex.DecodeString(f.Key)
	if err != nil || len(key) == 0 {
		return nil, nil, fmt.Errorf("%w: the key is no hex", ErrForm)
	}
	if f.Value != nil && len(f.Value) == 0 {
		return nil, nil, fmt.Errorf("%w: a record is not empty", ErrForm)
	}
	if len(key)+len(f.Value)+len(f.ICS23)+len(f.Block) > MaxBytes {
		return nil, nil, fmt.Errorf("%w: at most %d bytes", ErrForm, MaxBytes)
	}
	if lb, err = decodeBlock(f.Block); err != nil {
		return nil, nil, fmt.Errorf("%w: signed header: %v", ErrForm, err)
	}
	if lb.ChainID != f.ChainID || uint64(lb.Height) != f.Height+1 {
		return nil, nil, fmt.Errorf("%w: it says height %d of chain %q, its header is %d of %q", ErrForm, f.Height, f.ChainID, lb.Height, lb.ChainID)
	}
	return key, lb, nil
}
