package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// returnDocument gives the story's case back to the wholesaler.
const returnDocument = `{
  "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"gs1ushc": "http://epcis.gs1us.org/hc/ns"}],
  "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "TIME",
  "epcisHeader": {"gs1ushc:dscsaTransactionStatement": {"gs1ushc:affirmTransactionStatement": true, "gs1ushc:legalNotice": "Fictional."}},
  "epcisBody": {"eventList": [{
    "type": "ObjectEvent", "eventTime": "TIME", "eventTimeZoneOffset": "+00:00", "action": "OBSERVE",
    "epcList": ["urn:epc:id:sgtin:9521001.510001.C1002"], "bizStep": "STEP", "disposition": "returned",
    "readPoint": {"id": "urn:epc:id:sgln:SITE.00000.0"}, "bizLocation": {"id": "urn:epc:id:sgln:SITE.00000.0"},
    "bizTransactionList": [{"type": "rma", "bizTransaction": "urn:epcglobal:cbv:bt:9521003000008:RMA-1"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:sgln:9521005.00000.0"}],
    "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:sgln:9521003.00000.0"}]
  }]}
}`

// testReturn captures a return on both sides, each twice.
func (n *partnerNet) testReturn(t *testing.T) {
	write := func(name, step, site string) string {
		t.Helper()
		now := time.Now().UTC().Format(time.RFC3339)
		text := strings.NewReplacer("TIME", now, "STEP", step, "SITE", site).Replace(returnDocument)
		file := filepath.Join(n.dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	back := write("return.jsonld", "shipping", "9521005")
	capture := func(i int, file, by string, want ...string) {
		t.Helper()
		pedigree(t, n.sign(i, []string{"capture", file}, by)...).want(t, exitOK, want...)
	}
	capture(1, back, "elm", "return of container "+storyCase, "came by shipment 2: that sale is reversed", "Return tx")
	capture(2, back, "elm", "recorded before")
	arrived := write("arrived.jsonld", "receiving", "9521003")
	capture(0, arrived, "cedar", "Receive tx")
	capture(3, arrived, "cedar", "recorded before")
	capture(0, back, "elm", "recorded before")
	pedigree(t, n.ask(3, "trace", storyCase)...).want(t, exitOK, "given back to 9521003000008, reversing the sale by shipment 2", "agree with the proved pedigree")
	pedigree(t, n.ask(3, "item", storyCase)...).want(t, exitOK, "Cedar Drug Wholesale (fictional) (9521003000008) owns and has it")
}
