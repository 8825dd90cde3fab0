package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
	"github.com/pedigree-ledger/pedigree/epcis"
)

func newTrace(env *environment) *cobra.Command {
	var a access
	var file string
	c := &cobra.Command{
		Use:   "trace (KEY | SCAN)",
		Short: "Everything that happened to a package or container, oldest first",
		Long: `Lists what happened to a package, to what it was in, or to a container: when, by
whom, what, and where.

The list comes from the node's index. Every step is then looked up in its block,
which the light client checks against the validators' signatures, so no step is
made up. The first and the last are compared with the proved pedigree: where it was
commissioned, and where it is or how it ended. A step in between that the node
leaves out is not noticed; "audit replay" would.

--epcis also writes the events as an EPCIS document, 1.2 XML or 2.0 JSON-LD by the
file's name, and says how many of them have exactly the hash that was recorded.

` + scanHelp,
		Args: exactly(1, "one key or scan, in quotes"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := readKey(args[0])
			if err != nil {
				return err
			}
			return trace(c.Context(), env, &a, s, file)
		},
	}
	a.trustFlags(c)
	c.Flags().StringVar(&file, "epcis", "", "also write the events to this file, .xml or .jsonld")
	return c
}

// traceReport is a history.
type traceReport struct {
	Key   gs1.Key     `json:"key"`
	Steps []traceStep `json:"steps"`
	// Ends says that the first and last step fit the proved pedigree.
	Ends     string          `json:"ends"`
	Pedigree *proof.Pedigree `json:"pedigree"`
	Trust    trustReport     `json:"trust"`
	// File is where --epcis wrote the events.
	File *traceFile `json:"file,omitempty"`
}

// traceStep is one tx of the history, checked against its block.
type traceStep struct {
	Time      time.Time     `json:"time"`
	Kind      string        `json:"kind"`
	Partner   gs1.GLN       `json:"partner"`
	Name      string        `json:"name,omitempty"`
	Agent     *signedBy     `json:"agent,omitempty"`
	What      string        `json:"what"`
	Where     *gs1.GLN      `json:"where,omitempty"`
	Holding   app.HoldingID `json:"holding"`
	State     app.State     `json:"state"`
	Height    uint64        `json:"height"`
	Tx        app.TxID      `json:"tx"`
	EventHash string        `json:"eventHash,omitempty"`
	// Corrections declare the step an error; each is proved.
	Corrections []app.CorrectionSummary `json:"corrections,omitempty"`
}

func trace(ctx context.Context, env *environment, a *access, s *client.Scan, file string) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	steps, err := client.All(func(p app.PageRequest) (*app.Page[app.Step], error) { return l.History(ctx, s.Key, p) })
	if errors.Is(err, client.ErrNotFound) {
		return no("%s: node %s knows of no such package or container", s.Key.Bracketed(), a.node)
	}
	if err != nil {
		return err
	}
	ped, _, err := l.Pedigree(ctx, s.Claim(), proof.Options{})
	if err != nil {
		return err
	}
	r := &traceReport{Key: s.Key, Pedigree: ped, Trust: l.trust}
	signers := newSigners(l)
	blocks := newCheckedBlocks(l)
	for i := range steps {
		step, err := traceOne(ctx, blocks, signers, &steps[i])
		if err != nil {
			return err
		}
		if step.Corrections, err = l.provedCorrections(ctx, &steps[i]); err != nil {
			return err
		}
		r.Steps = append(r.Steps, *step)
	}
	if r.Ends, err = checkEnds(ped, steps); err != nil {
		return err
	}
	if file != "" {
		if r.File, err = l.writeEvents(ctx, s.Key, file); err != nil {
			return err
		}
	}
	return env.show(r, r.text)
}

// traceOne checks a step against its block and puts it in words.
func traceOne(ctx context.Context, blocks *checkedBlocks, signers *signers, s *app.Step) (*traceStep, error) {
	tx, code, err := blocks.tx(ctx, s.Height, s.ID)
	if err != nil {
		return nil, err
	}
	if code != app.CodeOK {
		return nil, no("the node lists transaction %s, which was refused in block %d", s.ID, s.Height)
	}
	partner, agent, err := signers.behind(ctx, tx)
	if err != nil {
		return nil, err
	}
	if partner.GLN != s.Partner || (agent == nil) != s.Agent.IsZero() || agent != nil && agent.GLN != s.Agent {
		return nil, no("the node says that transaction %s is of partner %s, signed by agent %q; by the block it is by %s", s.ID, s.Partner, s.Agent, byWords(partner.Name, partner.GLN, agent))
	}
	out := &traceStep{
		Time: time.Unix(int64(tx.EventTime), 0).UTC(), Kind: tx.Op.Kind().String(), Partner: partner.GLN, Name: partner.Name, Agent: agent,
		Holding: s.Holding, State: s.State, Height: s.Height, Tx: s.ID,
	}
	if !tx.EventHash.IsZero() {
		out.EventHash = epcis.FormatHash(tx.EventHash)
	}
	out.What, out.Where = opWords(tx.Op)
	return out, nil
}

// checkEnds compares the two ends of a history with the proved pedigree.
func checkEnds(p *proof.Pedigree, steps []app.Step) (string, error) {
	if len(steps) == 0 || len(p.Chain) == 0 {
		return "", no("the history is empty, but the ledger knows the key")
	}
	if c := p.Commissioned; c != nil && c.Height != steps[0].Height {
		return "", no("the ledger has it commissioned in block %d, but the history begins in block %d", c.Height, steps[0].Height)
	}
	var state app.State
	for i := range steps {
		if steps[i].Height > p.Height {
			return "the history goes on after the block of the proof", nil
		}
		if steps[i].State != app.Here && steps[i].State != app.Moved {
			state = steps[i].State
		}
	}
	if p.Statement == proof.StatementItem && state != p.State {
		return "", no("the ledger has it %s, but by the history it is %s", p.State, state)
	}
	at := steps[len(steps)-1].Holding
	for i := range p.Chain {
		if p.Chain[i].ID == at || steps[len(steps)-1].State == app.Moved {
			return "its commissioning and where it is now agree with the proved pedigree", nil
		}
	}
	return "", no("the history ends in holding %s, but the ledger does not have it there", at)
}

func (r *traceReport) text(w io.Writer) {
	fmt.Fprintln(w, pedigreeTitle(r.Pedigree))
	for i := range r.Steps {
		s := &r.Steps[i]
		where := ""
		if s.Where != nil {
			where = ", at " + s.Where.String()
		}
		fmt.Fprintf(w, "  %s  %s%s\n", s.Time.Format("2006-01-02 15:04 UTC"), s.What, where)
		fmt.Fprintf(w, "      by %s, block %d, tx %.8s\n", byWords(s.Name, s.Partner, s.Agent), s.Height, s.Tx)
		for j := range s.Corrections {
			fmt.Fprintf(w, "      %s\n", correctionWords(&s.Corrections[j]))
		}
	}
	fmt.Fprintf(w, "now: %s\n", stateWords(r.Pedigree))
	fmt.Fprintf(w, "each of the %d steps stands in a block that the validators signed; %s\n", len(r.Steps), r.Ends)
	fmt.Fprintln(w, &r.Trust)
	if f := r.File; f != nil {
		fmt.Fprintf(w, "%s: %d events, %d of them exactly as they were exchanged\n", f.File, f.Events, f.Exact)
	}
}
