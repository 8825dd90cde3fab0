package main

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	apiaccess "github.com/pedigree-ledger/pedigree/api/access"
	"github.com/pedigree-ledger/pedigree/api/edge"
)

func newToken(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Say who may call the HTTP API, and what each may do",
		Long: `Keeps who may call the HTTP API of a node or a gateway: bearer tokens and client
certificates, each with scopes and an expiry, in config/tokens.json of its home
unless its settings name another file. The file holds hashes only. A running
node or gateway sees a change with the next request.

The scopes:
` + scopeList(),
	}
	c.AddCommand(newTokenCreate(env), newTokenRenew(env), newTokenList(env), newTokenRevoke(env))
	return c
}

func scopeList() string {
	var b strings.Builder
	for _, m := range edge.Scopes() {
		fmt.Fprintf(&b, "  %-10s %s\n", m.Scope, m.Meaning)
	}
	return strings.TrimRight(b.String(), "\n")
}

// entryReport is an entry as it is printed. Token is set once, when it is made.
type entryReport struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Kind    string       `json:"kind"`
	Scopes  []edge.Scope `json:"scopes"`
	Created time.Time    `json:"created"`
	Expires time.Time    `json:"expires"`
	Expired bool         `json:"expired,omitempty"`
	Token   string       `json:"token,omitempty"`
}

func reportEntry(e apiaccess.Entry, token string, now time.Time) entryReport {
	kind := "token"
	if e.Token == (apiaccess.Hash{}) {
		kind = "certificate"
	}
	return entryReport{e.ID, e.Name, kind, e.Scopes, e.Created, e.Expires, !now.Before(e.Expires), token}
}

func newTokenCreate(env *environment) *cobra.Command {
	var where tokensFile
	var name, expires, cert string
	var scopes []string
	c := &cobra.Command{
		Use:   "create --name NAME --scope SCOPE[,SCOPE...]",
		Short: "Make a token, or enter a client certificate",
		Long: `Makes a token and prints it, once: it is kept nowhere, only its hash. Whoever
has it may do what its scopes say, until it expires or is revoked. With --cert
the key of that client certificate gets the scopes, and nothing is secret.`,
		Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			now := time.Now()
			r, err := tokenRequest(name, expires, scopes, now)
			if err != nil {
				return err
			}
			if cert != "" {
				if r.Certificate, err = readCertificate(cert); err != nil {
					return err
				}
			}
			path, err := where.path()
			if err != nil {
				return err
			}
			e, token, err := apiaccess.Create(path, r, now)
			if err != nil {
				return err
			}
			return env.show(reportEntry(e, token, now), func(w io.Writer) {
				if token == "" {
					token = e.ID
				}
				fmt.Fprintln(w, token)
			})
		},
	}
	where.flags(c)
	c.Flags().StringVar(&name, "name", "", "whose it is, for people and logs")
	c.Flags().StringSliceVar(&scopes, "scope", nil, "what its holder may do: "+scopeNames())
	c.Flags().StringVar(&expires, "expires", "90d", "how long it holds, in days or hours: 90d, 12h; at most 3650d")
	c.Flags().StringVar(&cert, "cert", "", "a client certificate (PEM) instead of a token")
	return c
}

func newTokenRenew(env *environment) *cobra.Command {
	var where tokensFile
	var expires, cert string
	c := &cobra.Command{
		Use:   "renew ID",
		Short: "Replace a token, or a client certificate's key, of a caller that stays the same",
		Long: `Makes a new token for an entry and prints it, once; the old one ends at once. The
entry keeps its id, name and scopes, so its capture jobs stay its own: to those
of a token that was revoked nobody has access. With --cert the key of that client
certificate takes the place of the entry's.`,
		Args: exactly(1, "one id, as token list shows it"),
		RunE: func(_ *cobra.Command, args []string) error {
			now := time.Now()
			until, err := expiry(expires, now)
			if err != nil {
				return err
			}
			var certificate *x509.Certificate
			if cert != "" {
				if certificate, err = readCertificate(cert); err != nil {
					return err
				}
			}
			path, err := where.path()
			if err != nil {
				return err
			}
			e, token, err := apiaccess.Renew(path, args[0], until, certificate, now)
			if errors.Is(err, apiaccess.ErrUnknown) {
				return no("there is no entry %q; see pedigree token list", args[0])
			}
			if err != nil {
				return err
			}
			return env.show(reportEntry(e, token, now), func(w io.Writer) { fmt.Fprintln(w, cmp.Or(token, e.ID)) })
		},
	}
	where.flags(c)
	c.Flags().StringVar(&expires, "expires", "90d", "how long it holds from now on, in days or hours: 90d, 12h; at most 3650d")
	c.Flags().StringVar(&cert, "cert", "", "the new client certificate (PEM) of an entry that has one")
	return c
}

func scopeNames() string {
	var names []string
	for _, m := range edge.Scopes() {
		names = append(names, string(m.Scope))
	}
	return strings.Join(names, ", ")
}

// maxTokenDays is the longest that a token holds.
const maxTokenDays = 3650

func tokenRequest(name, expires string, scopes []string, now time.Time) (apiaccess.Request, error) {
	r := apiaccess.Request{Name: name}
	if name == "" {
		return r, usage("--name is needed: whose token it is")
	}
	if len(scopes) == 0 {
		return r, usage("--scope is needed: some of %s", scopeNames())
	}
	for _, s := range scopes {
		if !strings.Contains(", "+scopeNames()+",", ", "+s+",") {
			return r, usage("--scope %q: there are %s", s, scopeNames())
		}
		r.Scopes = append(r.Scopes, edge.Scope(s))
	}
	var err error
	r.Expires, err = expiry(expires, now)
	return r, err
}

// expiry is when a token ends that holds from now on so long.
func expiry(expires string, now time.Time) (time.Time, error) {
	hours := 1
	number, inDays := strings.CutSuffix(expires, "d")
	if inDays {
		hours = 24
	} else if number, inDays = strings.CutSuffix(expires, "h"); !inDays {
		return time.Time{}, usage("--expires is days or hours such as 90d or 12h, found %q", expires)
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxTokenDays*24/hours {
		return time.Time{}, usage("--expires is 1h to %dd, found %q", maxTokenDays, expires)
	}
	return now.Add(time.Duration(n*hours) * time.Hour), nil
}

// readCertificate reads the first certificate of a PEM file.
func readCertificate(path string) (*x509.Certificate, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s holds no certificate in PEM", path)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return cert, nil
}

func newTokenList(env *environment) *cobra.Command {
	var where tokensFile
	c := &cobra.Command{
		Use:   "list",
		Short: "List who may call, and until when",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			path, err := where.path()
			if err != nil {
				return err
			}
			entries, err := apiaccess.List(path)
			if err != nil {
				return err
			}
			now, reports := time.Now(), make([]entryReport, 0, len(entries))
			for _, e := range entries {
				reports = append(reports, reportEntry(e, "", now))
			}
			return env.show(reports, func(w io.Writer) { printEntries(w, reports) })
		},
	}
	where.flags(c)
	return c
}

func printEntries(w io.Writer, reports []entryReport) {
	if len(reports) == 0 {
		fmt.Fprintln(w, "nobody may call but for what is open to all")
	}
	for _, r := range reports {
		until := "until " + r.Expires.Format(time.DateOnly)
		if r.Expired {
			until = "expired " + r.Expires.Format(time.DateOnly)
		}
		var scopes []string
		for _, s := range r.Scopes {
			scopes = append(scopes, string(s))
		}
		fmt.Fprintf(w, "%-12s  %-11s  %-18s  %-30s  %s\n", r.ID, r.Kind, until, strings.Join(scopes, ","), r.Name)
	}
}

func newTokenRevoke(env *environment) *cobra.Command {
	var where tokensFile
	c := &cobra.Command{
		Use:   "revoke ID",
		Short: "End a token or a certificate's access at once",
		Args:  exactly(1, "one id, as token list shows it"),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := where.path()
			if err != nil {
				return err
			}
			err = apiaccess.Revoke(path, args[0])
			if errors.Is(err, apiaccess.ErrUnknown) {
				return no("there is no entry %q; see pedigree token list", args[0])
			}
			if err != nil {
				return err
			}
			return env.show(map[string]string{"revoked": args[0]}, func(w io.Writer) { fmt.Fprintf(w, "%s may no longer call\n", args[0]) })
		},
	}
	where.flags(c)
	return c
}
