package gs1

import (
	"strconv"
	"strings"
)

// String returns the URI, its reserved characters escaped (TDS 6.3), or "" for
// the zero value.
func (e EPC) String() string {
	s := e.Kind.scheme()
	if s.ai == "" {
		return ""
	}
	key, pieces := e.value()[len(s.before):], ""
	if s.pieces {
		key, pieces = key[:14], "."+key[14:16]+"."+key[16:]
	}
	lead, n := "", e.PrefixLen
	if s.lead {
		lead, key = key[:1], key[1:]
	}
	ref := key[n:]
	if s.digits > 0 {
		ref = ref[:len(ref)-1] // without the check digit
	}
	out := s.uri + key[:n] + "." + lead + escapeEPC(ref) + pieces
	switch {
	case s.class:
		return out + "." + anySerial
	case s.serial == "":
		return out
	case e.Suffix == "":
		return out + "." + noExtension
	default:
		return out + "." + escapeEPC(e.Suffix)
	}
}

// escapeEPC escapes the characters of set 82 that a URN may not hold as such
// (TDS table A-1), and the "#" of set 39.
func escapeEPC(s string) string {
	if !strings.ContainsAny(s, "\"#%&/<>?") {
		return s
	}
	return strings.NewReplacer(`"`, "%22", "#", "%23", "%", "%25", "&", "%26", "/", "%2F", "<", "%3C", ">", "%3E", "?", "%3F").Replace(s)
}

// EPC returns the EPC of the one thing that the element strings name, or of
// the class if they name no single one, for a company prefix of prefixLen
// digits, 6 to 12 (TDS 7). The error says why there is none.
func (es Elements) EPC(prefixLen int) (EPC, error) {
	for k := EPCSGTIN; k < epcKinds; k++ {
		s := k.scheme()
		if key, serial, ok := es.keyOf(&s); ok {
			return fromKey(k, key, serial, prefixLen)
		}
	}
	return EPC{}, problem(ProblemNotScan, -1, "the element strings hold no GS1 key that an EPC is made of")
}

// ClassEPC is EPC of the class that the element strings name: the lot if there
// is one, or all of the type, whatever serial they have.
func (es Elements) ClassEPC(prefixLen int) (EPC, error) {
	for k := EPCLGTIN; k < epcKinds; k++ {
		if _, tobacco := es.Get("235"); tobacco && k == EPCProduct {
			continue // its type has a pattern of its own
		}
		s := k.scheme()
		if key, serial, ok := es.keyOf(&s); ok {
			return fromKey(k, key, serial, prefixLen)
		}
	}
	return EPC{}, problem(ProblemNotScan, -1, "the element strings name no class of things that an EPC is made of")
}

// keyOf finds the key and serial of a scheme among element strings. ok is false
// if the key, or a serial that the scheme needs, is not there.
func (es Elements) keyOf(s *epcScheme) (key, serial string, ok bool) {
	key, ok = es.Get(s.ai)
	if !ok || s.serial == "" {
		return key, "", ok
	}
	if s.serial == s.ai {
		n := min(len(key), len(s.before)+s.digits+1)
		key, serial = key[:n], key[n:]
	} else {
		serial, _ = es.Get(s.serial)
	}
	switch {
	case s.class:
		return key, "", true
	case s.serial == "254":
		return key, serial, true
	default:
		return key, serial, serial != ""
	}
}

// fromKey makes an EPC of a key as its application identifier writes it.
func fromKey(k EPCKind, key, serial string, prefixLen int) (EPC, error) {
	s := k.scheme()
	if err := checkPrefixLen(prefixLen); err != nil {
		return EPC{}, err
	}
	if key == "" {
		return EPC{}, problem(ProblemEmpty, -1, "no GS1 key was given")
	}
	if s.serial == "254" && serial == noExtension {
		serial = ""
	}
	if s.serial != "" && s.serial != "254" && !s.class && serial == "" {
		return EPC{}, withAI(problem(ProblemEmpty, -1, "a serial is needed"), s.serial)
	}
	e := EPC{Kind: k, PrefixLen: prefixLen}
	if err := e.set(&s, key, serial, -1); err != nil {
		return EPC{}, err
	}
	if s.digits > 0 {
		return e, nil
	}
	if len(key) <= prefixLen {
		return EPC{}, problem(ProblemTooShort, -1, "nothing follows a company prefix of "+strconv.Itoa(prefixLen)+" digits in "+strconv.Quote(clip(key)))
	}
	if i := firstNonDigit(key[:prefixLen]); i >= 0 {
		return EPC{}, notDigit(key, i)
	}
	return e, nil
}

// EPC returns the item's EPC for a company prefix of prefixLen digits, 6 to 12.
func (s SGTIN) EPC(prefixLen int) (EPC, error) {
	return fromKey(EPCSGTIN, s.GTIN.String(), s.Serial, prefixLen)
}

// EPC returns the logistic unit's EPC for a company prefix of prefixLen digits,
// 6 to 12.
func (c SSCC) EPC(prefixLen int) (EPC, error) {
	return fromKey(EPCSSCC, c.String(), "", prefixLen)
}

// Location returns the SGLN for a company prefix of prefixLen digits, 6 to 12,
// with the extension, or without if it is "" or "0".
func (l GLN) Location(prefixLen int, extension string) (EPC, error) {
	return fromKey(EPCSGLN, l.String(), extension, prefixLen)
}

// Party returns the PGLN for a company prefix of prefixLen digits, 6 to 12.
func (l GLN) Party(prefixLen int) (EPC, error) {
	return fromKey(EPCPGLN, l.String(), "", prefixLen)
}

// LotEPC returns the LGTIN for a company prefix of prefixLen digits, 6 to 12.
func (g GTIN) LotEPC(prefixLen int, lot string) (EPC, error) {
	return fromKey(EPCLGTIN, g.String(), lot, prefixLen)
}

// ProductEPC returns the pattern of all serials of g for a company prefix of
// prefixLen digits, 6 to 12.
func (g GTIN) ProductEPC(prefixLen int) (EPC, error) {
	return fromKey(EPCProduct, g.String(), "", prefixLen)
}
