package client

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Standing says what became of an event that was handed in.
type Standing string

// The standings of an event.
const (
	// StandingRecorded: it is on the ledger, by the transactions in Ops.
	StandingRecorded Standing = "recorded"
	// StandingBefore: it was on the ledger already; nothing was submitted.
	StandingBefore Standing = "recorded-before"
	// StandingAttached: it stands for nothing that the ledger records; Reason
	// says why. Its document is kept, and nothing was submitted.
	StandingAttached Standing = "attached"
	// StandingInPart: it was refused after some of its transactions were
	// accepted: they stand, because a ledger unmakes no block.
	StandingInPart Standing = "recorded-in-part"
	// StandingRefused: nothing of it is on the ledger.
	StandingRefused Standing = "refused"
	// StandingNotTried: it was not submitted, because of another event.
	StandingNotTried Standing = "not-tried"
	// StandingRepeated: the document said it before; nothing was submitted.
	StandingRepeated Standing = "repeated"
	// StandingReady is Check's: nothing speaks against it so far.
	StandingReady Standing = "ready"
)

// Captured says what became of one event of a document.
type Captured struct {
	// Event is the event's place in the document, from 1; Line or Pointer say
	// where it begins, in XML and in JSON.
	Event   int    `json:"event"`
	Line    int    `json:"line,omitempty"`
	Pointer string `json:"pointer,omitempty"`
	// What is the event in words.
	What string `json:"what"`
	// EventHash is the CBV 2.0 hash that the ops carry.
	EventHash string `json:"eventHash"`
	// Standing is what became of it, in a word.
	Standing Standing `json:"standing"`
	// Ops are the transactions that the event became, in order. Check lists
	// what it would become, without ids.
	Ops []CapturedOp `json:"ops,omitempty"`
	// Inferred says, in words, what the event did not say itself.
	Inferred []string `json:"inferred,omitempty"`
	// Reason is why an attached event stands for nothing.
	Reason string `json:"reason,omitempty"`
	// Refusal is why the event went in not at all or only in part: see Ops
	// for what did. Empty when it went in.
	Refusal string `json:"refusal,omitempty"`
	// Code is the ledger's code for the refusal, if the ledger refused.
	Code app.Code `json:"code,omitempty"`
	// CodeName is its name.
	CodeName string `json:"codeName,omitempty"`
	// Conflict is the report that the refusal suggests, nil when there is
	// none.
	Conflict *Conflict `json:"conflict,omitempty"`
}

// OK reports whether nothing of the event was refused or left out.
func (c *Captured) OK() bool { return c.Refusal == "" }

// CapturedOp is one transaction.
type CapturedOp struct {
	Op      string   `json:"op"`
	Partner gs1.GLN  `json:"partner"`
	Tx      app.TxID `json:"tx"`
	Height  uint64   `json:"height"`
	Code    app.Code `json:"code"`
	// Shipment is the number of the shipment that a Ship began.
	Shipment uint64 `json:"shipment,omitempty"`
}

// settle completes the standing of an event that was tried.
func (c *Captured) settle() {
	switch {
	case c.Standing != "":
	case c.Refusal == "":
		c.Standing = StandingRecorded
	default:
		c.Standing = StandingRefused
		for i := range c.Ops {
			if c.Ops[i].Code == app.CodeOK {
				c.Standing = StandingInPart
			}
		}
	}
}

// notTried makes an event one that another stands in the way of.
func (c *Captured) notTried(why string) {
	c.Standing, c.Refusal, c.Ops = StandingNotTried, why, nil
}
