package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// arrows is what one package may import, besides the standard library and the
// leaves.
type arrows struct {
	ours    []string // packages of this module
	outside []string // modules or packages of others, with all below them
}

// leaves may be imported by every package, and import none of ours.
func leaves() []string { return []string{"internal/wire", "app/gs1", "app/merkle"} }

// importTable is the table of design 01, section 8. Lines that go beyond the
// design say why.
func importTable() map[string]arrows {
	const (
		badger  = "github.com/dgraph-io/badger/v4"
		comet   = "github.com/cometbft/cometbft"
		metrics = "github.com/prometheus/client_golang"
		huma    = "github.com/danielgtaylor/huma/v2"
	)
	return map[string]arrows{
		"internal/wire": {},
		"app/gs1":       {},
		"app/merkle":    {},
		"app":           {},
		// Beyond the design: what every Badger database, every set of metrics
		// and every cache of this module does the same way.
		"internal/badgerdb":   {outside: []string{badger}},
		"internal/collectors": {outside: []string{metrics}},
		"internal/lru":        {outside: []string{"github.com/hashicorp/golang-lru/v2/simplelru"}},
		"state/proof":         {outside: []string{"github.com/cosmos/ics23/go"}},
		"state": {
			ours:    []string{"internal/badgerdb", "internal/collectors", "state/proof"},
			outside: []string{"github.com/cosmos/iavl", badger, metrics},
		},
		"epcis": {},
		// Beyond the design: the schema validators stand apart, so that who
		// reads documents does not carry them.
		"epcis/schema": {
			ours:    []string{"epcis"},
			outside: []string{"github.com/dlclark/regexp2", "github.com/jacoelho/xsd", "github.com/santhosh-tekuri/jsonschema/v6"},
		},
		"index": {ours: []string{"internal/badgerdb", "internal/collectors", "internal/lru", "app"}, outside: []string{badger, metrics}},
		"abci": {
			ours: []string{"internal/collectors", "internal/lru", "app", "state", "index"},
			// Beyond the design: metrics, as every edge has them.
			outside: []string{comet, metrics},
		},
		"client/proof": {
			ours:    []string{"internal/lru", "app", "state/proof"},
			outside: []string{comet + "/types", comet + "/light", comet + "/crypto", comet + "/proto", comet + "/api", comet + "/libs"},
		},
		"client": {
			ours:    []string{"app", "epcis", "client/proof"},
			outside: []string{comet},
		},
		// Beyond the design: a partner's own events and documents, apart from
		// the ledger and from HTTP.
		"repository":   {ours: []string{"internal/badgerdb", "internal/collectors", "epcis"}, outside: []string{badger, metrics}},
		"subscription": {ours: []string{"internal/collectors", "repository", "epcis"}, outside: []string{metrics}},
		"api/events": {
			ours:    []string{"app", "epcis", "epcis/schema", "client", "repository", "subscription", "api/edge"},
			outside: []string{huma, "github.com/coder/websocket"},
		},
		// Beyond the design: transaction information and statements in one file,
		// with the labels of the packages, beside the client that proves them.
		"bundle": {
			ours:    []string{"app", "epcis", "client"},
			outside: []string{"github.com/go-pdf/fpdf", "github.com/boombuler/barcode"},
		},
		// Beyond the design: the parts of the HTTP edge stand apart, so that
		// each can be read and tested alone.
		"api/edge": {ours: []string{"internal/collectors", "app", "client", "client/proof"}, outside: []string{
			huma, metrics, "github.com/klauspost/compress/gzhttp", "github.com/rs/cors", "golang.org/x/time/rate", "golang.org/x/net/netutil",
		}},
		"api/ledger":       {ours: []string{"app", "epcis", "client", "client/proof", "bundle", "api/edge"}, outside: []string{huma}},
		"api/verification": {ours: []string{"app", "client", "client/proof", "api/edge"}, outside: []string{huma}},
		"api/access":       {ours: []string{"api/edge"}},
		"api":              {ours: []string{"api/edge"}, outside: []string{huma, metrics}},
		// Beyond the design: what puts the parts together, for a node and for
		// an edge apart from one (decision 0019).
		"gateway": {
			ours: []string{
				"app", "epcis", "epcis/schema", "client", "client/proof", "repository", "subscription",
				"api", "api/edge", "api/access", "api/events", "api/ledger", "api/verification",
			},
			outside: []string{huma, metrics},
		},
		"node": {
			ours: []string{"app", "state", "index", "abci", "client", "api", "gateway"},
			outside: []string{
				comet, "github.com/cometbft/cometbft-db", badger, metrics,
				// Beyond the design: CometBFT's metrics are values of go-kit's
				// types, and a registry per node has to make them.
				"github.com/go-kit/kit/metrics",
				// Beyond the design: the options of the goleveldb under
				// cometbft-db, to sync and to bound its memory.
				"github.com/syndtr/goleveldb/leveldb/opt",
			},
		},
		"testnet": {
			ours:    []string{"node", "client", "app"},
			outside: []string{comet},
		},
		"internal/lint": {outside: []string{"golang.org/x/tools/go/packages"}},
		"cmd/pedigree": {
			ours: []string{anything},
			outside: []string{
				"github.com/spf13/cobra", comet, metrics,
				// Names the database under CometBFT's state and store, which
				// the design allows for replay.
				"github.com/cometbft/cometbft-db",
				// Reads the bench's own profile, for CPU by stage.
				"github.com/google/pprof/profile",
			},
		},
	}
}

// anything stands for all packages of the module.
const anything = "*"

// isTestPackage says which packages exist for tests only: their name ends in
// "test". They, and *_test.go files, may import what they like, but never a
// command, and no package of the product may import them.
func isTestPackage(path string) bool { return strings.HasSuffix(path, "test") }

// TestImports checks every arrow between packages against the table.
func TestImports(t *testing.T) {
	pkgs := modulePackages(t)
	obey(t, checkImports(pkgs, module, importTable()))
	for path := range importTable() {
		if !slices.ContainsFunc(pkgs, func(p *packages.Package) bool { return p.PkgPath == module+"/"+path }) {
			t.Errorf("the import table names package %s, which does not exist", path)
		}
	}
}

// TestImportsBite proves that the rule can fail.
func TestImportsBite(t *testing.T) {
	pkgs := fixture(t, "imports")
	table := map[string]arrows{
		"core": {},
		"edge": {ours: []string{"core"}, outside: []string{"golang.org/x/tools/go/ast"}},
	}
	bite(t, pkgs, checkImports(pkgs, module+"/internal/lint/testdata/imports", table))
}

// TestTestImports checks that no test reaches into a command.
func TestTestImports(t *testing.T) {
	obey(t, checkTestImports(t, root(), module))
	bite(t, fixture(t, "testimports"), checkTestImports(t, root()+"/internal/lint/testdata/testimports", module+"/internal/lint/testdata/testimports"))
}

// checkImports holds packages against a table whose paths are below base.
func checkImports(pkgs []*packages.Package, base string, table map[string]arrows) []finding {
	var out []finding
	for _, p := range pkgs {
		path := strings.TrimPrefix(p.PkgPath, base+"/")
		allowed, known := table[path]
		if isTestPackage(path) {
			allowed, known = arrows{ours: []string{anything}, outside: []string{""}}, true
		}
		if !known {
			out = append(out, at(p.Fset, p.Syntax[0].Package, "package %s is not in the import table of internal/lint", path))
			continue
		}
		for _, file := range p.Syntax {
			for _, spec := range file.Imports {
				if why := allowed.refuse(path, base, importPath(spec.Path.Value)); why != "" {
					out = append(out, at(p.Fset, spec.Pos(), "%s", why))
				}
			}
		}
	}
	return out
}

func importPath(quoted string) string {
	path, err := strconv.Unquote(quoted)
	if err != nil {
		panic(err) // the parser accepted it
	}
	return path
}

// refuse says why package from may not import path, or nothing.
func (a arrows) refuse(from, base, path string) string {
	ours, isOurs := strings.CutPrefix(path, base+"/")
	switch {
	case isOurs && strings.HasPrefix(ours, "cmd/"):
		return from + " imports " + ours + ": nobody imports a command"
	case isOurs && isTestPackage(ours) && !isTestPackage(from):
		return from + " imports " + ours + ": the product does not import what is for tests"
	case isOurs && slices.Contains(leaves(), from):
		return from + " imports " + ours + ": a leaf imports none of ours"
	case isOurs && (slices.Contains(leaves(), ours) || slices.Contains(a.ours, anything) || slices.Contains(a.ours, ours)):
		return ""
	case isOurs:
		return from + " imports " + ours + ": of ours it may import " + list(a.ours)
	case isStandard(path) || slices.ContainsFunc(a.outside, func(m string) bool { return m == "" || below(path, m) }):
		return ""
	}
	return from + " imports " + path + ": outside the standard library it may import " + list(a.outside)
}

// isStandard: a path of the standard library has no dot in its first element.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func below(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// checkTestImports finds tests and test packages below dir that import a
// command of base.
func checkTestImports(t *testing.T, dir, base string) []finding {
	t.Helper()
	var out []finding
	fset, files := parseAll(t, dir)
	for _, file := range files {
		if !strings.HasSuffix(fset.Position(file.Pos()).Filename, "_test.go") && !isTestPackage(file.Name.Name) {
			continue
		}
		for _, spec := range file.Imports {
			if path := importPath(spec.Path.Value); strings.HasPrefix(path, base+"/cmd/") {
				out = append(out, at(fset, spec.Pos(), "a test imports the command %s", path))
			}
		}
	}
	return out
}

// TestImportTableIsClosed checks the table itself: it names only packages
// that have a line, and its arrows make no circle.
func TestImportTableIsClosed(t *testing.T) {
	table := importTable()
	var visit func(path string, trail []string)
	visit = func(path string, trail []string) {
		if slices.Contains(trail, path) {
			t.Fatalf("a circle in the import table: %s", strings.Join(append(trail, path), " -> "))
		}
		for _, next := range table[path].ours {
			if _, ok := table[next]; !ok && next != anything {
				t.Errorf("the line of %s names %s, which has no line", path, next)
			}
			visit(next, append(trail, path))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(table)) {
		visit(path, nil)
	}
}
