package lint

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are those that every release has. What stands in them is tested by
// the package that generates them.
func pages() []string {
	return []string{
		"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "NOTICE",
		"docs/architecture.md", "docs/threat-model.md",
		"docs/reference/operations.md", "docs/reference/codes.md",
	}
}

// TestPages checks that the pages exist and say something.
func TestPages(t *testing.T) { obey(t, checkPages(root(), pages())) }

// TestDocLinks checks that every page of docs that a source file or page
// names, and every link of a page to a file, leads somewhere.
func TestDocLinks(t *testing.T) { obey(t, checkDocLinks(t, root())) }

// TestDocsBite proves that both rules can fail.
func TestDocsBite(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "docs/empty.md", "\n")
	write(t, dir, "docs/decisions/0007-full.md", "text")
	write(t, dir, "docs/a.md", strings.Join([]string{
		"[good](decisions/0007-full.md#why), [web](https://example.com/x.md), [here](#a)",
		"[bad](gone.md)",
		"see docs/decisions/0007, docs/a.md, (docs/decisions/), docs/empty.",
		"see docs/decisions/0008",
		"see docs/nothing.md.",
		"the word docs/ alone, a pattern docs/*.md, and other/docs/x.md",
	}, "\n"))

	if got := checkPages(dir, []string{"docs/a.md", "docs/empty.md", "docs/none.md"}); len(got) != 2 {
		t.Errorf("got %v, want the empty and the missing page", got)
	}
	var lines []int
	for _, f := range sorted(checkDocLinks(t, dir)) {
		lines = append(lines, f.line)
	}
	if want := []int{2, 4, 5}; !slices.Equal(lines, want) {
		t.Errorf("reported lines %v, want %v", lines, want)
	}
}

func checkPages(dir string, pages []string) []finding {
	var out []finding
	for _, page := range pages {
		raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(page)))
		if err != nil || strings.TrimSpace(string(raw)) == "" {
			out = append(out, finding{page, 1, "the page is missing or empty"})
		}
	}
	return out
}

var (
	// docMention is a path of docs, as comments and pages name it; the number
	// of a decision may stand for its file.
	docMention = regexp.MustCompile(`(?:^|[^\w/.])(docs/[a-z0-9/_-]+(?:\.(?:md|json|txt|yaml))?)`)
	// docLink is a link of a page.
	docLink = regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
)

// checkDocLinks looks into the Markdown and Go files below dir.
func checkDocLinks(t *testing.T, dir string) []finding {
	t.Helper()
	var out []finding
	for _, file := range filesBelow(t, dir) {
		ext := filepath.Ext(file)
		if ext != ".md" && ext != ".go" || strings.HasSuffix(file, "docs_test.go") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(dir, file)
		for i, line := range strings.Split(string(raw), "\n") {
			for _, target := range targets(line, filepath.ToSlash(name)) {
				if !exists(dir, target) {
					out = append(out, finding{filepath.ToSlash(name), i + 1, "there is no " + target})
				}
			}
		}
	}
	return out
}

// targets lists the files that a line names, relative to the repository.
func targets(line, file string) []string {
	var out []string
	for _, m := range docMention.FindAllStringSubmatch(line, -1) {
		out = append(out, m[1])
	}
	if path.Ext(file) != ".md" {
		return out
	}
	for _, m := range docLink.FindAllStringSubmatch(line, -1) {
		if !strings.Contains(m[1], ":") {
			out = append(out, path.Join(path.Dir(file), m[1]))
		}
	}
	return out
}

// exists also takes the beginning of a name, as in docs/decisions/0002.
func exists(dir, target string) bool {
	found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(target, "/"))) + "*")
	if err != nil {
		return false
	}
	if path.Ext(target) != "" {
		for _, f := range found {
			if filepath.ToSlash(f) == filepath.ToSlash(filepath.Join(dir, target)) {
				return true
			}
		}
		return false
	}
	return len(found) > 0
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
