package subscription

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// refuseAddress returns a dialer's Control: it sees the address that a name
// was resolved to, just before it is connected to, so a name cannot lead
// elsewhere in between.
func refuseAddress(allowPrivate bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		if network != "tcp4" && network != "tcp6" {
			return fmt.Errorf("network %s is not used for webhooks", network)
		}
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return err
		}
		if why := notPublic(ip); why != "" && !allowPrivate {
			return fmt.Errorf("its address is refused: %s is %s, and only public ones are allowed here", ip, why)
		}
		return nil
	}
}

// notPublic says why an address is none of the public network, or nothing.
func notPublic(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	switch {
	case !ip.IsValid():
		return "no address"
	case ip.IsUnspecified():
		return "unspecified"
	case ip.IsLoopback():
		return "loopback"
	case ip.IsPrivate():
		return "private"
	case ip.IsLinkLocalUnicast():
		return "link-local"
	case ip.IsMulticast():
		return "multicast"
	}
	for _, r := range reserved() {
		if r.Contains(ip) {
			return "reserved (" + r.String() + ")"
		}
	}
	return ""
}

// reserved are ranges that the special-purpose address registries keep from
// the public network, or that hide an IPv4 address in an IPv6 one.
func reserved() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}
