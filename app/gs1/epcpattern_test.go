package gs1

import "testing"

func TestEPCPattern(t *testing.T) {
	for _, v := range []struct {
		pattern, epc string
		match        bool
	}{
		{"urn:epc:idpat:sgtin:030116.0200116.*", "urn:epc:id:sgtin:030116.0200116.S", true},
		{"urn:epc:idpat:sgtin:030116.*.*", "urn:epc:id:sgtin:030116.0200116.a.b", true},
		{"urn:epc:idpat:sgtin:*.*.*", "urn:epc:id:sgtin:030116.0200116.S", true},
		{"urn:epc:idpat:sgtin:030116.0200116.*", "urn:epc:id:sgtin:030116.0200117.S", false},
		{"urn:epc:idpat:sgtin:030116.0200116.*", "urn:epc:class:lgtin:030116.0200116.S", false},
		{"urn:epc:idpat:sscc:0614141.*", "urn:epc:id:sscc:0614141.1234567890", true},
		{"urn:epc:idpat:sscc:0614141.*", "urn:epc:id:sscc:061414112.34567890", false},
		{"urn:epc:idpat:sgln:0614141.00000.*", "urn:epc:id:sgln:0614141.00000.32a", true},
		{"urn:epc:idpat:grai:0614141.*.*", "urn:epc:id:grai:0614141.12345.1", true},
		{"urn:epc:idpat:sgtin:030116.0200116.S", "urn:epc:id:sgtin:030116.0200116.S", true},
		{"urn:epc:id:sgtin:030116.0200116.S%2F1", "urn:epc:id:sgtin:030116.0200116.S/1", true},
		{"urn:epc:id:sgtin:030116.0200116.S", "urn:epc:id:sgtin:030116.0200116.s", false},
		{"urn:epc:class:lgtin:030116.0200116.L1", "urn:epc:class:lgtin:030116.0200116.L1", true},
	} {
		p, err := ParseEPCPattern(v.pattern)
		if err != nil {
			t.Errorf("%s: %v", v.pattern, err)
			continue
		}
		e, err := ParseEPC(v.epc)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Match(e); got != v.match {
			t.Errorf("%s matches %s: got %v, want %v", v.pattern, v.epc, got, v.match)
		}
	}
}

func TestEPCPatternRefuses(t *testing.T) {
	for _, v := range []struct {
		pattern, problem string
	}{
		{"", "not-a-scan"},
		{"urn:epc:idpat:sgtin", "not-a-scan"},
		{"urn:epc:idpat:nosuch:1.2", "not-a-scan"},
		{"urn:epc:idpat:sgtin:030116.0200116", "not-a-scan"},
		{"urn:epc:idpat:sgtin:030116.*.S", "value"},
		{"urn:epc:idpat:sgtin:030116..*", "value"},
		{"urn:epc:idpat:sgtin:03011.*.*", "value"},
		{"urn:epc:idpat:sgtin:03O116.*.*", "character"},
		{"urn:epc:idpat:sgtin:000000.0.0", "value"},
		{"urn:epc:idpat:sgtin:030116.02001.*", "too-short"},
	} {
		_, err := ParseEPCPattern(v.pattern)
		if err == nil || problemOf(err).Code() != v.problem {
			t.Errorf("%q: got %v, want %s", v.pattern, err, v.problem)
		}
	}
}
