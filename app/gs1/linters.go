package gs1

import (
	"strconv"
	"strings"
)

// checkRule applies one named rule of a format to a component whose characters
// and length were checked before. The names are those of the spec tables.
func checkRule(rule, s string) *ScanError {
	switch rule {
	case "csum":
		return checkLast(s)
	case "date0":
		return checkDate6(s, true)
	case "date":
		return checkDate6(s, false)
	case "date8", "date80":
		return checkDate8(s, rule == "date80")
	case "time":
		if e := checkBelow(s[:2], 24, "hour"); e != nil {
			return e
		}
		if e := checkBelow(s[2:], 60, "minute"); e != nil {
			return shift(e, 2)
		}
		return nil
	case "hour":
		return checkBelow(s, 24, "hour")
	case "minute":
		return checkBelow(s, 60, "minute or second")
	case "country", "country999":
		return checkCountry(s, rule == "country999")
	default:
		return checkRareRule(rule, s)
	}
}

// checkRareRule holds the rules of AIs that hardly any pharmaceutical package
// carries.
func checkRareRule(rule, s string) *ScanError {
	switch rule {
	case "alpha2":
		return requireThat(isAlpha2Country(s), s, "an ISO 3166 two-letter country code")
	case "currency":
		return requireThat(isCurrency(s), s, "an ISO 4217 three-digit currency code")
	case "percent":
		return checkPercent(s)
	case "yesno":
		return requireThat(s == "0" || s == "1", s, "0 (no) or 1 (yes)")
	case "hyphen":
		return requireThat(strings.Trim(s, "-") == "", s, "a hyphen, for a temperature below zero")
	case "latitude":
		return requireThat(number(s) <= 1800000000, s, "at most 1800000000")
	case "longitude":
		return requireThat(number(s) <= 3600000000, s, "at most 3600000000")
	case "winding":
		return requireThat(s == "0" || s == "1" || s == "9", s, "0, 1 or 9")
	case "zero":
		return requireThat(strings.Trim(s, "0") == "", s, "zero")
	case "nonzero":
		return requireThat(strings.Trim(s, "0") != "", s, "other than zero")
	case "nolead0":
		return requireThat(s[0] != '0', s, "no leading zero")
	case "letter":
		return requireThat(firstNonDigit(s) >= 0, s, "at least one character that is no digit")
	case "prefix":
		return checkKeyPrefix(s)
	case "sex":
		return requireThat(s == "0" || s == "1" || s == "2" || s == "9", s, "an ISO 5218 code: 0, 1, 2 or 9")
	case "media":
		return checkMedia(s)
	case "importer":
		return requireThat(in64(s[0]), s, "a letter, a digit, - or _")
	case "piece":
		return checkPiece(s)
	case "sequence":
		return checkSequence(s)
	case "pair":
		return checkPair(s)
	case "iban":
		return checkIBAN(s)
	case "base64":
		return checkPadding(s)
	case "package":
		return requireThat(isPackageType(s), s, "a UN/ECE Recommendation 21 package type code")
	case "coupon":
		return checkCoupon(s)
	case "offer":
		return checkCouponOffer(s)
	default:
		return nil
	}
}

// requireThat refuses a value that its own rule does not allow.
func requireThat(ok bool, s, want string) *ScanError {
	if ok {
		return nil
	}
	return problem(ProblemValue, 0, "want "+want+", found "+strconv.Quote(clip(s)))
}

func checkBelow(s string, limit uint64, what string) *ScanError {
	if number(s) < limit {
		return nil
	}
	return problem(ProblemDate, 0, "no such "+what+" "+s)
}

// checkDate8 checks YYYYMMDD; day 00, where the format allows it, stands for no
// day in particular.
func checkDate8(s string, zeroDay bool) *ScanError {
	year, month, day := int(number(s[:4])), int(number(s[4:6])), int(number(s[6:8]))
	if month < 1 || month > 12 {
		return noSuchMonth(4)
	}
	if day > daysIn(year, month) || day == 0 && !zeroDay {
		return noSuchDay(6)
	}
	return nil
}
