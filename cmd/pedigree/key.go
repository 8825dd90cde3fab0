package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// keyReport is the public half of a key.
type keyReport struct {
	File    string        `json:"file"`
	Partner gs1.GLN       `json:"partner"`
	KeyID   string        `json:"keyId"`
	Public  app.PublicKey `json:"public"`
}

func newKey(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "key",
		Short: "Make and show the keys with which a partner signs",
	}
	c.AddCommand(newKeyNew(env), newKeyShow(env), newKeyRotate(env))
	return c
}

func newKeyNew(env *environment) *cobra.Command {
	var partner, file string
	c := &cobra.Command{
		Use:   "new --partner GLN -o FILE",
		Short: "Make an operations key in a file that only its owner can read",
		Long: `Makes an Ed25519 key for a partner and writes it to FILE with mode 0600. A file
that exists is never replaced. Only the public half is printed: it goes into the
genesis, or to the member that sponsors the partner. Keep a copy of the file in
a safe place; whoever has it can sign for the partner.`,
		Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			gln, err := parseGLNFlag("--partner", partner)
			if err != nil {
				return err
			}
			if file == "" {
				return usage("-o is needed: where to write the key")
			}
			s, err := client.GenerateSigner(gln)
			if err != nil {
				return err
			}
			if err := s.Save(file); err != nil {
				return err
			}
			return showKey(env, file, s)
		},
	}
	c.Flags().StringVar(&partner, "partner", "", "the GLN of the partner, 13 digits")
	c.Flags().StringVarP(&file, "out", "o", "", "the key file to write")
	return c
}

func newKeyShow(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Show whose a key is, and its public half",
		Args:  exactly(1, "one key file"),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := client.LoadSigner(args[0])
			if err != nil {
				return err
			}
			return showKey(env, args[0], s)
		},
	}
}

func showKey(env *environment, file string, s *client.Signer) error {
	r := keyReport{File: file, Partner: s.Partner, KeyID: s.KeyID().String(), Public: s.Public()}
	return env.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "partner %s\nkey id  %s\npublic  %x\nfile    %s\n", r.Partner, r.KeyID, []byte(r.Public), r.File)
	})
}

// parseGLNFlag reads a GLN given with a flag.
func parseGLNFlag(flag, value string) (gs1.GLN, error) {
	if value == "" {
		return gs1.GLN{}, usage("%s is needed: the partner's GLN, 13 digits", flag)
	}
	gln, err := gs1.ParseGLN(value)
	if err != nil {
		return gs1.GLN{}, usage("%s %s: %v", flag, value, err)
	}
	return gln, nil
}
