package app_test

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
)

// The commands of recalls.

func (s *scenario) lotID() app.LotID {
	return app.LotID{GTIN: s.gtin(s.text("product", "")), Lot: s.text("lot", "")}
}

func (s *scenario) recall() app.Op {
	return &app.RecallLot{
		LotID: s.lotID(), Class: app.RecallClass(s.number("class", 2)), Depth: app.RecallDepth(s.number("depth", 2)),
		Reason: s.text("reason", ""), Keys: s.keys("items"),
	}
}

func (s *scenario) acknowledgeRecall() app.Op {
	return &app.AcknowledgeRecall{LotID: s.lotID(), Found: uint32(s.number("found", 0)), Text: s.text("text", "")}
}

func (s *scenario) closeRecall() app.Op {
	op := &app.CloseRecall{LotID: s.lotID(), Outcome: app.RecallCompleted, Text: s.text("text", ""), Keys: s.keys("items")}
	if s.has("withdrawn") {
		op.Outcome = app.RecallWithdrawn
	}
	return op
}

// recallIs tells what a lot's record says of its recall.
func (s *scenario) recallIs() string {
	r := s.w.Lot(s.lotID()).Recall
	if r == nil {
		return "none\n"
	}
	what := fmt.Sprintf("%d items", r.Items)
	if r.Whole {
		what = fmt.Sprintf("the whole lot and %d items", r.Items)
	}
	out := fmt.Sprintf("%s, class %d, depth %d, by %s since height %d, last changed at %d; %s; acknowledged by %d",
		what, r.Class, r.Depth, s.words(r.By.String()), r.Height, r.Changed, r.Outcome, r.Acks)
	if !r.Open() {
		out += fmt.Sprintf("; closed by %s at height %d", s.words(r.Closed.By.String()), r.Closed.Height)
	}
	return out + "\n"
}

// ack tells what a partner acknowledged.
func (s *scenario) ack() string {
	raw, ok := s.w.Store.Get(app.RecallAckKey(s.lotID(), s.partner("of").GLN))
	if !ok {
		return "none\n"
	}
	a, err := app.DecodeRecallAck(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	now := "outstanding again"
	if a.Covers(s.w.Lot(s.lotID()).Recall) {
		now = "up to date"
	}
	return fmt.Sprintf("found %d at height %d, %s\n", a.Found, a.Height, now)
}
