package subscription

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/repository"
)

// Schedule is a repository.Schedule that was read: one set of bits a field.
// Times are in UTC.
type Schedule struct {
	second, minute, hour, day, month, weekday uint64
}

// ParseSchedule reads a schedule (EPCIS 2.0, section 8.2.5.3). At least one
// field is given. A field that is left out stands for any value, but one finer
// than the finest that is given stands for its lowest: {"hour":"1"} is once a
// day, not every second of an hour.
func ParseSchedule(from repository.Schedule) (*Schedule, error) {
	var s Schedule
	finest := true
	for _, f := range []struct {
		name, text string
		low, high  int
		to         *uint64
	}{
		{"second", from.Second, 0, 59, &s.second},
		{"minute", from.Minute, 0, 59, &s.minute},
		{"hour", from.Hour, 0, 23, &s.hour},
		{"dayOfMonth", from.DayOfMonth, 1, 31, &s.day},
		{"month", from.Month, 1, 12, &s.month},
		{"dayOfWeek", from.DayOfWeek, 1, 7, &s.weekday},
	} {
		text := f.text
		switch {
		case text == "" && finest && f.low == 0:
			text = "0"
		case text == "":
			text = fmt.Sprintf("[%d-%d]", f.low, f.high)
		default:
			finest = false
		}
		bits, err := parseField(text, f.low, f.high)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		*f.to = bits
	}
	if finest {
		return nil, fmt.Errorf("want at least one of second, minute, hour, dayOfMonth, month and dayOfWeek")
	}
	if s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("no day has that dayOfMonth and month")
	}
	return &s, nil
}

// parseField reads numbers and ranges between commas: 0,[10-20],45.
func parseField(text string, low, high int) (bits uint64, err error) {
	if len(text) > 256 {
		return 0, fmt.Errorf("has more than 256 characters")
	}
	for _, part := range strings.Split(text, ",") {
		from, to := part, part
		if inner, ok := strings.CutPrefix(part, "["); ok {
			inner, closed := strings.CutSuffix(inner, "]")
			a, b, ranged := strings.Cut(inner, "-")
			if !closed || !ranged {
				return 0, fmt.Errorf("%q is no range: want [a-b]", part)
			}
			from, to = a, b
		}
		a, errA := strconv.ParseUint(from, 10, 8)
		b, errB := strconv.ParseUint(to, 10, 8)
		if errA != nil || errB != nil || int(a) < low || int(b) > high || a > b {
			return 0, fmt.Errorf("%q is not within %d and %d", part, low, high)
		}
		for i := a; i <= b; i++ {
			bits |= 1 << i
		}
	}
	return bits, nil
}

func has(bits uint64, n int) bool { return bits>>n&1 == 1 }

// Next is the first moment after t that the schedule names, in whole seconds;
// zero when there is none within 41 years, which a leap day may take to fall on
// a day of the week.
func (s *Schedule) Next(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second).Add(time.Second)
	end := t.AddDate(41, 0, 0)
	for t.Before(end) {
		weekday := int(t.Weekday()+6)%7 + 1
		switch {
		case !has(s.month, int(t.Month())):
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		case !has(s.day, t.Day()) || !has(s.weekday, weekday):
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
		case !has(s.hour, t.Hour()):
			t = t.Truncate(time.Hour).Add(time.Hour)
		case !has(s.minute, t.Minute()):
			t = t.Truncate(time.Minute).Add(time.Minute)
		case !has(s.second, t.Second()):
			t = t.Add(time.Second)
		default:
			return t
		}
	}
	return time.Time{}
}
