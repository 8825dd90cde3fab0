package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

func newException(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "exception",
		Short: "Sort out a delivery that does not fit: open, respond, resolve",
		Long: `Partners tell each other on the ledger what does not fit: too much, too little, no
data, damaged, wrong numbers (the PDG's exception messages). An exception blocks
nothing. A response is due three business days from the block.`,
	}
	c.AddCommand(newExceptionOpen(env), newExceptionRespond(env), newExceptionResolve(env), newExceptionList(env), newExceptionShow(env))
	return c
}

// openFlags are what a new exception says.
type openFlags struct {
	against, kind, wanted, source, caseID, message, text string
	shipment                                             uint64
	quantity                                             uint32
}

func newExceptionOpen(env *environment) *cobra.Command {
	var a access
	var f openFlags
	c := &cobra.Command{
		Use:   "open --against GLN --type WORD --key FILE",
		Short: "Tell a partner that a delivery, its data or master data do not fit",
		Example: `  pedigree exception open --against 9521001000000 --shipment 7 --type underage \
      --quantity 2 --wanted send-product --key keys/cedar.json`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			op, err := f.op()
			if err != nil {
				return err
			}
			return a.tell(c.Context(), env, "exception open", op, func(_ *signing, v *outcome) string {
				return fmt.Sprintf("exception %d: %s, against %s", v.Number, op.Type, op.Against)
			})
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&f.against, "against", "", "the GLN of the partner that has to respond")
	c.Flags().StringVar(&f.kind, "type", "", "missing-product-data, missing-product, data-misalignment, overage, underage, damaged, gln-error, gtin-error or other")
	c.Flags().StringVar(&f.wanted, "wanted", "none", "send-new-data, send-product, return-product, send-back-product, credit-account, debit-account or none")
	c.Flags().StringVar(&f.source, "source", "scan", "how it was seen: scan, packing-slip, asn or other")
	c.Flags().Uint64Var(&f.shipment, "shipment", 0, "the number of the shipment that it is about")
	c.Flags().Uint32Var(&f.quantity, "quantity", 0, "how many packages")
	c.Flags().StringVar(&f.caseID, "case", "", "the exception_case_uuid of the message exchanged")
	c.Flags().StringVar(&f.message, "message", "", "the file that is exchanged: its hash goes on record")
	c.Flags().StringVar(&f.text, "text", "", "for people: at most 200 bytes")
	return c
}

func (f *openFlags) op() (*app.OpenException, error) {
	op := &app.OpenException{ExceptionTerms: app.ExceptionTerms{Shipment: f.shipment, Case: f.caseID, Quantity: f.quantity, Text: f.text}}
	var err error
	if op.Against, err = parseGLNFlag("--against", f.against); err != nil {
		return nil, err
	}
	if err := op.Type.UnmarshalText([]byte(f.kind)); err != nil {
		return nil, usage("--type: %v", err)
	}
	if err := op.Wanted.UnmarshalText([]byte(f.wanted)); err != nil {
		return nil, usage("--wanted: %v", err)
	}
	if err := op.Source.UnmarshalText([]byte(f.source)); err != nil {
		return nil, usage("--source: %v", err)
	}
	const uuidBytes = 36
	if len(f.caseID) > uuidBytes {
		return nil, usage("--case is at most %d bytes, found %d", uuidBytes, len(f.caseID))
	}
	if op.Message, err = fileDigest(f.message); err != nil {
		return nil, err
	}
	return op, checkText(f.text)
}

// responseFlags are what a response to an exception says.
type responseFlags struct {
	accept, reject                 bool
	offer, followUp, message, text string
}

func newExceptionRespond(env *environment) *cobra.Command {
	var a access
	var f responseFlags
	c := &cobra.Command{
		Use:   "respond NUMBER (--accept | --reject) --key FILE",
		Short: "Accept what is wanted, or reject it and offer something else",
		Args:  exactly(1, "the number of an exception"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0])
			if err != nil {
				return err
			}
			words := fmt.Sprintf("exception %d is rejected; offered instead: %s", op.Exception, op.Alternative)
			if op.Accept {
				words = fmt.Sprintf("exception %d is accepted", op.Exception)
			}
			return a.say(c.Context(), env, "exception respond", op, words)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().BoolVar(&f.accept, "accept", false, "what is wanted is granted")
	c.Flags().BoolVar(&f.reject, "reject", false, "it is not")
	c.Flags().StringVar(&f.offer, "offer", "none", "what is offered instead: send-new-data, send-product, return-product, send-back-product, credit-account or debit-account")
	c.Flags().StringVar(&f.followUp, "follow-up", "none", "how to go on talking: email, phone or none")
	c.Flags().StringVar(&f.message, "message", "", "the file that is exchanged: its hash goes on record")
	c.Flags().StringVar(&f.text, "text", "", "for people: at most 200 bytes")
	return c
}

func (f *responseFlags) op(text string) (*app.RespondException, error) {
	n, err := numberArg(text)
	if err != nil {
		return nil, err
	}
	op := &app.RespondException{Exception: n, ResponseTerms: app.ResponseTerms{Accept: f.accept, Text: f.text}}
	if f.accept == f.reject {
		return nil, usage("give either --accept or --reject")
	}
	if err := op.Alternative.UnmarshalText([]byte(f.offer)); err != nil {
		return nil, usage("--offer: %v", err)
	}
	if f.accept && op.Alternative != app.NoResolution {
		return nil, usage("--offer belongs to --reject")
	}
	if err := op.FollowUp.UnmarshalText([]byte(f.followUp)); err != nil {
		return nil, usage("--follow-up: %v", err)
	}
	if op.Message, err = fileDigest(f.message); err != nil {
		return nil, err
	}
	return op, checkText(f.text)
}

func newExceptionResolve(env *environment) *cobra.Command {
	var a access
	var text string
	c := &cobra.Command{
		Use:   "resolve NUMBER --key FILE",
		Short: "Say that an exception of yours is resolved",
		Args:  exactly(1, "the number of an exception"),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := numberArg(args[0])
			if err != nil {
				return err
			}
			if err := checkText(text); err != nil {
				return err
			}
			return a.say(c.Context(), env, "exception resolve", &app.ResolveException{Exception: n, Text: text}, fmt.Sprintf("exception %d is resolved", n))
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&text, "text", "", "for people: at most 200 bytes")
	return c
}

func newExceptionList(env *environment) *cobra.Command {
	var status string
	c := newPartnerListing(env, "The exceptions of a partner, newest first", "no exception",
		func(ctx context.Context, n *client.Client, gln gs1.GLN, p app.PageRequest) (*app.Page[app.ExceptionSummary], error) {
			return n.Exceptions(ctx, gln, status, p)
		}, exceptionLine)
	c.Flags().StringVar(&status, "status", "all", "open, accepted, rejected, resolved or all")
	return c
}

// exceptionLine is an exception in one line.
func exceptionLine(x *app.ExceptionSummary) string {
	out := fmt.Sprintf("%4d  %-8s  %s of %d, %s against %s, wants %s, due %s%s", x.Number, x.Status, x.Type, x.Quantity,
		x.By, x.Against, x.Wanted, clockTime(x.Due), clockWords(x.Overdue, x.Late))
	if x.Text != "" {
		out += ": " + x.Text
	}
	return out
}

// clockWords say whether a clock was missed.
func clockWords(overdue, late bool) string {
	switch {
	case overdue:
		return ", OVERDUE"
	case late:
		return ", LATE"
	default:
		return ""
	}
}
