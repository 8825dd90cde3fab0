package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/cometbft/cometbft/rpc/client/local"
	"github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// story holds the EPCIS documents that the demo's partners exchange.
//
//go:embed story
var story embed.FS

// demoPatience bounds the story: it takes well under a minute on two cores.
const demoPatience = 5 * time.Minute

func newDemo(env *environment) *cobra.Command {
	var dir string
	var once bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Four nodes on this machine, a shipment, a proof, a recall that stops a sale",
		Long: `Starts four validators in this process, each a real node with a home of its own,
and tells a story with EPCIS documents that are part of this binary: a manufacturer
commissions two lots, packs and ships a pallet; a wholesaler breaks it up and
supplies a pharmacy; a package is dispensed, one goes back along its sale, one is
suspect until its manufacturer has answered; one lot is recalled, and the regulator
asks about it; a copy of a dispensed package turns up. Every answer is proved and
every block replayed.

All partners, products and numbers are fictional. The network stays up to be tried
until Ctrl-C; with --once it ends after the story, with exit code 1 if any step did
not go as expected.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return runDemo(c.Context(), env, dir, once) },
	}
	c.Flags().StringVar(&dir, "dir", "", "where to make the network (default: a temporary directory, removed afterwards)")
	c.Flags().BoolVar(&once, "once", false, "end after the story")
	return c
}

func runDemo(ctx context.Context, env *environment, dir string, once bool) error {
	if env.asJSON() {
		return usage("the demo speaks to people: --output json is not offered")
	}
	remove, err := orTemporary(&dir, "pedigree-demo-")
	if err != nil {
		return err
	}
	defer remove()
	d, err := newDemoNetwork(env, dir)
	if err != nil {
		return err
	}
	begun := time.Now()
	telling, cancel := context.WithTimeout(ctx, demoPatience)
	err = d.tell(telling)
	cancel()
	if err == nil {
		env.say("\nThe story took %.0f seconds.", time.Since(begun).Seconds())
		if !once {
			d.farewell()
			<-ctx.Done()
		}
	}
	return errors.Join(err, d.net.Stop())
}

// demo is a running demonstration.
type demo struct {
	env     *environment
	dir     string
	net     *testnet.Network
	signers []*client.Signer
	genesis *types.GenesisDoc
	// desks are the partners' ways in: each asks its own member's node.
	desks map[gs1.GLN]*client.Client
	step  int
}

func newDemoNetwork(env *environment, dir string) (*demo, error) {
	net, err := testnet.New(testnet.Options{
		Dir: dir, ChainID: "pedigree-demo", Genesis: castGenesis(dir),
		Prepare: func(_ int, c *node.Config) error { return useLedger(c) },
		Logger:  slog.New(slog.NewTextHandler(env.stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return nil, err
	}
	d := &demo{env: env, dir: dir, net: net, desks: make(map[gs1.GLN]*client.Client)}
	if d.signers, err = castSigners(dir); err != nil {
		return nil, err
	}
	d.genesis, err = net.Node(0).Home().Genesis()
	return d, err
}

// start runs the nodes and opens a desk for every partner.
func (d *demo) start(ctx context.Context) error {
	if err := d.net.Start(ctx); err != nil {
		return err
	}
	if err := d.net.WaitHeight(ctx, 1); err != nil {
		return err
	}
	for _, s := range d.signers {
		c, err := d.connect(ctx, demoNode(s.Partner))
		if err != nil {
			return err
		}
		c.Use(s)
		d.desks[s.Partner] = c
	}
	return nil
}

// connect makes a client of node i that trusts the genesis file and compares
// what the node says with the node after it.
func (d *demo) connect(ctx context.Context, i int) (*client.Client, error) {
	rpc := local.New(d.net.Node(i).Local().Comet())
	c, err := client.Connect(ctx, rpc)
	if err != nil {
		return nil, err
	}
	witness := local.New(d.net.Node((i + 1) % len(d.net.Nodes())).Local().Comet())
	l, err := client.NewLight(ctx, client.LightConfig{
		ChainID: d.genesis.ChainID, Primary: rpc, Witnesses: []client.RPC{witness},
		Validators: genesisValidators(d.genesis),
	})
	if err != nil {
		return nil, err
	}
	c.UseLight(l)
	return c, nil
}

// genesisValidators is the validator set that a genesis file names.
func genesisValidators(doc *types.GenesisDoc) *types.ValidatorSet {
	vals := make([]*types.Validator, len(doc.Validators))
	for i, v := range doc.Validators {
		vals[i] = types.NewValidator(v.PubKey, v.Power)
	}
	return types.NewValidatorSet(vals)
}

// The packages that the demo follows.
const (
	demoGTIN      = "09521001100014"
	demoLot       = "ALD-2601A"
	demoRecalled  = "ALD-2601B"
	demoPackage   = "A3N9QGNNBQ" // in the pharmacy's tote
	demoDispensed = "A3K2KM39YL"
	demoMadeUp    = "A3NEVERMADE"
)

// demoNode is the node that a partner asks: a member its own, anyone else that
// of the wholesaler Cedar, which supplies the pharmacies.
func demoNode(partner gs1.GLN) int {
	for i, a := range castMembers() {
		if a.gln() == partner {
			return i
		}
	}
	return 2
}

// partner is the GLN of one of the cast, who are fixed.
func partner(short string) gs1.GLN {
	a, err := castPartner(short)
	if err != nil {
		panic(err)
	}
	return a.gln()
}

// castNames puts the cast's names in the place of their GLNs, for people. A GLN
// is a word of its own: the digits of one may stand inside another key.
func castNames(line string) string {
	words := strings.Split(line, " ")
	for i, w := range words {
		bare := strings.TrimRight(w, ",:;)")
		for _, a := range cast(len(castMembers())) {
			if bare == a.gln().String() {
				words[i] = strings.TrimSuffix(a.name, " (fictional)") + w[len(bare):]
			}
		}
	}
	return strings.Join(words, " ")
}

// desk is a partner's client.
func (d *demo) desk(short string) *client.Client { return d.desks[partner(short)] }

// item is the key of one of the story's packages.
func demoItem(serial string) gs1.Key {
	g, err := gs1.ParseGTIN(demoGTIN)
	if err != nil {
		panic(err)
	}
	return gs1.ItemKey(g, serial)
}

// farewell says how to talk to the running network.
func (d *demo) farewell() {
	rpc := d.net.Node(0).RPC()
	keys := filepath.Join(d.dir, "keys")
	d.env.say(`
The network is still running. From another terminal, for example:
  pedigree verify --node %s "(01)%s(21)%s"
  pedigree trace  --node %s "(01)%s(21)%s"
  pedigree audit replay --from %s
  curl http://127.0.0.1:%s/readyz
Partners' keys (fictional, for trying things) are in %s.
Ctrl-C stops the network.`, rpc, demoGTIN, demoPackage, rpc, demoGTIN, demoDispensed, d.net.Node(3).RPC(), port(d.net.Node(0).API()), keys)
}

// port is the port of a URL.
func port(url string) string {
	return url[strings.LastIndexByte(url, ':')+1:]
}

// begin announces a step of the story.
func (d *demo) begin(format string, args ...any) {
	d.step++
	d.env.say("\n%d. %s", d.step, fmt.Sprintf(format, args...))
}

// note tells a detail of a step.
func (d *demo) note(format string, args ...any) {
	d.env.say("   %s", castNames(fmt.Sprintf(format, args...)))
}
