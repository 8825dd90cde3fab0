package gs1

import (
	"strings"
	"testing"
)

// translations has every key in every form, or after "!" a part of the reason
// why it has none.
func translations() []map[Form]string {
	const noKey, noClass = "!ledger's keys", "!no class of things"
	return []map[Form]string{
		{
			FormBracketed: "(01)80614141123458(21)6789/A", FormElementString: "^0180614141123458216789/A", FormScan: "]d20180614141123458216789/A",
			FormDigitalLink: "https://id.gs1.org/01/80614141123458/21/6789%2FA", FormEPC: "urn:epc:id:sgtin:0614141.812345.6789%2FA",
			FormClass: "urn:epc:idpat:sgtin:0614141.812345.*", FormPattern: "urn:epc:idpat:sgtin:0614141.812345.*", FormKey: "0180614141123458216789/A",
		},
		{
			FormBracketed: "(01)80614141123458(10)L1", FormElementString: "^018061414112345810L1", FormScan: "]d2018061414112345810L1",
			FormDigitalLink: "https://id.gs1.org/01/80614141123458/10/L1", FormEPC: "!no serial is named",
			FormClass: "urn:epc:class:lgtin:0614141.812345.L1", FormPattern: "urn:epc:idpat:sgtin:0614141.812345.*", FormKey: noKey,
		},
		{
			FormBracketed: "(00)106141412345678908", FormElementString: "^00106141412345678908", FormScan: "]d200106141412345678908",
			FormDigitalLink: "https://id.gs1.org/00/106141412345678908", FormEPC: "urn:epc:id:sscc:0614141.1234567890",
			FormClass: noClass, FormPattern: noClass, FormKey: "00106141412345678908",
		},
		{
			FormBracketed: "(414)0614141000005(254)32a/b", FormElementString: "^414061414100000525432a/b", FormScan: "]d2414061414100000525432a/b",
			FormDigitalLink: "https://id.gs1.org/414/0614141000005/254/32a%2Fb", FormEPC: "urn:epc:id:sgln:0614141.00000.32a%2Fb",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(414)0614141000005", FormElementString: "^4140614141000005", FormScan: "]d24140614141000005",
			FormDigitalLink: "https://id.gs1.org/414/0614141000005", FormEPC: "urn:epc:id:sgln:0614141.00000.0",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(410)0614141000005", FormElementString: "^4100614141000005", FormScan: "]d24100614141000005",
			FormDigitalLink: "!primary key", FormEPC: "!no GS1 key that an EPC is made of",
			FormClass: "!no GS1 key that an EPC is made of", FormPattern: "!no GS1 key that an EPC is made of", FormKey: noKey,
		},
		{
			FormBracketed: "(417)0614141000005", FormElementString: "^4170614141000005", FormScan: "]d24170614141000005",
			FormDigitalLink: "https://id.gs1.org/417/0614141000005", FormEPC: "urn:epc:id:pgln:0614141.00000",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(8003)006141411234521a", FormElementString: "^8003006141411234521a", FormScan: "]d28003006141411234521a",
			FormDigitalLink: "https://id.gs1.org/8003/006141411234521a", FormEPC: "urn:epc:id:grai:0614141.12345.1a",
			FormClass: "urn:epc:idpat:grai:0614141.12345.*", FormPattern: "urn:epc:idpat:grai:0614141.12345.*", FormKey: noKey,
		},
		{
			FormBracketed: "(8004)0614141123456x", FormElementString: "^80040614141123456x", FormScan: "]d280040614141123456x",
			FormDigitalLink: "https://id.gs1.org/8004/0614141123456x", FormEPC: "urn:epc:id:giai:0614141.123456x",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(253)0614141234561a", FormElementString: "^2530614141234561a", FormScan: "]d22530614141234561a",
			FormDigitalLink: "https://id.gs1.org/253/0614141234561a", FormEPC: "urn:epc:id:gdti:0614141.23456.a",
			FormClass: "urn:epc:idpat:gdti:0614141.23456.*", FormPattern: "urn:epc:idpat:gdti:0614141.23456.*", FormKey: noKey,
		},
		{
			FormBracketed: "(8018)061414112345678902", FormElementString: "^8018061414112345678902", FormScan: "]d28018061414112345678902",
			FormDigitalLink: "https://id.gs1.org/8018/061414112345678902", FormEPC: "urn:epc:id:gsrn:0614141.1234567890",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(8017)061414112345678902", FormElementString: "^8017061414112345678902", FormScan: "]d28017061414112345678902",
			FormDigitalLink: "https://id.gs1.org/8017/061414112345678902", FormEPC: "urn:epc:id:gsrnp:0614141.1234567890",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(402)06141411234567890", FormElementString: "^40206141411234567890", FormScan: "]d240206141411234567890",
			FormDigitalLink: "https://id.gs1.org/402/06141411234567890", FormEPC: "urn:epc:id:gsin:0614141.123456789",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(401)0614141xyz/1", FormElementString: "^4010614141xyz/1", FormScan: "]d24010614141xyz/1",
			FormDigitalLink: "https://id.gs1.org/401/0614141xyz%2F1", FormEPC: "urn:epc:id:ginc:0614141.xyz%2F1",
			FormClass: noClass, FormPattern: noClass, FormKey: noKey,
		},
		{
			FormBracketed: "(8010)0614141PQ/A(8011)77", FormElementString: "^80100614141PQ/A^801177", FormScan: "]d280100614141PQ/A\x1d801177",
			FormDigitalLink: "https://id.gs1.org/8010/0614141PQ%2FA/8011/77", FormEPC: "urn:epc:id:cpi:0614141.PQ%2FA.77",
			FormClass: "urn:epc:idpat:cpi:0614141.PQ%2FA.*", FormPattern: "urn:epc:idpat:cpi:0614141.PQ%2FA.*", FormKey: noKey,
		},
		{
			FormBracketed: "(8006)806141411234580204(21)a", FormElementString: "^8006806141411234580204^21a", FormScan: "]d28006806141411234580204\x1d21a",
			FormDigitalLink: "https://id.gs1.org/8006/806141411234580204/21/a", FormEPC: "urn:epc:id:itip:0614141.812345.02.04.a",
			FormClass: "urn:epc:idpat:itip:0614141.812345.02.04.*", FormPattern: "urn:epc:idpat:itip:0614141.812345.02.04.*", FormKey: noKey,
		},
		{
			FormBracketed: "(01)80614141123458(235)51qI", FormElementString: "^018061414112345823551qI", FormScan: "]d2018061414112345823551qI",
			FormDigitalLink: "https://id.gs1.org/01/80614141123458/235/51qI", FormEPC: "urn:epc:id:upui:0614141.812345.51qI",
			FormClass: "urn:epc:idpat:upui:0614141.812345.*", FormPattern: "urn:epc:idpat:upui:0614141.812345.*", FormKey: noKey,
		},
		{
			FormBracketed: "(255)061414123456177", FormElementString: "^255061414123456177", FormScan: "]d2255061414123456177",
			FormDigitalLink: "https://id.gs1.org/255/061414123456177", FormEPC: "urn:epc:id:sgcn:0614141.23456.77",
			FormClass: "urn:epc:idpat:sgcn:0614141.23456.*", FormPattern: "urn:epc:idpat:sgcn:0614141.23456.*", FormKey: noKey,
		},
	}
}

// TestTranslations translates every key from each form that names it to every
// form.
func TestTranslations(t *testing.T) {
	tried := 0
	for _, subject := range translations() {
		for from := FormBracketed; from <= FormEPC; from++ {
			if strings.HasPrefix(subject[from], "!") {
				continue
			}
			for to := FormBracketed; to <= FormKey; to++ {
				tried++
				checkTranslation(t, subject[from], to, subject[to])
			}
		}
	}
	if want := 8 * (18*5 - 3); tried != want {
		t.Errorf("%d translations tried, want %d", tried, want)
	}
}

func checkTranslation(t *testing.T, s string, to Form, want string) {
	t.Helper()
	got, err := Translate(s, to, "0614", "0614141", "061414", "999999")
	if reason, none := strings.CutPrefix(want, "!"); none {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q to form %d: got %q, %v; want none, since %q", s, to, got.Text, err, reason)
		}
		return
	}
	if err != nil || got.Text != want {
		t.Errorf("%q to form %d: got %q, %v; want %q", s, to, got.Text, err, want)
	}
	if whole := to != FormClass && to != FormPattern; whole && len(got.LeftOut) > 0 {
		t.Errorf("%q to form %d leaves out %v", s, to, got.LeftOut)
	}
}

func TestTranslationLeavesOut(t *testing.T) {
	const scan = "]d2018061414112345810L1\x1d1728013121S1"
	for to, want := range map[Form]string{
		FormEPC: "(10)L1(17)280131", FormClass: "(17)280131(21)S1", FormPattern: "(10)L1(17)280131(21)S1", FormKey: "(10)L1(17)280131",
		FormDigitalLink: "", FormBracketed: "", FormElementString: "", FormScan: "",
	} {
		got, err := Translate(scan, to, "0614141")
		if err != nil || got.LeftOut.Bracketed() != want {
			t.Errorf("form %d: got %q and %q, %v; want %q left out", to, got.Text, got.LeftOut.Bracketed(), err, want)
		}
	}
	for _, class := range []string{"urn:epc:idpat:upui:0614141.812345.*", "urn:epc:class:lgtin:0614141.812345.L"} {
		if got, err := Translate(class, FormClass); err != nil || got.Text != class || got.LeftOut != nil {
			t.Errorf("the class of %s: got %v, %v", class, got, err)
		}
	}
	got, err := Translate("(8003)006141411234521a", FormClass, "0614141")
	if err != nil || got.LeftOut.Bracketed() != "(8003)006141411234521a" {
		t.Errorf("class of an asset: got %v, %v", got, err)
	}
}

func TestNoTranslation(t *testing.T) {
	for _, v := range []struct {
		s      string
		to     Form
		reason string
	}{
		{"(01)80614141123458(21)S1", FormEPC, "company prefix is not known"},
		{"urn:epc:idpat:sgtin:0614141.*.*", FormBracketed, "stands for many keys"},
		{"urn:epc:idpat:sgtin:0614141.812345.*", FormEPC, "no serial is named"},
		{"(01)80614141123459(21)S1", FormBracketed, "check digit"},
		{"(01)80614141123458", 99, "no form has the number 99"},
		{"https://id.gs1.org/01/80614141123458/21/a?999=1", FormKey, "no such application identifier"},
		{"urn:epc:idpat:upui:0614141.812345.*", FormKey, "ledger's keys"},
	} {
		if got, err := Translate(v.s, v.to); err == nil || !strings.Contains(err.Error(), v.reason) {
			t.Errorf("%q to form %d: got %v, %v; want the reason %q", v.s, v.to, got, err, v.reason)
		}
	}
}

func TestPrefixLen(t *testing.T) {
	es := Elements{{"00", "106141412345678908"}}
	for _, v := range []struct {
		prefixes []CompanyPrefix
		want     int
	}{
		{[]CompanyPrefix{"0614"}, 6},
		{[]CompanyPrefix{"06141"}, 6},
		{[]CompanyPrefix{"0614141", "061414", "0614142222"}, 7},
		{[]CompanyPrefix{"1061414"}, 0},
		{nil, 0},
	} {
		if got, err := es.PrefixLen(v.prefixes...); got != v.want || (err == nil) != (v.want > 0) {
			t.Errorf("%v: got %d, %v; want %d", v.prefixes, got, err, v.want)
		}
	}
}

func TestGTINDigits(t *testing.T) {
	for digits, lengths := range map[string][]int{
		"00000000123457": {8, 12, 13, 14}, "00036000291452": {12, 13, 14}, "04006381333931": {13, 14}, "10012345678902": {14},
	} {
		g, err := ParseGTIN(digits)
		if err != nil {
			t.Fatal(err)
		}
		possible := map[int]bool{}
		for _, n := range lengths {
			possible[n] = true
		}
		for n := range 16 {
			got, err := g.Digits(n)
			if (err == nil) != possible[n] || err == nil && (len(got) != n || !strings.HasSuffix(digits, got)) {
				t.Errorf("%s in %d digits: got %q, %v", digits, n, got, err)
			}
		}
	}
}

func TestProductIdentifier(t *testing.T) {
	es, err := ParseScan("]d2018061414112345810L1\x1d1728010021S1")
	if err != nil {
		t.Fatal(err)
	}
	id, err := es.ProductIdentifier(2026)
	if err != nil || id.Expiry != 20280131 || id.Lot != "L1" {
		t.Fatalf("got %v, %v", id, err)
	}
	if got, want := id.Elements().Scan(), "]d20180614141123458172801311"+"0L1\x1d21S1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for i := range es {
		part := append(append(Elements{}, es[:i]...), es[i+1:]...)
		if _, err := part.ProductIdentifier(2026); problemOf(err) != ProblemMissingAI {
			t.Errorf("%v: got %v, want a missing AI", part, err)
		}
	}
}
