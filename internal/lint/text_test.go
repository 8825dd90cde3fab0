package lint

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// forbidden is a text that no line of the project may contain.
type forbidden struct {
	pattern *regexp.Regexp
	why     string
	except  []string // files in which it means something else
}

// forbiddenTexts are put together from pieces so that this file does not
// contain them.
func forbiddenTexts() []forbidden {
	return []forbidden{
		{
			pattern: regexp.MustCompile(`\b(` + "TO" + "DO|FIX" + "ME|X" + "XX" + `)\b`),
			why:     "unfinished work belongs in an issue, not in the text",
			except:  []string{"go.sum", "tools/go.sum"}, // hashes
		},
		{
			pattern: regexp.MustCompile(`(^|[^\w.*})])/(` + "wo" + "rk|tm" + "p|ro" + "ot|fa" + "rm" + `)(/|$|[\s"'` + "`" + `])`),
			why:     "names a path of somebody's machine",
			except:  []string{".gitignore"}, // there a path begins at the repository
		},
	}
}

// TestTexts checks every text file of the project, whatever its language.
func TestTexts(t *testing.T) { obey(t, checkTexts(t, root(), forbiddenTexts())) }

// TestTextsBite proves that the rule can fail. Its fixture is written when it
// runs: kept in the repository it would break the rule.
func TestTextsBite(t *testing.T) {
	bad := []string{
		"// TO" + "DO: later", "x() // FIX" + "ME", "a X" + "XX b",
		"cd /wo" + "rk/main", `open("/tm` + `p/x")`, "/ro" + "ot/.cache", "ls /tm" + "p",
	}
	good := []string{
		"a to-do list", "TO" + "DOS", "XX" + "XX", "XX" + "X_Unmarshal", "lib/wo" + "rk/x", "frame" + "wo" + "rk/x",
		"{{.Dir}}/wo" + "rk/", "the merkle /ro" + "ots", "urn:epc:id:sgtin:XX" + "XX",
	}
	dir := t.TempDir()
	text := strings.Join(append(slices.Clone(bad), good...), "\n")
	for name, content := range map[string]string{"a.md": text, "binary": text + "\x00"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var lines []int
	for _, f := range sorted(checkTexts(t, dir, forbiddenTexts())) {
		if !strings.HasSuffix(f.file, "a.md") {
			t.Errorf("reported a line of a binary file: %v", f)
		}
		lines = append(lines, f.line)
	}
	want := []int{1, 2, 3, 4, 5, 6, 7}
	if !slices.Equal(lines, want) {
		t.Errorf("reported lines %v, want %v of\n%s", lines, want, text)
	}
}

// checkTexts searches the text files below dir.
func checkTexts(t *testing.T, dir string, texts []forbidden) []finding {
	t.Helper()
	var out []finding
	for _, path := range filesBelow(t, dir) {
		raw, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue // somebody else's file, gone since it was listed
		}
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(raw, 0) >= 0 {
			continue // not a text
		}
		name := relative(path)
		for i, line := range bytes.Split(raw, []byte("\n")) {
			for _, f := range texts {
				if !slices.Contains(f.except, name) && f.pattern.Match(line) {
					out = append(out, finding{name, i + 1, f.why + ": " + string(f.pattern.Find(line))})
				}
			}
		}
	}
	return out
}
