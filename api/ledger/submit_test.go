package ledger_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/api/ledger"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
)

func submitting(t *testing.T, s *story) {
	t.Run("signed bytes", func(t *testing.T) { submitTxs(t, s) })
	t.Run("ops", func(t *testing.T) { submitOps(t, s) })
	t.Run("templates", func(t *testing.T) { submitTemplates(t, s) })
	t.Run("not as it should be", func(t *testing.T) { submitWrong(t, s) })
	t.Run("many at once", func(t *testing.T) { submitMany(t, s) })
}

const (
	maySubmit = "Bearer submit"
	maySign   = "Bearer sign"
)

func submitTxs(t *testing.T, s *story) {
	w := s.World
	tx, err := s.c.Sign(t.Context(), client.Submission{Partner: w.Maker.GLN, Op: apptest.Commission(w.Maker, w.Unit, "L3", 201, 205)})
	if err != nil {
		t.Fatal(err)
	}
	post := func(raw []byte, query string) (int, ledger.Submitted, edge.Problem) {
		t.Helper()
		a := s.Post(t, "/ledger/txs"+query, raw, "Content-Type", "application/octet-stream", "Authorization", maySubmit)
		var ok ledger.Submitted
		var p edge.Problem
		if a.StatusCode < 300 {
			a.Read(t, &ok)
		} else {
			a.Read(t, &p)
		}
		if a.StatusCode == http.StatusAccepted && a.Header.Get("Location") != "/ledger/txs/"+ok.Tx.String() {
			t.Errorf("Location %q", a.Header.Get("Location"))
		}
		return a.StatusCode, ok, p
	}
	if status, got, _ := post(tx.Raw(), "?wait=0"); status != http.StatusAccepted || got.State != "pending" || got.Tx != tx.ID() {
		t.Errorf("without waiting: %d %+v", status, got)
	}
	for range 2 { // the second time it is in a block already
		if status, got, p := post(tx.Raw(), "?wait=30"); status != http.StatusOK || got.State != "accepted" || got.Height == 0 || got.Tx != tx.ID() {
			t.Errorf("waiting: %d %+v %+v", status, got, p)
		}
	}
	again, err := s.c.Sign(t.Context(), client.Submission{Partner: w.Pharmacy.GLN, Op: apptest.Commission(w.Pharmacy, w.Unit, "L4", 201, 205)})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, p := post(again.Raw(), ""); status != http.StatusConflict || p.Code == 0 || p.Tx != again.ID().String() || p.Detail == "" {
		t.Errorf("a refused one: %d %+v", status, p)
	}
	if status, _, p := post(again.Raw()[1:], ""); status != http.StatusBadRequest || p.Code != app.CodeMalformed {
		t.Errorf("half a transaction: %d %+v", status, p)
	}
	other := *tx
	other.ChainID = "other"
	if _, err := other.Seal(w.Maker.Private); err != nil {
		t.Fatal(err)
	}
	if status, _, p := post(other.Raw(), ""); status != http.StatusBadRequest || !strings.Contains(p.Detail, "other") {
		t.Errorf("another chain: %d %+v", status, p)
	}
}

func submitOps(t *testing.T, s *story) {
	w := s.World
	op := func(op app.Op, more map[string]any) map[string]any {
		t.Helper()
		raw, err := app.MarshalOp(op)
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[string]any)
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatal(err)
		}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	ask := op(apptest.Commission(w.Maker, w.Unit, "L5", 301, 302), map[string]any{"eventTime": time.Now().UTC().Truncate(time.Second)})
	var first, second ledger.Submitted
	s.Post(t, "/ledger/ops", ask, "Authorization", maySign, "Idempotency-Key", "commission-5").Read(t, &first)
	b := s.Post(t, "/ledger/ops", ask, "Authorization", maySign, "Idempotency-Key", "commission-5")
	b.Read(t, &second)
	if first.State != "accepted" || second.Tx != first.Tx || b.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("twice with one key: %+v, %+v %v %s", first, second, b.Header, b.Body)
	}
	a := s.Post(t, "/ledger/ops", op(apptest.Commission(w.Maker, w.Unit, "L6", 301, 302), nil), "Authorization", maySign, "Idempotency-Key", "commission-5")
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another op with the key: %s", a.Status)
	}
	plan, err := s.c.Plan(w.Wholesaler.GLN).Decommission(t.Context(), "damaged", s.item(20))
	if err != nil {
		t.Fatal(err)
	}
	var p edge.Problem
	a = s.Post(t, "/ledger/ops", op(plan, map[string]any{"partner": w.Wholesaler.GLN.String()}), "Authorization", maySign)
	a.Read(t, &p)
	if a.StatusCode != http.StatusConflict || p.Code != app.CodeNotOwner && p.Code != app.CodeNotPossessor || p.Conflict == nil || p.Conflict.By != w.Wholesaler.GLN {
		t.Errorf("goods of another: %s %s", a.Status, a.Body)
	}
}

func submitTemplates(t *testing.T, s *story) {
	var all []ledger.OpTemplate
	s.Get(t, "/ledger/ops").Read(t, &all)
	if len(all) != len(app.Kinds()) {
		t.Fatalf("%d templates", len(all))
	}
	for _, k := range all {
		if op, err := app.UnmarshalOp(k.Template); err != nil || op.Kind().String() != k.Op {
			t.Errorf("template of %s: %v", k.Op, err)
		}
	}
}

func submitWrong(t *testing.T, s *story) {
	w := s.World
	product := fmt.Sprintf(`"gtin":%q`, apptest.GTIN(0, w.Maker.Prefix, 50))
	for body, want := range map[string]string{
		`{"op":"Nothing","body":{}}`: "400 there is no op",
		`{"op":"Recall"}`:            "400 body",
		`{"op":"RegisterProduct","body":{` + product + `,"x":1}}`: "400 unknown field",
		`{"op":"Recall","OP":"Recall","body":{}}`:                 "400 twice",
		`{"op":"Recall","body":{},"key":"secret"}`:                "400 unknown field",
		`[1]`:    "400 an object",
		`{"op":`: "400 ",
		`{"op":"RegisterProduct","body":{},"partner":"1"}`:                                                              "400 ",
		`{"op":"AcknowledgeRecall","body":` + ack(w) + `,"partner":"` + apptest.GLN(w.Maker.Prefix, 98).String() + `"}`: "403 no key",
		`{"op":"AcknowledgeRecall","body":` + ack(w) + `,"for":"1"}`:                                                    "400 for",
		`{"op":"AcknowledgeRecall","body":` + ack(w) + `,"eventHash":"x"}`:                                              "400 eventHash",
		`{"op":"AcknowledgeRecall","body":` + ack(w) + `,"eventTime":"1969-01-01T00:00:00Z"}`:                           "400 eventTime",
	} {
		a := s.Post(t, "/ledger/ops", []byte(body), "Content-Type", "application/json", "Authorization", maySign)
		status, words, _ := strings.Cut(want, " ")
		if !strings.HasPrefix(a.Status, status) || !strings.Contains(string(a.Body), words) {
			t.Errorf("%s: got %s %s, want %s", body, a.Status, a.Body, want)
		}
	}
	fine := fmt.Appendf(nil, `{"op":"CommissionContainer","body":{"location":%q,"containers":[{"key":%q}]}}`, w.Maker.GLN, w.Maker.SSCC(60))
	for _, header := range [][]string{nil, {"Content-Type", ""}, {"Content-Type", "text/plain"}, {"Content-Type", "text/plain; a=application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}} {
		a := s.Post(t, "/ledger/ops", fine, append(header, "Authorization", maySign)...)
		if a.StatusCode != http.StatusUnsupportedMediaType || !strings.Contains(string(a.Body), "application/json is expected") {
			t.Errorf("sent as %q: %s %s", header, a.Status, a.Body)
		}
	}
	if a := s.Post(t, "/ledger/ops", fine, "Content-Type", "Application/JSON; charset=utf-8", "Authorization", maySign); a.StatusCode != http.StatusOK {
		t.Errorf("sent as JSON: %s %s", a.Status, a.Body)
	}
	for token, want := range map[string]int{"": 401, "Bearer read": 403, maySubmit: 403} {
		headers := []string{"Content-Type", "application/json"}
		if token != "" {
			headers = append(headers, "Authorization", token)
		}
		if a := s.Post(t, "/ledger/ops", []byte(`{}`), headers...); a.StatusCode != want {
			t.Errorf("with %q: %s, want %d", token, a.Status, want)
		}
	}
	if a := s.Post(t, "/ledger/txs", make([]byte, app.MaxTxBytes+1), "Content-Type", "application/octet-stream", "Authorization", maySubmit); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge transaction: %s", a.Status)
	}
}

// ack is the body of an acknowledgement of the story's recall.
func ack(w *apptest.World) string {
	return fmt.Sprintf(`{"gtin":%q,"lot":"L/1"}`, w.Unit)
}

// submitMany signs with one key for many callers at once, while others read.
func submitMany(t *testing.T, s *story) {
	w := s.World
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			raw, err := app.MarshalOp(apptest.Commission(w.Maker, w.Unit, fmt.Sprintf("M%d", i), 400+i, 400+i))
			if err != nil {
				t.Error(err)
				return
			}
			a := s.Post(t, "/ledger/ops?wait=50", raw, "Content-Type", "application/json", "Authorization", maySign)
			if a.StatusCode != http.StatusOK {
				t.Errorf("%s %s", a.Status, a.Body)
			}
		})
		wg.Go(func() {
			for _, path := range []string{"/ledger/status", "/ledger/partners", "/ledger/lots/" + w.Unit.String() + "/L2", "/ledger/blocks?limit=2"} {
				if a := s.Get(t, path); a.StatusCode != http.StatusOK {
					t.Errorf("%s: %s %s", path, a.Status, a.Body)
				}
			}
		})
	}
	wg.Wait()
}
