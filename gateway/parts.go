package gateway

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api"
	"github.com/pedigree-ledger/pedigree/api/access"
	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/api/events"
	"github.com/pedigree-ledger/pedigree/api/ledger"
	"github.com/pedigree-ledger/pedigree/api/verification"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// parts are what an edge consists of; nil where it has none.
type parts struct {
	edge       *edge.Edge
	repository *repository.Repository
	dispatcher *subscription.Dispatcher
	captures   *events.Captures
	// background goes on beside requests once the ledger can be asked, and
	// ends with its context.
	background []func(context.Context) error
	// closers end what was opened, the last one first.
	closers []func() error
}

// keyless is why an edge serves no EPCIS interface.
const keyless = "this edge holds no partner's key: it is nobody's repository, takes no documents and keeps no events. " +
	"Its operator names the partner's key file in the setting keys (of a node: gateway.keys) and starts it again; or ask the partner's own edge"

// assemble opens what stands on disk and registers every part of the API.
func (g *Gateway) assemble() error {
	callers, err := access.Open(g.settings.TokensFile(g.cfg.Home), nil)
	if err != nil {
		return err
	}
	register := []func(huma.API){
		func(a huma.API) { verification.Register(a, g.verification()) },
		func(a huma.API) { ledger.Register(a, ledger.Config{Client: g.cfg.Client, Partner: g.partner}) },
	}
	config := g.edgeConfig(callers)
	if g.partner.IsZero() {
		if config.Absent, err = events.Absent(keyless); err != nil {
			return err
		}
	} else {
		if err := g.openRepository(); err != nil {
			return err
		}
		config.Answers = g.parts.repository
		register = append(register, g.registerEvents)
	}
	g.parts.edge, err = api.Assemble(api.Config{
		Edge: config, Live: g.cfg.Live, Ready: g.ready,
		Gatherer: g.cfg.Registry, OpenMetrics: g.settings.OpenMetrics || loopback(g.cfg.Listen),
		Parts: register,
	})
	return err
}

func (g *Gateway) edgeConfig(callers edge.Access) edge.Config {
	return edge.Config{
		Version: g.cfg.Version, Access: callers, PublicReads: g.settings.PublicReads,
		Origins: g.settings.Origins, Limits: edge.Limits{CallerRate: g.settings.RequestsPerSecond, Bodies: g.settings.MaxBodiesBytes},
		Heights: g.heights, Closed: g.closed, Logger: g.cfg.Logger, Registerer: g.cfg.Registry,
	}
}

func (g *Gateway) verification() verification.Config {
	s := &g.settings
	return verification.Config{
		Client: g.cfg.Client, Responder: g.partner,
		Policy: verification.Policy{
			AffirmRecalled: s.AffirmRecalled, AffirmExpired: s.AffirmExpired, AffirmEnded: s.AffirmEnded, HideReason: s.HideReason,
		},
	}
}

// heights are those on which answers rest: listings on that of the index, proven
// ones on that of their header, some on both. An index that stands still does
// not keep proven answers from changing.
func (g *Gateway) heights(ctx context.Context) ([]uint64, error) {
	s, err := g.cfg.Client.IndexStatus(ctx)
	if err != nil {
		return nil, err
	}
	proven, err := g.cfg.Client.ProvenHeight(ctx)
	return []uint64{s.Height, proven}, err
}

// background runs what goes on beside requests, until ctx ends.
func (g *Gateway) background(ctx context.Context) {
	for _, f := range g.parts.background {
		g.work.Go(func() {
			if err := f(ctx); err != nil && ctx.Err() == nil {
				g.cfg.Logger.LogAttrs(ctx, slog.LevelError, "the edge lost a part: restart it", slog.String("err", err.Error()))
			}
		})
	}
}

// close closes what is open.
func (p *parts) close() error {
	var err error
	for _, f := range slices.Backward(p.closers) {
		err = errors.Join(err, f())
	}
	return err
}
