package gs1

import (
	"strconv"
	"strings"
)

// CanonicalStem is the resolver of canonical GS1 Digital Link URIs (DL 5).
const CanonicalStem = "https://id.gs1.org"

// ParseDigitalLink reads an uncompressed GS1 Digital Link URI of any domain,
// such as https://id.gs1.org/01/00301162001165/21/1234?17=280131 (DL 4). The
// primary key is the rightmost in the path, its qualifiers stand in their
// order, other AIs in the query. Query parameters that are not AIs and the
// fragment are ignored. A GTIN has all 14 digits.
func ParseDigitalLink(uri string) (Elements, error) {
	es, e := parseLink(uri, false)
	if e != nil {
		return nil, e
	}
	return es, nil
}

// ParseLegacyDigitalLink also reads what versions 1.0 to 1.2 of the standard
// allowed: a GTIN of 8, 12 or 13 digits, words such as gtin, lot and ser in
// place of AIs in the path, and exp and expdt in the query.
func ParseLegacyDigitalLink(uri string) (Elements, error) {
	es, e := parseLink(uri, true)
	if e != nil {
		return nil, e
	}
	return es, nil
}

func parseLink(uri string, legacy bool) (Elements, *ScanError) {
	path, query, e := splitLink(uri)
	if e != nil {
		return nil, e
	}
	l := link{legacy: legacy}
	if e = l.readPath(path); e == nil {
		e = l.readQuery(query)
	}
	if e == nil {
		e = checkTogether(l.es)
	}
	if e != nil {
		return nil, e
	}
	return l.es, nil
}

// link is a Digital Link being read.
type link struct {
	es     Elements
	inPath int // elements that came from the path
	legacy bool
}

// isWebURI reports whether s begins as a web address does, in any case.
func isWebURI(s string) bool {
	return len(s) >= 7 && strings.EqualFold(s[:7], "http://") ||
		len(s) >= 8 && strings.EqualFold(s[:8], "https://")
}

// splitLink returns the path, beginning with a slash, and the query.
func splitLink(uri string) (path, query string, e *ScanError) {
	if !isWebURI(uri) {
		return "", "", problem(ProblemNotScan, 0, "want http:// or https:// first")
	}
	if len(uri) > maxScanLen {
		return "", "", problem(ProblemTooLong, maxScanLen, "want at most "+strconv.Itoa(maxScanLen)+" characters")
	}
	for i := 0; i < len(uri); i++ {
		if !isURIByte(uri[i]) {
			return "", "", problem(ProblemCharacter, i, quoteByte(uri[i])+" may not stand in a URI as such: write it as %XX")
		}
	}
	rest := uri[strings.Index(uri, "://")+3:]
	slash := strings.IndexByte(rest, '/')
	if slash <= 0 {
		return "", "", problem(ProblemNotScan, len(uri), "want a domain and a path with a GS1 key")
	}
	if i := badDomainByte(rest[:slash]); i >= 0 {
		return "", "", problem(ProblemCharacter, len(uri)-len(rest)+i, quoteByte(rest[i])+" may not stand in a domain")
	}
	path, _, _ = strings.Cut(rest[slash:], "#")
	path, query, _ = strings.Cut(path, "?")
	return path, query, nil
}
