package app

import "github.com/pedigree-ledger/pedigree/app/gs1"

// The days of the week, counted from Sunday.
const (
	sunday   = 0
	monday   = 1
	thursday = 4
	friday   = 5
	saturday = 6
)

// weekday counts from Sunday, 0: 1970-01-01 was a Thursday.
func weekday(day gs1.Date) int {
	const daysPerWeek = 7
	return int((day.EndUnix()/secondsPerDay - 1 + thursday) % daysPerWeek)
}

// federalHoliday reports whether a day is a legal public holiday of 5 U.S.C.
// 6103(a) as observed by offices: one that falls on a Saturday on the Friday
// before (6103(b)), one that falls on a Sunday on the Monday after (Executive
// Order 11582). Inauguration Day is none: it binds the District of Columbia
// and its surroundings only.
func federalHoliday(day gs1.Date) bool {
	switch weekday(day) {
	case friday:
		return holiday(day) || fixedHoliday(dayAfter(day))
	case monday:
		return holiday(day) || fixedHoliday(dayBefore(day))
	default:
		return holiday(day)
	}
}

func holiday(day gs1.Date) bool { return fixedHoliday(day) || movingHoliday(day) }

// fixedHoliday reports whether a day is a holiday by its date.
func fixedHoliday(day gs1.Date) bool {
	const firstJuneteenth = 2021
	switch month, n := monthDay(day); {
	case month == 1 && n == 1, // New Year's Day
		month == 6 && n == 19 && day.Year() >= firstJuneteenth, // Juneteenth
		month == 7 && n == 4,   // Independence Day
		month == 11 && n == 11, // Veterans Day
		month == 12 && n == 25: // Christmas Day
		return true
	}
	return false
}

// movingHoliday reports whether a day is a holiday by its week.
func movingHoliday(day gs1.Date) bool {
	month, n := monthDay(day)
	nth, w := (n+6)/7, weekday(day)
	switch {
	case month == 1 && w == monday && nth == 3, // Birthday of Martin Luther King, Jr.
		month == 2 && w == monday && nth == 3,    // Washington's Birthday
		month == 5 && w == monday && n+7 > 31,    // Memorial Day
		month == 9 && w == monday && nth == 1,    // Labor Day
		month == 10 && w == monday && nth == 2,   // Columbus Day
		month == 11 && w == thursday && nth == 4: // Thanksgiving Day
		return true
	}
	return false
}

func monthDay(day gs1.Date) (month, n int) { return int(day / 100 % 100), int(day % 100) }

func dayAfter(day gs1.Date) gs1.Date { return gs1.FromUnix(day.EndUnix()) }

func dayBefore(day gs1.Date) gs1.Date {
	const two = 2
	return gs1.FromUnix(day.EndUnix() - min(day.EndUnix(), two*secondsPerDay))
}
