package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
)

// listen opens the port.
func (g *Gateway) listen() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", g.cfg.Listen)
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	g.listener = g.parts.edge.Limit(l)
	g.server = g.parts.edge.Server(g.whenOpen(g.parts.edge.Handler()))
	return nil
}

// serve answers requests until the server is shut down.
func (g *Gateway) serve() {
	if err := g.server.Serve(g.listener); !errors.Is(err, http.ErrServerClosed) {
		g.cfg.Logger.LogAttrs(context.Background(), slog.LevelError, "the edge stopped", slog.String("err", err.Error()))
	}
}

// writeJSON writes an answer; a caller that went away is no concern of ours.
func writeJSON(w io.Writer, v any) { _ = json.NewEncoder(w).Encode(v) }
