package verification_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/apitest"
	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/api/verification"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// TestNetwork asks about packages on a real ledger, through the light client.
func TestNetwork(t *testing.T) {
	n := networktest.Start(t)
	w, c := n.World, n.Client(t, 0)
	networktest.Must(t, c, w.Maker, networktest.Register(w.Unit, app.LevelUnit))
	networktest.Must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L/1", 1, 20))
	networktest.Must(t, c, w.Maker, networktest.Planned[app.Decommission](t)(c.Plan(w.Maker.GLN).Decommission(t.Context(), "damaged", apptest.Item(w.Unit, 2))))
	s := apitest.New(t, nil, func(a huma.API) {
		verification.Register(a, verification.Config{Client: c, Responder: w.Maker.GLN, MaxBatch: 10})
	})

	t.Run("one", func(t *testing.T) { askOne(t, n, s) })
	t.Run("proof", func(t *testing.T) { askProof(t, n, s) })
	t.Run("unreadable", func(t *testing.T) { askUnreadable(t, s) })
	t.Run("batch", func(t *testing.T) { askBatch(t, n, s) })
	t.Run("messages", func(t *testing.T) { askMessages(t, n, s) })
	t.Run("many at once", func(t *testing.T) { askMany(t, n, s) })
}

func path(scan, query string) string { return "/verification/" + url.PathEscape(scan) + "?" + query }

func askOne(t *testing.T, n *networktest.Network, s *apitest.Server) {
	w := n.World
	gtin := w.Unit.String()
	good := "(01)" + gtin + "(21)" + apptest.Serial(1) + "(17)281231(10)L/1"
	for _, tt := range []struct {
		name, scan, query, word, identity, vrs string
	}{
		{"brackets", good, "", "OK", proof.Known, ""},
		{"scanner data", "]d201" + gtin + "21" + apptest.Serial(1) + "\x1d1728123110L/1", "", "OK", proof.Known, ""},
		{"scanner data, FNC1 first", "\x1d01" + gtin + "21" + apptest.Serial(1), "", "OK", proof.Known, ""},
		{"digital link", "https://id.gs1.org/01/" + gtin + "/21/" + apptest.Serial(1), "", "OK", proof.Known, ""},
		{"other lot", good, "lot=L2", "STOP", proof.Mismatch, "No_match_GTIN_Serial_Lot"},
		{"other expiry", good, "exp=2029-12-31", "STOP", proof.Mismatch, "No_match_GTIN_Serial_Expiry"},
		{"ended", string(apptest.Item(w.Unit, 2)), "", "STOP", proof.Known, ""},
		{"made up", "(01)" + gtin + "(21)NEVER", "lot=L%2F1", "STOP", proof.Unknown, "No_match_GTIN_Serial"},
		{"made up, no lot", "(01)" + gtin + "(21)NEVER", "", "ASK", proof.Unknown, "No_match_GTIN_Serial"},
		{"container never used", "(00)" + string(w.Maker.SSCC(9))[2:], "", "STOP", proof.Unknown, "No_match_GTIN_Serial"},
	} {
		var a verification.Answer
		s.Get(t, path(tt.scan, tt.query)).Read(t, &a)
		if a.Word != tt.word || a.Identity.Word != tt.identity || a.Identity.VRS != tt.vrs || (a.Do == "") != (tt.word == "OK") {
			t.Errorf("%s: got %s %+v %+v do %q, want %s %s %s", tt.name, a.Word, a.Identity, a.Sellable, a.Do, tt.word, tt.identity, tt.vrs)
		}
		if a.Proved != (tt.word != "ASK") || (a.Height == 0) == a.Proved || a.ProofFile != nil {
			t.Errorf("%s: proved %v as of %d with %d bytes", tt.name, a.Proved, a.Height, len(a.ProofFile))
		}
	}
}

func askProof(t *testing.T, n *networktest.Network, s *apitest.Server) {
	item := apptest.Item(n.World.Unit, 1)
	trust := proof.TrustValidators(n.ChainID(), n.Validators(t).Hash())
	check := func(raw []byte) {
		t.Helper()
		f, err := proof.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if ped, err := f.Verify(trust, proof.Options{Claim: proof.Claim{Key: item}}); err != nil || !ped.Sellable.Yes {
			t.Errorf("the proof passed on: %v %+v", err, ped)
		}
	}
	var a verification.Answer
	s.Get(t, path(string(item), "proof=true")).Read(t, &a)
	check(a.ProofFile)
	raw := s.Get(t, path(string(item), ""), "Accept", "application/vnd.pedigree.proof")
	if got := raw.Header.Get("Content-Type"); got != "application/vnd.pedigree.proof" {
		t.Errorf("type %q", got)
	}
	check(raw.Body)
	if a := s.Get(t, path(string(apptest.Item(n.World.Unit, 999)), ""), "Accept", "application/vnd.pedigree.proof"); a.StatusCode != http.StatusConflict || !strings.Contains(string(a.Body), "lot") {
		t.Errorf("a proof that needs the lot: %s %s", a.Status, a.Body)
	}
}

func askUnreadable(t *testing.T, s *apitest.Server) {
	for _, tt := range []struct{ scan, query, kind, want string }{
		{"(01)09521001100015(21)S1", "", "check-digit", "check digit"},
		{"4711", "", "unknown-ai", ""},
		{"(01)09521001100014", "", "missing-ai", "two-dimensional"},
		{"(01)09521001100014(21)S1", "exp=281399", "date", "exp: "},
		{"(01)09521001100014(21)S1", "lot=%C3%A4", "character", "lot: "},
	} {
		a := s.Get(t, path(tt.scan, tt.query))
		var p edge.Problem
		a.Read(t, &p)
		if a.StatusCode != http.StatusBadRequest || p.Type != "urn:pedigree:scan:"+tt.kind || !strings.Contains(string(a.Body), tt.want) {
			t.Errorf("%s?%s: got %s %s, want %s with %q", tt.scan, tt.query, a.Status, a.Body, tt.kind, tt.want)
		}
	}
}

func askBatch(t *testing.T, n *networktest.Network, s *apitest.Server) {
	scan := func(i int) map[string]string { return map[string]string{"scan": string(apptest.Item(n.World.Unit, i))} }
	var got struct {
		Packages, OK int
		Answers      []verification.Answer
	}
	s.Post(t, "/verification", map[string]any{
		"scans": []any{scan(1), map[string]string{"scan": "4711"}, scan(2), scan(999), map[string]string{"scan": string(apptest.Item(n.World.Unit, 3)), "lot": "L2"}},
		"proof": true, "brief": true,
	}).Read(t, &got)
	var words []string
	for i := range got.Answers {
		words = append(words, got.Answers[i].Word)
	}
	if got.Packages != 5 || got.OK != 1 || strings.Join(words, " ") != "OK ASK STOP ASK STOP" {
		t.Errorf("got %d, %d OK: %s", got.Packages, got.OK, words)
	}
	if a := got.Answers; len(a) == 5 && (len(a[0].ProofFile) == 0 || a[0].Pedigree != nil || a[1].Unreadable == nil || a[3].ProofFile != nil) {
		t.Errorf("got %+v", a)
	}
	many := make([]any, 11)
	for i := range many {
		many[i] = scan(1)
	}
	if a := s.Post(t, "/verification", map[string]any{"scans": many}); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("11 scans: %s", a.Status)
	}
	if a := s.Post(t, "/verification", []byte(`{"scans": [`), "Content-Type", "application/json"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("half a request: %s", a.Status)
	}
}

// askMessages asks as the industry's routers do.
func askMessages(t *testing.T, n *networktest.Network, s *apitest.Server) {
	w := n.World
	ask := func(gtin, lot, exp, requester string) string {
		q := url.Values{
			"exp": {exp}, "linkType": {"verificationService"}, "context": {"dscsaSaleableReturn"},
			"reqGLN": {requester}, "corrUUID": {"59bc5c88-15f7-49a7-9687-73b05d2c50a4"},
		}
		a := s.Get(t, "/verify/gtin/"+gtin+"/lot/"+url.PathEscape(lot)+"/ser/"+apptest.Serial(1)+"?"+q.Encode())
		var got struct{ Data json.RawMessage }
		if a.StatusCode == http.StatusOK {
			a.Read(t, &got)
		}
		return a.Status[:3] + " " + string(got.Data)
	}
	other := apptest.GTIN(0, w.Maker.Prefix, 77).String()
	for _, tt := range []struct{ gtin, lot, exp, requester, want string }{
		{w.Unit.String(), "L/1", "281231", w.Pharmacy.GLN.String(), `200 {"verified":true}`},
		{w.Unit.String(), "L2", "281231", w.Pharmacy.GLN.String(), `200 {"verified":false,"verificationFailureReason":"No_match_GTIN_Serial_Lot"}`},
		{other, "L/1", "281231", w.Pharmacy.GLN.String(), "404 "},
		{w.Unit.String(), "L/1", "281231", apptest.GLN(w.Maker.Prefix, 99).String(), "401 "},
		{w.Unit.String(), "L/1", "289931", w.Pharmacy.GLN.String(), "400 "},
	} {
		if got := ask(tt.gtin, tt.lot, tt.exp, tt.requester); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
	for gtin, want := range map[string]int{w.Unit.String(): 200, other: 404} {
		if a := s.Get(t, "/checkConnectivity?gtin="+gtin+"&reqGLN="+w.Pharmacy.GLN.String()); a.StatusCode != want {
			t.Errorf("connectivity of %s: %s", gtin, a.Status)
		}
	}
}

// askMany shares one client among many requests.
func askMany(t *testing.T, n *networktest.Network, s *apitest.Server) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 4 {
				a := s.Get(t, path(string(apptest.Item(n.World.Unit, 3+(i+j)%10)), "lot=L%2F1"))
				if a.StatusCode != http.StatusOK || !strings.Contains(string(a.Body), `"word":"OK"`) {
					t.Errorf("%s %s", a.Status, a.Body)
				}
			}
		})
	}
	wg.Wait()
}
