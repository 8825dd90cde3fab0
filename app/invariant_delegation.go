package app

import "github.com/pedigree-ledger/pedigree/app/gs1"

// checkDelegations looks at who may sign for whom: two registered partners,
// kinds of op that may be delegated, some time.
func (c *checker) checkDelegations() {
	walk(c, RecordDelegation, maxDelegationBytes, DecodeDelegation, func(key []byte, g *Delegation) {
		half := 1 + len(gs1.GLN{})
		if len(key) != half+len(gs1.GLN{}) {
			c.report(0, key, "two GLNs expected")
			return
		}
		principal, agent := c.glnOf(key[:half]), c.glnOf(key[half-1:])
		c.needPartner(key, principal)
		c.needPartner(key, agent)
		if principal == agent {
			c.report(0, key, "partner %s delegates to itself", principal)
		}
		for _, k := range g.Ops {
			if !k.Delegable() {
				c.report(0, key, "%s is delegated", k)
			}
		}
		if g.From >= g.Until {
			c.report(0, key, "valid from %d until %d", g.From, g.Until)
		}
	})
}
