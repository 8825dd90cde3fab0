package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

func newPartnerSuspend(env *environment) *cobra.Command {
	var a access
	var reason string
	c := &cobra.Command{
		Use:   "suspend GLN --reason TEXT --key FILE",
		Short: "Suspend a partner: it ships nothing more, and nobody ships to it",
		Long: `Suspends a partner from the next block on. What is on the road to it may still be
received, refused or voided; it begins nothing new. The member that sponsored it
signs, or a regulator. A regulator may suspend a member's trading; its validator
votes as before. Nobody suspends a regulator.`,
		Example: `  pedigree partner suspend 9521005000006 --reason "license revoked" --key keys/office.json`,
		Args:    exactly(1, "one GLN"),
		RunE: func(c *cobra.Command, args []string) error {
			return changeStanding(c.Context(), env, &a, "partner suspend", args[0], false, reason)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&reason, "reason", "", "why, for people: at most 80 bytes")
	return c
}

func newPartnerReinstate(env *environment) *cobra.Command {
	var a access
	var reason string
	c := &cobra.Command{
		Use:   "reinstate GLN --reason TEXT --key FILE",
		Short: "Lift the suspension of a partner",
		Long: `Lifts a suspension. What a regulator set, a regulator lifts; what the sponsor set,
the sponsor or a regulator. Where both suspended it, each is lifted on its own.`,
		Args: exactly(1, "one GLN"),
		RunE: func(c *cobra.Command, args []string) error {
			return changeStanding(c.Context(), env, &a, "partner reinstate", args[0], true, reason)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&reason, "reason", "", "why, for people: at most 80 bytes")
	return c
}

func changeStanding(ctx context.Context, env *environment, a *access, command, text string, lift bool, reason string) error {
	gln, err := parseGLNFlag("GLN", text)
	if err != nil {
		return err
	}
	const maxReason = 80
	if reason == "" || len(reason) > maxReason {
		return usage("--reason is 1 to %d bytes of text for people, found %d", maxReason, len(reason))
	}
	s, err := a.signer(ctx, command)
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, &app.SuspendPartner{GLN: gln, Lift: lift, Reason: reason}, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = []string{s.standingWords(ctx, gln)}
	}
	return v.show(env)
}

// standingWords says how a partner stands now.
func (s *signing) standingWords(ctx context.Context, gln gs1.GLN) string {
	p, err := s.registered(ctx, gln)
	switch {
	case err != nil:
		return "done"
	case p.Standing == app.StandingActive:
		return fmt.Sprintf("%s (%s) is active: it may trade while its license is valid", p.Name, gln)
	default:
		return fmt.Sprintf("%s (%s) is suspended: it ships nothing more and nobody ships to it; what is on the road may be received", p.Name, gln)
	}
}

// registered is a partner's record as the node has it.
func (s *signing) registered(ctx context.Context, gln gs1.GLN) (*app.Partner, error) {
	raw, err := s.Record(ctx, app.PartnerKey(gln))
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, no("no partner with GLN %s is registered", gln)
	}
	return app.DecodePartner(raw)
}

func newPartnerUpdate(env *environment) *cobra.Command {
	var a access
	var f founderFlags
	c := &cobra.Command{
		Use:   "update GLN [--license FILE --license-from DAY --license-until DAY] --key FILE",
		Short: "Renew a partner's license, name, address or company prefixes",
		Long: `Changes what is registered about a partner; what is not given stays. Another member
signs, and stands for the evidence of the license, or a regulator: nobody renews its
own. A license that ends earlier or begins later, or a role less, is a suspension by
another name: only the partner's sponsor or a regulator signs that. Company prefixes
are added, never dropped.`,
		Example: `  pedigree partner update 9521005000006 --license license-2027.pdf --license-from 2026-01-01 \
      --license-until 2028-01-01 --key keys/cedar.json`,
		Args: exactly(1, "one GLN"),
		RunE: func(c *cobra.Command, args []string) error {
			f.gln = args[0]
			return updatePartner(c.Context(), env, &a, &f)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&f.name, "name", "", "the partner's legal name")
	c.Flags().StringVar(&f.address, "address", "", "its business address, for transaction information")
	c.Flags().StringSliceVar(&f.roles, "role", nil, "all its roles: dispenser, logistics or auditor (may be repeated)")
	c.Flags().StringSliceVar(&f.prefixes, "prefix", nil, "a further GS1 company prefix of the partner (may be repeated)")
	c.Flags().StringVar(&f.evidence, "license", "", "the document of its license or registration, of which the hash goes into the ledger")
	c.Flags().StringVar(&f.from, "license-from", "", "the first day of the license")
	c.Flags().StringVar(&f.until, "license-until", "", "the first day on which it is no longer valid")
	return c
}

func updatePartner(ctx context.Context, env *environment, a *access, f *founderFlags) error {
	gln, err := parseGLNFlag("GLN", f.gln)
	if err != nil {
		return err
	}
	s, err := a.signer(ctx, "partner update")
	if err != nil {
		return err
	}
	was, err := s.registered(ctx, gln)
	if err != nil {
		return err
	}
	op := &app.UpdatePartner{GLN: gln, PartnerInfo: was.PartnerInfo}
	if err := f.change(&op.PartnerInfo); err != nil {
		return err
	}
	v, err := s.submit(ctx, op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = []string{fmt.Sprintf("%s (%s): license valid %s to %s", op.Name, gln, licenseDay(op.Credential.From), licenseDay(op.Credential.Until))}
	}
	return v.show(env)
}

// change replaces what was given.
func (f *founderFlags) change(info *app.PartnerInfo) error {
	if f.name != "" {
		info.Name = f.name
	}
	if f.address != "" {
		info.Address = f.address
	}
	if len(f.roles) > 0 {
		if err := info.Roles.UnmarshalText([]byte(strings.Join(f.roles, "+"))); err != nil {
			return usage("--role: %v", err)
		}
	}
	for _, s := range f.prefixes {
		p, err := gs1.ParseCompanyPrefix(s)
		if err != nil {
			return usage("--prefix %s: %v", s, err)
		}
		if !slices.Contains(info.Prefixes, p) {
			info.Prefixes = append(info.Prefixes, p)
		}
	}
	slices.Sort(info.Prefixes)
	if err := readDay("--license-from", f.from, &info.Credential.From); err != nil {
		return err
	}
	if err := readDay("--license-until", f.until, &info.Credential.Until); err != nil {
		return err
	}
	if f.evidence == "" {
		return nil
	}
	var err error
	info.Credential.Evidence, err = f.digest()
	return err
}

// readDay reads a day given with a flag; without one, to stays.
func readDay(flag, text string, to *uint64) error {
	if text == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Unix() < 0 {
		return usage("%s is a day such as 2026-01-31, found %q", flag, text)
	}
	*to = uint64(day.Unix())
	return nil
}
