package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// maxScopeOps bounds the kinds of op in a Scope.
const maxScopeOps = 64

// Scope is what a partner delegates to another.
type Scope struct {
	// Ops are the kinds of op that the agent may sign on behalf of the
	// principal, strictly ascending, at most 64.
	Ops []Kind `json:"ops,omitempty"`
	// DropShip: the agent, shipping goods of its own, may name the principal
	// as the wholesaler that buys and sells them on the way (FD&C Act
	// 582(f)). It is not among Ops, so that whoever may ship a partner's goods
	// for it may not thereby sell in its name, nor the other way round.
	DropShip bool `json:"dropShip,omitempty"`
}

// Empty reports whether nothing is delegated.
func (s *Scope) Empty() bool { return len(s.Ops) == 0 && !s.DropShip }

func (s *Scope) encode(e *wire.Encoder) {
	e.Count(len(s.Ops))
	for _, k := range s.Ops {
		e.Uint16(uint16(k))
	}
	e.Bool(s.DropShip)
}

func readScope(d *wire.Decoder) (s Scope) {
	n := d.Count(maxScopeOps, 2)
	for i := range n {
		k := Kind(d.Uint16())
		if _, ok := NewOp(k); !ok {
			d.Fail("there is no op number %d", k)
		}
		if i > 0 && s.Ops[i-1] >= k {
			d.Fail("ops are not ascending")
		}
		s.Ops = append(s.Ops, k)
	}
	s.DropShip = d.Bool()
	return s
}

// Delegation is the record of what one partner may sign on behalf of another
// ('d'). At most 165 bytes.
type Delegation struct {
	Scope
	// From and Until bound the event times that it covers, in seconds UTC.
	// Until is exclusive.
	From  uint64 `json:"from"`
	Until uint64 `json:"until"`
	// Height and Time are those of the block in which it was made.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
}

// covers reports whether a delegation stands and is for an event's time.
func (g *Delegation) covers(t uint64) bool { return g != nil && g.From <= t && t < g.Until }

func (g *Delegation) encode() []byte {
	e := wire.NewEncoder(64)
	e.Uint8(1)
	g.Scope.encode(e)
	for _, v := range [...]uint64{g.From, g.Until, g.Height, g.Time} {
		e.Uint64(v)
	}
	return e.Bytes()
}

// DecodeDelegation reads the value of a delegation record.
func DecodeDelegation(v []byte) (*Delegation, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	g := &Delegation{Scope: readScope(d), From: d.Uint64(), Until: d.Uint64(), Height: d.Uint64(), Time: d.Uint64()}
	if g.Empty() {
		d.Fail("a delegation delegates something")
	}
	return g, d.Finish()
}

// delegationRef names a delegation.
type delegationRef struct{ principal, agent gs1.GLN }

// Delegable reports whether a partner may let another sign an op of this kind
// for it. Ops of the registry are signed by the partner itself: who is in the
// network, with which keys and agents.
func (k Kind) Delegable() bool { return k >= KindCommission }

// actFor makes the op that of the principal, on whose behalf the key's partner
// signs. An agent is authorised itself, as of the block and of the event, and
// the principal has delegated the op's kind to it for the event's time. A zero
// principal: the key's partner acts for itself.
func (d *draft) actFor(principal gs1.GLN) error {
	if principal.IsZero() {
		return nil
	}
	agent, kind := d.by, d.tx.Op.Kind()
	if principal == agent {
		return reject(CodeNotDelegated, "partner %s signs for itself: name nobody else", agent)
	}
	if !kind.Delegable() {
		return reject(CodeNotDelegated, "%s is signed by the partner itself", kind)
	}
	if err := standing(agent, d.signer); err != nil {
		return err
	}
	if err := d.licensed(agent, d.signer); err != nil {
		return err
	}
	g := d.delegations.get(delegationRef{principal, agent})
	if !g.covers(d.tx.EventTime) || !slices.Contains(g.Ops, kind) {
		return reject(CodeNotDelegated, "%s has not delegated %s to %s at the time of the event", principal, kind, agent)
	}
	d.by, d.agent = principal, agent
	if d.signer = d.partners.get(principal); d.signer == nil {
		d.fail(&CorruptError{Key: PartnerKey(principal), Err: errMissing})
		d.signer = &Partner{}
	}
	return nil
}

// mayInfer refuses an agent that may not receive for its principal: what the
// op touches would be received by inference, which obeys every rule of Receive
// (rule 4).
func (d *draft) mayInfer(s *Shipment) error {
	if d.agent.IsZero() {
		return nil
	}
	if err := d.bothSign(s); err != nil {
		return err
	}
	if g := d.delegations.get(delegationRef{d.by, d.agent}); g == nil || !slices.Contains(g.Ops, KindReceive) {
		return reject(CodeNotDelegated, "the goods are on their way to %s, which has not delegated %s to %s", d.by, KindReceive, d.agent)
	}
	return nil
}

// bothSign refuses an agent that receives for the consignee what it sold to
// it: an owner changes when both sides have signed (rule 4),
// and then one would have signed for both.
func (d *draft) bothSign(s *Shipment) error {
	if d.agent.IsZero() || d.agent != s.From && d.agent != s.Seller {
		return nil
	}
	return reject(CodeNotDelegated, "%s does not receive for %s what it sold to it: both sides sign", d.agent, s.To)
}

// glnText is a GLN that may be absent, for events: then empty.
func glnText(g gs1.GLN) string {
	if g.IsZero() {
		return ""
	}
	return g.String()
}
