package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/pedigree-ledger/pedigree/api"
)

// httpServer serves health and metrics beside CometBFT's RPC, for applications
// that are not the ledger.
type httpServer struct{ server *http.Server }

// stopper is what serves the API; nil when nothing does.
type stopper interface{ Stop() error }

// startHTTP serves the API, unless it is switched off.
func (n *Node) startHTTP() (stopper, error) {
	switch {
	case n.cfg.Settings.API == off:
		return nil, nil
	case n.cfg.ServesLedger:
		return n.startGateway()
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", n.cfg.Settings.API)
	if err != nil {
		return nil, startError(n.home, err)
	}
	server := &http.Server{
		Handler:           api.New(api.Config{Gatherer: n.registry, Live: n.Err, Ready: n.Readiness}),
		ReadHeaderTimeout: 5 * time.Second,
		ErrorLog:          slog.NewLogLogger(n.log.Handler(), slog.LevelWarn),
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			n.log.LogAttrs(context.Background(), slog.LevelError, "api stopped", slog.String("err", err.Error()))
		}
	}()
	return &httpServer{server}, nil
}

// Stop ends requests under way.
func (h *httpServer) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if h.server.Shutdown(ctx) != nil {
		return h.server.Close() // a client that will not go
	}
	return nil
}

// readySkew is how far the last block's time may lie from the local clock
// before a node in step says that one of the two is wrong.
const readySkew = 5 * time.Minute

// Readiness returns the reasons why this node should get no traffic now; none
// means that it is ready.
func (n *Node) Readiness() []string {
	if err := n.Err(); err != nil {
		return []string{err.Error()}
	}
	if !n.running() {
		return []string{"the node is starting or stopping"}
	}
	var reasons []string
	if n.Syncing() {
		reasons = append(reasons, fmt.Sprintf("fetching the blocks that the network has decided, now at height %d", n.Height()))
	} else if n.Height() == 0 {
		reasons = append(reasons, "waiting for the first block")
	}
	if want := len(n.cfg.Settings.Peers); want > 0 && n.Peers() == 0 {
		reasons = append(reasons, fmt.Sprintf("connected to none of %d peers", want))
	}
	reasons = append(reasons, n.clockReasons()...)
	if n.cfg.Ready != nil {
		reasons = append(reasons, n.cfg.Ready()...)
	}
	return reasons
}

// clockReasons compares the clock with the last block: a block from the future
// is made with clocks that this one disagrees with.
func (n *Node) clockReasons() []string {
	if n.Height() == 0 || !n.stores.enter() {
		return nil
	}
	n.stores.mu.RUnlock() // the store enters again; see blocks.Block
	meta := n.comet.BlockStore().LoadBlockMeta(n.comet.BlockStore().Height())
	if meta == nil {
		return nil
	}
	if lead := time.Until(meta.Header.Time); lead > readySkew {
		return []string{fmt.Sprintf("the last block lies %s in the future: set this machine's clock", lead.Round(time.Second))}
	}
	return nil
}

func (n *Node) running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.phase == phaseRunning
}
