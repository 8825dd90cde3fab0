package gs1

// The key types write and read themselves as text, so that they stand as
// strings in JSON. The zero value is the empty text: "none" in documents where
// a key is optional.

// MarshalText writes the 14 digits, or nothing for the zero value.
func (g GTIN) MarshalText() ([]byte, error) { return textOf(g.IsZero(), g.String()), nil }

// MarshalText writes the 18 digits, or nothing for the zero value.
func (c SSCC) MarshalText() ([]byte, error) { return textOf(c.IsZero(), c.String()), nil }

// MarshalText writes the 13 digits, or nothing for the zero value.
func (l GLN) MarshalText() ([]byte, error) { return textOf(l.IsZero(), l.String()), nil }

// MarshalText writes YYYY-MM-DD, or nothing for the zero value.
func (d Date) MarshalText() ([]byte, error) { return textOf(d.IsZero(), d.String()), nil }

// UnmarshalText reads what ParseGTIN reads, or nothing.
func (g *GTIN) UnmarshalText(p []byte) error { return readText(g, p, ParseGTIN) }

// UnmarshalText reads what ParseSSCC reads, or nothing.
func (c *SSCC) UnmarshalText(p []byte) error { return readText(c, p, ParseSSCC) }

// UnmarshalText reads what ParseGLN reads, or nothing.
func (l *GLN) UnmarshalText(p []byte) error { return readText(l, p, ParseGLN) }

// UnmarshalText reads YYYY-MM-DD, or nothing.
func (d *Date) UnmarshalText(p []byte) error { return readText(d, p, ParseDateISO) }

// UnmarshalText reads a canonical key, or nothing.
func (k *Key) UnmarshalText(p []byte) error { return readText(k, p, ParseKey) }

// UnmarshalText reads a company prefix.
func (c *CompanyPrefix) UnmarshalText(p []byte) error { return readText(c, p, ParseCompanyPrefix) }

func textOf(zero bool, s string) []byte {
	if zero {
		return nil
	}
	return []byte(s)
}

func readText[T any](dst *T, p []byte, parse func(string) (T, error)) error {
	var v T
	if len(p) > 0 {
		var err error
		if v, err = parse(string(p)); err != nil {
			return err
		}
	}
	*dst = v
	return nil
}
