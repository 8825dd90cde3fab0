package epcis

import "strings"

// linkPath constrains a Digital Link URI of any domain to its canonical path.
func linkPath(uri string) (string, bool) {
	if i := strings.IndexAny(uri, "?#"); i >= 0 {
		uri = uri[:i]
	}
	_, rest, _ := strings.Cut(uri, "//")
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	for i := 1; i < len(parts)-1; i++ {
		ai := linkAI(parts[i])
		if isPrimaryKey(ai) && len(parts[i+1]) >= 4 && allDigits(parts[i+1][:4]) {
			return constrain(ai, parts[i+1], parts[i+2:])
		}
	}
	return "", false
}

// linkAI gives the application identifier for the short names of Digital Link
// 1.0, and everything else as it is.
func linkAI(s string) string {
	switch s {
	case "gtin":
		return "01"
	case "itip":
		return "8006"
	case "cpid":
		return "8010"
	case "gln":
		return "414"
	case "party":
		return "417"
	case "gsrnp":
		return "8017"
	case "gsrn":
		return "8018"
	case "gcn":
		return "255"
	case "sscc":
		return "00"
	case "gdti":
		return "253"
	case "ginc":
		return "401"
	case "gsin":
		return "402"
	case "grai":
		return "8003"
	case "giai":
		return "8004"
	case "cpv":
		return "22"
	case "lot":
		return "10"
	case "ser":
		return "21"
	}
	return s
}

func isPrimaryKey(ai string) bool {
	switch ai {
	case "00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8017", "8018":
		return true
	}
	return false
}

// constrain keeps the most fine-grained identification: variant (22) never, lot
// (10) only without serial (21).
func constrain(ai, key string, qualifiers []string) (string, bool) {
	if len(qualifiers)%2 != 0 {
		return "", false
	}
	kept := map[string]string{}
	for i := 0; i < len(qualifiers); i += 2 {
		q := linkAI(qualifiers[i])
		if _, twice := kept[q]; twice || q == "22" && ai != "01" && ai != "8006" {
			return "", false
		}
		kept[q] = qualifiers[i+1]
	}
	delete(kept, "22")
	if _, serial := kept["21"]; serial {
		delete(kept, "10")
	}
	if len(kept) > 1 {
		return "", false
	}
	if ai == "01" {
		key = padGTIN(key)
	}
	if !validKey(ai, key) {
		return "", false
	}
	path := "/" + ai + "/" + key
	for q, value := range kept {
		if !validQualifier(ai, q, value) {
			return "", false
		}
		path += "/" + q + "/" + value
	}
	return path, true
}

func padGTIN(key string) string {
	switch len(key) {
	case 8, 12, 13:
		return strings.Repeat("0", 14-len(key)) + key
	}
	return key
}

// validKey checks length and characters of a primary key, not its check digit:
// the hash is over what was sent.
func validKey(ai, key string) bool {
	digits, tail := 0, 0 // digits first, then up to tail other characters
	switch ai {
	case "00", "8017", "8018", "8006":
		digits = 18
	case "01":
		digits = 14
	case "402":
		digits = 17
	case "414", "417":
		digits = 13
	case "253":
		digits, tail = 13, 17
	case "255":
		return len(key) >= 13 && len(key) <= 25 && allDigits(key)
	case "8003":
		digits, tail = 14, 16
	case "401", "8004", "8010":
		tail = 30
	}
	return len(key) >= digits && allDigits(key[:digits]) && isLinkText(key[digits:], tail)
}

func validQualifier(ai, q, value string) bool {
	switch ai + " " + q {
	case "01 21", "01 10", "8006 21", "8006 10", "414 254":
		return isLinkText(value, 20)
	case "01 235":
		return isLinkText(value, 28)
	case "8010 8011":
		return len(value) <= 12 && allDigits(value)
	}
	return false
}

// isLinkText tells whether s is at most max characters of a Digital Link path,
// %XX counting as one.
func isLinkText(s string, max int) bool {
	count := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			i += 2
		case isAlphanumeric(s[i]), strings.IndexByte("\"'-.;<=>?_", s[i]) >= 0:
		default:
			return false
		}
		count++
	}
	return count <= max
}
