package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pedigree-ledger/pedigree/node"
)

// TestMain lets scripts, and networks in them, run this binary as pedigree.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pedigree": main})
}

// TestScripts runs the command line as its users do.
func TestScripts(t *testing.T) {
	story, err := filepath.Abs("story")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("STORY", story)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":      exits,
			"await-node": awaitNode,
			"damage":     damage,
			"keyless":    keyless,
		},
	})
}

// exits runs pedigree and expects an exit code: exits CODE ARGUMENT...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec("pedigree", args[1:]...)
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("pedigree: %v", err)
	}
	if got != want {
		ts.Fatalf("pedigree %q: exit code %d, want %d", args[1:], got, want)
	}
}

// awaitNode waits until the node in a home is ready, and sets RPC to where it
// answers: await-node HOME
func awaitNode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await-node HOME")
	}
	home := node.Home(ts.MkAbs(args[0]))
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		url, err := ready(home)
		if err == nil {
			ts.Setenv("RPC", url)
			return
		}
		select {
		case <-deadline.C:
			ts.Fatalf("node in %s: %v", args[0], err)
		case <-tick.C:
		}
	}
}

// ready returns the node's RPC once it votes and its index is there.
func ready(home node.Home) (string, error) {
	s, err := home.Settings()
	if err != nil {
		return "", err
	}
	res, err := http.Get("http://" + s.API + "/readyz") //nolint:noctx // the script's deadline ends it
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("/readyz: %s", res.Status)
	}
	return rpcURL(s.RPC), nil
}

// keyless looks for the private half of keys in files: keyless FOLDER KEYS
// fails when a file of the folder has one of the keys in the folder KEYS.
func keyless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keyless FOLDER KEYS")
	}
	keys, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*.json"))
	ts.Check(err)
	var private []string
	for _, path := range keys {
		var key struct{ Private string }
		raw, err := os.ReadFile(path)
		ts.Check(err)
		ts.Check(json.Unmarshal(raw, &key))
		seed, err := hex.DecodeString(key.Private)
		if err != nil || len(seed) == 0 {
			ts.Fatalf("%s is no key file: %v", path, err)
		}
		private = append(private, key.Private, strings.ToUpper(key.Private), base64.StdEncoding.EncodeToString(seed))
	}
	files := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		for _, key := range private {
			if bytes.Contains(raw, []byte(key)) {
				ts.Fatalf("%s holds a private key", path)
			}
		}
		return err
	}))
	if files == 0 || len(private) == 0 {
		ts.Fatalf("%d files and %d keys: nothing was looked at", files, len(private))
	}
}

// damage overwrites the middle of the files that match: damage PATTERN
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage PATTERN")
	}
	paths, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(paths) == 0 {
		ts.Fatalf("nothing matches %s", args[0])
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		ts.Check(err)
		for i := len(raw) / 4; i < len(raw)/2; i++ {
			raw[i] ^= 0xff
		}
		ts.Check(os.WriteFile(path, raw, 0o600))
	}
}
