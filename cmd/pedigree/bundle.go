package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/bundle"
	"github.com/pedigree-ledger/pedigree/client"
)

// bundleFlags are what is asked for and where it goes.
type bundleFlags struct {
	partner, item, since, until, side, form, file string
	transactions, packages                        int
}

func newBundle(env *environment) *cobra.Command {
	var a access
	var f bundleFlags
	c := &cobra.Command{
		Use:   "bundle (--partner GLN | --item SCAN) -o FILE",
		Short: "Transaction information and statements for an inspector, in one file",
		Long: `Writes what a partner hands an inspector: the transaction information and the
transaction statement of everything that it bought and sold in a time (FD&C Act 581(26),
(27)), or of every change of ownership of one package, back to its manufacturer.

  pdf   to read and print: each transaction with its parties, product, lots and
        statement, and a label with the GS1 DataMatrix for each package
  xml   EPCIS 1.2 as the GS1 US DSCSA guideline R1.3 lays it out
  json  the same as EPCIS 2.0 in JSON-LD

Shipments, products, lots and partners are proved and checked by the light client, as of
one height, and so is each package's identity. Which packages were in a shipment, and that
no shipment is left out, is the node's word. What there is no room for the file says, and
so does the command, with how to ask for the rest.`,
		Example: `  pedigree bundle --partner 9521003000008 --since 2026-01-01 --until 2026-02-01 --format pdf -o january.pdf
  pedigree bundle --item "(01)09521001100014(21)A3N9QGNNBQ" --format xml -o package.xml`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			r, err := f.request()
			if err != nil {
				return err
			}
			return writeBundle(c.Context(), env, &a, &f, r)
		},
	}
	a.trustFlags(c)
	f.flags(c)
	return c
}

func (f *bundleFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.partner, "partner", "", "the GLN of the partner whose transactions are meant")
	c.Flags().StringVar(&f.item, "item", "", "one package: its key or scan, in quotes")
	c.Flags().StringVar(&f.since, "since", "", "the first day of shipping, YYYY-MM-DD (UTC), or a time such as 2026-01-14T12:00:00Z")
	c.Flags().StringVar(&f.until, "until", "", "the day after the last, or a time, not included")
	c.Flags().StringVar(&f.side, "side", "both", "bought, sold or both")
	c.Flags().StringVar(&f.form, "format", "pdf", "pdf, xml or json")
	c.Flags().StringVarP(&f.file, "file", "o", "", "the file to write; it must not exist")
	c.Flags().IntVar(&f.transactions, "max-transactions", 0, "at most so many transactions; 0 for 100")
	c.Flags().IntVar(&f.packages, "max-packages", 0, "list at most so many packages; 0 for 2000")
}

// request is what the flags ask for.
func (f *bundleFlags) request() (r bundle.Request, err error) {
	if f.file == "" {
		return r, usage("-o names the file to write")
	}
	if _, err := f.writer(nil); err != nil {
		return r, err
	}
	if f.partner != "" {
		if r.Partner, err = parseGLNFlag("--partner", f.partner); err != nil {
			return r, err
		}
	}
	if f.item != "" {
		s, err := readKey(f.item)
		if err != nil {
			return r, err
		}
		r.Item = s.Key
	}
	sides := map[string]bundle.Side{"both": bundle.SideBoth, "bought": bundle.SideBought, "sold": bundle.SideSold}
	side, known := sides[f.side]
	if !known {
		return r, usage("--side is bought, sold or both, found %q", f.side)
	}
	r.Side, r.MaxTransactions, r.MaxPackages = side, f.transactions, f.packages
	if r.Since, err = parseMoment("--since", f.since); err != nil {
		return r, err
	}
	if r.Until, err = parseMoment("--until", f.until); err != nil {
		return r, err
	}
	if err := r.Check(); err != nil {
		return r, usage("%v", err)
	}
	return r, nil
}

// parseMoment reads a day or a time; the zero time for nothing.
func parseMoment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usage("%s is a day such as 2026-01-14, or a time such as 2026-01-14T12:00:00Z, found %q", flag, text)
}

// writer is how a bundle is written in the form that was asked for.
func (f *bundleFlags) writer(b *bundle.Bundle) (func(io.Writer) error, error) {
	switch f.form {
	case "pdf":
		return b.WritePDF, nil
	case "xml":
		return b.WriteXML, nil
	case "json":
		return b.WriteJSON, nil
	default:
		return nil, usage("--format is pdf, xml or json, found %q", f.form)
	}
}

// bundleReport is what bundle answers.
type bundleReport struct {
	File         string      `json:"file"`
	Format       string      `json:"format"`
	Height       uint64      `json:"height"`
	Time         time.Time   `json:"time"`
	Transactions int         `json:"transactions"`
	Packages     int         `json:"packages"`
	NotProved    int         `json:"packagesNotProved"`
	Cut          *bundle.Cut `json:"cut,omitempty"`
	Trust        trustReport `json:"trust"`
}

func writeBundle(ctx context.Context, env *environment, a *access, f *bundleFlags, r bundle.Request) error {
	if _, err := os.Lstat(f.file); err == nil {
		return usage("%s exists; name a new file", f.file)
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	b, err := bundle.Make(ctx, l.Client, r)
	switch {
	case errors.Is(err, client.ErrNotFound):
		return no("%s: %w", bundleSubject(r.Partner, r.Item), err)
	case err != nil:
		return err
	}
	write, err := f.writer(b)
	if err != nil {
		return err
	}
	if err := writeWhole(f.file, write); err != nil {
		return err
	}
	report := &bundleReport{
		File: f.file, Format: f.form, Height: b.Height, Time: b.Time, Transactions: len(b.Transactions), Cut: b.Cut, Trust: l.trust,
	}
	listed, proved := b.Packages()
	report.Packages, report.NotProved = listed, listed-proved
	return env.show(report, report.text)
}

func bundleSubject(partner gs1.GLN, item gs1.Key) string {
	if item != "" {
		return item.Bracketed()
	}
	return "partner " + partner.String()
}

// writeWhole writes a new file, or none.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".bundle-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	if err := errors.Join(write(tmp), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func (r *bundleReport) text(w io.Writer) {
	fmt.Fprintf(w, "%s written; transactions: %d, packages listed: %d\n", r.File, r.Transactions, r.Packages)
	if r.Cut != nil {
		fmt.Fprintln(w, r.Cut)
	}
	if r.NotProved > 0 {
		fmt.Fprintf(w, "packages not proved, as the file marks: %d\n", r.NotProved)
	}
	fmt.Fprintf(w, "proved as of block %d, signed %s (%s)\n", r.Height, r.Time.UTC().Format(time.RFC3339), age(r.Time))
	fmt.Fprintln(w, &r.Trust)
}
