package verification

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/apitest"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// oneItem is a ledger of one package.
type oneItem struct {
	gtin      gs1.GTIN
	item      gs1.Key
	lot       string
	expiry    gs1.Date
	state     app.State
	info      string // of Sellable
	err       error
	requester func(gs1.GLN) Standing
}

func (o *oneItem) Serves(_ context.Context, gtin gs1.GTIN) error {
	if gtin != o.gtin {
		return ErrProductUnknown
	}
	return o.err
}

func (o *oneItem) Requester(_ context.Context, gln gs1.GLN) (Standing, error) {
	return o.requester(gln), nil
}

func (o *oneItem) Verify(ctx context.Context, c proof.Claim) (*proof.Pedigree, error) {
	sg, _ := c.Key.SGTIN()
	if err := o.Serves(ctx, sg.GTIN); err != nil {
		return nil, err
	}
	ped := &proof.Pedigree{State: o.state, Identity: proof.Answer{Yes: true}, Sellable: proof.Answer{VRS: o.info}}
	why := ""
	switch {
	case c.Key != o.item:
		why = "No_match_GTIN_Serial"
	case c.Lot != o.lot && c.Expiry != o.expiry:
		why = "No_match_GTIN_Serial_Lot_Expiry"
	case c.Lot != o.lot:
		why = "No_match_GTIN_Serial_Lot"
	case c.Expiry != o.expiry:
		why = "No_match_GTIN_Serial_Expiry"
	}
	if why != "" {
		ped.Identity = proof.Answer{VRS: why}
	}
	return ped, nil
}

// lwmsScenario is one line of the corpus.
type lwmsScenario struct {
	ID, Desc string
	Stored   struct{ GTIN, Lot, Ser, Exp, Status, Policy string }
	Request  map[string]string
	Status   int        `json:"expect_status"`
	Expect   *lwmsData  `json:"expect"`
	Others   []lwmsData `json:"acceptable_alternatives"`
}

func (s *lwmsScenario) ledger(t *testing.T) (*oneItem, Policy) {
	t.Helper()
	gtin, err := gs1.ParseGTIN(s.Stored.GTIN)
	if err != nil {
		t.Fatal(err)
	}
	expiry, err := gs1.ParseDate6(s.Stored.Exp, 2026)
	if err != nil {
		t.Fatal(err)
	}
	o := &oneItem{gtin: gtin, item: gs1.ItemKey(gtin, s.Stored.Ser), lot: s.Stored.Lot, expiry: expiry}
	switch s.Stored.Status {
	case "recalled":
		o.info = "Recalled"
	case "expired":
		o.info = "Expired"
	case "suspect":
		o.info = "Suspect"
	case "decommissioned":
		o.state = app.Decommissioned
	}
	o.requester = func(g gs1.GLN) Standing {
		switch g.String() {
		case "9999999999994":
			return Unrecognised
		case "9999999999987":
			return NotPermitted
		}
		return Permitted
	}
	yes := s.Stored.Policy == "affirm"
	return o, Policy{AffirmRecalled: yes, AffirmExpired: yes, HideReason: s.Stored.Policy == "no_reason"}
}

func askLWMS(t *testing.T, c Config, path string) *apitest.Answer {
	t.Helper()
	c.Now = func() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 5e6, time.UTC) }
	return apitest.New(t, nil, func(a huma.API) { Register(a, c) }).Get(t, path)
}

func (s *lwmsScenario) path() string {
	r, query := s.Request, url.Values{}
	for k, v := range r {
		if k != "gtin" && k != "lot" && k != "ser" {
			query.Set(k, v)
		}
	}
	return "/verify/gtin/" + url.PathEscape(r["gtin"]) + "/lot/" + url.PathEscape(r["lot"]) + "/ser/" + url.PathEscape(r["ser"]) + "?" + query.Encode()
}

func TestCorpusVerification(t *testing.T) {
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	f, err := os.Open(filepath.Join(dir, "derived-vrs", "scenarios.dev.jsonl"))
	if err != nil {
		t.Skip("corpus not found: ", err)
	}
	defer func() { _ = f.Close() }()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		var s lwmsScenario
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		o, policy := s.ledger(t)
		w := askLWMS(t, Config{Verifier: o, Policy: policy}, s.path())
		if w.StatusCode != s.Status {
			t.Errorf("%s (%s): got status %d, want %d", s.ID, s.Desc, w.StatusCode, s.Status)
			continue
		}
		if s.Status != http.StatusOK {
			if len(w.Body) > 0 {
				t.Errorf("%s: got a body with status %d: %s", s.ID, w.StatusCode, w.Body)
			}
			continue
		}
		var got lwmsAnswer
		if err := json.Unmarshal(w.Body, &got); err != nil {
			t.Fatal(err)
		}
		if got.Data != *s.Expect || got.UUID != s.Request["corrUUID"] || got.Timestamp != "2026-11-21T10:00:00.005Z" {
			t.Errorf("%s (%s): got %+v, want %+v", s.ID, s.Desc, got, *s.Expect)
		}
	}
	t.Logf("%d scenarios", n)
}

// item is a question about the package of the tests below.
const itemPath = "/verify/gtin/09521001100014/lot/L%2F1/ser/S%251?exp=280131&linkType=verificationService" +
	"&context=dscsaSaleableReturn&reqGLN=9521005000006&corrUUID=59bc5c88-15f7-49a7-9687-73b05d2c50a4"

func ownItem(t *testing.T) *oneItem {
	t.Helper()
	gtin, err := gs1.ParseGTIN("09521001100014")
	if err != nil {
		t.Fatal(err)
	}
	expiry, err := gs1.ParseDateISO("2028-01-31")
	if err != nil {
		t.Fatal(err)
	}
	return &oneItem{
		gtin: gtin, item: gs1.ItemKey(gtin, "S%1"), lot: "L/1", expiry: expiry,
		requester: func(gs1.GLN) Standing { return Permitted },
	}
}

func TestVerification(t *testing.T) {
	for _, tt := range []struct {
		name, from, to string
		set            func(*oneItem)
		policy         Policy
		status         int
		want           string // part of the body
	}{
		{name: "match with escapes", status: 200, want: `"data":{"verified":true}`},
		{name: "day 00", from: "280131", to: "280100", status: 200, want: `"verified":true`},
		{name: "both wrong", from: "lot/L%2F1/ser/S%251?exp=280131", to: "lot/L2/ser/S%251?exp=290131", status: 200, want: `No_match_GTIN_Serial_Lot_Expiry"}`},
		{name: "recalled, denied", set: func(o *oneItem) { o.info = "Recalled" }, status: 200, want: `"verified":false,"verificationFailureReason":"Manufacturer_policy","additionalInfo":"Recalled"`},
		{name: "illegitimate is never affirmed", set: func(o *oneItem) { o.info = "Illegitimate" }, policy: Policy{true, true, true, false}, status: 200, want: `"verified":false,"verificationFailureReason":"Not_for_re-distribution","additionalInfo":"Illegitimate"`},
		{name: "dispensed, affirmed", set: func(o *oneItem) { o.state = app.Dispensed }, policy: Policy{AffirmEnded: true}, status: 200, want: `"data":{"verified":true}`},
		{name: "dispensed in part", set: func(o *oneItem) { o.state = app.Partial }, status: 200, want: lwmsNotAgain},
		{name: "no UUID", from: "&corrUUID=59bc5c88-15f7-49a7-9687-73b05d2c50a4", status: 400},
		{name: "check digit", from: "09521001100014", to: "09521001100015", status: 400},
		{name: "GTIN of 13 digits", from: "09521001100014", to: "9521001100014", status: 400},
		{name: "no requester", from: "&reqGLN=9521005000006", status: 400},
		{name: "node in trouble", set: func(o *oneItem) { o.err = errors.New("disk") }, status: 503},
		{name: "too slow", set: func(o *oneItem) { o.err = context.DeadlineExceeded }, status: 504},
	} {
		o, path := ownItem(t), itemPath
		if tt.set != nil {
			tt.set(o)
		}
		if tt.from != "" {
			path = strings.Replace(path, tt.from, tt.to, 1)
		}
		w := askLWMS(t, Config{Verifier: o, Policy: tt.policy}, path)
		if w.StatusCode != tt.status || !strings.Contains(string(w.Body), tt.want) {
			t.Errorf("%s: got %d %s, want %d with %s", tt.name, w.StatusCode, w.Body, tt.status, tt.want)
		}
		if w.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: got Cache-Control %q", tt.name, w.Header.Get("Cache-Control"))
		}
	}
}

func TestConnectivity(t *testing.T) {
	o := ownItem(t)
	responder, err := gs1.ParseGLN("9521005000006")
	if err != nil {
		t.Fatal(err)
	}
	v := Config{Verifier: o, Responder: responder}
	for path, want := range map[string]string{
		"/checkConnectivity?gtin=09521001100014&reqGLN=9521005000006":           `200 {"responderGLN":"9521005000006"}`,
		"/checkConnectivity?gtin=09521001100021&reqGLN=9521005000006":           "404 ",
		"/checkConnectivity?gtin=0952100110001&reqGLN=9521005000006":            "400 ",
		"/checkConnectivity?gtin=09521001100014&reqGLN=1":                       "400 ",
		"/checkConnectivity?gtin=09521001100014&reqGLN=9521005000006&context=x": "400 ",
	} {
		w := askLWMS(t, v, path)
		if got := strconv.Itoa(w.StatusCode) + " " + strings.TrimSpace(string(w.Body)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	o.requester = func(gs1.GLN) Standing { return Unrecognised }
	if w := askLWMS(t, v, "/checkConnectivity?gtin=09521001100014&reqGLN=9521005000006"); w.StatusCode != http.StatusUnauthorized {
		t.Errorf("unrecognised requester: got %d, want 401", w.StatusCode)
	}
}

// TestRefusalsBare: what the edge refuses on the standard's paths is a status
// without a body, as what the responder refuses there; on our own path it is a
// problem.
func TestRefusalsBare(t *testing.T) {
	s := apitest.New(t, nil, func(a huma.API) { Register(a, Config{Verifier: ownItem(t)}) })
	const connected = "/checkConnectivity?gtin=09521001100014&reqGLN=9521005000006"
	for _, tt := range []struct {
		method, path, token string
		status              int
	}{
		{"GET", itemPath, "read", 403},
		{"GET", connected, "read", 403},
		{"POST", itemPath, "verify", 405},
		{"DELETE", connected, "verify", 405},
		{"GET", "/verify/gtin/09521001100014", "verify", 404},
		{"GET", "/checkConnectivity/x", "verify", 404},
	} {
		w := s.Do(t, tt.method, tt.path, nil, "Authorization", "Bearer "+tt.token)
		if w.StatusCode != tt.status || len(w.Body) > 0 || w.Header.Get("Content-Type") != "" {
			t.Errorf("%s %.60s: got %d %s, want a bare %d", tt.method, tt.path, w.StatusCode, w.Body, tt.status)
		}
	}
	if w := s.Get(t, "/verification/x"); w.StatusCode != http.StatusNotFound || len(w.Body) == 0 {
		t.Errorf("our own path: got %d %s, want a problem", w.StatusCode, w.Body)
	}
}

// FuzzVerificationRequest: no request is trouble for the responder.
func FuzzVerificationRequest(f *testing.F) {
	f.Add("09521001100014", "L1", "S1", "280131", "9521005000006", "59bc5c88-15f7-49a7-9687-73b05d2c50a4", "1.3")
	f.Fuzz(func(t *testing.T, gtin, lot, ser, exp, requester, uuid, guideline string) {
		in := lwmsInput{gtin, lot, ser, exp, "verificationService", "dscsaSaleableReturn", requester, uuid, guideline}
		q, err := in.read(time.Unix(1.7e9, 0))
		if err == nil && (q.claim.Key == "" || q.requester.IsZero() || q.uuid == "") {
			t.Errorf("%+v: accepted as %+v", in, q)
		}
	})
}
