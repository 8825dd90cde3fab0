package app_test

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// clockSamples are the samples of requests, corrections and exceptions.
func clockSamples(w *apptest.World, do func(name string, by *apptest.Partner, op app.Op, options ...apptest.Option)) {
	lot := &app.LotID{GTIN: w.Unit, Lot: "L1"}
	do("request-trace-lot", w.Regulator, &app.RequestTrace{TraceTerms: app.TraceTerms{
		To: w.Wholesaler.GLN, Ask: app.AskTransactionInformation, Reason: app.ReasonRecalled, Lot: lot,
		Investigation: 7, Message: app.Digest{1, 2}, Text: "all of May", Drill: true,
	}})
	do("request-trace-verification", w.Wholesaler, &app.RequestTrace{TraceTerms: app.TraceTerms{
		To: w.Maker.GLN, Ask: app.AskVerification, Reason: app.ReasonSaleableReturn, Key: apptest.Item(w.Unit, 21),
	}})
	do("respond-trace", w.Wholesaler, &app.RespondTrace{Request: 1, Outcome: app.TraceAnswered, Message: app.Digest{3}, Text: "sent"})
	do("respond-trace-no-match", w.Maker, &app.RespondTrace{Request: 2, Outcome: app.TraceNoMatch})
	do("declare-error", w.Maker, &app.DeclareError{Tx: app.TxID{1, 2, 3}, ErrorTerms: app.ErrorTerms{
		EventHash: app.EventHash{4}, Reason: app.IncorrectData, Corrective: []app.EventHash{{5}, {6}}, Text: "wrong lot",
	}})
	do("declare-error-bare", w.Wholesaler, &app.DeclareError{Tx: app.TxID{7}, ErrorTerms: app.ErrorTerms{Reason: app.DidNotOccur}})
	do("open-exception", w.Wholesaler, &app.OpenException{ExceptionTerms: app.ExceptionTerms{
		Against: w.Maker.GLN, Shipment: 1, Case: "0d7e8f6a-3f0c-4f6b-9a58-0b1f0c6a3d11", Type: app.Underage, Wanted: app.SendProduct,
		Source: app.SeenByScan, Quantity: 2, Message: app.Digest{8}, Text: "two short",
	}})
	do("open-exception-bare", w.Pharmacy, &app.OpenException{ExceptionTerms: app.ExceptionTerms{
		Against: w.Wholesaler.GLN, Type: app.GLNError, Source: app.SeenInASN,
	}})
	do("respond-exception", w.Maker, &app.RespondException{Exception: 1, ResponseTerms: app.ResponseTerms{
		Alternative: app.CreditAccount, FollowUp: app.FollowByPhone, Message: app.Digest{9}, Text: "none left",
	}})
	do("respond-exception-accept", w.Maker, &app.RespondException{Exception: 1, ResponseTerms: app.ResponseTerms{Accept: true}})
	do("resolve-exception", w.Wholesaler, &app.ResolveException{Exception: 1, Text: "credited"})
}
