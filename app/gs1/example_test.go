package gs1_test

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

func ExampleParseScan() {
	es, err := gs1.ParseScan("]d2010030116200116521ABC123\x1d1728020010LOT-7")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, _ := es.Key()
	expiry, _ := es.Expiry(2026)
	fmt.Println(key, expiry)
	link, err := es.DigitalLink(gs1.CanonicalStem)
	fmt.Println(link, err)
	// Output:
	// 010030116200116521ABC123 2028-02-29
	// https://id.gs1.org/01/00301162001165/10/LOT-7/21/ABC123?17=280200 <nil>
}

// The error says which part is wrong before anyone calls the item unknown.
func ExampleParseScan_damaged() {
	for _, scan := range []string{
		"]d2010030116200116421ABC123",
		"]d2010030116200116521ABCDEFGHIJKL1728013110LOT1",
		"]D2010030116200116521abc",
		"]d2010030116200116521ABC123\x1d05X",
		"]d221ABC123",
	} {
		_, err := gs1.ParseScan(scan)
		fmt.Println(err)
	}
	// Output:
	// (01) wrong check digit at byte 18: the check digit of 00301162001164 should be 5, found 4; a digit was misread or mistyped: scan again
	// (21) lost group separator at byte 33: the separator after (21) is missing, so that it swallowed what follows; let the reader send GS (0x1D); probably meant is (01)00301162001165(21)ABCDEFGHIJKL(17)280131(10)LOT1
	// upper and lower case swapped at byte 0: it would read well with the case of its letters turned round; turn caps lock off and scan again; meant is (01)00301162001165(21)ABC
	// unknown application identifier at byte 28: no application identifier begins "05X"
	// (21) missing companion: (21) needs (01) or (03) or (8006) beside it; the GTIN is in another barcode on the package, or was not read: scan the whole label
}

func ExampleParseEPC() {
	epc, err := gs1.ParseEPC("urn:epc:id:sgtin:030116.0200116.S%2F1")
	key, _ := epc.Key()
	fmt.Println(key, epc.CompanyPrefix(), err)
	fmt.Println(epc.Elements().Bracketed())
	// Output:
	// 010030116200116521S/1 030116 <nil>
	// (01)00301162001165(21)S/1
}
