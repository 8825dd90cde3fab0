package gateway

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/events"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis/schema"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// repositoryMemory is what Badger's memtables of a repository take, each: it is
// written to once per document, not per item, and stands beside a node.
const repositoryMemory = 8 << 20

// openRepository opens the repository and what works on it.
func (g *Gateway) openRepository() error {
	p := &g.parts
	var err error
	p.repository, err = repository.Open(repository.Config{
		Dir: repositoryDir(g.cfg.Home), MaxDocumentBytes: g.settings.MaxDocumentBytes, MemTableBytes: repositoryMemory,
		Logger: g.cfg.Logger, Registerer: g.cfg.Registry,
	})
	if err != nil {
		return err
	}
	p.closers = append(p.closers, p.repository.Close)
	p.dispatcher, err = subscription.Open(subscription.Config{
		Repository: p.repository, AllowPrivate: g.settings.PrivateWebhooks,
		Logger: g.cfg.Logger, Registerer: g.cfg.Registry,
	})
	if err != nil {
		return err
	}
	p.closers = append(p.closers, p.dispatcher.Close)
	if err := g.startCaptures(); err != nil {
		return err
	}
	if !g.settings.OwnEventsOnly {
		feed := NewFeed(FeedConfig{Client: g.cfg.Client, Repository: p.repository, Partner: g.partner, Logger: g.cfg.Logger})
		p.background = append(p.background, feed.Run)
	}
	return nil
}

// startCaptures takes up the capture jobs that were left.
func (g *Gateway) startCaptures() error {
	config := events.CaptureConfig{
		Repository: g.parts.repository, Desk: g.cfg.Client, Logger: g.cfg.Logger,
		MaxBytes: g.settings.MaxDocumentBytes,
	}
	if g.settings.Schemas != "" {
		set, err := schema.Load(in(g.cfg.Home, g.settings.Schemas))
		if err != nil {
			return err
		}
		config.Schemas = set
		config.Strict = func(sender string) bool { return g.settings.policy().For(sender) == schema.Strict }
	}
	var err error
	if g.parts.captures, err = events.StartCaptures(config); err != nil {
		return err
	}
	g.parts.closers = append(g.parts.closers, g.parts.captures.Close)
	return nil
}

// policy says whose documents are held to the schemas. Settings.Check has read
// the GLNs before.
func (s *Settings) policy() schema.Policy {
	p := schema.Policy{Senders: make(map[gs1.GLN]schema.Level)}
	if slices.Contains(s.Strict, "*") {
		p.Default = schema.Strict
	}
	for _, text := range s.Strict {
		if gln, err := gs1.ParseGLN(text); err == nil {
			p.Senders[gln] = schema.Strict
		}
	}
	return p
}

// registerEvents registers the EPCIS interface.
func (g *Gateway) registerEvents(a huma.API) {
	events.Register(a, events.Config{
		Repository: g.parts.repository, Captures: g.parts.captures, Dispatcher: g.parts.dispatcher, VendorVersion: g.cfg.Version,
	})
}
