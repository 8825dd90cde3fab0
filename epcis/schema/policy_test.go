package schema

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

func TestPolicy(t *testing.T) {
	gln, err := gs1.ParseGLN("0614141007776")
	if err != nil {
		t.Fatal(err)
	}
	strict := Policy{Senders: map[gs1.GLN]Level{gln: Strict}}
	spared := Policy{Default: Strict, Senders: map[gs1.GLN]Level{gln: Lenient}}
	for sender, listed := range map[string]bool{
		"0614141007776": true, "urn:epc:id:sgln:0614141.00777.0": true, "urn:epc:id:sgln:0614141.00777.1": true,
		"urn:epc:id:pgln:0614141.00777": true, "https://id.gs1.org/414/0614141007776": true, "https://acme.example/417/0614141007776": true,
		"": false, "0614141007777": false, "urn:epc:id:sgtin:0614141.107346.2018": false, "urn:epc:id:sgln:0614141.00888.0": false, "acme": false,
	} {
		want := map[bool]Level{true: Strict}[listed]
		if got := strict.For(sender); got != want {
			t.Errorf("%q: got %s, want %s", sender, got, want)
		}
		if got := spared.For(sender); got == want {
			t.Errorf("%q of the other policy: got %s", sender, got)
		}
	}
	if got := (Policy{}).For("0614141007776"); got != Lenient {
		t.Errorf("the zero policy: got %s, want lenient", got)
	}
}
