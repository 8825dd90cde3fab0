package gs1

// Element is one element string: an application identifier and its value.
type Element struct {
	// AI is the application identifier, 2 to 4 digits.
	AI string
	// Value is its value as encoded, escapes resolved.
	Value string
}

// Elements are the element strings of one scan, in the order they were read. A
// value from a parser of this package is valid: known AIs, values that fit
// their formats, companions present. An identical repetition is kept.
type Elements []Element

// Get returns the value of an AI, and false if it is not there.
func (es Elements) Get(ai string) (string, bool) {
	for i := range es {
		if es[i].AI == ai {
			return es[i].Value, true
		}
	}
	return "", false
}

// GTIN returns the value of AI (01).
func (es Elements) GTIN() (GTIN, bool) {
	v, ok := es.Get("01")
	if !ok {
		return GTIN{}, false
	}
	g, err := ParseGTIN(v)
	return g, err == nil
}

// SSCC returns the value of AI (00).
func (es Elements) SSCC() (SSCC, bool) {
	v, ok := es.Get("00")
	if !ok {
		return SSCC{}, false
	}
	c, err := ParseSSCC(v)
	return c, err == nil
}

// GLN returns the location or party named: the first there is of AIs (414),
// (417), (410), (411), (412), (413), (415) and (416).
func (es Elements) GLN() (GLN, bool) {
	for _, ai := range [...]string{"414", "417", "410", "411", "412", "413", "415", "416"} {
		if v, ok := es.Get(ai); ok {
			l, err := ParseGLN(v)
			return l, err == nil
		}
	}
	return GLN{}, false
}

// Serial returns the value of AI (21).
func (es Elements) Serial() (string, bool) { return es.Get("21") }

// Lot returns the value of AI (10).
func (es Elements) Lot() (string, bool) { return es.Get("10") }

// Expiry returns the day of AI (17), its century chosen for the year refYear as
// ParseDate6 does.
func (es Elements) Expiry(refYear int) (Date, bool) {
	v, ok := es.Get("17")
	if !ok {
		return 0, false
	}
	d, err := ParseDate6(v, refYear)
	return d, err == nil
}

// Key returns the canonical key of what was scanned: the item of AIs (01) and
// (21), else the logistic unit of AI (00).
func (es Elements) Key() (Key, bool) {
	g, hasGTIN := es.GTIN()
	serial, hasSerial := es.Serial()
	if hasGTIN && hasSerial {
		return ItemKey(g, serial), true
	}
	if c, ok := es.SSCC(); ok {
		return LogisticKey(c), true
	}
	return "", false
}
