package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/gateway"
)

// gatewayOptions are the flags of the gateway command.
type gatewayOptions struct {
	access access
	home   string
	listen string
	public bool
	level  string
}

func newGateway(env *environment) *cobra.Command {
	var o gatewayOptions
	c := &cobra.Command{
		Use:   "gateway",
		Short: "Run the HTTP edge apart from a node, over the node's RPC",
		Long: `Serves EPCIS capture and query, the verification messages, and the ledger over
HTTP, as a node does itself, from a machine that runs no node: it asks the node
at --node, checks every proof with a light client, and signs with the partners'
keys that its settings name.

The first start makes --home with config/gateway.json from the flags; later
starts read it, and flags that are given win. Who may call is said by
"pedigree token create --home". The light client goes on from the last header
that it verified, so a gateway that starts every two weeks needs its genesis
only once.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c, env) },
	}
	c.Flags().StringVar(&o.home, "home", "pedigree-gateway", "the gateway's directory")
	c.Flags().StringVar(&o.listen, "listen", defaultGatewayListen, "where callers connect; host:port")
	c.Flags().BoolVar(&o.public, "public-reads", false, "let callers without a token ask and verify")
	c.Flags().StringVar(&o.level, "log-level", "info", "debug, info, warn or error")
	o.access.nodeFlag(c)
	o.access.keyFlag(c)
	c.Flags().StringArrayVar(&o.access.witnesses, "witness", nil, "the RPC of a second node, best another company's, to compare headers with (may be repeated)")
	c.Flags().StringVar(&o.access.genesis, "genesis", "", "the genesis file to trust; needed at the first start")
	c.Flags().Uint64Var(&o.access.height, "trust-height", 0, "trust the header at this height, as a network older than two weeks needs")
	c.Flags().StringVar(&o.access.hash, "trust-hash", "", "the hash of that header, from a source you trust")
	return c
}

func (o *gatewayOptions) run(c *cobra.Command, env *environment) error {
	log, err := newLogger(env, o.level)
	if err != nil {
		return err
	}
	home := gatewayHome(o.home)
	s, exists, err := o.settle(c, home)
	if err != nil {
		return err
	}
	e, err := newEdge(home, s, &o.access)
	if err != nil {
		return err
	}
	undo := func() {}
	if !exists {
		undo = home.undo()
		if err := home.create(s); err != nil {
			undo()
			return err
		}
	}
	g, err := gateway.Start(gateway.Config{
		Home: o.home, Listen: s.Listen, Settings: s.Settings,
		Client: e.client, Trust: e.trust, Logger: log,
	})
	if err != nil {
		undo()
		return err
	}
	fmt.Fprintf(env.stderr, "pedigree: the gateway serves %s at %s, asking %s\n", partnerWords(g), g.Addr(), s.Node)
	e.keepTrust(c.Context(), log)
	return g.Stop()
}

// partnerWords says whose edge it is.
func partnerWords(g *gateway.Gateway) string {
	if g.Partner().IsZero() {
		return "no partner's key"
	}
	return "partner " + g.Partner().String()
}

// settle reads the settings and lets flags win. At the first start none exist.
func (o *gatewayOptions) settle(c *cobra.Command, home gatewayHome) (s gatewaySettings, exists bool, err error) {
	s, exists, err = home.settings()
	if err != nil {
		return s, exists, err
	}
	given := c.Flags().Changed
	if given("node") {
		s.Node = o.access.node
	}
	if given("listen") {
		s.Listen = o.listen
	}
	if given("public-reads") {
		s.PublicReads = o.public
	}
	if given("witness") {
		s.Witnesses = o.access.witnesses
	}
	if given("key") {
		if s.Keys, err = absolute(o.access.keys); err != nil {
			return s, exists, err
		}
	}
	if given("genesis") {
		if s.Genesis, err = filepath.Abs(o.access.genesis); err != nil {
			return s, exists, err
		}
	}
	return s, exists, s.Check()
}

// absolute makes paths that hold from anywhere.
func absolute(paths []string) ([]string, error) {
	out := make([]string, len(paths))
	for i, p := range paths {
		var err error
		if out[i], err = filepath.Abs(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// remoteEdge is a gateway's connection to its node, and what it trusts.
type remoteEdge struct {
	home   gatewayHome
	client *client.Client
	trusts client.LightConfig
	light  atomic.Pointer[client.Light] // once there is one
}

// newEdge prepares the connection. The node may come later, so the name of its
// chain must be known: from the last header that was verified, or the genesis.
func newEdge(home gatewayHome, s gatewaySettings, a *access) (*remoteEdge, error) {
	e := &remoteEdge{home: home}
	if err := e.believe(s, a); err != nil {
		return nil, err
	}
	for i, url := range append([]string{s.Node}, s.Witnesses...) {
		rpc, err := client.DialRPC(url)
		switch {
		case err != nil:
			return nil, err
		case i == 0:
			e.trusts.Primary = rpc
		default:
			e.trusts.Witnesses = append(e.trusts.Witnesses, rpc)
		}
	}
	e.client = client.New(e.trusts.ChainID, e.trusts.Primary)
	return e, nil
}

// believe fills in what the light client begins with.
func (e *remoteEdge) believe(s gatewaySettings, a *access) error {
	if s.Genesis != "" {
		raw, err := os.ReadFile(s.Genesis)
		if err != nil {
			return err
		}
		doc, err := types.GenesisDocFromJSON(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Genesis, err)
		}
		e.trusts.ChainID, e.trusts.Validators = doc.ChainID, genesisValidators(doc)
	}
	last, err := e.home.trusted()
	if err != nil {
		return err
	}
	switch {
	case e.trusts.ChainID == "" && last == nil:
		return usage("a gateway believes nothing by itself: give --genesis, the network's genesis file, at the first start")
	case e.trusts.ChainID != "" && last != nil && last.ChainID != e.trusts.ChainID:
		return usage("the gateway in %s serves chain %q, the genesis is of %q: use another --home", e.home, last.ChainID, e.trusts.ChainID)
	case a.hash != "":
		last = &trustedHeader{e.trusts.ChainID, a.height, a.hash}
	case last == nil:
		return nil
	}
	e.trusts.ChainID, e.trusts.Height = last.ChainID, last.Height
	e.trusts.Hash, err = unhex32("--trust-hash", last.Hash)
	return err
}

// trust starts the light client.
func (e *remoteEdge) trust(ctx context.Context) (*client.Light, error) {
	l, err := client.NewLight(ctx, e.trusts)
	if err != nil {
		return nil, expiredTrust(err)
	}
	e.light.Store(l)
	return l, nil
}

// keepTrust keeps the last verified header in the home, every minute and when
// ctx ends, which it waits for.
func (e *remoteEdge) keepTrust(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		if err := e.saveTrust(); err != nil {
			log.LogAttrs(context.Background(), slog.LevelWarn, "the last verified header is not kept", slog.String("err", err.Error()))
		}
	}
}

func (e *remoteEdge) saveTrust() error {
	l := e.light.Load()
	if l == nil {
		return nil
	}
	height, hash, err := l.Trusted()
	if err != nil {
		return err
	}
	return e.home.trust(e.trusts.ChainID, height, hash)
}
