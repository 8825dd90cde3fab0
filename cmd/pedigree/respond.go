package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
)

// answerFlags are what an answer says besides its outcome.
type answerFlags struct{ outcome, message, text string }

func newRespond(env *environment) *cobra.Command {
	var a access
	var f answerFlags
	c := &cobra.Command{
		Use:   "respond NUMBER --outcome WORD --key FILE",
		Short: "Answer a trace request, and stop its clock",
		Long: `Puts on record that you answered a trace request, once. The outcome is answered or
refused; to a verification it is match, no-match or refused. The answer itself goes to
whoever asked; --message is its file, whose hash goes on record.

no-match by a product's manufacturer marks the number suspect, and nobody can ship or
dispense it any more.`,
		Example: `  pedigree respond 12 --outcome answered --message reply.json --key keys/cedar.json`,
		Args:    exactly(1, "the number of a trace request"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0])
			if err != nil {
				return err
			}
			return a.say(c.Context(), env, "respond", op, fmt.Sprintf("trace request %d is answered: %s", op.Request, op.Outcome))
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&f.outcome, "outcome", "", "answered, refused, match or no-match")
	c.Flags().StringVar(&f.message, "message", "", "the file that is exchanged: its hash goes on record")
	c.Flags().StringVar(&f.text, "text", "", "for people: at most 200 bytes")
	return c
}

func (f *answerFlags) op(text string) (*app.RespondTrace, error) {
	n, err := numberArg(text)
	if err != nil {
		return nil, err
	}
	op := &app.RespondTrace{Request: n, Text: f.text}
	if op.Outcome.UnmarshalText([]byte(f.outcome)) != nil {
		return nil, usage("--outcome is answered, refused, match or no-match, found %q", f.outcome)
	}
	if op.Message, err = fileDigest(f.message); err != nil {
		return nil, err
	}
	return op, checkText(f.text)
}

func numberArg(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, usage("a number is expected, 1 or more, found %q", text)
	}
	return n, nil
}
