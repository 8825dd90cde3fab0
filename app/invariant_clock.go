package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Documented sizes of the records of clocks and corrections, in bytes.
const (
	maxCalendarBytes   = 1500
	maxRequestBytes    = 650
	maxCorrectionBytes = 850
	maxExceptionBytes  = 900
)

// checkCalendar: there is one, and it can be read.
func (c *checker) checkCalendar() {
	raw, ok := c.v.Get(CalendarKey())
	if !ok {
		c.report(0, CalendarKey(), "%v", errNoGenesis)
		return
	}
	if _, err := DecodeCalendar(raw); err != nil || len(raw) > maxCalendarBytes {
		c.report(0, CalendarKey(), "cannot be read: %d bytes, %v", len(raw), err)
	}
}

// checkClocks looks at trace requests, exceptions and corrections: numbered
// without a gap, between partners that exist, due and answered no earlier than
// they were made (rule 11).
func (c *checker) checkClocks() {
	c.checkCalendar()
	requests := uint64(0)
	walk(c, RecordRequest, maxRequestBytes, DecodeTraceRequest, func(key []byte, r *TraceRequest) {
		requests++
		c.checkNumbered(key, RequestKey(requests), r.By, r.To)
		if r.Due < r.Time || r.Answer != nil && r.Answer.Time < r.Time {
			c.report(11, key, "asked at %d, due at %d, answer %v", r.Time, r.Due, r.Answer)
		}
	})
	c.checkCounter(nameRequests, requests)
	exceptions := uint64(0)
	walk(c, RecordException, maxExceptionBytes, DecodeException, func(key []byte, x *Exception) {
		exceptions++
		c.checkNumbered(key, ExceptionKey(exceptions), x.By, x.Against)
		c.checkException(key, x)
	})
	c.checkCounter(nameExceptions, exceptions)
	walk(c, RecordCorrection, maxCorrectionBytes, DecodeCorrection, func(key []byte, _ *Correction) {
		by, err := gs1.ParseGLN(string(key[min(len(key), 1+len(TxID{})):]))
		if err != nil {
			c.report(0, key, "not a GLN: %v", err)
			return
		}
		c.needPartner(key, by)
	})
}

func (c *checker) checkException(key []byte, x *Exception) {
	if x.Due < x.Time || x.Response != nil && x.Responded < x.Time || x.Resolved != nil && x.Resolved.Time < x.Time {
		c.report(11, key, "opened at %d, due at %d, responded at %d, resolved %v", x.Time, x.Due, x.Responded, x.Resolved)
	}
	if x.Shipment == 0 {
		return
	}
	s := c.shipment(x.Shipment)
	if s == nil || x.By == x.Against || !slices.Contains(s.rec.Owners(), x.By) || !slices.Contains(s.rec.Owners(), x.Against) {
		c.report(0, key, "shipment %d is not between %s and %s", x.Shipment, x.By, x.Against)
	}
}

func (c *checker) checkNumbered(key, want []byte, partners ...gs1.GLN) {
	if string(key) != string(want) {
		c.report(0, key, "record %x is missing", want[1:])
	}
	for _, p := range partners {
		c.needPartner(key, p)
	}
}

// checkCounter compares the count of a numbered kind with its records.
func (c *checker) checkCounter(name string, found uint64) {
	key, count := parameterKey(name), uint64(0)
	if raw, ok := c.v.Get(key); ok {
		n, err := DecodeCount(raw)
		if err != nil {
			c.report(0, key, "cannot be read: %v", err)
		}
		count = n
	}
	c.expect(0, key, name, count, found)
}
