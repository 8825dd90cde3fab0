package testnet

import (
	"context"
	"fmt"
	"net"

	"github.com/pedigree-ledger/pedigree/node"
)

// assignPorts gives every node free ports of the loopback address, every other
// node as its peer, and settings that suit a network on one machine. A port may
// be taken by someone else before the node listens on it: see Start.
func (n *Network) assignPorts() error {
	const each = 3
	addrs, err := freeAddresses(each * len(n.nodes))
	if err != nil {
		return err
	}
	for i, nd := range n.nodes {
		s := node.Settings{
			Moniker: n.members[i].Name,
			P2P:     "tcp://" + addrs[each*i],
			RPC:     "tcp://" + addrs[each*i+1],
			API:     addrs[each*i+2],
		}
		for j := range n.nodes {
			if j != i {
				s.Peers = append(s.Peers, n.members[j].Identity.NodeID+"@"+addrs[each*j])
			}
		}
		if n.options.Settings != nil {
			n.options.Settings(i, &s)
		}
		nd.settings = s
		if err := nd.home.SetSettings(s); err != nil {
			return err
		}
	}
	return nil
}

// freeAddresses finds n addresses nobody listens on. All are held at once, so
// that they differ, and released together.
func freeAddresses(n int) ([]string, error) {
	addrs := make([]string, 0, n)
	for range n {
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("testnet: no free port: %w", err)
		}
		defer func() { _ = l.Close() }() // held until all are chosen
		addrs = append(addrs, l.Addr().String())
	}
	return addrs, nil
}
