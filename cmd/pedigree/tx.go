package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

func newTx(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "tx",
		Short: "Look at transactions, and hand in your own",
	}
	c.AddCommand(newTxShow(env), newTxSubmit(env), newTxTemplate(env))
	return c
}

func newTxShow(env *environment) *cobra.Command {
	var a access
	var event string
	c := &cobra.Command{
		Use:   "show (ID | --event HASH)",
		Short: "Show a transaction: who, when, the verdict, and the op from its block",
		Long: `Shows a transaction by its id (64 hexadecimal digits), or all that carry the hash
of an EPCIS event, as CBV 2.0 writes it (ni:///sha-256;...?ver=CBV2.0).

Where it is comes from the node's index. The transaction itself and its verdict are
read from the block and checked against headers that the light client verified.`,
		Args: func(c *cobra.Command, args []string) error {
			if (len(args) == 1) == (event != "") || len(args) > 1 {
				return usage("%s takes a transaction's id, or --event", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if event != "" {
				args = []string{event}
			}
			return txShow(c.Context(), env, &a, args[0])
		},
	}
	a.trustFlags(c)
	c.Flags().StringVar(&event, "event", "", "the hash of an EPCIS event, ni:///sha-256;...")
	return c
}

// txReport is what tx show answers.
type txReport struct {
	Trust        trustReport `json:"trust"`
	Transactions []txShown   `json:"transactions"`
}

// txShown is one transaction as it stands in its block.
type txShown struct {
	ID         app.TxID        `json:"id"`
	Height     uint64          `json:"height"`
	Kind       string          `json:"kind"`
	Partner    gs1.GLN         `json:"partner"`
	Name       string          `json:"name"`
	Agent      *signedBy       `json:"agent,omitempty"`
	EventTime  time.Time       `json:"eventTime"`
	EventHash  string          `json:"eventHash,omitempty"`
	Code       app.Code        `json:"code"`
	CodeName   string          `json:"codeName"`
	Detail     string          `json:"detail,omitempty"`
	Advice     string          `json:"advice,omitempty"`
	Shipment   uint64          `json:"shipment,omitempty"`
	KeyID      app.KeyID       `json:"keyId"`
	Nonce      uint64          `json:"nonce"`
	ValidUntil uint64          `json:"validUntil"`
	Bytes      int             `json:"bytes"`
	Op         json.RawMessage `json:"op"`
}

func txShow(ctx context.Context, env *environment, a *access, what string) error {
	find, err := txFinder(what)
	if err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	found, err := find(ctx, l.Client)
	if errors.Is(err, client.ErrNotFound) {
		return no("%s: the ledger has no such transaction, as far as node %s knows", what, a.node)
	}
	if err != nil {
		return err
	}
	report := txReport{Trust: l.trust}
	blocks, signers := newCheckedBlocks(l), newSigners(l)
	for i := range found {
		tx, code, err := blocks.tx(ctx, found[i].Height, found[i].ID)
		if err != nil {
			return err
		}
		by, agent, err := signers.behind(ctx, tx)
		if err != nil {
			return err
		}
		shown, err := showTx(&found[i], tx, code, by, agent)
		if err != nil {
			return err
		}
		report.Transactions = append(report.Transactions, *shown)
	}
	return env.show(report, report.text)
}

// txFinder reads an id or an event hash.
func txFinder(what string) (func(context.Context, *client.Client) ([]app.TxSummary, error), error) {
	if strings.HasPrefix(what, "ni:") {
		if !strings.Contains(what, "?") {
			what += "?ver=CBV2.0"
		}
		hash, err := epcis.ParseHash(what)
		if err != nil {
			return nil, usage("%v", err)
		}
		return func(ctx context.Context, c *client.Client) ([]app.TxSummary, error) {
			list, err := c.TxByEvent(ctx, hash)
			if err == nil && len(list) == 0 {
				err = client.ErrNotFound
			}
			return list, err
		}, nil
	}
	var id app.TxID
	if err := id.UnmarshalText([]byte(strings.ToLower(what))); err != nil {
		return nil, usage("a transaction's id is 64 hexadecimal digits, an event hash begins with ni:///sha-256; found %q", what)
	}
	return func(ctx context.Context, c *client.Client) ([]app.TxSummary, error) {
		sum, err := c.Tx(ctx, id)
		if err != nil {
			return nil, err
		}
		return []app.TxSummary{*sum}, nil
	}, nil
}

// showTx joins what the blocks prove with what only the index says: the words
// of a refusal.
func showTx(sum *app.TxSummary, tx *app.Tx, code app.Code, by, agent *signedBy) (*txShown, error) {
	op, err := json.Marshal(tx.Op)
	if err != nil {
		return nil, err
	}
	out := &txShown{
		ID: tx.ID(), Height: sum.Height, Kind: tx.Op.Kind().String(), Partner: by.GLN, Name: by.Name, Agent: agent,
		EventTime: time.Unix(int64(tx.EventTime), 0).UTC(), Code: code, CodeName: code.String(), Detail: sum.Detail,
		KeyID: tx.KeyID, Nonce: tx.Nonce, ValidUntil: tx.ValidUntil, Bytes: tx.Bytes(), Op: op,
	}
	if !tx.EventHash.IsZero() {
		out.EventHash = epcis.FormatHash(tx.EventHash)
	}
	if code != app.CodeOK {
		out.Advice = adviceOf(code, sum.Detail, nil, "")
	} else if n, ok := app.ShipmentNumber(sum.Data); ok {
		out.Shipment = n
	}
	return out, nil
}

func (r *txReport) text(w io.Writer) {
	for i := range r.Transactions {
		r.Transactions[i].text(w)
	}
	fmt.Fprintf(w, "%s\n", &r.Trust)
}

func (t *txShown) text(w io.Writer) {
	fmt.Fprintf(w, "transaction %s\n", t.ID)
	fmt.Fprintf(w, "  %s by %s, event of %s\n", t.Kind, byWords(t.Name, t.Partner, t.Agent), t.EventTime.Format(time.RFC3339))
	if t.EventHash != "" {
		fmt.Fprintf(w, "  event hash %s\n", t.EventHash)
	}
	verdict := "accepted"
	if t.Code != app.CodeOK {
		verdict = fmt.Sprintf("refused: %s (code %d): %s; %s; do: %s", t.CodeName, t.Code, t.Code.Meaning(), t.Detail, t.Advice)
	}
	fmt.Fprintf(w, "  block %d: %s\n", t.Height, verdict)
	if t.Shipment > 0 {
		fmt.Fprintf(w, "  shipment %d\n", t.Shipment)
	}
	fmt.Fprintf(w, "  key %s, nonce %d, %d bytes\n", t.KeyID, t.Nonce, t.Bytes)
	var op map[string]any
	if json.Unmarshal(t.Op, &op) != nil {
		return
	}
	if p, err := json.MarshalIndent(op, "  ", "  "); err == nil {
		fmt.Fprintf(w, "  op %s\n", p)
	}
}
