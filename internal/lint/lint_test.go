package lint

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// module is the path of the module that these rules are for.
const module = "github.com/pedigree-ledger/pedigree"

// finding is one breach of a rule, at a line of a file of the repository.
type finding struct {
	file string // relative to the repository's root, with slashes
	line int
	text string
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text) }

// at makes a finding at a position.
func at(fset *token.FileSet, pos token.Pos, format string, args ...any) finding {
	p := fset.Position(pos)
	return finding{relative(p.Filename), p.Line, fmt.Sprintf(format, args...)}
}

// root is the repository's root: tests run in the directory of their package.
var root = sync.OnceValue(func() string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return dir
})

func relative(file string) string {
	rel, err := filepath.Rel(root(), file)
	if err != nil || strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// whole is the module as compiled, without its tests, loaded once.
var whole = sync.OnceValues(func() ([]*packages.Package, error) { return load("./...") })

// load reads packages with their syntax and types.
func load(patterns ...string) ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
		Dir: root(),
	}, patterns...)
}

// modulePackages returns the whole module.
func modulePackages(t *testing.T) []*packages.Package {
	t.Helper()
	pkgs, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

// TestModuleCompiles comes before the rules: they read what the compiler
// understood.
func TestModuleCompiles(t *testing.T) { checkCompiles(t, modulePackages(t)) }

// fixture returns the packages below testdata/name.
func fixture(t *testing.T, name string) []*packages.Package {
	t.Helper()
	dir := filepath.Join(root(), "internal", "lint", "testdata", name)
	var patterns []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			if goFiles, _ := filepath.Glob(filepath.Join(path, "*.go")); len(goFiles) > 0 {
				patterns = append(patterns, "./"+relative(path))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := load(patterns...)
	if err != nil {
		t.Fatal(err)
	}
	checkCompiles(t, pkgs)
	return pkgs
}

func checkCompiles(t *testing.T, pkgs []*packages.Package) {
	t.Helper()
	if len(pkgs) == 0 {
		t.Fatal("no packages were loaded")
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			if e.Pos == "-" && len(p.Errors) > 1 {
				continue // the go command's summary of the others
			}
			t.Errorf("package %s does not compile: %v", p.PkgPath, e)
		}
	}
}

// obey fails the test for each finding.
func obey(t *testing.T, found []finding) {
	t.Helper()
	for _, f := range sorted(found) {
		t.Error(f)
	}
}

func sorted(found []finding) []finding {
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.text, b.text))
	})
	return slices.Compact(found)
}

// expectation is the comment by which a fixture says that its line breaks a
// rule, and how the finding begins.
var expectation = regexp.MustCompile(`// want: (.+)$`)

// bite proves that a rule can fail: it must report exactly the lines of the
// fixture that say so, each with the text that the line announces.
func bite(t *testing.T, pkgs []*packages.Package, found []finding) {
	t.Helper()
	want := make(map[string]string)
	for _, p := range pkgs {
		for _, file := range slices.Concat(p.GoFiles, p.IgnoredFiles) {
			expectationsOf(t, file, want)
		}
	}
	if len(want) == 0 {
		t.Fatal("the fixture expects nothing to be found")
	}
	for _, f := range sorted(found) {
		line := fmt.Sprintf("%s:%d", f.file, f.line)
		text, ok := want[line]
		if !ok || !strings.Contains(f.text, text) {
			t.Errorf("%s: reported %q, the fixture expects %q", line, f.text, text)
		}
		if ok {
			want[line] = reported
		}
	}
	for _, line := range slices.Sorted(maps.Keys(want)) {
		if want[line] != reported {
			t.Errorf("%s: not reported: %s", line, want[line])
		}
	}
}

// reported stands for an expectation that was met; every text contains it, so
// that one line may give several findings.
const reported = ""

func expectationsOf(t *testing.T, file string, want map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(raw), "\n") {
		if m := expectation.FindStringSubmatch(line); m != nil {
			want[fmt.Sprintf("%s:%d", relative(file), i+1)] = m[1]
		}
	}
}

// parseAll parses every Go file below dir, tests and files for other systems
// included, except the fixtures of these rules.
func parseAll(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range filesBelow(t, dir) {
		if !strings.HasSuffix(path, ".go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return fset, files
}

// filesBelow lists the files of the project below dir: not git's own, not the
// fixtures of these rules.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	fixtures := filepath.Join(root(), "internal", "lint", "testdata")
	var out []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == ".git" || path == fixtures && dir != fixtures):
			return fs.SkipDir
		case e.Type().IsRegular() && e.Name() != ".git": // in a worktree it is a file
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
