package testnet

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/node"
)

// asLedger makes a node of this test binary run the ledger.
const asLedger = "PEDIGREE_TESTNET_LEDGER"

// killsVariable raises the number of kills of TestKill.
const killsVariable = "PEDIGREE_KILLS"

// firstSerial begins the serials of the load: all have as many digits, so that
// they ascend as text.
const firstSerial = 1_000_000

// TestKill kills the process of one validator at random moments under load. It
// must come back each time, and end at the same app hash as the one that was
// never disturbed.
func TestKill(t *testing.T) {
	kills := 3
	if v := os.Getenv(killsVariable); v != "" {
		var err error
		if kills, err = strconv.Atoi(v); err != nil {
			t.Fatalf("%s: %v", killsVariable, err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	n, err := New(Options{
		Dir: t.TempDir(), Genesis: LedgerGenesis(app.Params{}),
		Settings: func(i int, s *node.Settings) {
			quick(i, s)
			s.EmptyBlocksInterval = node.Duration(200 * time.Millisecond)
		},
		Command: func(_ int, home node.Home) *exec.Cmd {
			cmd := exec.Command(os.Args[0], "-test.run=^$") //nolint:noctx // ended by Stop
			cmd.Env = append(os.Environ(), asNode+"="+string(home), asLedger+"=1")
			return cmd
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop() })
	ctx := within(t, time.Minute+time.Duration(kills)*20*time.Second)
	if err := n.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, 2); err != nil {
		t.Fatal(err)
	}
	stop := load(ctx, t, n)
	for i := range kills {
		killAtRandom(ctx, t, n.Node(1), random)
		t.Logf("kill %d: back", i+1)
	}
	last := stop()
	n.awaitTx(ctx, t, last, app.CodeOK)
	compareHeaders(ctx, t, n)
}

// killAtRandom kills the node within half a second, and waits until it has
// stored a block more than the others had when it was started again.
func killAtRandom(ctx context.Context, t *testing.T, nd *Node, random *rand.Rand) {
	t.Helper()
	moment := time.NewTimer(time.Duration(random.IntN(500)) * time.Millisecond)
	defer moment.Stop()
	<-moment.C
	if err := nd.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := nd.Start(ctx); err != nil {
		t.Fatal(err)
	}
	h, err := nd.network.Node(0).Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := nd.WaitHeight(ctx, h+1); err != nil {
		t.Fatal(err)
	}
}

// load sends Commissions until the function it returns is called, which returns
// the last one sent.
func load(ctx context.Context, t *testing.T, n *Network) (stop func() []byte) {
	t.Helper()
	s := &signer{t: t, n: n, member: n.Members()[0]}
	product := s.seal(s.product(1), 1)
	if code := broadcast(t, n.Node(0), product); code != app.CodeOK {
		t.Fatalf("product: %s", code)
	}
	n.awaitTx(ctx, t, product, app.CodeOK)
	loading, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var last []byte
	wg.Go(func() {
		for i := 0; loading.Err() == nil; i++ {
			raw := s.seal(s.commission(1, fmt.Sprintf("L%d", i), firstSerial+200*i, firstSerial+200*i+199), 1)
			if code := broadcast(t, n.Node(0), raw); code != app.CodeOK {
				if code == app.CodeNonceTooFar { // the window is full of pending ones
					s.nonce.Add(^uint64(0))
					continue
				}
				t.Errorf("lot %d: %s", i, code)
				return
			}
			last = raw
		}
	})
	return func() []byte {
		cancel()
		wg.Wait()
		return last
	}
}

// compareHeaders compares the app hash of all nodes at one height.
func compareHeaders(ctx context.Context, t *testing.T, n *Network) {
	t.Helper()
	h, err := n.Node(0).Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, h); err != nil {
		t.Fatal(err)
	}
	hashes := make([]string, len(n.Nodes()))
	for i, nd := range n.Nodes() {
		var answer struct {
			Result struct {
				Header struct {
					AppHash string `json:"app_hash"`
				} `json:"header"`
			} `json:"result"`
		}
		_, body := get(t, fmt.Sprintf("%s/header?height=%d", nd.RPC(), h))
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		hashes[i] = answer.Result.Header.AppHash
	}
	for i, got := range hashes {
		if got == "" || got != hashes[0] {
			t.Errorf("node %d: app hash %q at height %d, node 0 has %q", i, got, h, hashes[0])
		}
	}
}

// prepareNode gives a node of this binary its application.
func prepareNode(c *node.Config) error {
	if os.Getenv(asLedger) == "" {
		c.App = NewCounter()
		return nil
	}
	_, err := node.UseLedger(c)
	return err
}
