package gs1

import "strconv"

// Date is a calendar day as YYYYMMDD in decimal, such as 20280131, so that
// dates compare as numbers. A value from a parser is a day that exists; the
// zero value means no date.
type Date uint32

const secondsPerDay = 86400

// ParseDate6 reads YYMMDD, the form of AI (17) (GS 3.4.7). Day 00 is the last
// day of the month. The century is the one that puts the year within 49 years
// before and 50 years after refYear (GS 7.12), the year the date is read in.
func ParseDate6(s string, refYear int) (Date, error) {
	if e := checkDate6(s, true); e != nil {
		return 0, e
	}
	year := Century(int(number(s[:2])), refYear)
	if year < 1 || year > 9999 {
		return 0, problem(ProblemDate, 0, "reference year "+strconv.Itoa(refYear)+" is out of range")
	}
	month, day := int(number(s[2:4])), int(number(s[4:6]))
	last := daysIn(year, month)
	if day == 0 {
		day = last
	}
	if day > last {
		return 0, noSuchDay(4)
	}
	return dateOf(year, month, day), nil
}

// Century returns the four-digit year of the two-digit year yy as read in
// refYear: yy 51 or more ahead is the century before, 50 or more behind the
// century after (GS 7.12).
func Century(yy, refYear int) int {
	base := refYear - refYear%100
	switch diff := yy - refYear%100; {
	case diff >= 51:
		return base - 100 + yy
	case diff <= -50:
		return base + 100 + yy
	default:
		return base + yy
	}
}

// ParseDateISO reads YYYY-MM-DD (ISO 8601), a day that exists in the years 1 to
// 9999.
func ParseDateISO(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, problem(ProblemDate, 0, "want YYYY-MM-DD, found "+strconv.Quote(clip(s)))
	}
	d := s[:4] + s[5:7] + s[8:]
	if i := firstNonDigit(d); i >= 0 {
		return 0, problem(ProblemDate, 0, "want YYYY-MM-DD, found "+strconv.Quote(clip(s)))
	}
	return DateFromNumber(uint32(number(d)))
}

// DateFromNumber checks a YYYYMMDD number, as a wire decoder has it: a day that
// exists in the years 1 to 9999.
func DateFromNumber(n uint32) (Date, error) {
	year, month, day := int(n/10000), int(n/100%100), int(n%100)
	if year < 1 || year > 9999 {
		return 0, problem(ProblemDate, 0, "year "+strconv.Itoa(year)+" is out of range")
	}
	if month < 1 || month > 12 {
		return 0, noSuchMonth(4)
	}
	if day < 1 || day > daysIn(year, month) {
		return 0, noSuchDay(6)
	}
	return Date(n), nil
}

// FromUnix returns the UTC day that holds the second sec of Unix time; seconds
// after the year 9999 give its last day.
func FromUnix(sec uint64) Date {
	const lastDay = 2932896 // 9999-12-31
	return civil(min(sec/secondsPerDay, lastDay))
}

// EndUnix returns the first second of Unix time after the day, UTC: an item
// with this expiry is expired from then on. It is 0 for days before 1970 and
// for the zero value.
func (d Date) EndUnix() uint64 {
	n := daysFromCivil(int64(d/10000), int64(d/100%100), int64(d%100)) + 1
	if n < 0 {
		return 0
	}
	return uint64(n) * secondsPerDay
}

// IsZero reports whether d holds no date.
func (d Date) IsZero() bool { return d == 0 }

// Year returns the year, 1 to 9999, or 0 for the zero value.
func (d Date) Year() int { return int(d / 10000) }

// String returns YYYY-MM-DD, or "" for the zero value.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	s := padded(uint32(d), 8)
	return s[:4] + "-" + s[4:6] + "-" + s[6:]
}

// AI returns YYMMDD, the form of AI (17), or "" for the zero value.
func (d Date) AI() string {
	if d == 0 {
		return ""
	}
	return padded(uint32(d), 8)[2:]
}

// padded returns n in decimal with leading zeros to width, at most 10.
func padded(n uint32, width int) string {
	var b [10]byte
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:width])
}

func dateOf(year, month, day int) Date { return Date(year*10000 + month*100 + day) }

// number reads at most 18 digits that were checked before.
func number(s string) uint64 {
	var n uint64
	for i := 0; i < len(s); i++ {
		n = n*10 + uint64(s[i]-'0')
	}
	return n
}
