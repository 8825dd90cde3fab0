package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

func newProofRecord(env *environment) *cobra.Command {
	var f trustedValidators
	var maxAge time.Duration
	c := &cobra.Command{
		Use:   "record (FILE | -) (--genesis FILE | --validators-hash HEX)",
		Short: "Check the proof of a record that the HTTP API gave, without any network",
		Long: `Checks the proof in an answer of the HTTP API to a question with proof=true: the
whole answer, or its member "proof" alone, as JSON. Nothing but the validators that
you trust is believed. Then shows the record that is proved, or that there is none.

Exit code 0 means that the proof holds, 1 that it does not.`,
		Example: `  curl -s "http://127.0.0.1:26660/ledger/parameters?proof=true" |
    pedigree proof record - --genesis genesis.json`,
		Args: exactly(1, `one file, or "-"`),
		RunE: func(_ *cobra.Command, args []string) error { return proofRecord(env, &f, maxAge, args[0]) },
	}
	f.trustFlags(c)
	c.Flags().DurationVar(&maxAge, "max-age", 24*time.Hour, "how old the proof may be; 0 for any age")
	return c
}

// recordReport is what proof record answers.
type recordReport struct {
	File  string             `json:"file"`
	Holds bool               `json:"holds"`
	Why   string             `json:"why,omitempty"`
	Shown *proof.ShownRecord `json:"shown,omitempty"`
}

func proofRecord(env *environment, f *trustedValidators, maxAge time.Duration, name string) error {
	file, err := readRecordFile(env.stdin, name)
	if err != nil {
		return err
	}
	trust, err := f.trust(file.ChainID)
	if err != nil {
		return err
	}
	r := &recordReport{File: name}
	r.Shown, err = file.Verify(trust, proof.Options{MaxAge: maxAge})
	switch {
	case err == nil:
		r.Holds = true
	case refusedProof(err):
		r.Why = err.Error()
	default:
		return err
	}
	if err := env.show(r, r.text); err != nil {
		return err
	}
	if !r.Holds {
		return no("the proof is refused")
	}
	return nil
}

// readRecordFile reads an answer of the API, or the proof in it.
func readRecordFile(stdin io.Reader, name string) (*proof.RecordFile, error) {
	in, err := openInput(stdin, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, 4*proof.MaxBytes))
	if err != nil {
		return nil, err
	}
	var answer struct {
		Proof *proof.RecordFile `json:"proof"`
		proof.RecordFile
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, no("%s is no answer of the API: %v", name, err)
	}
	if answer.Proof != nil {
		return answer.Proof, nil
	}
	if answer.Key == "" {
		return nil, no("%s holds no proof: ask with proof=true", name)
	}
	return &answer.RecordFile, nil
}

func (r *recordReport) text(w io.Writer) {
	if !r.Holds {
		fmt.Fprintf(w, "%s: REFUSED: %s\n", r.File, r.Why)
		return
	}
	s := r.Shown
	if s.Record == nil {
		fmt.Fprintf(w, "there is no record %s\n", s.Key)
	} else {
		shown, err := json.MarshalIndent(s.Record, "", "  ")
		if err == nil {
			fmt.Fprintf(w, "%s %s\n%s\n", s.Kind, s.Key, shown)
		}
	}
	fmt.Fprintf(w, "the proof holds on chain %s, as of block %d, signed %s (%s)\n", s.ChainID, s.Height, s.Time.UTC().Format(time.RFC3339), age(s.Time))
}
