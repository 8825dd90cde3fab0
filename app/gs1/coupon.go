package gs1

import (
	"strconv"
	"strings"
)

// couponPart is one part of the text of a North American coupon, AIs (8110) and
// (8112): a code, or a value whose length stands in the digit before it.
type couponPart struct {
	// name is what the guideline calls the part.
	name string
	// first are the digits that the part may begin with; "" for any.
	first string
	// rest is how many digits follow the first.
	rest int
	// counted: the first digit is added to rest.
	counted bool
	// none is the first digit that says there is no value, or 0.
	none byte
	// date: the part is a day, YYMMDD.
	date bool
}

// couponField is an optional field of a coupon: the digit that announces it, and
// its parts. Fields stand in the order of their digits.
type couponField struct {
	mark  byte
	parts []couponPart
}

const anyCount = "0123456789"

// couponParts are what every coupon code has (GS1 US, North American Coupon
// Application Guideline).
func couponParts() []couponPart {
	return append([]couponPart{
		{name: "company prefix", first: "0123456", rest: 6, counted: true},
		{name: "offer code", rest: 5},
		{name: "save value", first: "12345", counted: true},
	}, couponPurchase("first purchase")...)
}

func couponPurchase(name string) []couponPart {
	return []couponPart{
		{name: name + " requirement", first: "12345", counted: true},
		{name: name + " requirement code", first: "012349"},
		{name: name + " family code", rest: 2},
	}
}

func couponFields() []couponField {
	prefix := couponPart{name: "company prefix of a further purchase", first: "01234569", rest: 6, counted: true, none: '9'}
	return []couponField{
		{'1', append(append([]couponPart{{name: "additional purchase rules code", first: "0123"}}, couponPurchase("second purchase")...), prefix)},
		{'2', append(couponPurchase("third purchase"), prefix)},
		{'3', []couponPart{{name: "expiration date", rest: 5, date: true}}},
		{'4', []couponPart{{name: "start date", rest: 5, date: true}}},
		{'5', []couponPart{{name: "serial number", first: anyCount, rest: 6, counted: true}}},
		{'6', []couponPart{{name: "retailer's company prefix or GLN", first: "1234567", rest: 6, counted: true}}},
		{'9', []couponPart{
			{name: "save value code", first: "01256"},
			{name: "save value applies to item", first: "012"},
			{name: "store coupon flag"},
			{name: "don't multiply flag", first: "01"},
		}},
	}
}

// checkCoupon checks a coupon code, AI (8110).
func checkCoupon(s string) *ScanError {
	if i := firstNonDigit(s); i >= 0 {
		return notDigit(s, i)
	}
	at, e := readCoupon(s, 0, couponParts())
	if e != nil {
		return e
	}
	expires := ""
	for _, f := range couponFields() {
		if at == len(s) || s[at] != f.mark {
			continue
		}
		from := at + 1
		if at, e = readCoupon(s, from, f.parts); e != nil {
			return e
		}
		switch {
		case f.mark == '3':
			expires = s[from:at]
		case f.mark == '4' && expires != "" && expires < s[from:at]:
			return problem(ProblemDate, from, "the coupon expires before it starts")
		}
	}
	return couponEnd(s, at)
}

// checkCouponOffer checks a positive offer file reference, AI (8112).
func checkCouponOffer(s string) *ScanError {
	if i := firstNonDigit(s); i >= 0 {
		return notDigit(s, i)
	}
	at, e := readCoupon(s, 0, []couponPart{
		{name: "format code", first: "01"},
		{name: "funder's company prefix", first: "0123456", rest: 6, counted: true},
		{name: "offer code", rest: 5},
		{name: "serial number", first: anyCount, rest: 6, counted: true},
	})
	if e != nil {
		return e
	}
	return couponEnd(s, at)
}

func couponEnd(s string, at int) *ScanError {
	if at == len(s) {
		return nil
	}
	return problem(ProblemTooLong, at, "no field of a coupon begins with "+quoteByte(s[at])+" here")
}

// readCoupon reads parts of s from a byte on, and returns where they end.
func readCoupon(s string, at int, parts []couponPart) (int, *ScanError) {
	for _, p := range parts {
		if at == len(s) {
			return 0, problem(ProblemTooShort, at, "the "+p.name+" of the coupon is missing")
		}
		if p.first != "" && strings.IndexByte(p.first, s[at]) < 0 {
			return 0, problem(ProblemValue, at, "the "+p.name+" of a coupon begins with one of "+p.first+", found "+quoteByte(s[at]))
		}
		n := 1 + p.rest
		switch {
		case p.none != 0 && s[at] == p.none:
			n = 1
		case p.counted:
			n += int(s[at] - '0')
		}
		if len(s)-at < n {
			return 0, problem(ProblemTooShort, len(s), "the "+p.name+" of the coupon has "+strconv.Itoa(n)+" digits, found "+strconv.Itoa(len(s)-at))
		}
		if p.date {
			if e := checkDate6(s[at:at+n], false); e != nil {
				return 0, shift(e, at)
			}
		}
		at += n
	}
	return at, nil
}
