package proof

import (
	"fmt"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// EvidenceFile is the evidence behind a report that stands on a key: the
// reporting transaction in its block, the mark that it left, and the positions
// that contradict each other. It proves to anyone who trusts the validators who
// reported what and when, and that the ledger holds what the report says
// (docs/spec/evidence.md). It is immutable and may be shared.
type EvidenceFile struct {
	key  gs1.Key
	tx   []byte
	path txPath

	witness  []byte
	report   *types.LightBlock // of the block that holds the tx
	state    *types.LightBlock // commits to the state that is shown
	blockRaw [2][]byte         // both, as in the file
}

// evidenceMagic begins every file of evidence, with the version after it.
const (
	evidenceMagic   = "EVIDENCE"
	evidenceVersion = 1
)

// Encode writes the file.
func (f *EvidenceFile) Encode() []byte {
	e := wire.NewEncoder(len(f.tx) + len(f.witness) + len(f.blockRaw[0]) + len(f.blockRaw[1]) + 1024)
	e.Raw([]byte(evidenceMagic))
	e.Uint8(evidenceVersion)
	e.String8(string(f.key))
	writeBytes32(e, f.tx)
	f.path.encode(e)
	writeBytes32(e, f.witness)
	writeBytes32(e, f.blockRaw[0])
	writeBytes32(e, f.blockRaw[1])
	return e.Bytes()
}

// IsEvidence reports whether bytes begin as a file of evidence does.
func IsEvidence(raw []byte) bool {
	return len(raw) >= len(evidenceMagic) && string(raw[:len(evidenceMagic)]) == evidenceMagic
}

// DecodeEvidence reads a file: form only. Nothing in it is to be believed
// before Verify. The file keeps raw, which must not be changed.
func DecodeEvidence(raw []byte) (*EvidenceFile, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: at most %d bytes, found %d", ErrForm, MaxBytes, len(raw))
	}
	if !IsEvidence(raw) {
		return nil, fmt.Errorf("%w: it does not begin with %s", ErrForm, evidenceMagic)
	}
	d := wire.NewDecoder(raw[len(evidenceMagic):])
	d.Version(evidenceVersion)
	f := &EvidenceFile{key: readKey(d)}
	f.tx, f.path = readBytes32(d), readTxPath(d)
	f.witness = readBytes32(d)
	f.blockRaw[0], f.blockRaw[1] = readBytes32(d), readBytes32(d)
	if err := d.Finish(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrForm, err)
	}
	for i, lb := range [...]**types.LightBlock{&f.report, &f.state} {
		var err error
		if *lb, err = decodeBlock(f.blockRaw[i]); err != nil {
			return nil, fmt.Errorf("%w: signed header: %v", ErrForm, err)
		}
	}
	return f, nil
}

// Blocks are the two signed headers, for a light client to judge: that of the
// block with the report, and the one that commits to the state shown. They must
// not be changed.
func (f *EvidenceFile) Blocks() (report, state *types.LightBlock) { return f.report, f.state }

// Evidence is what a verified file says: plain data, all of it proved.
type Evidence struct {
	// Key is that of the item.
	Key gs1.Key `json:"key"`
	// ChainID names the ledger.
	ChainID string `json:"chainId"`
	// Op is the kind of report: ReportConflict or ReportDuplicate.
	Op string `json:"op"`
	// By reported; it stands as its record was at Height.
	By *Party `json:"by"`
	// Tx is the transaction that reported.
	Tx app.TxID `json:"tx"`
	// EventTime is when, by the reporter, it happened, in seconds UTC.
	EventTime uint64 `json:"eventTime"`
	// Reported is the height of the block that holds the report, and
	// ReportedAt its time.
	Reported   uint64    `json:"reported"`
	ReportedAt time.Time `json:"reportedAt"`
	// Height is the height whose state is shown; Time is that of the header
	// after it.
	Height uint64    `json:"height"`
	Time   time.Time `json:"time"`
	// Mark is the one that the report left.
	Mark app.Mark `json:"mark"`

	// Commissions are the two of a duplicate, nil for a conflict.
	Commissions []CommissionShown `json:"commissions,omitempty"`
	// Conflict is what a conflict is about, nil for a duplicate.
	Conflict *ConflictShown `json:"conflict,omitempty"`
}

// CommissionShown is a position of a Commission at which the key stands.
type CommissionShown struct {
	// Lot is the lot of the Commission, Sequence its number there, from 0.
	Lot      app.LotID `json:"lot"`
	Sequence uint32    `json:"sequence"`
	// Position counts over all entries of the Commission, from 0.
	Position uint16 `json:"position"`
	// Root is the Merkle root over them.
	Root merkle.Hash `json:"root"`
	// Height is that of the block with the Commission.
	Height uint64 `json:"height"`
}

// ConflictShown are the two places of a conflict: where the reporter has the
// package, and where the ledger has it.
type ConflictShown struct {
	// Location is the site at which the reporter has the package.
	Location gs1.GLN `json:"location"`
	// At is where the ledger has it, Entry what stands there, and State what
	// became of it by Height.
	At    app.Position `json:"at"`
	Entry app.Entry    `json:"entry"`
	State app.State    `json:"state"`
	// Holding is the outermost holding around it, with its custody.
	Holding Holding `json:"holding"`
}

// Verify checks the file against what the caller trusts: report is asked about
// the header of the block with the report, state about that of the state shown.
// They are the same Trust where one validator set is trusted. Of the options,
// MaxAge is held against the state's header, and of the claim the key only. The
// error wraps ErrForm, ErrUntrusted, ErrInvalid or ErrStale.
func (f *EvidenceFile) Verify(report, state Trust, opt Options) (*Evidence, error) {
	now := opt.Now
	if now.IsZero() {
		now = time.Now()
	}
	out, err := f.judge()
	if err != nil {
		return nil, err
	}
	if err := report.check(f.report, now); err != nil {
		return nil, err
	}
	if err := state.check(f.state, now); err != nil {
		return nil, err
	}
	if age := now.Sub(f.state.Time); opt.MaxAge > 0 && age > opt.MaxAge {
		return nil, fmt.Errorf("%w: it is %s old, at most %s is accepted", ErrStale, age.Round(time.Second), opt.MaxAge)
	}
	if opt.Claim.Key != "" && opt.Claim.Key != f.key {
		return nil, fmt.Errorf("%w: it is about %s, not %s", ErrInvalid, f.key.Bracketed(), opt.Claim.Key.Bracketed())
	}
	return out, nil
}
