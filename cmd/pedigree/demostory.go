package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// tell tells the story from beginning to end.
func (d *demo) tell(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		d.found, d.commission, d.shipToWholesaler, d.breakPallet, d.pharmacy,
		d.provePackage, d.proveMadeUp, d.giveBack, d.suspect, d.recall, d.traceRequest, d.copyTurnsUp, d.audit,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) found(ctx context.Context) error {
	d.begin("Four companies that compete with each other start a network. Each runs one node; none is special.")
	if err := d.start(ctx); err != nil {
		return err
	}
	for i, n := range d.net.Nodes() {
		d.note("node %d  %-36s RPC %s", i, castMembers()[i].name, n.RPC())
	}
	d.note("all four have agreed on the first block")
	return nil
}

func (d *demo) commission(ctx context.Context) error {
	d.begin("The manufacturer makes two lots of 48 bottles and packs them: 8 cases on one pallet.")
	return d.capture(ctx, "alder", "1-manufacturer-commissions-and-packs.xml")
}

func (d *demo) shipToWholesaler(ctx context.Context) error {
	d.begin("The pallet goes to a wholesaler, with the transaction statement that the law asks for.")
	if err := d.capture(ctx, "alder", "2-manufacturer-ships.xml"); err != nil {
		return err
	}
	return d.capture(ctx, "cedar", "3-wholesaler-receives.jsonld")
}

func (d *demo) breakPallet(ctx context.Context) error {
	d.begin("The wholesaler breaks the pallet and ships a tote of 12 loose bottles and one whole case.")
	return d.capture(ctx, "cedar", "4-wholesaler-breaks-and-ships.xml")
}

func (d *demo) pharmacy(ctx context.Context) error {
	d.begin("The pharmacy receives the tote and the case, and dispenses one bottle to a patient.")
	if err := d.capture(ctx, "elm", "5-pharmacy-receives.jsonld"); err != nil {
		return err
	}
	return d.capture(ctx, "elm", "6-pharmacy-dispenses.jsonld")
}

// capture takes one of the story's documents in; every event must go in.
func (d *demo) capture(ctx context.Context, who, name string) error {
	done, err := d.tryCapture(ctx, who, name)
	if err != nil {
		return err
	}
	last := done[len(done)-1]
	if !last.OK() {
		return no("%s, event %d was refused: %s", name, last.Event, last.Refusal)
	}
	return nil
}

// refusedCapture takes a document in whose last event must be refused with a
// code.
func (d *demo) refusedCapture(ctx context.Context, who, name string, want app.Code) error {
	done, err := d.tryCapture(ctx, who, name)
	if err != nil {
		return err
	}
	last := done[len(done)-1]
	if last.Code != want {
		return no("%s, event %d: expected a refusal with code %s, found %q", name, last.Event, want, last.CodeName)
	}
	d.note("refused, as it must be: %s", last.Refusal)
	return nil
}

func (d *demo) tryCapture(ctx context.Context, who, name string) ([]client.Captured, error) {
	raw, err := story.ReadFile("story/" + name)
	if err != nil {
		return nil, err
	}
	doc, err := epcis.DecodeBytes(raw, epcis.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	d.note("%s", name)
	packed := 0
	done, err := client.Capture(ctx, d.desk(who), doc, func(c client.Captured) {
		if !c.OK() {
			return
		}
		if len(doc.Events) > 8 && doc.Events[c.Event-1].Step() == "packing" && c.Event < len(doc.Events) {
			packed++ // the cases, one like the other
			return
		}
		d.tellEvent(c)
	})
	if packed > 0 {
		d.note("  and %d cases packed the same way", packed)
	}
	if err == nil && len(done) == 0 {
		err = fmt.Errorf("%s holds no events", name)
	}
	return done, err
}

// tellEvent prints one line per event, and what had to be inferred.
func (d *demo) tellEvent(c client.Captured) {
	op := c.Ops[len(c.Ops)-1]
	line := fmt.Sprintf("  %s: block %d, tx %.8s", c.What, op.Height, op.Tx.String())
	if op.Shipment > 0 {
		line += fmt.Sprintf(", shipment %d", op.Shipment)
	}
	d.note("%s", line)
	for _, s := range c.Inferred {
		d.note("    inferred: %s", s)
	}
}

func (d *demo) recall(ctx context.Context) error {
	d.begin("The manufacturer recalls lot %s. From the next block on nobody can sell it.", demoRecalled)
	gtin, err := gs1.ParseGTIN(demoGTIN)
	if err != nil {
		return err
	}
	alder := d.desk("alder")
	out, err := alder.Submit(ctx, partner("alder"), &app.RecallLot{
		LotID: app.LotID{GTIN: gtin, Lot: demoRecalled}, Class: 2, Depth: app.DepthRetail, Reason: "dissolution below specification",
	}, uint64(time.Now().Unix()), app.EventHash{})
	if err != nil {
		return err
	}
	if !out.OK() {
		return no("the recall was refused: %s", out.Err())
	}
	d.note("recalled in block %d, tx %.8s", out.Height, out.Tx.String())
	d.note("the pharmacy scans a bottle of that lot at the till:")
	return d.refusedCapture(ctx, "elm", "7-pharmacy-dispenses-the-recalled-lot.jsonld", app.CodeRecalled)
}

func (d *demo) copyTurnsUp(ctx context.Context) error {
	d.begin("A second bottle with the serial that was dispensed turns up at the pharmacy.")
	if err := d.refusedCapture(ctx, "elm", "8-pharmacy-dispenses-the-same-package-again.jsonld", app.CodeEnded); err != nil {
		return err
	}
	elm := d.desk("elm")
	place, err := elm.Place(ctx, demoItem(demoDispensed))
	if err != nil {
		return err
	}
	openings, err := client.OpenAt(ctx, elm.Entries, []app.Position{place.At})
	if err != nil {
		return err
	}
	out, err := elm.Submit(ctx, partner("elm"), &app.ReportConflict{Location: partner("elm"), Opening: openings[0]}, uint64(time.Now().Unix()), app.EventHash{})
	if err != nil {
		return err
	}
	if !out.OK() {
		return no("the report of the conflict was refused: %s", out.Err())
	}
	d.note("the pharmacy reports it: block %d, tx %.8s; the evidence stands in that block for everyone", out.Height, out.Tx.String())
	return nil
}
