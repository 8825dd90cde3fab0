package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/state"
)

// fsckReport is what fsck found.
type fsckReport struct {
	Height uint64 `json:"height"`
	Root   string `json:"root"`
	Leaves uint64 `json:"leaves"`
	// Contents says whether the entries behind the roots were checked: it is
	// empty when they were, else the reason why not.
	Contents   string         `json:"contentsNotChecked,omitempty"`
	Violations []fsckBreakage `json:"violations"`

	indexDamage error
}

// fsckBreakage is a broken rule for people and scripts.
type fsckBreakage struct {
	Rule   int    `json:"rule"`
	Key    string `json:"key"`
	Detail string `json:"detail"`
	text   string
}

func newFsck(env *environment) *cobra.Command {
	var home string
	var treeOnly bool
	c := &cobra.Command{
		Use:   "fsck",
		Short: "Check every invariant of the custody rules over a node's whole state",
		Long: `Reads the state of a stopped node and checks, record by record, that the
database is whole and the tree's hashes lead to its root; then what must hold in
every state: each item in one place, counts exact at every depth, custody on
outermost holdings only, shipments that add up, marks where they belong. If the
node's index is at the same height, the contents behind every root are checked too.
Exit code 1 if a rule is broken, 3 if something cannot be read.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return fsck(c.Context(), env, node.Home(home), treeOnly) },
	}
	homeFlag(c, &home)
	c.Flags().BoolVar(&treeOnly, "tree-only", false, "leave the index alone and check the tree without the contents")
	return c
}

func fsck(ctx context.Context, env *environment, home node.Home, treeOnly bool) error {
	report, err := checkHome(ctx, home, treeOnly)
	if err != nil {
		return err
	}
	if err := env.show(report, report.text); err != nil {
		return err
	}
	if n := len(report.Violations); n > 0 {
		return no("broken rules: %d", n)
	}
	return report.indexDamage
}

// checkHome checks a stopped node's state.
func checkHome(ctx context.Context, home node.Home, treeOnly bool) (*fsckReport, error) {
	if _, err := os.Stat(home.StateDir()); err != nil {
		return nil, fmt.Errorf("%s holds no state: has the node ever run?", home)
	}
	s, err := state.Open(state.Config{Dir: home.StateDir(), ReadOnly: true})
	if err != nil {
		return nil, err
	}
	report, err := checkState(ctx, s, home, treeOnly)
	return report, errors.Join(err, s.Close())
}

func checkState(ctx context.Context, s *state.State, home node.Home, treeOnly bool) (*fsckReport, error) {
	if s.Version() == 0 {
		return nil, fmt.Errorf("the state in %s is empty: the node has not committed a block", home.StateDir())
	}
	if err := s.Check(ctx); err != nil {
		return nil, err
	}
	report := &fsckReport{Height: s.Version(), Root: fmt.Sprintf("%x", s.Root()), Leaves: s.Leaves(), Violations: []fsckBreakage{}}
	v := s.Latest()
	found, err := report.check(home, v, treeOnly)
	for _, b := range found {
		report.Violations = append(report.Violations, fsckBreakage{b.Rule, fmt.Sprintf("%x", b.Key), b.Detail, b.String()})
	}
	return report, errors.Join(err, v.Err(), v.Close())
}

// check walks the state, with the contents if the index can give them all.
func (r *fsckReport) check(home node.Home, v *state.View, treeOnly bool) ([]app.Violation, error) {
	if treeOnly {
		r.Contents = "left out with --tree-only"
		return app.CheckInvariants(v, nil), nil
	}
	var source *contentsSource
	if source, r.Contents, r.indexDamage = openContents(home, r.Height, v); source == nil {
		return app.CheckInvariants(v, nil), nil
	}
	found := app.CheckInvariants(v, source.entries)
	if r.indexDamage = source.err; source.err != nil {
		r.Contents = source.err.Error()
		found = app.CheckInvariants(v, nil)
	}
	return found, source.index.Close()
}

// contentsSource reads the entries behind roots from a node's index. What the
// index cannot give, or gives wrongly, is the index's damage and not the
// ledger's: it is kept apart from broken rules.
type contentsSource struct {
	index *index.Index
	view  app.View
	err   error // the first thing wrong with the index
}

// openContents opens the index of a stopped node; nil with the reason when it
// cannot serve, and an error when it is damaged.
func openContents(home node.Home, height uint64, v app.View) (*contentsSource, string, error) {
	if _, err := os.Stat(home.IndexDir()); errors.Is(err, fs.ErrNotExist) {
		return nil, "the node has no index", nil
	}
	x, err := index.Open(index.Config{Dir: home.IndexDir()})
	if err != nil {
		return nil, err.Error(), err
	}
	if x.Height() != height {
		reason := fmt.Sprintf("the index is at height %d: start the node, or use index rebuild", x.Height())
		return nil, reason, x.Close()
	}
	return &contentsSource{index: x, view: v}, "", nil
}

// entries is an app.ContentsFunc.
func (c *contentsSource) entries(holding app.HoldingID, segment uint32) ([]app.Entry, bool) {
	entries, err := c.index.Entries(holding, segment)
	if err == nil {
		err = c.compare(holding, segment, entries)
	}
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("the index is damaged: segment %d of holding %s: %w: use index rebuild; the ledger is not concerned", segment, holding, err)
	}
	return entries, err == nil
}

// compare checks entries against the root that stands in the tree.
func (c *contentsSource) compare(holding app.HoldingID, segment uint32, entries []app.Entry) error {
	raw, ok := c.view.Get(app.SegmentKey(holding, segment))
	if !ok {
		return c.view.Err()
	}
	s, err := app.DecodeSegment(raw)
	if err != nil || (len(entries) > 0 && app.EntriesRoot(entries) == s.Root) {
		return err
	}
	return errors.New("the entries do not lead to the root")
}

func (r *fsckReport) text(w io.Writer) {
	fmt.Fprintf(w, "height %d, root %s, %d records\n", r.Height, r.Root, r.Leaves)
	for _, v := range r.Violations {
		fmt.Fprintf(w, "broken: %s\n", v.text)
	}
	if r.Contents != "" {
		fmt.Fprintf(w, "contents not checked: %s\n", r.Contents)
	}
	if len(r.Violations) == 0 {
		fmt.Fprintln(w, "every invariant holds")
	}
}
