package app_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestWordsComeBack reads listings back from the JSON that they are sent as.
func TestWordsComeBack(t *testing.T) {
	holding := app.HoldingSummary{Holding: app.Holding{Kind: app.KindLoose}}
	shipment := app.ShipmentSummary{Number: 3, Status: app.ShipmentShort, Shipment: app.Shipment{
		Terms: app.Terms{Purpose: app.PurposeSale, Documents: []app.Document{{Kind: app.DocDespatch, ID: "A"}}},
	}}
	place := app.Place{State: app.Dispensed}
	partner := app.Partner{Standing: app.StandingSuspended, PartnerInfo: app.PartnerInfo{Roles: app.RoleAuditor}}
	receive := app.Receive{Mode: app.ReceiveAllBut}
	for _, c := range []struct{ in, out any }{
		{&holding, &app.HoldingSummary{}},
		{&shipment, &app.ShipmentSummary{}},
		{&place, &app.Place{}},
		{&partner, &app.Partner{}},
		{&receive, &app.Receive{}},
	} {
		raw, err := json.Marshal(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, c.out); err != nil {
			t.Errorf("%s: %v", raw, err)
		} else if !reflect.DeepEqual(c.in, c.out) {
			t.Errorf("%T: got %+v, want %+v", c.in, c.out, c.in)
		}
	}
	var s app.State
	if err := s.UnmarshalText([]byte("reserved")); err == nil {
		t.Error("a state that does not exist was read")
	}
}
