package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/api/access"
	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/gateway"
)

// gate is a gateway of the manufacturer over a network, and a caller of it.
type gate struct {
	*networktest.Network
	home  string
	key   string
	token string
	g     *gateway.Gateway
}

// start runs the gateway until the test, or stop, ends it.
func (s *gate) start(t *testing.T, trust func(context.Context) (*client.Light, error)) {
	t.Helper()
	node := s.Client(t, 0)
	g, err := gateway.Start(gateway.Config{
		Home: s.home, Listen: "127.0.0.1:0", Settings: gateway.Settings{Keys: []string{s.key}, PrivateWebhooks: true},
		Client: client.New(node.ChainID(), node.RPC()), Trust: trust, Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.g = g
}

func (s *gate) stop(t *testing.T) {
	t.Helper()
	if err := s.g.Stop(); err != nil {
		t.Error(err)
	}
}

// ask makes a request, with the token unless it is empty, and returns status,
// headers and body.
func (s *gate) ask(t *testing.T, token, method, path string, body []byte, headers ...string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.g.Addr().String()+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(answer)
}

// until asks until an answer satisfies what is wanted.
func (s *gate) until(t *testing.T, path, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		status, _, body := s.ask(t, s.token, http.MethodGet, path, nil)
		if strings.Contains(body, want) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: %d without %q: %.2000s", path, status, want, body)
		}
	}
}

// TestGateway runs an edge apart from its node through a day: it waits for the
// ledger, captures a document, finds and verifies what is in it, and goes on
// after a restart.
func TestGateway(t *testing.T) {
	s := &gate{Network: networktest.Start(t), home: t.TempDir(), key: filepath.Join(t.TempDir(), "maker.json")}
	w := s.World
	c := s.Client(t, 0)
	networktest.Must(t, c, w.Maker, networktest.Register(w.Unit, app.LevelUnit))
	if err := s.makerKey(t); err != nil {
		t.Fatal(err)
	}
	err := os.Mkdir(filepath.Join(s.home, "config"), 0o700)
	if err != nil {
		t.Fatal(err)
	}
	_, s.token, err = access.Create(filepath.Join(s.home, "config", "tokens.json"), access.Request{
		Name: "test", Scopes: []edge.Scope{edge.Read, edge.Verify, edge.Capture}, Expires: time.Now().Add(time.Hour),
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	trusted := make(chan struct{})
	s.start(t, func(ctx context.Context) (*client.Light, error) {
		select {
		case <-trusted:
			return s.Light(t, 0), nil
		default:
			return nil, fmt.Errorf("nobody is there")
		}
	})
	t.Run("waits for the ledger", func(t *testing.T) { s.waits(t) })
	close(trusted)
	s.until(t, "/readyz", `"ok":true`)
	t.Run("lets in whom it knows", func(t *testing.T) { s.lets(t) })
	t.Run("captures", func(t *testing.T) { s.captures(t) })
	s.stop(t)
	s.start(t, func(context.Context) (*client.Light, error) { return s.Light(t, 0), nil })
	t.Run("after a restart", func(t *testing.T) { s.until(t, "/events?EQ_bizStep=commissioning", "commissioning") })
	s.stop(t)
}

// TestKeylessGateway runs an edge without a partner's key: it says why it has no
// EPCIS interface, signs nothing, and serves the rest.
func TestKeylessGateway(t *testing.T) {
	s := &gate{Network: networktest.Start(t), home: t.TempDir()}
	node := s.Client(t, 0)
	tokens := filepath.Join(s.home, "tokens.json")
	_, token, err := access.Create(tokens, access.Request{Name: "test", Scopes: []edge.Scope{edge.Read, edge.Sign}, Expires: time.Now().Add(time.Hour)}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.token = token
	s.g, err = gateway.Start(gateway.Config{
		Home: s.home, Listen: "127.0.0.1:0", Settings: gateway.Settings{Tokens: tokens}, Client: client.New(node.ChainID(), node.RPC()),
		Trust: func(context.Context) (*client.Light, error) { return s.Light(t, 0), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop(t)
	s.until(t, "/readyz", `"ok":true`)
	const keyless = "holds no partner's key"
	maker := s.World.Maker
	op := fmt.Sprintf(`{"op":"CommissionContainer","body":{"location":%q,"containers":[{"key":%q,"n":0}]},"partner":%q}`, maker.GLN, maker.SSCC(1), maker.GLN)
	for _, tt := range []struct {
		method, path, body string
		status             int
		words              string
	}{
		{http.MethodGet, "/events", "", http.StatusNotFound, keyless},
		{http.MethodGet, "/events?EQ_bizStep=shipping", "", http.StatusNotFound, keyless},
		{http.MethodGet, "/events/urn%3Ax", "", http.StatusNotFound, keyless},
		{http.MethodOptions, "/events", "", http.StatusNotFound, keyless},
		{http.MethodPost, "/capture", "{}", http.StatusNotFound, "gateway.keys"},
		{http.MethodGet, "/queries", "", http.StatusNotFound, keyless},
		{http.MethodGet, "/queries/q/events", "", http.StatusNotFound, keyless},
		{http.MethodGet, "/epcs", "", http.StatusNotFound, keyless},
		{http.MethodGet, "/nothing", "", http.StatusNotFound, "no operation has this path"},
		{http.MethodGet, "/ledger/status", "", http.StatusOK, "height"},
		{http.MethodPost, "/ledger/ops", op, http.StatusForbidden, "gateway.keys"},
		{http.MethodPost, "/ledger/ops", strings.Replace(op, `"partner"`, `"for"`, 1), http.StatusBadRequest, "no partner of its own"},
	} {
		status, _, body := s.ask(t, s.token, tt.method, tt.path, []byte(tt.body), "Content-Type", "application/json")
		if status != tt.status || !strings.Contains(body, tt.words) {
			t.Errorf("%s %s: %d %s, want %d with %q", tt.method, tt.path, status, body, tt.status, tt.words)
		}
	}
}

func (s *gate) makerKey(t *testing.T) error {
	t.Helper()
	signer, err := client.NewSigner(s.World.Maker.GLN, s.World.Maker.Private)
	if err != nil {
		return err
	}
	return signer.Save(s.key)
}

// waits asks while the ledger cannot be asked.
func (s *gate) waits(t *testing.T) {
	if status, _, body := s.ask(t, s.token, http.MethodGet, "/ledger/status", nil); status != http.StatusServiceUnavailable || !strings.Contains(body, "nobody is there") {
		t.Errorf("got %d %s", status, body)
	}
	if status, _, _ := s.ask(t, "", http.MethodGet, "/livez", nil); status != http.StatusOK {
		t.Errorf("livez: %d", status)
	}
	if status, _, body := s.ask(t, "", http.MethodGet, "/openapi.json", nil); status != http.StatusOK || !json.Valid([]byte(body)) {
		t.Errorf("description: %d", status)
	}
}

// lets asks with and without what is needed.
func (s *gate) lets(t *testing.T) {
	for _, tt := range []struct {
		token, method, path string
		want                int
	}{
		{"", http.MethodGet, "/ledger/status", http.StatusUnauthorized},
		{s.token + "x", http.MethodGet, "/ledger/status", http.StatusUnauthorized},
		{s.token, http.MethodGet, "/ledger/status", http.StatusOK},
		{s.token, http.MethodPost, "/ledger/ops", http.StatusForbidden}, // no scope sign
		{s.token, http.MethodGet, "/ledger/nothing", http.StatusNotFound},
	} {
		if status, _, body := s.ask(t, tt.token, tt.method, tt.path, []byte("{}"), "Content-Type", "application/json"); status != tt.want {
			t.Errorf("%s %s: %d %s, want %d", tt.method, tt.path, status, body, tt.want)
		}
	}
}

// captures hands in a document and asks for what is in it.
func (s *gate) captures(t *testing.T) {
	w := s.World
	ev := moved("commissioning", "active", w.Maker, w.Maker, w.Maker, apptest.Items(w.Unit, 1, 3)...)
	ev.Action, ev.Sources, ev.Destinations = epcis.ActionAdd, nil, nil
	ev.SetLot("L1", "2030-12-31")
	raw, err := epcis.EncodeJSON20(&epcis.Document{SchemaVersion: "2.0", CreationDate: ev.Time, Events: []epcis.Event{ev}})
	if err != nil {
		t.Fatal(err)
	}
	status, headers, body := s.ask(t, s.token, http.MethodPost, "/capture", raw, "Content-Type", "application/ld+json")
	if status != http.StatusAccepted {
		t.Fatalf("capture: %d %s", status, body)
	}
	location, err := url.Parse(headers.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	s.until(t, location.Path, `"success":true`)
	s.until(t, "/events?MATCH_epc="+url.QueryEscape(ev.EPCs[0]), "/21/"+apptest.Serial(1))
	item := apptest.Item(w.Unit, 1)
	s.until(t, "/verification/"+url.PathEscape(string(item))+"?proof=true", `"word":"OK"`)
	s.until(t, "/ledger/items/"+url.PathEscape(string(item)), w.Maker.GLN.String())
}
