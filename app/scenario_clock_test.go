package app_test

import (
	"encoding"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
)

// word reads an argument that is a word of an enumeration.
func (s *scenario) word(dst encoding.TextUnmarshaler, name, otherwise string) {
	s.t.Helper()
	if err := dst.UnmarshalText([]byte(s.text(name, otherwise))); err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
}

// prose is an argument of several words, joined by hyphens.
func (s *scenario) prose(name string) string { return strings.ReplaceAll(s.text(name, ""), "-", " ") }

func (s *scenario) requestTrace() app.Op {
	op := &app.RequestTrace{TraceTerms: app.TraceTerms{
		To: s.partner("to").GLN, Investigation: s.number("investigation", 0), Text: s.prose("text"), Drill: s.has("drill"),
	}}
	s.word(&op.Ask, "ask", "transaction-information")
	s.word(&op.Reason, "reason", "suspect")
	if v := s.text("item", ""); v != "" {
		op.Key = s.key(v)
	} else {
		op.Lot = &app.LotID{GTIN: s.gtin(s.text("product", "A")), Lot: s.text("lot", "L1")}
	}
	return op
}

func (s *scenario) respondTrace() app.Op {
	op := &app.RespondTrace{Request: s.number("request", 1), Text: s.prose("text")}
	s.word(&op.Outcome, "outcome", "answered")
	return op
}

// txNamed is a transaction that name-tx named; "none" is one that is not on
// the ledger.
func (s *scenario) txNamed(word string) app.TxID {
	if word == "none" {
		return app.TxID{0xff, 1}
	}
	id, ok := s.txs[word]
	if !ok {
		s.t.Fatalf("no transaction was named %q", word)
	}
	return id
}

// eventHash is the made-up hash of the event that a word names.
func eventHash(word string) (h app.EventHash) {
	copy(h[:], word)
	return h
}

func (s *scenario) declareError() app.Op {
	op := &app.DeclareError{Tx: s.txNamed(s.text("tx", "")), ErrorTerms: app.ErrorTerms{EventHash: eventHash(s.text("hash", "")), Text: s.prose("text")}}
	s.word(&op.Reason, "reason", "incorrect_data")
	for _, v := range s.listOf("corrective") {
		op.Corrective = append(op.Corrective, eventHash(v))
	}
	slices.SortFunc(op.Corrective, func(a, b app.EventHash) int { return strings.Compare(string(a[:]), string(b[:])) })
	return op
}

func (s *scenario) openException() app.Op {
	op := &app.OpenException{ExceptionTerms: app.ExceptionTerms{
		Against: s.partner("against").GLN, Shipment: s.number("shipment", 0), Case: s.text("case", ""),
		Quantity: uint32(s.number("quantity", 0)), Text: s.prose("text"),
	}}
	s.word(&op.Type, "type", "other")
	s.word(&op.Wanted, "wanted", "none")
	s.word(&op.Source, "source", "scan")
	return op
}

func (s *scenario) respondException() app.Op {
	op := &app.RespondException{Exception: s.number("number", 1), ResponseTerms: app.ResponseTerms{Accept: s.has("accept"), Text: s.prose("text")}}
	s.word(&op.Alternative, "offer", "none")
	s.word(&op.FollowUp, "follow-up", "none")
	return op
}

func (s *scenario) resolveException() app.Op {
	return &app.ResolveException{Exception: s.number("number", 1), Text: s.prose("text")}
}

// day is a time with its day of the week, as people say it who count business
// days: Eastern standard time.
func day(unix uint64) string {
	return time.Unix(int64(unix), 0).In(time.FixedZone("EST", -5*60*60)).Format("Mon 2006-01-02 15:04")
}

func (s *scenario) traceRequest() string {
	raw, ok := s.w.Store.Get(app.RequestKey(s.number("number", 1)))
	if !ok {
		return "none\n"
	}
	r, err := app.DecodeTraceRequest(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	out := fmt.Sprintf("%s asks %s for %s (%s), %s; due %s\n", s.words(r.By.String()), s.words(r.To.String()), r.Ask, r.Reason, day(r.Time), day(r.Due))
	switch {
	case r.Answer != nil:
		out += fmt.Sprintf("%s %s", r.Answer.Outcome, day(r.Answer.Time))
	case r.Overdue(s.w.Block.Time):
		return out + "no answer, overdue\n"
	default:
		return out + "no answer yet\n"
	}
	if r.Late() {
		out += ", late"
	}
	return out + "\n"
}

func (s *scenario) exception() string {
	raw, ok := s.w.Store.Get(app.ExceptionKey(s.number("number", 1)))
	if !ok {
		return "none\n"
	}
	x, err := app.DecodeException(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	out := fmt.Sprintf("%s: %s of %d, %s against %s, wants %s; due %s", x.Status(), x.Type, x.Quantity,
		s.words(x.By.String()), s.words(x.Against.String()), x.Wanted, day(x.Due))
	if r := x.Response; r != nil {
		out += fmt.Sprintf("; first response %s, offers %s, follow up by %s", day(x.Responded), r.Alternative, r.FollowUp)
	}
	switch {
	case x.Overdue(s.w.Block.Time):
		out += "; overdue"
	case x.Late():
		out += "; late"
	}
	return out + "\n"
}

func (s *scenario) correction() string {
	raw, ok := s.w.Store.Get(app.CorrectionKey(s.txNamed(s.text("tx", "")), s.partner("by").GLN))
	if !ok {
		return "none\n"
	}
	c, err := app.DecodeCorrection(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	var by []string
	for _, h := range c.Corrective {
		by = append(by, strings.TrimRight(string(h[:]), "\x00"))
	}
	return fmt.Sprintf("%s, corrected by %q: %q\n", c.Reason, by, c.Text)
}

// nameTx names the latest transaction.
func (s *scenario) nameTx() string {
	if s.txs == nil {
		s.txs = map[string]app.TxID{}
	}
	word := s.text("as", "")
	s.txs[word] = s.last.ID()
	s.name(s.last.ID().String(), word)
	return ""
}

// waitUntil is a day, with a time such as T10-00, Eastern standard time.
func (s *scenario) waitUntil() string {
	at, err := time.ParseInLocation("2006-01-02T15-04", s.text("time", ""), time.FixedZone("EST", -5*60*60))
	if err != nil || uint64(at.Unix()) < s.w.Block.Time {
		s.t.Fatalf("time=%s: later than %s, %v", s.text("time", ""), day(s.w.Block.Time), err)
	}
	s.w.Step(uint64(at.Unix()) - s.w.Block.Time)
	return day(s.w.Block.Time) + "\n"
}
