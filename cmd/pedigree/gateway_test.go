package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// startGateway runs the gateway command until the test ends and returns where
// it listens.
func startGateway(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	said, says := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, append([]string{"gateway", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), io.Discard, says)
		_ = says.Close()
		ended <- code
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitOK {
			t.Errorf("the gateway ended with exit code %d", code)
		}
	})
	var all strings.Builder
	for lines := bufio.NewScanner(said); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if at := regexp.MustCompile(`the gateway serves .* at (\S+), asking`).FindStringSubmatch(lines.Text()); at != nil {
			go func() { _, _ = io.Copy(io.Discard, said) }() // what it says later must not hold it up
			return "http://" + at[1]
		}
	}
	t.Fatalf("the gateway does not listen: %s", all.String())
	return ""
}

// get asks and returns status, headers and body.
func get(t *testing.T, url, token string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(body)
}

// TestGatewayWithoutNode starts an edge whose node is not there: it listens, is
// alive, says what it waits for, and answers whom it knows with 503. A token that is made
// meanwhile is known at once.
func TestGatewayWithoutNode(t *testing.T) {
	dir := t.TempDir()
	home, genesis := filepath.Join(dir, "edge"), filepath.Join(dir, "genesis.json")
	member := filepath.Join(dir, "alder", "config", "member.json")
	pedigree(t, "init", "--home", filepath.Join(dir, "alder"), "--gln", storyMaker, "--name", "Alder", "--role", "manufacturer", "--prefix", "9521001").want(t, exitOK)
	pedigree(t, "genesis", "assemble", member, "--chain-id", "found", "-o", genesis).want(t, exitOK)
	pedigree(t, "token", "create", "--home", home, "--name", "early", "--scope", "read").want(t, exitTrouble, "starting pedigree gateway once")

	base := startGateway(t, "--home", home, "--genesis", genesis, "--node", "http://127.0.0.1:1")
	token := strings.TrimSpace(pedigree(t, "token", "create", "--home", home, "--name", "portal", "--scope", "read,verify").want(t, exitOK).out)

	await(t, "/readyz says why", func() bool {
		status, _, body := get(t, base+"/readyz", "")
		return status == http.StatusServiceUnavailable && strings.Contains(body, `"ok":false`) && strings.Contains(body, "127.0.0.1:1")
	})
	for _, path := range []string{"/ledger/status", "/ledger/partners", "/verification/x"} {
		status, header, body := get(t, base+path, token)
		if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || !strings.Contains(body, "127.0.0.1:1") {
			t.Errorf("%s: got %d %v %s", path, status, header, body)
		}
		if status, _, body := get(t, base+path, ""); status != http.StatusUnauthorized {
			t.Errorf("%s without a token: got %d %s", path, status, body)
		}
	}
	for _, path := range []string{"/livez", "/openapi.json", "/"} {
		if status, _, body := get(t, base+path, ""); status != http.StatusOK {
			t.Errorf("%s: got %d %s", path, status, body)
		}
	}
}

// TestGatewayAfterFailedStart starts an edge badly, mends what was wrong, and
// starts it again: it is the first start still, with the flags that are given
// now.
func TestGatewayAfterFailedStart(t *testing.T) {
	dir := t.TempDir()
	home, genesis, key := filepath.Join(dir, "edge"), filepath.Join(dir, "genesis.json"), filepath.Join(dir, "key.json")
	member := filepath.Join(dir, "alder", "config", "member.json")
	pedigree(t, "init", "--home", filepath.Join(dir, "alder"), "--gln", storyMaker, "--name", "Alder", "--role", "manufacturer", "--prefix", "9521001").want(t, exitOK)
	pedigree(t, "genesis", "assemble", member, "--chain-id", "found", "-o", genesis).want(t, exitOK)
	pedigree(t, "key", "new", "--partner", storyMaker, "-o", key).want(t, exitOK)
	start := []string{"--home", home, "--genesis", genesis, "--node", "http://127.0.0.1:1"}
	for _, wrong := range [][]string{{"--key", key + "s"}, {"--key", key, "--listen", "127.0.0.1:x"}} {
		pedigree(t, append(append([]string{"gateway"}, start...), wrong...)...).want(t, exitTrouble)
		if _, err := os.Stat(home); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("after %v there is a home: %v", wrong, err)
		}
	}
	base := startGateway(t, append(start, "--key", key)...)
	if status, _, body := get(t, base+"/livez", ""); status != http.StatusOK {
		t.Errorf("got %d %s", status, body)
	}
	s, ok, err := gatewayHome(home).settings()
	if err != nil || !ok || !slices.Equal(s.Keys, []string{key}) {
		t.Errorf("%v %v: settings %+v, want the key of the last start", err, ok, s)
	}
}

// await asks until what is wanted holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it never came: %s", what)
		}
	}
}
