package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// signing is a connection that signs for one partner: with its key or, when
// there is an agent, with the agent's on its behalf.
type signing struct {
	*client.Client
	partner, agent gs1.GLN
	keyFile        string // what follows --key
}

// signerFlag names the one key of a command that is signed by one partner.
func (a *access) signerFlag(c *cobra.Command) {
	c.Flags().StringArrayVar(&a.keys, "key", nil, "the key file of the partner that signs")
	a.forFlag(c)
}

// signer connects to the node and signs with the one key that was given.
func (a *access) signer(ctx context.Context, command string) (*signing, error) {
	if len(a.keys) != 1 {
		return nil, usage("%s is signed by one partner: give its key file with --key, once", command)
	}
	s, err := client.LoadSigner(a.keys[0])
	if err != nil {
		return nil, err
	}
	c, err := a.dial(ctx)
	if err != nil {
		return nil, err
	}
	if principal, _ := a.onBehalf(); !principal.IsZero() && principal != s.Partner {
		return &signing{c, principal, s.Partner, keyFor(a.keys[0], principal)}, nil
	}
	return &signing{Client: c, partner: s.Partner, keyFile: a.keys[0]}, nil
}

// outcome is what the ledger says to one transaction.
type outcome struct {
	ChainID string  `json:"chainId"`
	Op      string  `json:"op"`
	Partner gs1.GLN `json:"partner"`
	// Agent is the partner that signed on behalf of Partner, if another.
	Agent gs1.GLN `json:"agent,omitzero"`
	// Tx is the transaction's id; Height is the block that holds it, left out
	// when the node refused to hand it on: then it is in none.
	Tx       app.TxID `json:"tx"`
	Height   uint64   `json:"height,omitempty"`
	Code     app.Code `json:"code"`
	CodeName string   `json:"codeName"`
	Meaning  string   `json:"meaning,omitempty"`
	Detail   string   `json:"detail,omitempty"`
	Advice   string   `json:"advice,omitempty"`
	// Conflict is the report that the refusal suggests.
	Conflict *client.Conflict `json:"conflict,omitempty"`
	Shipment uint64           `json:"shipment,omitempty"`
	// Number is the number of the trace request, exception or investigation that it began.
	Number uint64 `json:"number,omitempty"`
	// Words say what an accepted op means, one sentence each.
	Words []string `json:"words,omitempty"`
}

// submit signs an op, hands it in and waits for the verdict. at is the event's
// time, zero for now.
func (s *signing) submit(ctx context.Context, op app.Op, at time.Time) (*outcome, error) {
	seconds := uint64(0)
	if !at.IsZero() {
		seconds = uint64(at.Unix())
	}
	out, err := s.Submit(ctx, s.partner, op, seconds, app.EventHash{})
	if err != nil {
		return nil, err
	}
	return s.outcome(op.Kind(), out), nil
}

// outcome is the verdict on an op of the kind.
func (s *signing) outcome(kind app.Kind, out *client.Outcome) *outcome {
	v := &outcome{
		ChainID: s.ChainID(), Op: kind.String(), Partner: s.partner, Agent: s.agent,
		Tx: out.Tx, Height: out.Height, Code: out.Code, CodeName: out.Code.String(),
	}
	if !out.OK() {
		v.Conflict = out.Conflict
		v.Meaning, v.Detail, v.Advice = out.Code.Meaning(), out.Detail, adviceOf(out.Code, out.Detail, out.Conflict, s.keyFile)
	} else if n, ok := app.ShipmentNumber(out.Data); ok && kind == app.KindShip {
		v.Shipment = n
	} else if ok && (kind == app.KindRequestTrace || kind == app.KindOpenException || kind == app.KindOpenInvestigation) {
		v.Number = n
	}
	return v
}

func (v *outcome) accepted() bool { return v.Code == app.CodeOK }

// show prints the verdict; a refusal ends in exit code 1.
func (v *outcome) show(env *environment) error {
	if err := env.show(v, v.text); err != nil {
		return err
	}
	if v.accepted() {
		return nil
	}
	return no("%s was refused: %s (code %d)", v.Op, v.CodeName, v.Code)
}

func (v *outcome) text(w io.Writer) {
	if !v.accepted() {
		fmt.Fprintf(w, "REFUSED (code %d, %s): %s", v.Code, v.CodeName, v.Meaning)
		if v.Detail != "" {
			fmt.Fprintf(w, ": %s", v.Detail)
		}
		fmt.Fprintf(w, "\n  do: %s\n", v.Advice)
	}
	for _, s := range v.Words {
		fmt.Fprintln(w, s)
	}
	where := fmt.Sprintf("in block %d", v.Height)
	if v.Height == 0 {
		where = "in no block: the node did not hand it on"
	}
	by := v.Partner.String()
	if !v.Agent.IsZero() {
		by = v.Agent.String() + " for " + by
	}
	fmt.Fprintf(w, "%s by %s, %s, tx %s\n", v.Op, by, where, v.Tx)
	if v.Shipment > 0 {
		fmt.Fprintf(w, "shipment %d\n", v.Shipment)
	}
}
