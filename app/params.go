package app

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Params are the numbers that every node must agree on, kept in the tree and
// set at genesis. A zero field means the default beside it, except where it
// says otherwise.
type Params struct {
	// ClockToleranceSeconds is how far an event may lie ahead of block
	// time, and behind the custody time of what it touches. Default 300.
	ClockToleranceSeconds uint64 `json:"clockToleranceSeconds"`
	// MaxEventAgeDays is how old an event may be. Default 30. The value
	// 100,000 or more means no limit, for networks made to load history.
	MaxEventAgeDays uint64 `json:"maxEventAgeDays"`
	// MaxLots is how many lots one holding may contain at any depth.
	// Default 256.
	MaxLots uint64 `json:"maxLots"`
	// RetentionDays is how long the number of an emptied container stays
	// taken (GS1: a year). Default 365.
	RetentionDays uint64 `json:"retentionDays"`
	// MaxValidBlocks is how far ahead of the block a tx's valid-until height
	// may lie. Default 100,000.
	MaxValidBlocks uint64 `json:"maxValidBlocks"`
	// QuotaBytes is how many bytes of txs one key may have in a block.
	// Default 2 MiB.
	QuotaBytes uint64 `json:"quotaBytes"`
	// QuotaOpenings is how many entries one key may open in a block, with
	// the accounts of lots that its txs read in mixed holdings. Default
	// 131,072.
	QuotaOpenings uint64 `json:"quotaOpenings"`
	// TraceBusinessDays is within how many business days a trace request is
	// to be answered, FD&C Act 582(c)(1)(C). Default 1.
	TraceBusinessDays uint64 `json:"traceBusinessDays"`
	// TraceMaxHours is within how many hours at most. Default 48.
	TraceMaxHours uint64 `json:"traceMaxHours"`
	// DispenserTraceBusinessDays is the same in business days for a dispenser,
	// without a limit in hours, FD&C Act 582(d)(1)(D). Default 2.
	DispenserTraceBusinessDays uint64 `json:"dispenserTraceBusinessDays"`
	// VerificationHours is within how many hours a product identifier is to
	// be verified, FD&C Act 582(b)(4)(C). Default 24.
	VerificationHours uint64 `json:"verificationHours"`
	// ExceptionBusinessDays is within how many business days an exception is
	// to be responded to, by the practice of the trade. Default 3.
	ExceptionBusinessDays uint64 `json:"exceptionBusinessDays"`
	// NoticeHours is within how many hours of a finding of illegitimate
	// product FDA and the trading partners are to be notified. Default 24
	// (FD&C Act 582(b)(4)(B)(ii)).
	NoticeHours uint64 `json:"noticeHours"`
}

// noEventAge is the MaxEventAgeDays from which on age is not judged.
const noEventAge = 100_000

const secondsPerDay = 24 * 60 * 60

// maxNoticeHours is a year: a clock that never runs out is none.
const maxNoticeHours = 366 * 24

// DefaultParams are the parameters of production.
func DefaultParams() Params {
	return Params{
		ClockToleranceSeconds: 300, MaxEventAgeDays: 30, MaxLots: 256, RetentionDays: 365,
		MaxValidBlocks: 100_000, QuotaBytes: 2 << 20, QuotaOpenings: 128 << 10,
		TraceBusinessDays: 1, TraceMaxHours: 48, DispenserTraceBusinessDays: 2, VerificationHours: 24, ExceptionBusinessDays: 3,
		NoticeHours: 24,
	}
}

// withDefaults fills the zero fields.
func (p Params) withDefaults() Params {
	def := DefaultParams()
	given, defaults := p.fields(), def.fields()
	for i := range given {
		if *given[i] == 0 {
			*given[i] = *defaults[i]
		}
	}
	return p
}

// check refuses parameters with which the ledger could not work.
func (p Params) check() error {
	if p.MaxLots > 1024 {
		return fmt.Errorf("maxLots is %d, at most 1024: every pack of a container reads them all", p.MaxLots)
	}
	if p.QuotaBytes < MaxTxBytes {
		return fmt.Errorf("quotaBytes is %d, at least %d: one transaction must fit", p.QuotaBytes, MaxTxBytes)
	}
	if p.NoticeHours > maxNoticeHours {
		return fmt.Errorf("noticeHours is %d, at most %d", p.NoticeHours, maxNoticeHours)
	}
	if p.QuotaOpenings < maxOpened {
		return fmt.Errorf("quotaOpenings is %d, at least %d: one transaction must fit", p.QuotaOpenings, maxOpened)
	}
	for _, days := range [...]uint64{p.TraceBusinessDays, p.DispenserTraceBusinessDays, p.ExceptionBusinessDays, p.TraceMaxHours / 24, p.VerificationHours / 24} {
		if days > maxClockDays {
			return fmt.Errorf("a clock of %d days, at most %d", days, maxClockDays)
		}
	}
	return nil
}

// maxClockDays bounds the clocks: counting business days takes a step for each.
const maxClockDays = 366

// fields lists the parameters in the order of their encoding, which is for
// ever; a new one is appended under a new version.
func (p *Params) fields() [13]*uint64 {
	return [13]*uint64{
		&p.ClockToleranceSeconds, &p.MaxEventAgeDays, &p.MaxLots, &p.RetentionDays,
		&p.MaxValidBlocks, &p.QuotaBytes, &p.QuotaOpenings,
		&p.TraceBusinessDays, &p.TraceMaxHours, &p.DispenserTraceBusinessDays, &p.VerificationHours, &p.ExceptionBusinessDays,
		&p.NoticeHours,
	}
}

func (p *Params) encode() []byte {
	e := wire.NewEncoder(128)
	e.Uint8(1)
	for _, f := range p.fields() {
		e.Uint64(*f)
	}
	return e.Bytes()
}

// DecodeParams reads the value of the parameters record.
func DecodeParams(v []byte) (*Params, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	p := &Params{}
	for _, f := range p.fields() {
		*f = d.Uint64()
	}
	return p, d.Finish()
}
