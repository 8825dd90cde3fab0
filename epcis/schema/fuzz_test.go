package schema

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// FuzzCheck holds the checker to its bounds, whatever it is given: it ends, and
// reports no more than it promises.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(`{"epcisBody":{"eventList":[{"action":"ADD"},{}]}}`))
	f.Add([]byte(`{"epcisBody":{"eventList":[{"a~/b":{"c":[1,[2]]}}]}}`))
	f.Add([]byte("<!DOCTYPE x>\n<e:EPCISDocument xmlns:e=\"urn:epcglobal:epcis:xsd:2\">\n  <action>BUY</action></e:EPCISDocument>"))
	f.Add([]byte("<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"))
	set := small(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []epcis.Format{epcis.FormatXML2, epcis.FormatJSON2} {
			found, err := set.Check(format, data)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) > maxFindings {
				t.Fatalf("got %d findings", len(found))
			}
			for _, e := range found {
				if e.Reason == "" || len(e.Reason) > 2*maxReason {
					t.Errorf("a reason of %d bytes", len(e.Reason))
				}
			}
		}
	})
}
