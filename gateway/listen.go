package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// listen opens the port.
func (g *Gateway) listen() error {
	config, err := g.tls()
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", g.cfg.Listen)
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	g.listener = g.parts.edge.Limit(l)
	if config != nil {
		g.listener = tls.NewListener(g.listener, config)
	}
	g.server = g.parts.edge.Server(g.parts.edge.Handler())
	return nil
}

// tls is the server's certificate, nil without one.
func (g *Gateway) tls() (*tls.Config, error) {
	if g.settings.TLSCertificate == "" {
		return nil, nil
	}
	return edge.TLS(edge.TLSFiles{
		Certificate: in(g.cfg.Home, g.settings.TLSCertificate), Key: in(g.cfg.Home, g.settings.TLSKey), ClientCA: in(g.cfg.Home, g.settings.ClientCA),
	}, g.cfg.Logger)
}

// serve answers requests until the server is shut down.
func (g *Gateway) serve() {
	if err := g.server.Serve(g.listener); !errors.Is(err, http.ErrServerClosed) {
		g.cfg.Logger.LogAttrs(context.Background(), slog.LevelError, "the edge stopped", slog.String("err", err.Error()))
	}
}
