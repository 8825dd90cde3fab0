package testnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/node"
)

// asNode is the variable that turns this test binary into a node: its value is
// the home.
const asNode = "PEDIGREE_TESTNET_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(asNode); home != "" {
		os.Exit(runNode(node.Home(home)))
	}
	os.Exit(m.Run())
}

func runNode(home node.Home) int {
	err := func() error {
		settings, err := home.Settings()
		if err != nil {
			return err
		}
		c := node.Config{Home: home, Settings: settings, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}
		if err := prepareNode(&c); err != nil {
			return err
		}
		n, err := node.New(c)
		if err != nil {
			return err
		}
		if err := n.Start(); err != nil {
			return errors.Join(err, n.Stop())
		}
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		select {
		case <-ctx.Done():
		case <-n.Done():
		}
		return errors.Join(n.Err(), n.Stop())
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// quick makes blocks come fast and without txs.
func quick(_ int, s *node.Settings) {
	s.ProposeTimeout = node.Duration(500 * time.Millisecond)
	s.CommitTimeout = node.Duration(10 * time.Millisecond)
	s.EmptyBlocksInterval = node.Duration(10 * time.Millisecond)
}

func counters(apps []*Counter) func(int, *node.Config) error {
	return func(i int, c *node.Config) error {
		apps[i] = NewCounter()
		c.App = apps[i]
		return nil
	}
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func submit(t *testing.T, n *Node, tx string) {
	t.Helper()
	url := fmt.Sprintf("%s/broadcast_tx_sync?tx=%%22%s%%22", n.RPC(), tx)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(body), `"code":0`) {
		t.Fatalf("submit %s: %s, %v; want code 0", tx, body, err)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func post(t *testing.T, url, body string, v any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Close = true // a connection to a node that was restarted is of no use
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}

func TestNetworkInProcess(t *testing.T) {
	apps := make([]*Counter, 4)
	n, err := New(Options{Dir: t.TempDir(), Settings: quick, Prepare: counters(apps)})
	if err != nil {
		t.Fatal(err)
	}
	ctx := within(t, time.Minute)
	if err := n.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop() })
	if err := n.WaitHeight(ctx, 5); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		submit(t, n.Node(i%4), fmt.Sprintf("tx-%d", i))
	}
	counted := func() error {
		for i, app := range apps {
			if got := app.Txs(); got != 10 {
				return fmt.Errorf("node %d counted %d txs, want 10", i, got)
			}
		}
		return nil
	}
	if err := poll(ctx, counted); err != nil {
		t.Fatal(err)
	}
	t.Run("restart", func(t *testing.T) { restartOne(t, n, apps) })
	t.Run("api", func(t *testing.T) { askAPI(ctx, t, n.Node(1)) })
	t.Run("faults need a process", func(t *testing.T) {
		if err := n.Node(0).Kill(); !errors.Is(err, ErrInProcess) {
			t.Errorf("Kill: got %v, want ErrInProcess", err)
		}
	})
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	if n.Node(0).Running() {
		t.Error("node 0 still runs after Stop")
	}
}

// restartOne stops a node while the others go on, and starts it again: its
// application begins anew and must come back to the same count.
func restartOne(t *testing.T, n *Network, apps []*Counter) {
	ctx := within(t, 30*time.Second)
	if err := n.Node(3).Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Node(3).Height(ctx); !errors.Is(err, ErrNotRunning) {
		t.Errorf("height of a stopped node: got %v, want ErrNotRunning", err)
	}
	before, err := n.Node(0).Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, before+3); err != nil {
		t.Fatal(err)
	}
	if err := n.Node(3).Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, before+6); err != nil {
		t.Fatal(err)
	}
	if got := apps[3].Txs(); got != 10 {
		t.Errorf("node 3 counted %d txs after its restart, want 10", got)
	}
}

func askAPI(ctx context.Context, t *testing.T, n *Node) {
	ready := func() error {
		if code, body := get(t, n.API()+"/readyz"); code != 200 {
			return fmt.Errorf("/readyz: %d %s", code, body)
		}
		return nil
	}
	if err := poll(ctx, ready); err != nil {
		t.Error(err)
	}
	if code, body := get(t, n.API()+"/livez"); code != 200 || !strings.Contains(body, `"ok":true`) {
		t.Errorf("/livez: got %d %s, want 200 and ok", code, body)
	}
	code, body := get(t, n.API()+"/metrics")
	for _, want := range []string{`cometbft_consensus_height{chain_id="pedigree-test"}`, "cometbft_p2p_peers", "cometbft_mempool_size"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("/metrics: status %d, %s not found", code, want)
		}
	}
}

func TestNetworkOfProcesses(t *testing.T) {
	n, err := New(Options{
		Dir: t.TempDir(), Settings: quick,
		Command: func(_ int, home node.Home) *exec.Cmd {
			cmd := exec.Command(os.Args[0], "-test.run=^$") //nolint:noctx // ended by Stop
			cmd.Env = append(os.Environ(), asNode+"="+string(home))
			return cmd
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop() })
	ctx := within(t, 90*time.Second)
	if err := n.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, 3); err != nil {
		t.Fatal(err)
	}
	t.Run("kill", func(t *testing.T) { killOne(ctx, t, n) })
	t.Run("pause", func(t *testing.T) { pauseOne(ctx, t, n) })
	t.Run("wrong genesis", func(t *testing.T) { changeGenesis(ctx, t, n) })
}

func killOne(ctx context.Context, t *testing.T, n *Network) {
	if err := n.Node(1).Kill(); err != nil {
		t.Fatal(err)
	}
	h, err := n.Node(0).Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, h+3); err != nil {
		t.Fatal(err)
	}
	if err := n.Node(1).Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := n.Node(1).WaitHeight(ctx, h+5); err != nil {
		t.Fatal(err)
	}
}

func pauseOne(ctx context.Context, t *testing.T, n *Network) {
	if err := n.Node(2).Pause(); err != nil {
		t.Fatal(err)
	}
	h, err := n.Node(0).Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Node(0).WaitHeight(ctx, h+3); err != nil {
		t.Errorf("the others do not go on: %v", err)
	}
	if err := n.Node(2).Resume(); err != nil {
		t.Fatal(err)
	}
	if err := n.Node(2).WaitHeight(ctx, h+5); err != nil {
		t.Fatal(err)
	}
}

func changeGenesis(ctx context.Context, t *testing.T, n *Network) {
	nd := n.Node(3)
	if err := nd.Stop(); err != nil {
		t.Fatal(err)
	}
	p, err := os.ReadFile(nd.Home().GenesisFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(nd.Home().GenesisFile(), append(p, ' '), 0o600); err != nil {
		t.Fatal(err)
	}
	err = nd.Start(ctx)
	if err == nil || !strings.Contains(err.Error(), "wrong genesis") || strings.Contains(err.Error(), "\n") {
		t.Errorf("start with a changed genesis: got %v, want one line saying wrong genesis", err)
	}
}

func TestStartRetriesTakenPort(t *testing.T) {
	taken, err := freeAddresses(1)
	if err != nil {
		t.Fatal(err)
	}
	blocker := &http.Server{Addr: taken[0], ReadHeaderTimeout: time.Second}
	go func() { _ = blocker.ListenAndServe() }()
	t.Cleanup(func() { _ = blocker.Close() })
	ctx := within(t, time.Minute)
	answers := func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+taken[0], nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		return res.Body.Close()
	}
	if err := poll(ctx, answers); err != nil {
		t.Fatal(err)
	}
	tries := 0
	n, err := New(Options{
		Dir: t.TempDir(), Validators: 1, Prepare: counters(make([]*Counter, 1)),
		Settings: func(i int, s *node.Settings) {
			quick(i, s)
			if tries++; tries < 3 {
				s.RPC = "tcp://" + taken[0]
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop() })
	if err := n.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if tries != 3 {
		t.Errorf("ports were assigned %d times, want 3", tries)
	}
	if err := n.WaitHeight(ctx, 2); err != nil {
		t.Fatal(err)
	}
}

func TestNewRefusesOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no dir":      {Prepare: counters(nil)},
		"no app":      {Dir: t.TempDir()},
		"two apps":    {Dir: t.TempDir(), Prepare: counters(nil), Command: func(int, node.Home) *exec.Cmd { return nil }},
		"bad genesis": {Dir: t.TempDir(), Prepare: counters(nil), Genesis: func([]Member) (json.RawMessage, error) { return nil, errors.New("no") }},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}
