package epcis

import "strings"

// canonicalLink converts an EPC URI, EPC class URI, EPC pattern URI or GS1
// Digital Link URI into the constrained canonical Digital Link URI of the event
// hash: domain id.gs1.org, no query, only the most fine-grained keys. ok is
// false for anything else, which the hash then takes as written.
func canonicalLink(uri string) (link string, ok bool) {
	const root = "https://id.gs1.org"
	if rest, found := strings.CutPrefix(uri, "urn:epc:"); found {
		scheme, body, _ := strings.Cut(rest, ":")
		kind, body, _ := strings.Cut(body, ":")
		path, ok := epcPath(scheme, kind, body)
		return root + path, ok
	}
	if !strings.HasPrefix(uri, "http://") && !strings.HasPrefix(uri, "https://") {
		return "", false
	}
	path, ok := linkPath(uri)
	return root + path, ok
}

// epcPath writes the body of urn:epc:{scheme}:{kind}:{body} as a Digital Link
// path (GS1 EPC Tag Data Standard; Digital Link URI Syntax, canonical form).
func epcPath(scheme, kind, body string) (string, bool) {
	switch scheme {
	case "id":
		return idPath(kind, body)
	case "class":
		if kind == "lgtin" {
			return gtinPath(body, "/10/", 20)
		}
	case "idpat":
		if body, ok := strings.CutSuffix(body, ".*"); ok {
			return patternPath(kind, body)
		}
	}
	return "", false
}

func idPath(kind, body string) (string, bool) {
	switch kind {
	case "sgtin":
		return gtinPath(body, "/21/", 20)
	case "upui":
		return gtinPath(body, "/235/", 28)
	case "sscc":
		return serialPath("/00/", body, 17, true)
	case "gsrn":
		return serialPath("/8018/", body, 17, false)
	case "gsrnp":
		return serialPath("/8017/", body, 17, false)
	case "gsin":
		return serialPath("/402/", body, 16, false)
	case "sgln":
		return glnPath(body)
	case "pgln":
		return keyPath("/417/", "", body, "")
	case "grai":
		return keyWithTail("/8003/0", body, 16)
	case "gdti":
		return keyWithTail("/253/", body, 17)
	case "sgcn":
		return keyWithTail("/255/", body, 12)
	case "giai":
		return loosePath("/8004/", body, 30)
	case "ginc":
		return loosePath("/401/", body, 30)
	case "itip":
		return itipPath(body, true)
	case "cpi":
		return cpiPath(body)
	}
	return "", false
}

func patternPath(kind, body string) (string, bool) {
	switch kind {
	case "sgtin", "upui":
		gtin, ok := gtin14(body)
		return "/01/" + gtin, ok
	case "grai":
		return keyPath("/8003/", "0", body, "")
	case "gdti":
		return keyPath("/253/", "", body, "")
	case "sgcn":
		return keyPath("/255/", "", body, "")
	case "itip":
		return itipPath(body, false)
	case "cpi":
		prefix, ref, ok := strings.Cut(body, ".")
		if !ok || !isPrefix(prefix) || !isEscaped(ref, 30-len(prefix)) {
			return "", false
		}
		return "/8010/" + encodeLink(prefix+ref), true
	}
	return "", false
}
