package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// testnetOptions are the flags of both testnet commands.
type testnetOptions struct {
	dir        string
	validators int
	chainID    string
	basePort   int
	documents  []string
}

// The defaults of a network on this machine.
const (
	defaultValidators = 4
	defaultChainID    = "pedigree-test"
	// defaultBasePort makes node 0 answer on CometBFT's usual ports.
	defaultBasePort = 26650
)

func newTestnet(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "testnet",
		Short: "Make and run a network of validators on this machine",
	}
	c.AddCommand(newTestnetCreate(env), newTestnetUp(env), newTestnetShow(env))
	return c
}

func (o *testnetOptions) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.dir, "dir", "pedigree-testnet", "where the nodes' homes are")
	c.Flags().IntVar(&o.validators, "validators", 0, fmt.Sprintf("how many validators, 1 to 50; default: those of the network under --dir, or %d", defaultValidators))
	c.Flags().StringVar(&o.chainID, "chain-id", "", fmt.Sprintf("the network's name; default: that of the network under --dir, or %q", defaultChainID))
	c.Flags().IntVar(&o.basePort, "base-port", defaultBasePort, "node i uses the ports base+10i+6 (validators), +7 (RPC) and +8 (HTTP); 0 takes free ones")
	c.Flags().StringArrayVar(&o.documents, "document", nil, "an EPCIS document of your own whose parties become the partners (may be repeated)")
}

func newTestnetCreate(env *environment) *cobra.Command {
	var o testnetOptions
	c := &cobra.Command{
		Use:   "create",
		Short: "Make the homes, keys and genesis of a network",
		Long: `Makes one home per validator under --dir, with keys and one common genesis.
The members, and three partners to try things with, are fictional; their signing
keys are under --dir/keys. A network that exists is left as it is.

With --document, the partners are those that your EPCIS documents name, so that
"pedigree capture" takes the documents: the first partners run the validators,
fictional wholesalers the rest.`,
		Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			n, err := o.network()
			if err != nil {
				return err
			}
			return describeNetwork(env, &o, n)
		},
	}
	o.flags(c)
	return c
}

func newTestnetUp(env *environment) *cobra.Command {
	var o testnetOptions
	c := &cobra.Command{
		Use:   "up",
		Short: "Run a network, each validator a process of its own, until interrupted",
		Long: `Runs the validators under --dir as processes of this binary, making the
network first, as create does, if it is missing. Each writes node.log in its home.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return testnetUp(c.Context(), env, &o) },
	}
	o.flags(c)
	return c
}

// network makes or reopens the network's homes.
func (o *testnetOptions) network() (*testnet.Network, error) {
	if o.validators < 0 || o.validators > 50 {
		return nil, usage("--validators is 1 to 50, found %d", o.validators)
	}
	if o.basePort < 0 || o.basePort+10*50 > 1<<16 {
		return nil, usage("--base-port is 0, or below %d, found %d", 1<<16-10*50, o.basePort)
	}
	if err := o.matchExisting(); err != nil {
		return nil, err
	}
	genesis, err := o.genesis()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return testnet.New(testnet.Options{
		Validators: o.validators, Dir: o.dir, ChainID: o.chainID,
		Genesis: genesis, Settings: o.settings,
		Command: func(_ int, home node.Home) *exec.Cmd {
			return exec.Command(self, "start", "--home", string(home))
		},
	})
}

// genesis is of the cast, or of the partners that documents name.
func (o *testnetOptions) genesis() (func([]testnet.Member) (json.RawMessage, error), error) {
	if len(o.documents) == 0 {
		return castGenesis(o.dir), nil
	}
	return documentsGenesis(o.dir, o.documents)
}

// home is that of node i.
func (o *testnetOptions) home(i int) node.Home {
	return node.Home(filepath.Join(o.dir, fmt.Sprintf("node%d", i)))
}

// matchExisting fills in what is not given, from the network under the
// directory if there is one, and refuses what it is not.
func (o *testnetOptions) matchExisting() error {
	doc, err := o.existing()
	if err != nil {
		return err
	}
	count, chainID := defaultValidators, defaultChainID
	if doc != nil {
		count, chainID = len(doc.Validators), doc.ChainID
	}
	if o.validators == 0 {
		o.validators = count
	}
	if o.chainID == "" {
		o.chainID = chainID
	}
	switch {
	case doc == nil:
		return nil
	case o.validators != count || o.chainID != chainID:
		return usage("the network under %s is %s with %d validators, not %s with %d: use another --dir", o.dir, chainID, count, o.chainID, o.validators)
	case len(o.documents) > 0:
		return usage("the network under %s exists: its partners cannot be changed; use another --dir with --document", o.dir)
	}
	return o.notRunning()
}

// existing is the genesis of the network under the directory, nil if there is
// none.
func (o *testnetOptions) existing() (*types.GenesisDoc, error) {
	if _, err := os.Stat(o.home(0).GenesisFile()); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return o.home(0).Genesis()
}

// notRunning refuses a network that runs: its settings must not change.
func (o *testnetOptions) notRunning() error {
	for i := range o.validators {
		_, closeBlocks, err := o.home(i).OpenBlocks()
		if errors.Is(err, node.ErrLocked) {
			return fmt.Errorf("the network under %s runs already: %w", o.dir, err)
		}
		if err == nil {
			if err := closeBlocks(); err != nil {
				return err
			}
		}
	}
	return nil
}

// settings are those of node i: its ports, and an HTTP edge for its member that
// anybody on this machine may ask.
func (o *testnetOptions) settings(i int, s *node.Settings) {
	o.ports(i, s)
	s.Gateway.PublicReads, s.Gateway.PrivateWebhooks = true, true
	if key := keyPath(o.dir, cast(o.validators)[i].short); o.castsMember(key) {
		s.Gateway.Keys = []string{filepath.Join("..", "keys", filepath.Base(key))}
	}
}

// castsMember reports whether a member of the cast runs its node: the network
// is new and of the cast, or the member's key stands there.
func (o *testnetOptions) castsMember(key string) bool {
	if _, err := os.Stat(o.home(0).GenesisFile()); errors.Is(err, fs.ErrNotExist) {
		return len(o.documents) == 0
	}
	_, err := os.Stat(key)
	return err == nil
}

// ports gives node i the ports that --base-port says.
func (o *testnetOptions) ports(i int, s *node.Settings) {
	if o.basePort == 0 {
		return
	}
	at := func(node, offset int) string { return fmt.Sprintf("127.0.0.1:%d", o.basePort+10*node+offset) }
	s.P2P, s.RPC, s.API = "tcp://"+at(i, 6), "tcp://"+at(i, 7), at(i, 8)
	for k, peer := range s.Peers { // all nodes but this one, in order
		other := k
		if k >= i {
			other++
		}
		id, _, _ := strings.Cut(peer, "@")
		s.Peers[k] = id + "@" + at(other, 6)
	}
}

func testnetUp(ctx context.Context, env *environment, o *testnetOptions) error {
	n, err := o.network()
	if err != nil {
		return err
	}
	if err := n.Start(ctx); err != nil {
		if errors.Is(err, node.ErrPortInUse) {
			err = fmt.Errorf("%w; or give --base-port, 0 for free ones", err)
		}
		return errors.Join(err, n.Stop())
	}
	if err := awaitConsensus(ctx, n); err != nil {
		return errors.Join(err, n.Stop())
	}
	if err := describeNetwork(env, o, n); err != nil {
		return errors.Join(err, n.Stop())
	}
	env.say("running; Ctrl-C stops it")
	<-ctx.Done()
	return n.Stop()
}

// awaitConsensus waits until every node votes: until then they take no
// transactions.
func awaitConsensus(ctx context.Context, n *testnet.Network) error {
	const interval = 100 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for _, nd := range n.Nodes() {
		for {
			if !nd.Running() {
				return fmt.Errorf("the node in %s stopped: see %s", nd.Home(), filepath.Join(string(nd.Home()), "node.log"))
			}
			s, err := nd.Status(ctx)
			if err == nil && !s.CatchingUp && s.Height > 0 {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("interrupted before the network was ready")
			case <-tick.C:
			}
		}
	}
	return nil
}

// networkReport names the nodes and the partners of a network.
type networkReport struct {
	ChainID  string          `json:"chainId"`
	Dir      string          `json:"dir"`
	Genesis  string          `json:"genesis"`
	Nodes    []nodeReport    `json:"nodes"`
	Partners []partnerReport `json:"partners"`
}

type nodeReport struct {
	Home string `json:"home"`
	RPC  string `json:"rpc"`
	API  string `json:"api"`
}

// partnerReport is a founder with its key, if that stands under the directory.
type partnerReport struct {
	GLN   gs1.GLN   `json:"gln"`
	Name  string    `json:"name"`
	Roles app.Roles `json:"roles"`
	Node  *int      `json:"node,omitempty"`
	Key   string    `json:"key,omitempty"`
}

func describeNetwork(env *environment, o *testnetOptions, n *testnet.Network) error {
	r := networkReport{ChainID: n.ChainID(), Dir: o.dir, Genesis: n.Node(0).Home().GenesisFile()}
	for _, nd := range n.Nodes() {
		r.Nodes = append(r.Nodes, nodeReport{Home: string(nd.Home()), RPC: nd.RPC(), API: nd.API()})
	}
	_, genesis, err := loadGenesis(r.Genesis)
	if err != nil {
		return err
	}
	keys, err := keyFiles(o.dir)
	if err != nil {
		return err
	}
	for _, p := range append(genesis.Members, genesis.Partners...) {
		r.Partners = append(r.Partners, partnerReport{
			GLN: p.GLN, Name: p.Name, Roles: p.Roles, Node: nodeOf(n, p.Consensus), Key: keys[p.GLN],
		})
	}
	return env.show(r, r.text)
}

// nodeOf finds the node that votes with a consensus key.
func nodeOf(n *testnet.Network, consensus []byte) *int {
	for _, m := range n.Members() {
		if string(m.Identity.Consensus) == string(consensus) {
			return &m.Index
		}
	}
	return nil
}

func (r *networkReport) text(w io.Writer) {
	fmt.Fprintf(w, "network %s, %d validators under %s\n", r.ChainID, len(r.Nodes), r.Dir)
	for i, nd := range r.Nodes {
		fmt.Fprintf(w, "  node %d: RPC %s, HTTP %s\n", i, nd.RPC, nd.API)
	}
	fmt.Fprintln(w, "partners, with the keys to sign for them")
	for _, p := range r.Partners {
		runs := ""
		if p.Node != nil {
			runs = fmt.Sprintf(", runs node %d", *p.Node)
		}
		fmt.Fprintf(w, "  %s %s, %s%s\n    %s\n", p.GLN, p.Name, p.Roles, runs, p.Key)
	}
	fmt.Fprintf(w, "genesis %s\n", r.Genesis)
}
