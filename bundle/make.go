package bundle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// The bounds of a Request.
const (
	usualTransactions = 100
	mostTransactions  = 1_000
	usualPackages     = 2_000
	mostPackages      = 10_000
)

// ErrRequest means that a Request asks for nothing that a bundle can be made of.
var ErrRequest = errors.New("no bundle can be made of this request")

// Check returns an error, an ErrRequest, that says what is wrong with r.
func (r *Request) Check() error {
	switch {
	case r.Partner.IsZero() && r.Item == "":
		return fmt.Errorf("%w: it names neither a partner nor an item", ErrRequest)
	case r.Item != "" && r.Item.IsLogistic():
		return fmt.Errorf("%w: %s is a container; ask for an item", ErrRequest, r.Item.Bracketed())
	case r.Side > SideSold:
		return fmt.Errorf("%w: there is no side %d", ErrRequest, r.Side)
	case !r.Until.IsZero() && !r.Since.Before(r.Until):
		return fmt.Errorf("%w: it ends at %s, before it begins", ErrRequest, r.Until.UTC().Format(time.RFC3339))
	case r.MaxTransactions < 0 || r.MaxTransactions > mostTransactions:
		return fmt.Errorf("%w: at most %d transactions, asked for %d", ErrRequest, mostTransactions, r.MaxTransactions)
	case r.MaxPackages < 0 || r.MaxPackages > mostPackages:
		return fmt.Errorf("%w: at most %d packages, asked for %d", ErrRequest, mostPackages, r.MaxPackages)
	}
	return nil
}

// wants reports whether a change of ownership belongs into the bundle.
func (r *Request) wants(from, to gs1.GLN, shipped time.Time) bool {
	if shipped.Before(r.Since) || !r.Until.IsZero() && !shipped.Before(r.Until) {
		return false
	}
	switch {
	case r.Partner.IsZero():
		return true
	case r.Side == SideBought:
		return to == r.Partner
	case r.Side == SideSold:
		return from == r.Partner
	default:
		return from == r.Partner || to == r.Partner
	}
}

// Make gathers and proves a bundle. There must be a light client: see
// client.Client.UseLight. The error is an ErrRequest, client.ErrNotFound for an
// item or partner that the ledger does not know, or trouble with the node.
func Make(ctx context.Context, c *client.Client, r Request) (*Bundle, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.MaxTransactions == 0 {
		r.MaxTransactions = usualTransactions
	}
	if r.MaxPackages == 0 {
		r.MaxPackages = usualPackages
	}
	m := &maker{c: c, request: r, room: r.MaxPackages}
	b := &Bundle{ChainID: c.ChainID(), Since: r.Since, Until: r.Until, Item: r.Item, Transactions: []Transaction{}}
	if err := m.begin(ctx, b); err != nil {
		return nil, err
	}
	shipments, err := m.shipments(ctx)
	if err != nil {
		return nil, err
	}
	for i := range shipments {
		if err := m.add(ctx, b, &shipments[i]); err != nil {
			return nil, fmt.Errorf("shipment %d: %w", shipments[i].number, err)
		}
	}
	if err := m.prove(ctx, b); err != nil {
		return nil, err
	}
	if err := m.tellTimes(ctx, b); err != nil {
		return nil, err
	}
	return b, nil
}

// maker makes one bundle.
type maker struct {
	c       *client.Client
	request Request
	records records
	// room is how many packages may still be listed.
	room int
}

// shipment is one that is to be in the bundle, with its proved record.
type shipment struct {
	number uint64
	app.Shipment
	// pairs are the changes of ownership that the request wants.
	pairs [][2]gs1.GLN
}

// begin settles the height and proves who was asked about.
func (m *maker) begin(ctx context.Context, b *Bundle) error {
	settled, err := client.Query(ctx, m.c, app.DecodeParams, "/params")
	if err != nil {
		return err
	}
	b.Height, b.Time = settled.Height, settled.Time.UTC()
	m.records = newRecords(m.c, settled.Height)
	if m.request.Partner.IsZero() {
		return nil
	}
	p, err := m.records.party(ctx, m.request.Partner)
	if err != nil {
		return err
	}
	b.Partner = p
	return nil
}

// shipments lists what the request wants, newest first, each proved.
func (m *maker) shipments(ctx context.Context) ([]shipment, error) {
	numbers, err := m.listed(ctx)
	if err != nil {
		return nil, err
	}
	var out []shipment
	for _, n := range numbers {
		s, err := m.records.shipment(ctx, n)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue // it began after the height
		}
		x := shipment{number: n, Shipment: *s}
		owners := s.Owners()
		for i := 1; i < len(owners); i++ {
			if m.request.wants(owners[i-1], owners[i], unixTime(s.Time)) {
				x.pairs = append(x.pairs, [2]gs1.GLN{owners[i-1], owners[i]})
			}
		}
		if len(x.pairs) > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// listed are the numbers of the shipments that the node's index names: those of
// the item, or those of the partner in the time asked about.
func (m *maker) listed(ctx context.Context) ([]uint64, error) {
	if m.request.Item != "" {
		return m.ofItem(ctx)
	}
	var out []uint64
	page := app.PageRequest{}
	for {
		p, err := m.c.PartnerShipments(ctx, m.request.Partner, "all", page)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			s := &p.Items[i]
			owners := s.Owners()
			for j := 1; j < len(owners); j++ {
				if m.request.wants(owners[j-1], owners[j], unixTime(s.Time)) {
					out = append(out, s.Number)
					break
				}
			}
		}
		if p.Next == "" {
			return out, nil
		}
		page.Cursor = p.Next
	}
}

// ofItem are the shipments in the history of the item, newest first.
func (m *maker) ofItem(ctx context.Context) ([]uint64, error) {
	steps, err := client.All(func(p app.PageRequest) (*app.Page[app.Step], error) {
		return m.c.History(ctx, m.request.Item, p)
	})
	if err != nil {
		return nil, err
	}
	var out []uint64
	for i := range steps {
		if n, ok := began(&steps[i].TxSummary); ok {
			out = append(out, n)
		}
	}
	slices.Reverse(out)
	return out, nil
}

// add adds the transactions of a shipment, or counts them as left out.
func (m *maker) add(ctx context.Context, b *Bundle, s *shipment) error {
	full := len(b.Transactions) > 0 && m.request.Item == "" && s.Shipped > uint64(m.room)
	if b.Cut != nil && b.Cut.Transactions > 0 || full || len(b.Transactions)+len(s.pairs) > m.request.MaxTransactions && len(b.Transactions) > 0 {
		b.leaveOut(len(s.pairs), unixTime(s.Time))
		return nil
	}
	found, err := m.packages(ctx, s)
	if err != nil {
		return err
	}
	m.room -= len(found.items)
	for _, pair := range s.pairs {
		t, err := m.transaction(ctx, s, pair, found)
		if err != nil {
			return err
		}
		b.Transactions = append(b.Transactions, *t)
	}
	if found.unlisted > 0 {
		b.cut().Packages += found.unlisted
	}
	return nil
}

func (b *Bundle) cut() *Cut {
	if b.Cut == nil {
		b.Cut = &Cut{}
	}
	return b.Cut
}

// leaveOut counts transactions that there is no room for. The first of them is
// the newest, and bounds the next request.
func (b *Bundle) leaveOut(n int, shipped time.Time) {
	c := b.cut()
	if c.Transactions == 0 {
		c.Until = shipped.Add(time.Second)
	}
	c.Transactions += n
}

func unixTime(seconds uint64) time.Time { return time.Unix(int64(seconds), 0).UTC() }
