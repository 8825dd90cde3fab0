package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// TestBusinessDays: weekends, holidays by date and by week, and as observed.
func TestBusinessDays(t *testing.T) {
	c := app.DefaultCalendar()
	c.Closed = []gs1.Date{20261224, 20261228}
	bare := app.Calendar{}
	for _, tc := range []struct {
		day        string
		business   bool
		withoutFed bool
		why        string
	}{
		{"2026-11-20", true, true, "a Friday"},
		{"2026-11-21", false, false, "a Saturday"},
		{"2026-11-22", false, false, "a Sunday"},
		{"2026-01-01", false, true, "New Year's Day"},
		{"2021-12-31", false, true, "New Year's Day of 2022, a Saturday, as observed"},
		{"2022-01-03", true, true, "the Monday after it"},
		{"2023-01-02", false, true, "New Year's Day of 2023, a Sunday, as observed"},
		{"2022-12-30", true, true, "the Friday before that"},
		{"2027-12-31", false, true, "New Year's Day of 2028, a Saturday"},
		{"2026-01-19", false, true, "Birthday of Martin Luther King, Jr."},
		{"2026-01-12", true, true, "the Monday before it"},
		{"2026-02-16", false, true, "Washington's Birthday"},
		{"2026-05-25", false, true, "Memorial Day"},
		{"2027-05-31", false, true, "Memorial Day on the 31st"},
		{"2026-05-18", true, true, "the Monday before Memorial Day"},
		{"2026-06-19", false, true, "Juneteenth"},
		{"2027-06-18", false, true, "Juneteenth of 2027, a Saturday"},
		{"2022-06-20", false, true, "Juneteenth of 2022, a Sunday"},
		{"2021-06-18", false, true, "Juneteenth of 2021, a Saturday"},
		{"2020-06-19", true, true, "before Juneteenth was a holiday"},
		{"2026-07-03", false, true, "Independence Day of 2026, a Saturday"},
		{"2027-07-05", false, true, "Independence Day of 2027, a Sunday"},
		{"2026-09-07", false, true, "Labor Day"},
		{"2026-10-12", false, true, "Columbus Day"},
		{"2026-11-11", false, true, "Veterans Day"},
		{"2028-11-10", false, true, "Veterans Day of 2028, a Saturday"},
		{"2026-11-26", false, true, "Thanksgiving Day"},
		{"2028-11-23", false, true, "Thanksgiving Day of 2028"},
		{"2026-11-27", true, true, "the Friday after Thanksgiving"},
		{"2026-12-25", false, true, "Christmas Day"},
		{"2027-12-24", false, true, "Christmas Day of 2027, a Saturday"},
		{"2026-12-24", false, true, "closed by name"},
		{"2026-12-28", false, true, "closed by name"},
		{"2028-02-29", true, true, "a leap day"},
	} {
		day := apptest.Date(tc.day)
		if got := c.BusinessDay(day); got != tc.business {
			t.Errorf("%s, %s: got %v, want %v", tc.day, tc.why, got, tc.business)
		}
		if got := bare.BusinessDay(day); got != tc.withoutFed {
			t.Errorf("%s without holidays: got %v, want %v", tc.day, got, tc.withoutFed)
		}
	}
	if c.BusinessDay(0) || c.BusinessDay(19691231) {
		t.Error("a day before 1970 is a business day")
	}
}

// TestHolidaysOfAYear: eleven a year are observed on weekdays, whichever day
// of the week they fall on.
func TestHolidaysOfAYear(t *testing.T) {
	c := app.DefaultCalendar()
	total := 0
	for day := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2050; day = day.AddDate(0, 0, 1) {
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if !weekend && !c.BusinessDay(gs1.FromUnix(uint64(day.Unix()))) {
			total++
		}
	}
	// Of 2022 the first was observed in 2021, and of 2050 the first, a
	// Saturday, is in 2049.
	if want := 11 * 28; total != want {
		t.Errorf("got %d holidays in 28 years, want %d", total, want)
	}
}

// TestAddBusinessDays: the same time of day, over weekends and holidays.
func TestAddBusinessDays(t *testing.T) {
	c := app.DefaultCalendar()
	closed := c
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		closed.Closed = append(closed.Closed, gs1.FromUnix(uint64(day.Unix())))
	}
	utc := app.Calendar{}
	at := func(s string) uint64 {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return uint64(v.Unix())
	}
	for _, tc := range []struct {
		c           app.Calendar
		from        string
		n           uint64
		want, about string
	}{
		{c, "2026-11-18 15:00", 0, "2026-11-18 15:00", "none"},
		{c, "2026-11-18 15:00", 1, "2026-11-19 15:00", "Wednesday to Thursday"},
		{c, "2026-11-20 15:00", 1, "2026-11-23 15:00", "Friday to Monday"},
		{c, "2026-11-20 15:00", 2, "2026-11-24 15:00", "Friday to Tuesday"},
		{c, "2026-11-25 15:00", 1, "2026-11-27 15:00", "over Thanksgiving"},
		{c, "2026-07-02 15:00", 1, "2026-07-06 15:00", "over Independence Day as observed"},
		{c, "2026-11-21 15:00", 0, "2026-11-23 15:00", "a Saturday counts as Monday"},
		{c, "2026-11-21 15:00", 1, "2026-11-24 15:00", "and one day on"},
		{c, "2026-11-21 04:59", 1, "2026-11-24 04:59", "Friday night in the east, the same hour of Tuesday in UTC"},
		{c, "2026-11-21 05:00", 1, "2026-11-24 05:00", "Saturday in the east"},
		{utc, "2026-11-21 00:00", 1, "2026-11-24 00:00", "Saturday in UTC"},
		{utc, "2026-11-20 23:59", 1, "2026-11-23 23:59", "Friday in UTC"},
		{c, "2026-12-31 20:00", 1, "2027-01-04 20:00", "over New Year's Day and the weekend"},
		{closed, "2026-03-04 12:00", 1, "2027-01-05 12:00", "a year closed by name"},
	} {
		if got := tc.c.AddBusinessDays(at(tc.from), tc.n); got != at(tc.want) {
			t.Errorf("%s, %d days after %s: got %s, want %s", tc.about, tc.n, tc.from, time.Unix(int64(got), 0).UTC(), tc.want)
		}
	}
}

// TestCalendarRefused: a genesis with a calendar that has no encoding.
func TestCalendarRefused(t *testing.T) {
	w := apptest.NewWorld(t)
	raw, ok := w.Store.Get(app.CalendarKey())
	if !ok {
		t.Fatal("genesis wrote no calendar")
	}
	got, err := app.DecodeCalendar(raw)
	if want := app.DefaultCalendar(); err != nil || got.UTCOffsetMinutes != want.UTCOffsetMinutes || !got.Federal || len(got.Closed) > 0 {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	for text, want := range map[string]string{
		`"utcOffsetMinutes": -721`:               "-720 to 840",
		`"utcOffsetMinutes": 841`:                "-720 to 840",
		`"closed": ["2026-12-24", "2026-12-24"]`: "ascending",
		`"closed": ["2026-12-32"]`:               "day",
		`"open": []`:                             "unknown field",
		`"closed": [` + strings.Repeat(`"2026-12-24",`, 366) + `"2026-12-25"]`: "at most 366",
	} {
		if _, err := app.ParseGenesis([]byte(`{"calendar": {` + text + `}}`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want an error with %q", text, err, want)
		}
	}
}
