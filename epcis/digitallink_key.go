package epcis

import "strings"

// isPrefix tells whether s can be a GS1 company prefix.
func isPrefix(s string) bool { return len(s) >= 6 && len(s) <= 12 && allDigits(s) }

// allDigits tells whether s consists of decimal digits only.
func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// gtin14 builds a GTIN-14 from company prefix and item reference, whose first
// digit is the indicator.
func gtin14(body string) (string, bool) {
	prefix, item, ok := strings.Cut(body, ".")
	if !ok || !isPrefix(prefix) || !allDigits(item) || len(prefix)+len(item) != 13 {
		return "", false
	}
	return withCheck(item[:1] + prefix + item[1:]), true
}

func gtinPath(body, qualifier string, max int) (string, bool) {
	i := strings.IndexByte(body, '.')
	j := strings.IndexByte(body[i+1:], '.')
	if i < 0 || j < 0 {
		return "", false
	}
	gtin, ok := gtin14(body[:i+1+j])
	tail := body[i+j+2:]
	if !ok || !isEscaped(tail, max) {
		return "", false
	}
	return "/01/" + gtin + qualifier + encodeLink(tail), true
}

// serialPath builds keys that are prefix and reference of a fixed total length;
// the SSCC's reference leads with the extension digit.
func serialPath(ai, body string, digits int, extensionFirst bool) (string, bool) {
	prefix, ref, ok := strings.Cut(body, ".")
	if !ok || !isPrefix(prefix) || !allDigits(ref) || len(prefix)+len(ref) != digits {
		return "", false
	}
	raw := prefix + ref
	if extensionFirst {
		raw = ref[:1] + prefix + ref[1:]
	}
	return ai + withCheck(raw), true
}

// keyPath builds 13-digit keys (GLN, document type, asset type), lead and tail
// around them.
func keyPath(ai, lead, body, tail string) (string, bool) {
	prefix, ref, ok := strings.Cut(body, ".")
	if !ok || !isPrefix(prefix) || !allDigits(ref) || len(prefix)+len(ref) != 12 {
		return "", false
	}
	return ai + withCheck(lead+prefix+ref) + tail, true
}

func glnPath(body string) (string, bool) {
	key, extension, ok := cutSecondDot(body)
	if !ok || !isEscaped(extension, 20) {
		return "", false
	}
	tail := ""
	if extension != "0" {
		tail = "/254/" + encodeLink(extension)
	}
	return keyPath("/414/", "", key, tail)
}

// keyWithTail builds keys whose serial follows the check digit directly. A 0 at
// the end of ai belongs to the key (the GRAI's filler).
func keyWithTail(ai, body string, max int) (string, bool) {
	key, serial, ok := cutSecondDot(body)
	if !ok || !isEscaped(serial, max) {
		return "", false
	}
	lead := ""
	if strings.HasSuffix(ai, "/0") {
		ai, lead = ai[:len(ai)-1], "0"
	}
	return keyPath(ai, lead, key, encodeLink(serial))
}

func loosePath(ai, body string, max int) (string, bool) {
	prefix, ref, ok := strings.Cut(body, ".")
	if !ok || !isPrefix(prefix) || !isEscaped(ref, max-len(prefix)) {
		return "", false
	}
	return ai + prefix + encodeLink(ref), true
}

func itipPath(body string, serial bool) (string, bool) {
	key, rest, ok := cutSecondDot(body)
	gtin, valid := gtin14(key)
	if !ok || !valid || len(rest) < 5 || rest[2] != '.' || !allDigits(rest[:2]+rest[3:5]) {
		return "", false
	}
	path := "/8006/" + gtin + rest[:2] + rest[3:5]
	if !serial {
		return path, len(rest) == 5
	}
	if len(rest) < 7 || rest[5] != '.' || !isEscaped(rest[6:], 20) {
		return "", false
	}
	return path + "/21/" + encodeLink(rest[6:]), true
}

func cpiPath(body string) (string, bool) {
	key, serial, ok := cutSecondDot(body)
	prefix, ref, _ := strings.Cut(key, ".")
	if !ok || !isPrefix(prefix) || !isEscaped(ref, 30-len(prefix)) || !allDigits(serial) || serial == "" || len(serial) > 12 {
		return "", false
	}
	return "/8010/" + encodeLink(prefix+ref) + "/8011/" + serial, true
}

func cutSecondDot(body string) (before, after string, ok bool) {
	i := strings.IndexByte(body, '.')
	if i < 0 {
		return "", "", false
	}
	j := strings.IndexByte(body[i+1:], '.')
	if j < 0 {
		return "", "", false
	}
	return body[:i+1+j], body[i+j+2:], true
}

// isEscaped tells whether s is 1 to max characters that EPC URIs allow in a
// serial, %XX counting as one.
func isEscaped(s string, max int) bool {
	count := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return false
			}
			i += 2
		} else if !isSerialByte(s[i]) {
			return false
		}
		count++
	}
	return count >= 1 && count <= max
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isSerialByte(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("!')(*+,.:;=_-", c) >= 0
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// encodeLink escapes the characters that EPC URIs write plainly and Digital Link
// URIs do not.
func encodeLink(s string) string {
	if !strings.ContainsAny(s, "!()*+,:") {
		return s
	}
	return strings.NewReplacer("!", "%21", "(", "%28", ")", "%29", "*", "%2A", "+", "%2B", ",", "%2C", ":", "%3A").Replace(s)
}

// withCheck appends the GS1 check digit (General Specifications, section 7.9.1).
func withCheck(digits string) string {
	sum := 0
	for i := 0; i < len(digits); i++ {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}
