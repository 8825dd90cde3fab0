package node_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/abci"
	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/subscription"
)

var update = flag.Bool("update", false, "write the reference pages instead of comparing them")

// reference compares a generated page with what stands in docs/reference.
func reference(t *testing.T, name, source, text string) {
	t.Helper()
	path := filepath.Join("..", "docs", "reference", name)
	want := []byte("<!-- Written by go test ./node -run TestReference -update. Edit " + source + " instead. -->\n\n" + strings.TrimSpace(text) + "\n")
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: write it with go test ./node -run TestReference -update", err)
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i, line := range wantLines {
		if i >= len(gotLines) || gotLines[i] != line {
			t.Fatalf("%s is stale at line %d: write it with go test ./node -run TestReference -update\ngot  %q\nwant %q",
				path, i+1, strings.Join(gotLines[min(i, len(gotLines)):min(i+1, len(gotLines))], ""), line)
		}
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%s has %d lines, want %d: write it with go test ./node -run TestReference -update", path, len(gotLines), len(wantLines))
	}
}

// TestReferenceSettings writes docs/reference/settings.md from the comments on
// node.Settings and the defaults that an empty one gets.
func TestReferenceSettings(t *testing.T) {
	home := node.Home(t.TempDir())
	if _, err := node.Init(home, node.Settings{}); err != nil {
		t.Fatal(err)
	}
	s, err := home.Settings()
	if err != nil {
		t.Fatal(err)
	}
	comments := fieldComments(t, "config.go", "Settings")
	var b strings.Builder
	b.WriteString(`# Settings

What an operator may choose for one node, in ` + "`config/node.json`" + ` of its home. A field that is absent, zero or empty means
the default; an unknown field is an error, so a misspelled one is found at start. ` + "`pedigree init`" + ` writes the file with the
defaults filled in; a change holds from the next start. Durations are text such as ` + "`\"100ms\"`" + ` or ` + "`\"3s\"`" + `.

| Name | Default | Meaning |
|---|---|---|
`)
	settingsTable(t, &b, reflect.ValueOf(s), comments)
	b.WriteString(`
## gateway

How the HTTP edge serves, in the field ` + "`gateway`" + ` of ` + "`config/node.json`" + `, or beside ` + "`listen`" + ` and ` + "`node`" + ` in the
` + "`config/gateway.json`" + ` of an edge that runs apart from a node (` + "`pedigree gateway`" + `). Paths are relative to the home.

| Name | Default | Meaning |
|---|---|---|
`)
	settingsTable(t, &b, reflect.ValueOf(s.Gateway), fieldComments(t, filepath.Join("..", "gateway", "settings.go"), "Settings"))
	reference(t, "settings.md", "the comments on Settings in node/config.go and gateway/settings.go", b.String())
}

// settingsTable writes a row for each field of a struct of settings.
func settingsTable(t *testing.T, b *strings.Builder, v reflect.Value, comments map[string]string) {
	t.Helper()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		comment := comments[field.Name]
		if comment == "" {
			t.Errorf("setting %s has no comment", field.Name)
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, defaultOf(v.Field(i), comment), comment)
	}
}

// defaultOf is the default that an empty setting got; what another package
// fills in, the comment says.
func defaultOf(v reflect.Value, comment string) string {
	said := regexp.MustCompile(`Default ([0-9,]*[0-9])`).FindStringSubmatch(comment)
	switch {
	case v.IsZero() && said != nil:
		return "`" + strings.ReplaceAll(said[1], ",", "") + "`"
	case v.IsZero() && strings.Contains(comment, "Default \""):
		_, rest, _ := strings.Cut(comment, "Default \"")
		quoted, _, _ := strings.Cut(rest, "\"")
		return "`" + quoted + "`"
	case v.IsZero() && (v.Kind() == reflect.String || v.Kind() == reflect.Slice || v.Kind() == reflect.Struct):
		return "none"
	case v.Type() == reflect.TypeFor[node.Duration]():
		return "`" + time.Duration(v.Int()).String() + "`"
	default:
		return fmt.Sprintf("`%v`", v)
	}
}

// fieldComments are the comments on the fields of a struct.
func fieldComments(t *testing.T, file, name string) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			for _, n := range field.Names {
				out[n.Name] = strings.Join(strings.Fields(field.Doc.Text()), " ")
			}
		}
		return false
	})
	return out
}

// TestReferenceMetrics writes docs/reference/metrics.md from what the packages
// of a node register, and compares it with what a node with the ledger shows.
func TestReferenceMetrics(t *testing.T) {
	listed := make(collected)
	s, err := state.Open(state.Config{InMemory: true, Registerer: listed})
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, s.Close)
	a, err := abci.New(abci.Config{State: s, ChainID: "reference", Registerer: listed})
	if err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, a.Close)
	x, err := index.Open(index.Config{Dir: t.TempDir(), Registerer: listed})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := edge.New(edge.Config{Registerer: listed}); err != nil {
		t.Fatal(err)
	}
	r, err := repository.Open(repository.Config{Dir: t.TempDir(), Registerer: listed})
	if err != nil {
		t.Fatal(err)
	}
	d, err := subscription.Open(subscription.Config{Repository: r, Registerer: listed})
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]string, len(listed))
	for name, row := range listed {
		rows[name] = row
	}
	for _, close := range []func() error{d.Close, r.Close, x.Close} {
		closeIt(t, close)
	}

	var b strings.Builder
	b.WriteString(`# Metrics

What a node serves at ` + "`/metrics`" + ` of its API, in Prometheus's form, beside CometBFT's own metrics (` + "`cometbft_*`" + `, with its
names, labels and buckets). Times are in seconds. [Operating a node](../operate.md#metrics-and-alerts) says what to watch.

| Name | Type | Labels | Meaning |
|---|---|---|---|
`)
	names := make([]string, 0, len(rows))
	for name := range rows {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString(rows[name])
	}
	reference(t, "metrics.md", "the help texts in metrics.go of state, abci, index, repository, subscription and api/edge", b.String())
	for _, name := range nodeMetrics(t) {
		if rows[name] == "" {
			t.Errorf("a node shows %s, which is not on the page: let TestReferenceMetrics know who registers it", name)
		}
	}
}

func closeIt(t *testing.T, closing func() error) {
	t.Helper()
	if err := closing(); err != nil {
		t.Error(err)
	}
}

// collected keeps a line of the page for every collector registered. It is a
// prometheus.Registerer.
type collected map[string]string

// Register describes a collector.
func (c collected) Register(x prometheus.Collector) error {
	ch := make(chan *prometheus.Desc, 1)
	x.Describe(ch)
	text := (<-ch).String()
	m := regexp.MustCompile(`fqName: "([^"]*)", help: "([^"]*)".*, variableLabels: \{([^}]*)\}`).FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("cannot read %s", text)
	}
	labels := "none"
	if m[3] != "" {
		labels = "`" + strings.ReplaceAll(m[3], ",", "`, `") + "`"
	}
	c[m[1]] = fmt.Sprintf("| `%s` | %s | %s | %s |\n", m[1], metricType(x), labels, m[2])
	return nil
}

// MustRegister describes collectors.
func (c collected) MustRegister(all ...prometheus.Collector) {
	for _, x := range all {
		if err := c.Register(x); err != nil {
			panic(err)
		}
	}
}

// Unregister forgets nothing.
func (c collected) Unregister(prometheus.Collector) bool { return false }

func metricType(c prometheus.Collector) string {
	switch c.(type) {
	case prometheus.Gauge, *prometheus.GaugeVec:
		return "gauge"
	case prometheus.Counter, *prometheus.CounterVec:
		return "counter"
	case prometheus.Histogram, *prometheus.HistogramVec:
		return "histogram"
	}
	return fmt.Sprintf("%T", c)
}

// nodeMetrics are the names of our metrics that a node with the ledger and its
// index shows before its first block.
func nodeMetrics(t *testing.T) []string {
	t.Helper()
	c := config(t, newHome(t, "reference"), nil)
	c.Registry = prometheus.NewRegistry()
	if _, err := node.UseLedger(&c); err != nil {
		t.Fatal(err)
	}
	defer closeIt(t, c.OnClose)
	c.OnBlocks(noBlocks{})
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		names := gathered(t, c.Registry)
		if slices.Contains(names, "pedigree_index_height") {
			return names
		}
		select {
		case <-deadline:
			t.Fatalf("no index after 30 s; the node shows %q", names)
		case <-tick.C:
		}
	}
}

func gathered(t *testing.T, r *prometheus.Registry) []string {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "pedigree_") {
			names = append(names, f.GetName())
		}
	}
	return names
}

// noBlocks is an empty block store.
type noBlocks struct{}

func (noBlocks) Base() uint64                          { return 0 }
func (noBlocks) Height() uint64                        { return 0 }
func (noBlocks) Block(uint64) ([][]byte, uint64, bool) { return nil, 0, false }
