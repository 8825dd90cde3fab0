package gs1

import "strconv"

// SGTIN identifies one item: a GTIN and its serial (GS 2.1).
type SGTIN struct {
	// GTIN is the trade item.
	GTIN GTIN
	// Serial is 1 to 20 characters of character set 82.
	Serial string
}

// Key returns the canonical key of the item.
func (s SGTIN) Key() Key { return ItemKey(s.GTIN, s.Serial) }

// Key is the canonical ASCII key of an item or container: "01" + GTIN-14 +
// "21" + serial (19 to 38 bytes), or "00" + SSCC-18 (20 bytes). Two keys are
// the same thing if and only if their bytes are equal.
type Key string

const (
	itemPrefixLen = 2 + 14 + 2
	logisticLen   = 2 + 18
	// MaxKeyLen is the longest Key in bytes.
	MaxKeyLen = itemPrefixLen + maxSerialLen
)

// ParseKey reads a canonical key and nothing else: no brackets, no separators,
// no shorter GTIN.
func ParseKey(s string) (Key, error) {
	switch {
	case len(s) > 2 && s[:2] == "00":
		if e := checkKey(s[2:], logisticLen-2); e != nil {
			return "", shift(withAI(e, "00"), 2)
		}
	case len(s) >= itemPrefixLen && s[:2] == "01" && s[16:18] == "21":
		if e := checkKey(s[2:16], 14); e != nil {
			return "", shift(withAI(e, "01"), 2)
		}
		if err := ValidSerial(s[itemPrefixLen:]); err != nil {
			return "", shift(asScanError(err), itemPrefixLen)
		}
	default:
		return "", &ScanError{
			Problem: ProblemNotScan, Offset: 0,
			Detail: "want 01 GTIN-14 21 serial or 00 SSCC-18, found " + strconv.Quote(clip(s)),
		}
	}
	return Key(s), nil
}

// shift moves an error's offset from a value into the string around it.
func shift(e *ScanError, by int) *ScanError {
	if e.Offset >= 0 {
		e.Offset += by
	}
	return e
}

// clip keeps messages short whatever the input.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}

// ItemKey returns the key of the item with GTIN g and the given serial. The
// serial must have passed ValidSerial.
func ItemKey(g GTIN, serial string) Key { return Key("01" + string(g[:]) + "21" + serial) }

// LogisticKey returns the key of the logistic unit c.
func LogisticKey(c SSCC) Key { return Key("00" + string(c[:])) }

// IsLogistic reports whether the key is an SSCC.
func (k Key) IsLogistic() bool { return len(k) == logisticLen && k[:2] == "00" }

// SGTIN returns the key's GTIN and serial, and false for an SSCC.
func (k Key) SGTIN() (SGTIN, bool) {
	if len(k) <= itemPrefixLen || k[:2] != "01" {
		return SGTIN{}, false
	}
	var s SGTIN
	copy(s.GTIN[:], k[2:16])
	s.Serial = string(k[itemPrefixLen:])
	return s, true
}

// SSCC returns the key's SSCC, and false for an SGTIN.
func (k Key) SSCC() (SSCC, bool) {
	var c SSCC
	if !k.IsLogistic() {
		return c, false
	}
	copy(c[:], k[2:])
	return c, true
}

// Bracketed returns the key in the form printed under a barcode:
// "(01)...(21)..." or "(00)...".
func (k Key) Bracketed() string {
	if s, ok := k.SGTIN(); ok {
		return "(01)" + s.GTIN.String() + "(21)" + s.Serial
	}
	if c, ok := k.SSCC(); ok {
		return "(00)" + c.String()
	}
	return string(k)
}
