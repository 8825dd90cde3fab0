package ledger_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/apitest"
	"github.com/pedigree-ledger/pedigree/api/ledger"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// story is a small ledger behind the API.
type story struct {
	*networktest.Network
	*apitest.Server
	c        *client.Client
	shipment uint64
	box      gs1.Key
}

// signedTime is a moment of which there is a signed state.
func (s *story) signedTime(t *testing.T) string {
	t.Helper()
	head, err := s.c.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return head.Time.Add(-time.Millisecond).Format(time.RFC3339Nano)
}

func (s *story) item(n int) gs1.Key { return apptest.Item(s.World.Unit, n) }

// tell commissions, packs, ships and receives a case, dispenses a package,
// recalls its lot, and reports another one.
func tell(t *testing.T) *story {
	n := networktest.Start(t)
	w, c, ctx := n.World, n.Client(t, 0), t.Context()
	s := &story{Network: n, c: c, box: w.Maker.SSCC(1)}
	networktest.Must(t, c, w.Maker, networktest.Register(w.Unit, app.LevelUnit))
	networktest.Must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L/1", 1, 40))
	networktest.Must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L2", 101, 110))
	networktest.Must(t, c, w.Maker, networktest.Planned[app.Pack](t)(c.Plan(w.Maker.GLN).Pack(ctx, s.box, apptest.Items(w.Unit, 1, 10)...)))
	out := networktest.Must(t, c, w.Maker, networktest.Planned[app.Ship](t)(c.Plan(w.Maker.GLN).Ship(ctx, app.Terms{
		To: w.Pharmacy.GLN, ShipTo: w.Pharmacy.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102,
	}, s.box)))
	s.shipment, _ = app.ShipmentNumber(out.Data)
	networktest.Must(t, c, w.Pharmacy, networktest.Planned[app.Receive](t)(c.Plan(w.Pharmacy.GLN).Receive(ctx, s.shipment, w.Pharmacy.GLN)))
	networktest.Must(t, c, w.Pharmacy, networktest.Planned[app.Dispense](t)(c.Plan(w.Pharmacy.GLN).Dispense(ctx, s.item(1))))
	networktest.Must(t, c, w.Wholesaler, networktest.Planned[app.ReportConflict](t)(c.Plan(w.Wholesaler.GLN).ReportConflict(ctx, s.item(1), w.Wholesaler.GLN)))
	networktest.Must(t, c, w.Maker, &app.RecallLot{LotID: app.LotID{GTIN: w.Unit, Lot: "L/1"}, Class: 2, Depth: 1, Reason: "label"})
	s.Server = apitest.New(t, c.Height, func(a huma.API) { ledger.Register(a, ledger.Config{Client: c, Partner: w.Maker.GLN}) })
	return s
}

// TestNetwork asks everything of a real ledger.
func TestNetwork(t *testing.T) {
	s := tell(t)
	t.Run("right", func(t *testing.T) { askRight(t, s) })
	t.Run("wrong", func(t *testing.T) { askWrong(t, s) })
	t.Run("proofs", func(t *testing.T) { askProofs(t, s) })
	t.Run("pages", func(t *testing.T) { askPages(t, s) })
	t.Run("height", func(t *testing.T) { askAgain(t, s) })
	t.Run("bundles", func(t *testing.T) { askBundles(t, s) })
	t.Run("a lying node", func(t *testing.T) { lying(t, s) })
	t.Run("submit", func(t *testing.T) { submitting(t, s) })
}

// askRight asks every resource; the answers are held to the description too.
func askRight(t *testing.T, s *story) {
	w := s.World
	item, box := url.PathEscape(s.item(2).Bracketed()), url.PathEscape(string(s.box))
	lot := w.Unit.String() + "/L%2F1"
	var place app.Place
	s.Get(t, "/ledger/items/"+item+"/place").Read(t, &place)
	steps, err := s.c.History(t.Context(), s.item(1), app.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	key := hex.EncodeToString(app.PartnerKey(w.Maker.GLN))
	now := s.signedTime(t)
	untagged := regexp.MustCompile(`"[A-Z][A-Za-z]*":`)
	for path, want := range map[string]string{
		"/status": `"state":"ready"`,
		"/blocks": `"accepted":`,
		"/blocks/" + fmt.Sprint(steps.Items[0].Height):                                          `"op":{"op":"Commission","body":{`,
		"/txs/" + steps.Items[0].ID.String():                                                    `"kind":"Commission"`,
		"/txs?event=" + url.QueryEscape("ni:///sha-256;"+strings.Repeat("a", 64)+"?ver=CBV2.0"): `[]`,
		"/items/" + item:              `"recall":{`,
		"/items/" + item + "/history": `"kind":"Pack"`,
		"/items/" + url.PathEscape("https://id.gs1.org/01/"+w.Unit.String()+"/21/"+apptest.Serial(1)) + "/evidence": `"op":"ReportConflict"`,
		"/containers/" + box:                                             `"live":9`,
		"/containers/" + box + "/contents":                               `"state":"here"`,
		"/containers/" + box + "/history":                                `"kind":"Receive"`,
		"/containers/" + box + "/place":                                  `"chain":["`,
		"/holdings/" + place.Holding.String():                            `"kind":"container"`,
		"/holdings/" + place.Holding.String() + "/contents":              `"depth":0`,
		"/holdings/" + place.At.Holding.String() + "/segments/0":         `"states":["dispensed","here"`,
		"/holdings/" + place.At.Holding.String() + "/segments/0/entries": string(s.item(3)),
		"/lots/" + lot:                                               `"commissioned":40`,
		"/lots/" + lot + "/commissions/0":                            `"count":40`,
		"/lots/" + lot + "/commissions/0/segments":                   `"root":`,
		"/lots/" + lot + "/holdings":                                 `"owner":"` + w.Pharmacy.GLN.String(),
		"/lots/" + lot + "/made":                                     `"items":[]`,
		"/lots/" + lot + "/sales?seller=" + w.Maker.GLN.String():     `"items":10`,
		"/lots/" + lot + "/customers?seller=" + w.Maker.GLN.String(): `"partner":"` + w.Pharmacy.GLN.String(),
		"/recalls/" + lot:                                            `"reason":"label"`,
		"/recalls/" + lot + "/reach":                                 `"complete":true`,
		"/recalls/" + lot + "/holders":                               `"holders":2`,
		"/shipments/" + fmt.Sprint(s.shipment):                       `"to":"` + w.Pharmacy.GLN.String(),
		"/shipments/" + fmt.Sprint(s.shipment) + "/holdings":         `"items":[]`,
		"/partners":                         `"gln":"` + w.Maker.GLN.String(),
		"/expiring?days=3650":               `"items":[`,
		"/partners/" + w.Maker.GLN.String(): `"name":"maker"`,
		"/partners/" + url.PathEscape("(414)"+w.Maker.GLN.String()):         `"name":"maker"`,
		"/partners/" + w.Maker.GLN.String() + "/keys":                       `"` + w.Maker.KeyID.String(),
		"/keys/" + w.Maker.KeyID.String():                                   `"partner":"` + w.Maker.GLN.String(),
		"/partners/" + w.Pharmacy.GLN.String() + "/holdings":                `"live":9`,
		"/partners/" + w.Pharmacy.GLN.String() + "/shipments?status=closed": `"status":"closed"`,
		"/partners/" + w.Pharmacy.GLN.String() + "/clocks":                  `"items":[`,
		"/partners/" + w.Pharmacy.GLN.String() + "/traces":                  `"items":[`,
		"/partners/" + w.Pharmacy.GLN.String() + "/exceptions":              `"items":[`,
		"/partners/" + w.Pharmacy.GLN.String() + "/notices":                 `"items":[`,
		"/partners/" + w.Pharmacy.GLN.String() + "/corrections":             `"items":[`,
		"/partners/" + w.Maker.GLN.String() + "/at?time=" + now:             `"name":"maker"`,
		"/investigations":                             `"items":[`,
		"/products/" + w.Unit.String():                `"name":"Aspirol"`,
		"/marks/" + url.PathEscape(string(s.item(1))): `"kind":"duplicate"`,
		"/parameters":                                 `"maxLots":`,
		"/calendar":                                   `"record":{`,
		"/records/" + key:                             `"hex":"`,
	} {
		a := s.Get(t, "/ledger"+path)
		if a.StatusCode != http.StatusOK || !strings.Contains(string(a.Body), want) {
			t.Errorf("%s: got %s %.600s, want %s", path, a.Status, a.Body, want)
		}
		if field := untagged.Find(a.Body); field != nil {
			t.Errorf("%s: field %s is named as in Go", path, field)
		}
	}
}

func askWrong(t *testing.T, s *story) {
	w := s.World
	none := url.PathEscape(string(s.item(999)))
	for path, want := range map[string]string{
		"/items/4711":                 "400 unknown-ai",
		"/items/" + none:              "404 name its lot",
		"/items/" + none + "?lot=L2":  "404 not among",
		"/items/" + none + "/history": "404 knows of no such thing",
		"/items/" + url.PathEscape(string(s.item(2))) + "/evidence":           "404 no report",
		"/containers/" + string(w.Maker.SSCC(9)):                              "404 ",
		"/containers/" + url.PathEscape(string(s.item(30))) + "/contents":     "404 nothing is in it",
		"/lots/" + w.Unit.String() + "/NONE":                                  "404 no such thing",
		"/lots/" + w.Unit.String() + "/%C3%A4":                                "400 lot",
		"/lots/12345/L1":                                                      "400 gtin",
		"/lots/" + w.Unit.String() + "/L2/sales":                              "400 seller",
		"/recalls/" + w.Unit.String() + "/L2":                                 "404 never recalled",
		"/partners/123":                                                       "400 gln",
		"/partners/" + apptest.GLN(w.Maker.Prefix, 99).String():               "404 no such thing",
		"/partners/" + w.Maker.GLN.String() + "/at?time=2020-01-01T00:00:00Z": "404 no block yet",
		"/partners/" + w.Maker.GLN.String() + "/shipments?status=lost":        "400 status",
		"/partners?from=2026-01-01":                                           "400 from",
		"/partners?limit=1001":                                                "400 limit",
		"/partners?cursor=zz":                                                 "400 cursor",
		"/shipments/x":                                                        "400 number",
		"/shipments/77":                                                       "404 no such thing",
		"/blocks/999999":                                                      "404 knows of no such thing",
		"/blocks/0":                                                           "400 height",
		"/txs/" + strings.Repeat("0", 64):                                     "404 on its way",
		"/txs/12":                                                             "400 id",
		"/txs?event=x":                                                        "400 event",
		"/holdings/zz":                                                        "400 holding",
		"/records/zz":                                                         "400 key",
		"/notices/" + w.Maker.GLN.String() + "/zz":                            "400 subject",
	} {
		a := s.Get(t, "/ledger"+path)
		status, words, _ := strings.Cut(want, " ")
		if !strings.HasPrefix(a.Status, status) || !strings.Contains(string(a.Body), words) {
			t.Errorf("%s: got %s %.600s, want %s", path, a.Status, a.Body, want)
		}
	}
}

// askProofs checks, with nothing but the validators' hash, what is passed on.
func askProofs(t *testing.T, s *story) {
	w := s.World
	trust := proof.TrustValidators(s.ChainID(), s.Validators(t).Hash())
	for path, exists := range map[string]bool{
		"/partners/" + w.Maker.GLN.String():                                 true,
		"/partners/" + apptest.GLN(w.Maker.Prefix, 99).String():             false,
		"/lots/" + w.Unit.String() + "/L2":                                  true,
		"/lots/" + w.Unit.String() + "/NONE":                                false,
		"/shipments/" + fmt.Sprint(s.shipment):                              true,
		"/parameters":                                                       true,
		"/partners/" + w.Maker.GLN.String() + "/at?time=" + s.signedTime(t): true,
	} {
		and := "?"
		if strings.Contains(path, "?") {
			and = "&"
		}
		var r ledger.Record[map[string]any]
		a := s.Get(t, "/ledger"+path+and+"proof=true")
		a.Read(t, &r)
		if r.Proof == nil {
			t.Errorf("%s: no proof: %s %.600s", path, a.Status, a.Body)
			continue
		}
		shown, err := r.Proof.Verify(trust, proof.Options{MaxAge: time.Minute})
		if err != nil || (shown.Record != nil) != exists || (r.Record != nil) != exists || shown.Height != r.Height {
			t.Errorf("%s: %v: proved %+v, answered %+v", path, err, shown, r)
		}
		r.Proof.Value = append([]byte{}, 1)
		if _, err := r.Proof.Verify(trust, proof.Options{}); err == nil {
			t.Errorf("%s: a changed record is accepted", path)
		}
	}
	raw := s.Get(t, "/ledger/items/"+url.PathEscape(string(s.item(5)))+"/proof")
	f, err := proof.Decode(raw.Body)
	if err != nil {
		t.Fatal(err)
	}
	if ped, err := f.Verify(trust, proof.Options{}); err != nil || ped.Key != s.item(5) {
		t.Errorf("pedigree file: %v", err)
	}
	var e ledger.Evidence
	s.Get(t, "/ledger/items/"+url.PathEscape(string(s.item(1)))+"/evidence?proof=true").Read(t, &e)
	ef, err := proof.DecodeEvidence(e.ProofFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ef.Verify(trust, trust, proof.Options{}); err != nil {
		t.Errorf("evidence file: %v", err)
	}
}

// askPages reads a listing in small pages.
func askPages(t *testing.T, s *story) {
	var glns []string
	for cursor, pages := "", 0; ; pages++ {
		var p app.Page[app.PartnerEnd]
		s.Get(t, "/ledger/partners?limit=2&cursor="+url.QueryEscape(cursor)).Read(t, &p)
		for i := range p.Items {
			glns = append(glns, p.Items[i].GLN.String())
		}
		if cursor = p.Next; cursor == "" {
			break
		}
		if len(p.Items) != 2 || pages > 100 {
			t.Fatalf("page %d: %+v", pages, p)
		}
	}
	slices.Sort(glns)
	if want := len(s.World.Partners()); len(slices.Compact(glns)) != want {
		t.Errorf("%d partners, want %d", len(glns), want)
	}
	var first, second app.Page[ledger.BlockSummary]
	s.Get(t, "/ledger/blocks?limit=3").Read(t, &first)
	s.Get(t, "/ledger/blocks?limit=3&cursor="+first.Next).Read(t, &second)
	if len(first.Items) != 3 || len(second.Items) != 3 || second.Items[0].Height != first.Items[2].Height-1 {
		t.Errorf("blocks %+v then %+v", first, second)
	}
}

// askAgain asks for what has not changed.
func askAgain(t *testing.T, s *story) {
	path := "/ledger/products/" + s.World.Unit.String()
	for range 20 {
		a := s.Get(t, path)
		tag := a.Header.Get("ETag")
		if tag == "" {
			t.Fatalf("no ETag: %v", a.Header)
		}
		if b := s.Get(t, path, "If-None-Match", tag); b.StatusCode == http.StatusNotModified {
			if len(b.Body) > 0 {
				t.Errorf("304 with a body")
			}
			return
		}
		// A block came in between.
	}
	t.Error("never 304")
}

// askBundles asks for transaction information in each form.
func askBundles(t *testing.T, s *story) {
	w := s.World
	item := url.PathEscape(string(s.item(3)))
	for _, tt := range []struct{ path, accept, kind, begins, holds string }{
		{"/ledger/bundle?partner=" + w.Pharmacy.GLN.String(), "", "application/ld+json", "{", "shipping"},
		{"/ledger/bundle?partner=" + w.Pharmacy.GLN.String() + "&format=xml&side=bought", "", "application/xml", "<", "shipping"},
		{"/ledger/bundle?format=pdf&partner=" + w.Pharmacy.GLN.String(), "", "application/pdf", "%PDF-", ""},
		{"/ledger/items/" + item + "/bundle", "application/pdf", "application/pdf", "%PDF-", ""},
		{"/ledger/items/" + item + "/bundle?partner=" + w.Pharmacy.GLN.String(), "application/xml", "application/xml", "<", "shipping"},
	} {
		a := s.Get(t, tt.path, "Accept", tt.accept)
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != tt.kind || !strings.HasPrefix(string(a.Body), tt.begins) || !strings.Contains(string(a.Body), tt.holds) {
			t.Errorf("%s: got %s %s %.300s", tt.path, a.Status, a.Header.Get("Content-Type"), a.Body)
		}
		if name := a.Header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="bundle-`) {
			t.Errorf("%s: file name %q", tt.path, name)
		}
	}
	for path, want := range map[string]int{
		"/ledger/bundle":           http.StatusBadRequest,
		"/ledger/bundle?partner=1": http.StatusBadRequest,
		"/ledger/bundle?partner=" + w.Pharmacy.GLN.String() + "&since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z": http.StatusBadRequest,
		"/ledger/bundle?partner=" + apptest.GLN(w.Maker.Prefix, 97).String():                                           http.StatusNotFound,
		"/ledger/items/" + url.PathEscape(string(s.box)) + "/bundle":                                                   http.StatusBadRequest,
		"/ledger/items/" + url.PathEscape(string(s.item(998))) + "/bundle":                                             http.StatusNotFound,
	} {
		if a := s.Get(t, path); a.StatusCode != want {
			t.Errorf("%s: got %s %.300s, want %d", path, a.Status, a.Body, want)
		}
	}
}
