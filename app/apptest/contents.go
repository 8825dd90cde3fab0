package apptest

import (
	"maps"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// Contents follows a ledger from the results of its transactions alone, as
// the index does: the entries behind every root, and where each key is.
type Contents struct {
	segments map[segmentRef]*segment
	where    map[gs1.Key]app.Position
	first    map[gs1.Key]app.Position
	uses     map[gs1.Key]uint32 // latest use of each container's key

	commissions []commission
}

type segmentRef struct {
	holding app.HoldingID
	number  uint32
}

type segment struct {
	entries []app.Entry
	tree    *merkle.Tree
}

// NewContents follows from genesis on.
func NewContents() *Contents {
	return &Contents{
		segments: make(map[segmentRef]*segment), where: make(map[gs1.Key]app.Position),
		first: make(map[gs1.Key]app.Position), uses: make(map[gs1.Key]uint32),
	}
}

// clone is an independent copy; entries are shared, nobody changes them.
func (c *Contents) clone() *Contents {
	d := &Contents{
		segments: make(map[segmentRef]*segment, len(c.segments)), where: maps.Clone(c.where),
		first: maps.Clone(c.first), uses: maps.Clone(c.uses), commissions: slices.Clone(c.commissions),
	}
	for ref, s := range c.segments {
		d.segments[ref] = &segment{entries: s.entries}
	}
	return d
}

// Feed takes in the result of one tx. A refused one changes nothing.
func (c *Contents) Feed(res *app.Result) {
	c.feedCommission(res)
	for _, s := range res.Contents {
		c.segments[segmentRef{s.Holding, s.Segment}] = &segment{entries: s.Entries}
		for i, e := range s.Entries {
			at := app.Position{Holding: s.Holding, Segment: s.Segment, Position: uint16(i)}
			c.where[e.Key] = at
			if _, ok := c.first[e.Key]; !ok {
				c.first[e.Key] = at
			}
		}
	}
	for _, ch := range res.Changes {
		if app.RecordKind(ch.Key[0]) != app.RecordHolding || ch.Value == nil {
			continue
		}
		if h := must(app.DecodeHolding(ch.Value)); h.Kind == app.KindContainer {
			c.uses[h.Key] = max(c.uses[h.Key], h.N)
		}
	}
}

// Entries returns what is behind the root of a segment, and whether it is
// known: the callback of app.CheckInvariants. The entries are not changed.
func (c *Contents) Entries(holding app.HoldingID, number uint32) ([]app.Entry, bool) {
	s, ok := c.segments[segmentRef{holding, number}]
	if !ok {
		return nil, false
	}
	return s.entries, true
}

// Where is the position of the latest entry of a key, whatever became of it
// there; false when no entry was ever written.
func (c *Contents) Where(key gs1.Key) (app.Position, bool) {
	at, ok := c.where[key]
	return at, ok
}

// Use is the number of the latest use of a container's key; false when the
// key never was a container.
func (c *Contents) Use(key gs1.Key) (uint32, bool) {
	n, ok := c.uses[key]
	return n, ok
}

// Open builds the openings of positions, in the order that ops demand. Each
// must be of a known segment; one named twice stands once.
func (c *Contents) Open(at ...app.Position) []app.Opening {
	at = slices.Clone(at)
	slices.SortFunc(at, comparePositions)
	at = slices.Compact(at)
	var out []app.Opening
	for i, p := range at {
		s := c.segments[segmentRef{p.Holding, p.Segment}]
		if i == 0 || at[i-1].Holding != p.Holding || at[i-1].Segment != p.Segment {
			out = append(out, app.Opening{Holding: p.Holding, Segment: p.Segment})
		}
		o := &out[len(out)-1]
		o.Positions = append(o.Positions, p.Position)
		o.Entries = append(o.Entries, s.entries[p.Position])
	}
	for i := range out {
		o := &out[i]
		o.Siblings = must(c.tree(segmentRef{o.Holding, o.Segment}).Prove(o.Positions))
		if len(o.Siblings) == 0 {
			o.Siblings = nil
		}
	}
	return out
}

func (c *Contents) tree(ref segmentRef) *merkle.Tree {
	s := c.segments[ref]
	if s.tree == nil {
		leaves := make([]merkle.Hash, len(s.entries))
		for i := range s.entries {
			leaves[i] = s.entries[i].Leaf()
		}
		s.tree = merkle.NewTree(leaves)
	}
	return s.tree
}

func comparePositions(a, b app.Position) int {
	if c := strings.Compare(string(a.Holding[:]), string(b.Holding[:])); c != 0 {
		return c
	}
	if a.Segment != b.Segment {
		return int(a.Segment) - int(b.Segment)
	}
	return int(a.Position) - int(b.Position)
}
