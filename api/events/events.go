// Package events is the EPCIS 2.0 REST interface over a partner's repository:
// capture with jobs and error behaviour, the simple event query with pages,
// the top-level resources, named queries with subscriptions by webhook and
// WebSocket, and discovery headers (EPCIS 2.0, section 12 and its OpenAPI).
//
// What is captured goes three ways: the document is kept byte for byte, events
// that carry a meaning for the ledger become ops that the partner's key signs,
// and every event that was taken in can be queried. Beyond the standard, a job
// says of each event what became of it, and documents can be fetched by hash.
package events

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// Config is what the operations work on.
type Config struct {
	// Repository holds the documents, jobs and events.
	Repository *repository.Repository
	// Captures takes documents in. Nil leaves the capture interface away.
	Captures *Captures
	// Dispatcher delivers to webhooks. Nil leaves subscriptions by webhook away.
	Dispatcher *subscription.Dispatcher
	// Sockets is how many WebSockets may be open. 0 means 64.
	Sockets int
	// SocketTime is how long the reader of a WebSocket may take over a message
	// before he is dropped. 0 means 10 seconds.
	SocketTime time.Duration
	// Prefixes knows company prefixes, for callers that want EPC URNs of what
	// was captured as Digital Links. Nil knows none: those stay as they are.
	Prefixes epcis.PrefixLength
	// VendorVersion is the program's, for the header GS1-Vendor-Version; empty
	// leaves that away.
	VendorVersion string
	// Now is the clock, After its timer; nil means the system's.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// part is the interface at work.
type part struct {
	Config
	spent   *spentTokens
	sockets *sockets
	pages   chan struct{}       // a token for each page of a named query
	paths   []string            // in the order in which they were registered
	methods map[string][]string // by path
}

// Register registers the operations of the interface.
func Register(a huma.API, c Config) { register(a, c) }

func register(a huma.API, c Config) *part {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	if c.Sockets == 0 {
		c.Sockets = 64
	}
	if c.SocketTime == 0 {
		c.SocketTime = 10 * time.Second
	}
	p := &part{Config: c, spent: newSpentTokens(), sockets: newSockets(c.Sockets), pages: make(chan struct{}, pagesAtOnce), methods: make(map[string][]string)}
	p.registerRoot(a)
	if c.Captures != nil {
		p.registerCapture(a)
		p.registerPostEvent(a)
	}
	p.registerQueries(a)
	p.registerResources(a)
	p.registerNamed(a)
	p.registerNamedEvents(a)
	if c.Dispatcher != nil {
		p.registerSubscriptions(a)
		p.registerDeadLetters(a)
	}
	p.registerDocuments(a)
	p.registerDiscovery(a)
	return p
}

// operation begins the description of an operation, with the headers that every
// answer of the interface has.
func (p *part) operation(id, method, path, summary string, scope edge.Scope) huma.Operation {
	if p.methods[path] == nil {
		p.paths = append(p.paths, path)
	}
	p.methods[path] = append(p.methods[path], method)
	op := p.describedOnly(id, method, path, summary)
	op.Security = edge.Need(scope)
	return op
}

// describedOnly is an operation that is open to all.
func (p *part) describedOnly(id, method, path, summary string) huma.Operation {
	return edge.WithTypes(huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"EPCIS"},
		Middlewares: huma.Middlewares{p.negotiate},
	}, exceptions())
}
