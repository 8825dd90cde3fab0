package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

func newKeyRotate(env *environment) *cobra.Command {
	var a access
	var file string
	var grace time.Duration
	c := &cobra.Command{
		Use:   "rotate --key FILE -o NEWFILE",
		Short: "Replace the key with which a partner signs",
		Long: `Makes a new operations key in NEWFILE, with mode 0600, registers it with a
transaction that the old key signs, and retires the old one, after --grace if other
programs still use it. A retired key never signs again. The new file is written
before anything is sent: if the answer is lost, "pedigree partner show" says which
keys the ledger knows.`,
		Example: `  pedigree key rotate --key keys/elm.json -o keys/elm-2027.json --grace 24h`,
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if file == "" {
				return usage("-o is needed: where to write the new key")
			}
			if grace < 0 {
				return usage("--grace is how long the old key still signs, such as 24h")
			}
			return rotateKey(c.Context(), env, &a, file, grace)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVarP(&file, "out", "o", "", "the key file to write")
	c.Flags().DurationVar(&grace, "grace", 0, "how long the old key still signs; 0 retires it at once")
	return c
}

func rotateKey(ctx context.Context, env *environment, a *access, file string, grace time.Duration) error {
	s, err := a.signer(ctx, "key rotate")
	if err != nil {
		return err
	}
	old, err := client.LoadSigner(a.keys[0])
	if err != nil {
		return err
	}
	saved := false
	fresh, out, err := s.Rotate(ctx, old, grace, func(n *client.Signer) error {
		err := n.Save(file)
		saved = err == nil
		return err
	})
	if err != nil {
		if saved {
			err = errors.Join(err, fmt.Errorf("the new key stands in %s; \"pedigree partner show %s\" says whether the ledger knows it", file, old.Partner))
		}
		return err
	}
	v := s.outcome(app.KindRotateKey, out)
	if v.accepted() {
		v.Words = []string{
			fmt.Sprintf("sign with %s from now on: key %s", file, fresh.KeyID()),
			fmt.Sprintf("the key in %s %s", a.keys[0], retiredWords(grace)),
		}
	} else {
		v.Words = []string{fmt.Sprintf("the key in %s stays in use; the one in %s is not registered", a.keys[0], file)}
	}
	return v.show(env)
}

func retiredWords(grace time.Duration) string {
	if grace == 0 {
		return "is retired: it never signs again"
	}
	return fmt.Sprintf("signs for another %s, and then never again", grace)
}
