package subscription

import (
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/repository"
)

func TestScheduleNext(t *testing.T) {
	from := time.Date(2026, 11, 20, 8, 30, 15, 500, time.UTC) // a Friday
	for _, c := range []struct {
		s    repository.Schedule
		want string
	}{
		{repository.Schedule{Hour: "1", Minute: "5"}, "2026-11-21T01:05:00Z"},
		{repository.Schedule{Hour: "9"}, "2026-11-20T09:00:00Z"},
		{repository.Schedule{Second: "0,30"}, "2026-11-20T08:30:30Z"},
		{repository.Schedule{Second: "[10-15]"}, "2026-11-20T08:31:10Z"},
		{repository.Schedule{Minute: "[0-10],45"}, "2026-11-20T08:45:00Z"},
		{repository.Schedule{DayOfWeek: "1"}, "2026-11-23T00:00:00Z"},
		{repository.Schedule{DayOfMonth: "29", Month: "2"}, "2028-02-29T00:00:00Z"},
		{repository.Schedule{DayOfMonth: "31"}, "2026-12-31T00:00:00Z"},
		{repository.Schedule{Month: "1", Hour: "12"}, "2027-01-01T12:00:00Z"},
	} {
		s, err := ParseSchedule(c.s)
		if err != nil {
			t.Errorf("%+v: %v", c.s, err)
			continue
		}
		if got := s.Next(from).Format(time.RFC3339); got != c.want {
			t.Errorf("%+v: next is %s, want %s", c.s, got, c.want)
		}
	}
}

func TestScheduleRefused(t *testing.T) {
	for _, s := range []repository.Schedule{
		{},
		{Second: "60"},
		{Minute: "-1"},
		{Hour: "24"},
		{DayOfMonth: "0"},
		{Month: "13"},
		{DayOfWeek: "8"},
		{Second: "[5-1]"},
		{Second: "[1-2"},
		{Second: "1,,2"},
		{Second: "*/5"},
		{DayOfMonth: "30", Month: "2"},
		{Second: "+1"},
		{Hour: " 1"},
	} {
		if _, err := ParseSchedule(s); err == nil {
			t.Errorf("%+v was read", s)
		}
	}
}

// FuzzSchedule checks that every schedule is refused or has a next moment that
// it names, and that the moment moves on.
func FuzzSchedule(f *testing.F) {
	f.Add("0,[10-20]", "5", "[1-3]", "1", "[1-12]", "7")
	f.Add("", "", "9", "", "", "")
	f.Add("59", "59", "23", "29", "2", "[1-7]")
	f.Fuzz(func(t *testing.T, second, minute, hour, day, month, weekday string) {
		s, err := ParseSchedule(repository.Schedule{Second: second, Minute: minute, Hour: hour, DayOfMonth: day, Month: month, DayOfWeek: weekday})
		if err != nil {
			return
		}
		at := time.Date(2026, 2, 28, 23, 59, 59, 0, time.UTC)
		for try := range 3 {
			next := s.Next(at)
			if next.IsZero() && try > 0 {
				return // no leap day on that weekday for 41 years: a century without one lies between
			}
			if !next.After(at) || !has(s.hour, next.Hour()) || !has(s.day, next.Day()) || !has(s.month, int(next.Month())) {
				t.Fatalf("after %v comes %v", at, next)
			}
			at = next
		}
	})
}
