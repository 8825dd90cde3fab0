package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Further packages of the pharmacy's tote.
const (
	demoReturned = "A4GKSYSAKQ"
	demoSuspect  = "A5C7ADXDLH"
)

// giveBack returns a bottle along the sale by which it came, after another
// wholesaler, which never sold it, was tried.
func (d *demo) giveBack(ctx context.Context) error {
	d.begin("The pharmacy sends a bottle back. Only whoever sold it takes it: the ledger knows by which sale it came.")
	key := demoItem(demoReturned)
	ped, _, err := d.desk("elm").Pedigree(ctx, proof.Claim{Key: key}, proof.Options{Now: time.Now(), MaxAge: time.Hour})
	if err != nil {
		return err
	}
	d.note("%s came by sale %d", key.Bracketed(), ped.Acquired)
	if _, err := d.tryReturn(ctx, "dogwood", ped.Acquired, key, app.CodeIllegalEdge); err != nil {
		return err
	}
	out, err := d.tryReturn(ctx, "cedar", ped.Acquired, key, app.CodeOK)
	if err != nil {
		return err
	}
	number, _ := app.ShipmentNumber(out.Data)
	receive, err := d.desk("cedar").Plan(partner("cedar")).Receive(ctx, number, partner("cedar"))
	if err != nil {
		return err
	}
	_, err = d.expect(ctx, "cedar", receive, app.CodeOK, "the wholesaler receives it back, and may sell it again")
	return err
}

// tryReturn returns an item to a partner and expects a verdict.
func (d *demo) tryReturn(ctx context.Context, to string, sale uint64, key gs1.Key, want app.Code) (*client.Outcome, error) {
	terms := app.Terms{
		To: partner(to), ShipTo: partner(to), Purpose: app.PurposeReturn, Statement: true,
		TransactionDate: gs1.FromUnix(uint64(time.Now().Unix())),
	}
	op, err := d.desk("elm").Plan(partner("elm")).Return(ctx, terms, sale, key)
	if err != nil {
		return nil, err
	}
	return d.expect(ctx, "elm", op, want, "return to "+partner(to).String())
}

// suspect finds a bottle with a damaged seal: nobody can sell it while its
// manufacturer is asked.
func (d *demo) suspect(ctx context.Context) error {
	d.begin("A bottle's seal looks wrong. The pharmacy opens an investigation: the bottle is on hold at once.")
	key := demoItem(demoSuspect)
	elm := d.desk("elm").Plan(partner("elm"))
	spot, err := elm.Spot(ctx, key)
	if err != nil {
		return err
	}
	out, err := d.expect(ctx, "elm", &app.OpenInvestigation{
		Subject: app.KeySubject(key), Reason: app.ReasonUnfit, Text: "seal damaged", Spot: spot,
	}, app.CodeOK, "investigation opened")
	if err != nil {
		return err
	}
	number, _ := app.InvestigationNumber(out.Data)
	dispense, err := elm.Dispense(ctx, key)
	if err != nil {
		return err
	}
	if _, err := d.expect(ctx, "elm", dispense, app.CodeMarked, "dispense it meanwhile"); err != nil {
		return err
	}
	if err := d.askManufacturer(ctx, key, number); err != nil {
		return err
	}
	_, err = d.expect(ctx, "elm", &app.CloseInvestigation{
		Investigation: number, Outcome: app.InvestigationCleared, Finding: "bottle genuine, carton torn in transit",
	}, app.CodeOK, "investigation closed, cleared: the bottle may be sold")
	return err
}

// askManufacturer asks whether an identifier is one that it affixed.
func (d *demo) askManufacturer(ctx context.Context, key gs1.Key, investigation uint64) error {
	return d.trace(ctx, "elm", "alder", app.TraceTerms{
		Ask: app.AskVerification, Reason: app.ReasonSuspect, Key: key, Investigation: investigation,
	}, app.TraceMatch)
}

// traceRequest lets the regulator ask the wholesaler about the recalled lot.
func (d *demo) traceRequest(ctx context.Context) error {
	d.begin("The regulator asks the wholesaler for the transaction information of the recalled lot. A clock runs.")
	gtin, err := gs1.ParseGTIN(demoGTIN)
	if err != nil {
		return err
	}
	return d.trace(ctx, "office", "cedar", app.TraceTerms{
		Ask: app.AskTransactionInformation, Reason: app.ReasonRecalled, Lot: &app.LotID{GTIN: gtin, Lot: demoRecalled},
	}, app.TraceAnswered)
}

// trace asks, answers, and proves that the answer came in time.
func (d *demo) trace(ctx context.Context, by, to string, terms app.TraceTerms, answer app.TraceOutcome) error {
	terms.To = partner(to)
	out, err := d.expect(ctx, by, &app.RequestTrace{TraceTerms: terms}, app.CodeOK, "asked for "+terms.Ask.String())
	if err != nil {
		return err
	}
	number, _ := app.ShipmentNumber(out.Data)
	if _, err := d.expect(ctx, to, &app.RespondTrace{Request: number, Outcome: answer}, app.CodeOK, "answered: "+answer.String()); err != nil {
		return err
	}
	r, err := client.Query(ctx, d.desk(by), app.DecodeTraceRequest, "/trace-request/{number}", strconv.FormatUint(number, 10))
	if err != nil {
		return err
	}
	switch {
	case r.Record == nil || r.Record.Answer == nil:
		return no("request %d is not on the ledger as answered", number)
	case r.Record.Late():
		return no("request %d was answered late", number)
	}
	d.note("proved: due %s, answered %s", stamp(r.Record.Due), stamp(r.Record.Answer.Time))
	return nil
}

// expect submits an op of a partner and compares the verdict.
func (d *demo) expect(ctx context.Context, who string, op app.Op, want app.Code, what string) (*client.Outcome, error) {
	out, err := d.desk(who).Submit(ctx, partner(who), op, uint64(time.Now().Unix()), app.EventHash{})
	if err != nil {
		return nil, err
	}
	if out.Code != want {
		return nil, errors.Join(no("%s: expected %s, found %s", what, want, out.Code), out.Err())
	}
	if !out.OK() {
		d.note("%s: refused, as it must be: %s: %s", what, out.Code, out.Detail)
		return out, nil
	}
	d.note("%s: block %d, tx %.8s", what, out.Height, out.Tx.String())
	return out, nil
}

// stamp is a time of the ledger for people.
func stamp(unix uint64) string { return time.Unix(int64(unix), 0).UTC().Format("Mon 2 Jan 15:04 MST") }
