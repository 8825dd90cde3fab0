package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/light"
	cmthttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/node"
)

// defaultNode is where a node on this machine answers, unless told otherwise.
const defaultNode = "http://127.0.0.1:26657"

// access says which node to ask, what to trust, and for whom to sign.
type access struct {
	node      string
	witnesses []string
	genesis   string
	home      string
	height    uint64
	hash      string
	keys      []string
	principal string // --for

	keyFiles map[gs1.GLN]string // what follows --key, by partner, once connected
}

// nodeFlag names the node to ask.
func (a *access) nodeFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.node, "node", defaultNode, "the RPC of the node to ask")
}

// trustFlags say what the light client believes.
func (a *access) trustFlags(c *cobra.Command) {
	a.nodeFlag(c)
	c.Flags().StringArrayVar(&a.witnesses, "witness", nil, "the RPC of a second node, best another company's, to compare headers with (may be repeated)")
	c.Flags().StringVar(&a.genesis, "genesis", "", "the genesis file to trust; without it the node's own is, and its hash is shown for you to compare")
	c.Flags().StringVar(&a.home, "home", "", "a node's directory: its genesis is trusted and, without --node, its RPC asked")
	c.Flags().Uint64Var(&a.height, "trust-height", 0, "trust the header at this height, as a network older than two weeks needs")
	c.Flags().StringVar(&a.hash, "trust-hash", "", "the hash of that header, from a source you trust")
}

// keyFlag names the partners' keys.
func (a *access) keyFlag(c *cobra.Command) {
	c.Flags().StringArrayVar(&a.keys, "key", nil, "the key file of a partner to sign for (may be repeated)")
}

// forFlag names the partner on whose behalf a key signs.
func (a *access) forFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.principal, "for", "", "the GLN of the partner on whose behalf the key signs, as it delegated")
}

// keyFor is what follows --key in a command that signs on behalf of a partner.
func keyFor(file string, principal gs1.GLN) string { return file + " --for " + principal.String() }

// onBehalf is the partner that --for names, zero without it.
func (a *access) onBehalf() (gs1.GLN, error) {
	if a.principal == "" {
		return gs1.GLN{}, nil
	}
	g, err := gs1.ParseGLN(a.principal)
	switch {
	case err != nil:
		return g, usage("--for %s: %v", a.principal, err)
	case len(a.keys) != 1:
		return g, usage("--for says on whose behalf one key signs: give --key once, found %d", len(a.keys))
	}
	return g, nil
}

// trustReport is what the answers of a command rest on.
type trustReport struct {
	ChainID string `json:"chainId"`
	// From is where the trust comes from: a genesis file, a home, a header
	// named by the caller, or the node that was asked.
	From           string `json:"from"`
	ValidatorsHash string `json:"validatorsHash,omitempty"`
	HeaderHash     string `json:"headerHash,omitempty"`
	// Witnesses are the nodes that headers were compared with.
	Witnesses []string `json:"witnesses,omitempty"`
	// OwnWord is set when nothing but the node's own genesis vouches for it.
	OwnWord bool `json:"ownWord,omitempty"`
}

// String is the report in one line.
func (t *trustReport) String() string {
	s := "checked by the light client; trusted: " + t.From
	switch {
	case t.OwnWord:
		s += fmt.Sprintf("\n  the node vouches for itself: compare the hash of the genesis validators, %s,\n  with one from a member you know, or give --genesis", t.ValidatorsHash)
	case t.ValidatorsHash != "":
		s += ", validators " + t.ValidatorsHash
	}
	return s
}

// ledger is an open connection: a client that checks proofs, and the same
// node's blocks.
type ledger struct {
	*client.Client
	light *client.Light
	rpc   *cmthttp.HTTP
	trust trustReport
}

// dial connects to the node, for answers that are not proved.
func (a *access) dial(ctx context.Context) (*client.Client, error) {
	principal, err := a.onBehalf()
	if err != nil {
		return nil, err
	}
	c, err := client.Dial(ctx, a.node)
	if err != nil {
		return nil, fmt.Errorf("node %s cannot be reached: %w: is it running, and is this its RPC?", a.node, err)
	}
	for _, path := range a.keys {
		s, err := client.LoadSigner(path)
		if err != nil {
			return nil, err
		}
		if a.keyFiles == nil {
			a.keyFiles = make(map[gs1.GLN]string)
		}
		a.keyFiles[s.Partner] = path
		if principal.IsZero() || principal == s.Partner {
			c.Use(s)
		} else {
			c.UseFor(s, principal)
			a.keyFiles[principal] = keyFor(path, principal)
		}
	}
	return c, nil
}

// open connects to the node and starts a light client on what is trusted.
func (a *access) open(ctx context.Context) (*ledger, error) {
	switch {
	case a.genesis != "" && a.home != "":
		return nil, usage("give either --genesis or --home")
	case (a.height == 0) != (a.hash == ""):
		return nil, usage("--trust-height and --trust-hash belong together")
	}
	if err := a.fromHome(); err != nil {
		return nil, err
	}
	c, err := a.dial(ctx)
	if err != nil {
		return nil, err
	}
	rpc, ok := c.RPC().(*cmthttp.HTTP)
	if !ok {
		return nil, fmt.Errorf("node %s: no connection over HTTP", a.node)
	}
	l := &ledger{Client: c, rpc: rpc, trust: trustReport{ChainID: c.ChainID(), Witnesses: a.witnesses}}
	cfg, err := a.trusted(ctx, l)
	if err != nil {
		return nil, err
	}
	if l.light, err = client.NewLight(ctx, *cfg); err != nil {
		return nil, expiredTrust(err)
	}
	l.UseLight(l.light)
	return l, nil
}

// expiredTrust says what to do when what is trusted has become too old.
func expiredTrust(err error) error {
	var old light.ErrOldHeaderExpired
	if errors.As(err, &old) {
		return fmt.Errorf("%w: what is trusted is too old to be trusted alone; take height and hash of a recent header from a member you know, and give --trust-height and --trust-hash", err)
	}
	return err
}

// fromHome takes the address of the node from its home.
func (a *access) fromHome() error {
	if a.home == "" || a.node != defaultNode {
		return nil
	}
	s, err := node.Home(a.home).Settings()
	if err != nil {
		return err
	}
	a.node = rpcURL(s.RPC)
	return nil
}

// rpcURL is the URL of a listening address.
func rpcURL(listen string) string {
	const tcp = "tcp://"
	if len(listen) > len(tcp) && listen[:len(tcp)] == tcp {
		return "http://" + listen[len(tcp):]
	}
	return listen
}

// trusted makes the configuration of the light client.
func (a *access) trusted(ctx context.Context, l *ledger) (*client.LightConfig, error) {
	cfg := &client.LightConfig{ChainID: l.ChainID(), Primary: l.RPC()}
	for _, url := range a.witnesses {
		w, err := client.DialRPC(url)
		if err != nil {
			return nil, usage("--witness: %v", err)
		}
		cfg.Witnesses = append(cfg.Witnesses, w)
	}
	if a.hash != "" {
		hash, err := unhex32("--trust-hash", a.hash)
		if err != nil {
			return nil, err
		}
		cfg.Height, cfg.Hash = a.height, hash
		l.trust.From, l.trust.HeaderHash = fmt.Sprintf("header %d", a.height), a.hash
		return cfg, nil
	}
	doc, err := a.genesisDoc(ctx, l)
	if err != nil {
		return nil, err
	}
	if doc.ChainID != l.ChainID() {
		return nil, fmt.Errorf("the genesis is of chain %q, node %s is on %q", doc.ChainID, a.node, l.ChainID())
	}
	cfg.Validators = genesisValidators(doc)
	l.trust.ValidatorsHash = fmt.Sprintf("%X", cfg.Validators.Hash())
	return cfg, nil
}

// genesisDoc is the genesis to trust, and notes where it comes from.
func (a *access) genesisDoc(ctx context.Context, l *ledger) (*types.GenesisDoc, error) {
	switch {
	case a.home != "":
		l.trust.From = "the genesis of " + a.home
		return node.Home(a.home).Genesis()
	case a.genesis != "":
		l.trust.From = a.genesis
	default:
		l.trust.From, l.trust.OwnWord = "the genesis that node "+a.node+" gives", true
	}
	return trustedGenesis(ctx, l.rpc, a.genesis)
}

// age is how long ago, for people.
func age(t time.Time) string {
	d := time.Since(t).Round(time.Second)
	switch {
	case d < 0:
		return "just now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds ago", int(d.Seconds()))
	default:
		return d.String() + " ago"
	}
}
