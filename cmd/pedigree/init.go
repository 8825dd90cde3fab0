package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/node"
)

// initOptions are the flags of init.
type initOptions struct {
	home     string
	founder  founderFlags
	p2p      string
	external string
	rpc      string
	api      string
	genesis  string
}

// initReport says what a home has.
type initReport struct {
	Home       string       `json:"home"`
	MemberFile string       `json:"memberFile,omitempty"`
	KeyFile    string       `json:"keyFile,omitempty"`
	Member     *founderFile `json:"member,omitempty"`
	// Genesis is set when one was installed.
	Genesis *genesisReport `json:"genesis,omitempty"`
	// Validator says whether the genesis names this home's consensus key.
	Validator bool     `json:"validator"`
	Peers     []string `json:"peers,omitempty"`
}

func newInit(env *environment) *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init --home DIR (--gln GLN --name NAME --role ROLE | --genesis FILE [MEMBER.json...])",
		Short: "Make a node's home; then give it the network's genesis",
		Long: `Founding a network takes three steps.

1. Each member makes its home: node and consensus keys, an operations key, and
   HOME/config/member.json with what the others must know, all of it public.
     pedigree init --home DIR --gln 9521001000000 --name "Alder" \
       --role manufacturer --prefix 9521001 --external alder.example:26656
2. Somebody assembles the genesis from these files; all compare its hash.
     pedigree genesis assemble *.json --chain-id NAME -o genesis.json
3. Each member installs it. The members' files given make them the peers.
     pedigree init --home DIR --genesis genesis.json *.json

Keys that exist are kept; running it again changes only what is given. A home
that has another genesis is left alone.`,
		RunE: func(_ *cobra.Command, args []string) error { return initHome(env, &o, args) },
	}
	homeFlag(c, &o.home)
	o.founder.add(c)
	c.Flags().StringVar(&o.p2p, "p2p", "", "where this node listens for other validators, host:port; default 0.0.0.0:26656")
	c.Flags().StringVar(&o.external, "external", "", "the address that others dial, when it is not --p2p; host:port")
	c.Flags().StringVar(&o.rpc, "rpc", "", "where clients connect, host:port; default 127.0.0.1:26657")
	c.Flags().StringVar(&o.api, "api", "", "the HTTP edge, host:port; default 127.0.0.1:26660")
	c.Flags().StringVar(&o.genesis, "genesis", "", "the genesis file to install")
	return c
}

func initHome(env *environment, o *initOptions, members []string) error {
	switch {
	case o.founder.gln == "" && o.genesis == "":
		return usage("give --gln, --name and --role to make a home, or --genesis to give it the network's genesis")
	case len(members) > 0 && o.genesis == "":
		return usage("members' files are read with --genesis only; found %s", members[0])
	}
	r := &initReport{Home: o.home}
	if err := o.perform(node.Home(o.home), members, r); err != nil {
		return err
	}
	return env.show(r, r.text)
}

// perform reads everything first, so that a mistake leaves no half-made home.
func (o *initOptions) perform(home node.Home, members []string, r *initReport) error {
	if o.founder.gln != "" {
		gln, info, err := o.founder.info()
		if err != nil {
			return err
		}
		r.Member = &founderFile{GenesisPartner: app.GenesisPartner{GLN: gln, PartnerInfo: info}}
	}
	var raw []byte
	if o.genesis != "" {
		var err error
		if raw, r.Genesis, err = loadGenesis(o.genesis); err != nil {
			return err
		}
	}
	s, err := o.makeHome(home, members)
	if err != nil {
		return err
	}
	r.Peers = s.Peers
	if r.Member != nil {
		if err := makeMember(home, s, r); err != nil {
			return err
		}
	}
	if r.Genesis != nil {
		return installGenesis(home, raw, r)
	}
	return nil
}

// makeHome makes the home, or changes the settings that are given.
func (o *initOptions) makeHome(home node.Home, members []string) (node.Settings, error) {
	s, err := home.Settings()
	if _, statErr := os.Stat(home.SettingsFile()); errors.Is(statErr, fs.ErrNotExist) {
		s, err = node.Settings{}, nil
	}
	if err != nil {
		return s, err
	}
	if o.p2p != "" {
		s.P2P = listenAddress(o.p2p)
	}
	if o.rpc != "" {
		s.RPC = listenAddress(o.rpc)
	}
	s.API, s.ExternalP2P, s.Moniker = cmp.Or(o.api, s.API), cmp.Or(o.external, s.ExternalP2P), cmp.Or(o.founder.name, s.Moniker)
	id, err := node.Init(home, s)
	if err != nil {
		return s, err
	}
	if len(members) > 0 {
		if s.Peers, err = peersOf(members, id.NodeID); err != nil {
			return s, err
		}
		if err := home.SetSettings(s); err != nil {
			return s, err
		}
	}
	return home.Settings()
}

// listenAddress is host:port in CometBFT's form.
func listenAddress(s string) string {
	if s == "off" || strings.Contains(s, "://") {
		return s
	}
	return "tcp://" + s
}

// peersOf are the nodes of members' files, but for the home's own.
func peersOf(members []string, self string) ([]string, error) {
	var out []string
	for _, path := range members {
		m, err := readFounder(path)
		if err != nil {
			return nil, err
		}
		if m.Node == nil {
			return nil, fmt.Errorf("%s names no node: it is of a partner that is no member", path)
		}
		if m.Node.ID != self && !slices.Contains(out, m.Node.peer()) {
			out = append(out, m.Node.peer())
		}
	}
	return out, nil
}

func configFile(home node.Home, name string) string {
	return filepath.Join(filepath.Dir(home.SettingsFile()), name)
}

// makeMember makes the operations key, if there is none, and member.json.
func makeMember(home node.Home, s node.Settings, r *initReport) error {
	r.KeyFile, r.MemberFile = configFile(home, "operations_key.json"), configFile(home, "member.json")
	signer, err := openOrMakeKey(r.KeyFile, r.Member.GLN)
	if err != nil {
		return err
	}
	id, err := home.Identity()
	if err != nil {
		return err
	}
	r.Member.Keys, r.Member.Consensus = []app.PublicKey{signer.Public()}, id.Consensus
	r.Member.Node = &nodeAddress{ID: id.NodeID, Address: dialAddress(s)}
	return r.Member.write(r.MemberFile)
}

// dialAddress is the address that others dial.
func dialAddress(s node.Settings) string {
	if s.ExternalP2P != "" {
		return s.ExternalP2P
	}
	return strings.TrimPrefix(s.P2P, "tcp://")
}

// reachable reports whether others can dial an address.
func reachable(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (ip == nil || !ip.IsUnspecified())
}

// installGenesis puts a checked genesis into the home.
func installGenesis(home node.Home, raw []byte, r *initReport) error {
	id, err := home.Identity()
	if err != nil {
		return err
	}
	for _, m := range r.Genesis.Members {
		r.Validator = r.Validator || bytes.Equal(m.Consensus, id.Consensus)
	}
	return home.SetGenesis(raw)
}

func (r *initReport) text(w io.Writer) {
	fmt.Fprintf(w, "home %s\n", r.Home)
	if r.Member != nil {
		r.Member.text(w)
		fmt.Fprintf(w, "give %s to whoever assembles the genesis; keep %s secret\n", r.MemberFile, r.KeyFile)
		if !reachable(r.Member.Node.Address) {
			fmt.Fprintf(w, "note: others cannot dial %s: give --external host:port\n", r.Member.Node.Address)
		}
	}
	if r.Genesis == nil {
		return
	}
	fmt.Fprintf(w, "genesis of %s installed, hash %s\n", r.Genesis.ChainID, r.Genesis.Hash)
	if !r.Validator {
		fmt.Fprintln(w, "note: this node's consensus key is not in the genesis: it will follow, not vote")
	}
	for _, p := range r.Peers {
		fmt.Fprintf(w, "peer %s\n", p)
	}
}
