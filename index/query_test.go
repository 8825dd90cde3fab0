package index

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestQueries asks every listing of the list as a client would, by its path.
func TestQueries(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	hash := app.EventHash{7}
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L/1", 1, 30), apptest.WithEventHash(hash))
	l.must(l.Maker, l.Pack(l.Maker.SSCC(1), apptest.Items(l.Unit, 1, 5)...))
	l.must(l.Maker, l.Ship(l.Wholesaler, l.Maker.SSCC(1)))
	shipped := l.id().String()
	investigated(l)
	l.must(l.Regulator, &app.RequestTrace{TraceTerms: app.TraceTerms{To: l.Maker.GLN, Ask: app.AskAllKnownOwners, Reason: app.ReasonAudit, Key: apptest.Item(l.Unit, 2)}})
	l.must(l.Wholesaler, &app.OpenException{ExceptionTerms: app.ExceptionTerms{Against: l.Maker.GLN, Shipment: 1, Type: app.Overage, Source: app.SeenByScan}})
	l.must(l.Maker, &app.DeclareError{Tx: app.TxID{1}, ErrorTerms: app.ErrorTerms{Reason: app.DidNotOccur}})
	l.feed(x)
	box := l.Container(l.Maker.SSCC(1)).String()
	key := string(apptest.Item(l.Unit, 2))
	asked := map[string][]string{
		app.PathPlace: {key}, app.PathHistory: {key}, app.PathEntries: {box, "0"},
		app.PathCommissionSegments: {l.Unit.String(), "L/1", "0"}, app.PathContents: {box},
		app.PathPartnerHoldings: {l.Maker.GLN.String()}, app.PathLotHoldings: {l.Unit.String(), "L/1"},
		app.PathPartnerShipments: {l.Maker.GLN.String(), "open"}, app.PathShipmentHoldings: {"1"},
		app.PathRecallReach:    {l.Unit.String(), "L/1"},
		app.PathLotSales:       {l.Maker.GLN.String(), l.Unit.String(), "L/1"},
		app.PathLotsMadeFrom:   {l.Unit.String(), "L/1"},
		app.PathInvestigations: {"overdue"}, app.PathNotices: {l.Wholesaler.GLN.String()},
		app.PathClocks: {l.Maker.GLN.String()}, app.PathTraceRequests: {l.Regulator.GLN.String()},
		app.PathExceptions: {l.Wholesaler.GLN.String(), "all"}, app.PathCorrections: {l.Maker.GLN.String()},
		app.PathTx: {shipped}, app.PathTxByEvent: {hash.String()}, app.PathIndexStatus: nil,
		app.PathPartners: nil, app.PathExpiring: {"100000"},
	}
	want := map[string]string{
		app.PathPlace: `"state":"here"`, app.PathHistory: `"kind":"Pack"`, app.PathContents: `"depth":0`,
		app.PathCommissionSegments: `"count":30`, app.PathPartnerHoldings: `"kind":"container"`,
		app.PathRecallReach: `"live":30,"holdings":2,"onRoad":5`,
		app.PathLotSales:    `"items":5`, app.PathLotsMadeFrom: `"items":[]`,
		app.PathLotHoldings: `"live":25`, app.PathPartnerShipments: `"status":"open"`,
		app.PathInvestigations: `"number":2`, app.PathNotices: `"investigation":1`,
		app.PathShipmentHoldings: box, app.PathTx: `"kind":"Ship"`, app.PathTxByEvent: `"kind":"Commission"`,
		app.PathClocks: `"what":"all-known-owners"`, app.PathTraceRequests: `"reason":"compliance-audit"`,
		app.PathExceptions: `"type":"overage"`, app.PathCorrections: `"foreign":true`,
		app.PathIndexStatus: `"state":"ready"`, app.PathEntries: "L/1",
		app.PathPartners: `"until":2840140800`, app.PathExpiring: l.Maker.GLN.String(),
	}
	for _, q := range app.Queries() {
		if q.Proven() {
			continue
		}
		_, args, err := app.MatchQuery(app.BuildPath(q.Path, asked[q.Path]...))
		if err != nil {
			t.Fatal(err)
		}
		got, err := x.Query(t.Context(), q.Path, args, nil)
		if err != nil || !strings.Contains(string(got), want[q.Path]) || want[q.Path] == "" {
			t.Errorf("%s: got %s, %v; want it to contain %s", q.Path, got, err, want[q.Path])
		}
	}
	raw, err := x.Query(t.Context(), app.PathEntries, []string{box, "0"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := app.DecodeEntries(raw)
	if err != nil || len(entries) != 5 || app.EntriesRoot(entries) != l.Segment(l.Container(l.Maker.SSCC(1)), 0).Root {
		t.Errorf("entries: got %d, %v; want the five of the segment", len(entries), err)
	}
}

// TestBadQueries sends what makes no sense: the error says what was expected.
func TestBadQueries(t *testing.T) {
	x := open(t, small(t.TempDir()))
	gln := apptest.GLN("0614141", 1).String()
	hex64 := strings.Repeat("0a", 32)
	for _, c := range []struct {
		path string
		args []string
		data string
		want string
	}{
		{app.PathPlace, []string{"nonsense"}, "", ""},
		{app.PathPlace, nil, "", "missing"},
		{app.PathPlace, []string{"0100614141000012" + "21" + "A", "more"}, "", "too many"},
		{app.PathEntries, []string{hex64, "-1"}, "", "decimal number"},
		{app.PathEntries, []string{hex64, "4294967296"}, "", "at most 4294967295"},
		{app.PathEntries, []string{"0a", "1"}, "", "64 hex digits"},
		{app.PathPartnerShipments, []string{gln, "lost"}, "", "open, short, closed or all"},
		{app.PathPartnerShipments, []string{gln, "all"}, `{"limit":1001}`, "1 to 1000"},
		{app.PathPartnerShipments, []string{gln, "all"}, `{"limit":-1}`, "1 to 1000"},
		{app.PathPartnerShipments, []string{gln, "all"}, `{"cursor":"00"}`, "cursor of an earlier page"},
		{app.PathPartnerShipments, []string{gln, "all"}, `page 2`, "as JSON"},
		{app.PathContents, []string{hex64}, `{"cursor":"0000"}`, ""},
		{app.PathLotHoldings, []string{"00614141000012"}, "", "GTIN and a lot"},
		{app.PathTxByEvent, []string{""}, "", "64 hex digits"},
		{app.PathTx, []string{"xyz"}, "", "64 hex digits"},
		{"/no/such", nil, "", "does not answer"},
	} {
		var bad *RequestError
		_, err := x.Query(t.Context(), c.path, c.args, []byte(c.data))
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q %s: got %v, want a RequestError with %q", c.path, c.args, c.data, err, c.want)
		}
	}
	for _, c := range []struct {
		path string
		args []string
	}{
		{app.PathPlace, []string{"010061414100001221A"}},
		{app.PathPlace, []string{string(apptest.SSCC("0614141", 1))}},
		{app.PathHistory, []string{"010061414100001221A"}},
		{app.PathEntries, []string{hex64, "0"}},
		{app.PathContents, []string{hex64}},
		{app.PathCommissionSegments, []string{"00614141000012", "L", "0"}},
		{app.PathTx, []string{hex64}},
	} {
		if _, err := x.Query(t.Context(), c.path, c.args, nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s %q: got %v, want ErrNotFound", c.path, c.args, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Query(ctx, app.PathIndexStatus, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want %v", err, context.Canceled)
	}
	if s := x.Status(); s.State != "ready" {
		t.Errorf("status after bad queries: got %+v, want ready", s)
	}
}

// TestStates lets the node say what it does with the index.
func TestStates(t *testing.T) {
	x := open(t, small(t.TempDir()))
	x.SetState("catching up")
	if s := x.Status(); s.State != "catching up" {
		t.Errorf("state: got %q, want catching up", s.State)
	}
	x.fail(errPulled)
	x.SetState("ready")
	if s := x.Status(); s.State != "failed" || s.Err != errPulled.Error() {
		t.Errorf("state: got %+v, want failed", s)
	}
}

// TestMetrics holds the metrics to their list.
func TestMetrics(t *testing.T) {
	r := prometheus.NewPedanticRegistry()
	cfg := small(t.TempDir())
	cfg.Registerer = r
	x := open(t, cfg)
	if _, err := Open(cfg); err == nil {
		t.Error("a second index with the same registry: got nil, want an error")
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range families {
		got = append(got, strings.TrimPrefix(f.GetName(), "pedigree_index_"))
	}
	want := []string{
		"apply_seconds", "contents_total", "failed", "height", "merge_queue", "merge_seconds",
		"merges_total", "query_seconds", "writes_total", "written_bytes_total",
	}
	if !slices.Equal(got, want) {
		t.Errorf("metrics: got %v, want %v", got, want)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, cfg) // the names are free again
}

// TestConfig refuses what cannot work.
func TestConfig(t *testing.T) {
	for _, cfg := range []Config{{}, {Dir: "x", MemTableBytes: 5}, {Dir: "x", ValueLogFileBytes: 5}, {Dir: "x", BlockCacheBytes: -1}, {Dir: "x", WriteTimeout: -1}} {
		if x, err := Open(cfg); err == nil {
			t.Errorf("open %+v: got %v, want an error", cfg, x)
		}
	}
}
