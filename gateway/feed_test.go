package gateway_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/gateway"
	"github.com/pedigree-ledger/pedigree/repository"
)

// fed is a network and the wholesaler's repository, fed by it.
type fed struct {
	*networktest.Network
	c    *client.Client
	repo *repository.Repository
}

// feed runs a feed until the returned function stops it.
func (f *fed) feed(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	feed := gateway.NewFeed(gateway.FeedConfig{
		Client: f.c, Repository: f.repo, Partner: f.World.Wholesaler.GLN, Settle: time.Second,
	})
	go func() { ended <- feed.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the feed: %v", err)
		}
	}
}

// wait waits until the repository has an event of this id or hash.
func (f *fed) wait(t *testing.T, id string) *repository.Stored {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		changed := f.repo.Changed()
		s, err := f.repo.Event(ctx, id)
		if err == nil {
			return s
		}
		if !errors.Is(err, repository.ErrNotFound) {
			t.Fatal(err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("event %s did not come", id)
		}
	}
}

// all lists what the repository has.
func (f *fed) all(t *testing.T) []repository.Stored {
	t.Helper()
	q, err := repository.ParseQuery(nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := f.repo.Find(t.Context(), q, "")
	if err != nil || page.Next != "" {
		t.Fatalf("%v, next page %q", err, page.Next)
	}
	return page.Events
}

// moved is a movement of packages of a product as partners report it.
func moved(step, disposition string, from, to, site *apptest.Partner, items ...gs1.Key) epcis.Event {
	sgln := func(g gs1.GLN) string { e, _ := g.Location(7, ""); return e.String() }
	ev := epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.ActionObserve, BizStep: step, Disposition: disposition,
		Time: epcis.NewTime(time.Now().Truncate(time.Second)), TimeZoneOffset: "+00:00",
		ReadPoint: epcis.Place{ID: sgln(site.GLN)}, BizLocation: epcis.Place{ID: sgln(site.GLN)},
		Sources:      []epcis.Endpoint{{Type: "owning_party", ID: sgln(from.GLN)}, {Type: "location", ID: sgln(from.GLN)}},
		Destinations: []epcis.Endpoint{{Type: "owning_party", ID: sgln(to.GLN)}, {Type: "location", ID: sgln(to.GLN)}},
	}
	for _, key := range items {
		sg, _ := key.SGTIN()
		e, _ := sg.EPC(7)
		ev.EPCs = append(ev.EPCs, e.String())
	}
	return ev
}

// capture captures one event with a client that signs for everybody, and
// returns its hash.
func (f *fed) capture(t *testing.T, ev *epcis.Event) string {
	t.Helper()
	doc := &epcis.Document{SchemaVersion: "2.0", CreationDate: ev.Time, DSCSA: epcis.DSCSA{Present: true, Affirmed: true}, Events: []epcis.Event{*ev}}
	done, err := client.Capture(t.Context(), f.c, doc, nil)
	if err != nil || len(done) != 1 || !done[0].OK() {
		t.Fatalf("%v: %+v", err, done)
	}
	return done[0].EventHash
}

// TestFeed sells goods to a wholesaler, who finds in his repository what others
// recorded, once, and not what is none of his business.
func TestFeed(t *testing.T) {
	f := &fed{Network: networktest.Start(t)}
	f.c = f.Client(t, 0)
	var err error
	if f.repo, err = repository.Open(repository.Config{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.repo.Close(); err != nil {
			t.Error(err)
		}
	}()
	w, c := f.World, f.c
	networktest.Must(t, c, w.Maker, networktest.Register(w.Unit, app.LevelUnit))
	networktest.Must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 20))
	stop := f.feed(t)

	t.Run("shipped to him, without an event", func(t *testing.T) { f.bareShipment(t) })
	t.Run("shipped to him, with an event", func(t *testing.T) {
		ev := moved("shipping", "in_transit", w.Maker, w.Wholesaler, w.Maker, apptest.Items(w.Unit, 3, 4)...)
		hash := f.capture(t, &ev)
		if s := f.wait(t, hash); s.Standing != repository.Told || !epcis.Equal(s.Event, &ev) {
			t.Errorf("got %s, %s", s.Standing, epcis.Diff(s.Event, &ev))
		}
	})
	t.Run("captured by him", func(t *testing.T) { f.captured(t) })
	stop()
	stop = f.feed(t)
	t.Run("a recall", func(t *testing.T) {
		out := networktest.Must(t, c, w.Maker, &app.RecallLot{LotID: app.LotID{GTIN: w.Unit, Lot: "L1"}, Class: 1, Depth: app.DepthRetail, Reason: "glass"})
		if s := f.wait(t, client.TxEventID(out.Tx)); len(s.Event.Quantities) != 1 || s.Event.Disposition != "recalled" {
			t.Errorf("got %+v, want the lot, recalled", s.Event)
		}
	})
	stop()
	f.check(t)
	t.Run("whose business", func(t *testing.T) { business(t, f.Network, c) })
	t.Run("whose business it was", func(t *testing.T) { movedOn(t, f.Network, c) })
}

// bareShipment ships by an op that mirrors no event.
func (f *fed) bareShipment(t *testing.T) {
	w, ctx := f.World, t.Context()
	terms := app.Terms{To: w.Wholesaler.GLN, ShipTo: w.Wholesaler.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	op := networktest.Planned[app.Ship](t)(f.c.Plan(w.Maker.GLN).Ship(ctx, terms, apptest.Items(w.Unit, 1, 2)...))
	out := networktest.Must(t, f.c, w.Maker, op)
	s := f.wait(t, client.TxEventID(out.Tx))
	if s.Standing != repository.Told || s.Event.BizStep != "shipping" || len(s.Event.EPCs) != 2 || !slices.Equal(s.Txs, []string{out.Tx.String()}) {
		t.Errorf("got %+v %+v", s, s.Event)
	}
}

// captured captures receipts as his gateway does, which adds the event itself,
// and as another program of his does.
func (f *fed) captured(t *testing.T) {
	w := f.World
	here := moved("receiving", "in_progress", w.Maker, w.Wholesaler, w.Wholesaler, apptest.Item(w.Unit, 1))
	here.ID = "urn:uuid:9d3f4a5e-7d51-4c0e-8f5e-2f0f8d7c1a01"
	hash := f.capture(t, &here)
	if _, err := f.repo.Add(t.Context(), []repository.NewEvent{{Event: &here, Standing: repository.Recorded, CaptureID: "job"}}); err != nil {
		t.Fatal(err)
	}
	elsewhere := moved("receiving", "in_progress", w.Maker, w.Wholesaler, w.Wholesaler, apptest.Item(w.Unit, 2))
	if s := f.wait(t, f.capture(t, &elsewhere)); s.Standing != repository.Told {
		t.Errorf("captured elsewhere: %s, want told", s.Standing)
	}
	if s := f.wait(t, hash); s.Standing != repository.Recorded || s.Replaces != 0 {
		t.Errorf("captured here: %s, replaces %d, want recorded, never told", s.Standing, s.Replaces)
	}
}

// check looks for events that came twice or should not have come.
func (f *fed) check(t *testing.T) {
	w := f.World
	networktest.Must(t, f.c, w.Maker2, &app.CommissionContainer{Location: w.Maker2.GLN, Containers: []app.ContainerUse{{Key: w.Maker2.SSCC(1)}}})
	stop := f.feed(t)
	out := networktest.Must(t, f.c, w.Wholesaler, &app.CommissionContainer{Location: w.Wholesaler.GLN, Containers: []app.ContainerUse{{Key: w.Wholesaler.SSCC(1)}}})
	f.wait(t, client.TxEventID(out.Tx))
	stop()
	var steps []string
	seen := make(map[string]bool)
	for _, s := range f.all(t) {
		if seen[s.Hash] {
			t.Errorf("event %s came twice", s.Hash)
		}
		seen[s.Hash] = true
		steps = append(steps, s.Event.BizStep+" "+s.Standing.String())
	}
	slices.Sort(steps)
	want := []string{" told", "commissioning told", "receiving recorded", "receiving told", "shipping told", "shipping told"}
	if !slices.Equal(steps, want) {
		t.Errorf("got %q, want %q", steps, want)
	}
}
