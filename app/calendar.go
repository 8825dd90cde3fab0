package app

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Calendar says which days are business days, for the clocks of the law that
// count them (FD&C Act 582(c)(1)(C), (d)(1)(D)). The Act names the unit and
// does not define it; decision 0016 says how it is counted here. It is set at
// genesis and kept in the tree ('x', "calendar"). At most 1,500 bytes.
type Calendar struct {
	// UTCOffsetMinutes is how far the clock that begins a day is ahead of
	// UTC, -720 to 840. It is the same all year: no daylight saving.
	UTCOffsetMinutes int16 `json:"utcOffsetMinutes"`
	// Federal: the legal public holidays of 5 U.S.C. 6103(a), as observed,
	// are closed.
	Federal bool `json:"federal"`
	// Closed are further days without business, strictly ascending, at most
	// 366.
	Closed []gs1.Date `json:"closed,omitempty"`
}

const (
	maxClosed     = 366
	minUTCOffset  = -12 * 60
	maxUTCOffset  = 14 * 60
	secondsPerMin = 60
)

// DefaultCalendar is Eastern standard time all year with the federal holidays.
func DefaultCalendar() Calendar { return Calendar{UTCOffsetMinutes: -300, Federal: true} }

// BusinessDay reports whether a day is Monday to Friday, no federal holiday as
// observed (when Federal), and not in Closed. Days before 1970 are none.
func (c *Calendar) BusinessDay(day gs1.Date) bool {
	w := weekday(day)
	if day < 19700101 || w == saturday || w == sunday {
		return false
	}
	for _, closed := range c.Closed {
		if closed == day {
			return false
		}
	}
	return !c.Federal || !federalHoliday(day)
}

// AddBusinessDays is the same time of day on the n-th business day after unix
// (seconds UTC). What begins on a day that is none counts as begun at the same
// time of the next business day.
func (c *Calendar) AddBusinessDays(unix, n uint64) uint64 {
	t := c.open(unix)
	for range n {
		t = c.open(t + secondsPerDay)
	}
	return t
}

// open is unix, or the same time of the first business day after it. It ends:
// a calendar closes at most 366 days by name, and holidays are few.
func (c *Calendar) open(unix uint64) uint64 {
	const longest = 2 * maxClosed
	for range longest {
		if c.BusinessDay(c.dayOf(unix)) {
			return unix
		}
		unix += secondsPerDay
	}
	return unix
}

// dayOf is the calendar's day at a second of Unix time.
func (c *Calendar) dayOf(unix uint64) gs1.Date {
	offset := int64(c.UTCOffsetMinutes) * secondsPerMin
	if offset < 0 {
		return gs1.FromUnix(unix - min(unix, uint64(-offset)))
	}
	return gs1.FromUnix(unix + uint64(offset))
}

// check refuses a calendar that has no encoding.
func (c *Calendar) check() error {
	if c.UTCOffsetMinutes < minUTCOffset || c.UTCOffsetMinutes > maxUTCOffset {
		return fmt.Errorf("calendar: utcOffsetMinutes is %d to %d, found %d", minUTCOffset, maxUTCOffset, c.UTCOffsetMinutes)
	}
	if len(c.Closed) > maxClosed {
		return fmt.Errorf("calendar: at most %d days are closed, found %d", maxClosed, len(c.Closed))
	}
	_, err := DecodeCalendar(c.encode())
	return err
}

// encode writes the offset as minutes above the least there is, because no
// number of an encoding is signed.
func (c *Calendar) encode() []byte {
	e := wire.NewEncoder(8 + 4*len(c.Closed))
	e.Uint8(1)
	e.Uint16(uint16(int(c.UTCOffsetMinutes) - minUTCOffset))
	e.Bool(c.Federal)
	e.Count(len(c.Closed))
	for _, day := range c.Closed {
		e.Uint32(uint32(day))
	}
	return e.Bytes()
}

// DecodeCalendar reads the value of the calendar's record.
func DecodeCalendar(v []byte) (*Calendar, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	c := &Calendar{}
	offset := int(d.Uint16()) + minUTCOffset
	if offset > maxUTCOffset {
		d.Fail("an offset of %d minutes from UTC", offset)
		offset = 0
	}
	c.UTCOffsetMinutes, c.Federal = int16(offset), d.Bool()
	n := d.Count(maxClosed, 4)
	for i := range n {
		c.Closed = append(c.Closed, readDate(d))
		if i > 0 && c.Closed[i-1] >= c.Closed[i] {
			d.Fail("closed days are not ascending")
		}
	}
	return c, d.Finish()
}

// calendar reads the calendar's record.
func (d *draft) calendar() *Calendar {
	raw, ok := d.view.Get(CalendarKey())
	if !ok {
		d.fail(errNoGenesis)
		return &Calendar{}
	}
	c, err := DecodeCalendar(raw)
	if err != nil {
		d.fail(&CorruptError{Key: CalendarKey(), Err: err})
	}
	return c
}
