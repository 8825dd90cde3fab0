package gs1

import "strconv"

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}

// daysFromCivil counts days since 1970-01-01 in the proleptic Gregorian
// calendar. Years are taken to begin in March, so that the leap day is last.
func daysFromCivil(y, m, d int64) int64 {
	if m <= 2 {
		y--
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

// civil is the inverse of daysFromCivil from 1970 on.
func civil(days uint64) Date {
	z := days + 719468
	era, doe := z/146097, z%146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day := doy - (153*mp+2)/5 + 1
	month := (mp+2)%12 + 1
	year := yoe + era*400
	if month <= 2 {
		year++
	}
	return dateOf(int(year), int(month), int(day))
}

// checkDate6 checks YYMMDD without a century; day 00 passes if zeroDay. The
// century decides only about 29 February 00, which years of both kinds have:
// the window around the present makes it 2000, a leap year.
func checkDate6(s string, zeroDay bool) *ScanError {
	if i := firstNonDigit(s); i >= 0 {
		return notDigit(s, i)
	}
	if len(s) != 6 {
		p := ProblemTooShort
		if len(s) > 6 {
			p = ProblemTooLong
		}
		return problem(p, min(len(s), 6), "a date has 6 digits, YYMMDD, found "+strconv.Itoa(len(s)))
	}
	month, day := int(number(s[2:4])), int(number(s[4:6]))
	if month < 1 || month > 12 {
		return noSuchMonth(2)
	}
	if day == 0 && zeroDay {
		return nil
	}
	if day < 1 || day > daysIn(2000+int(number(s[:2])), month) {
		return noSuchDay(4)
	}
	return nil
}

func noSuchMonth(offset int) *ScanError {
	return problem(ProblemDate, offset, "no such month, want 01 to 12")
}

func noSuchDay(offset int) *ScanError {
	return problem(ProblemDate, offset, "no such day in that month")
}
