package client_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/cometbft/cometbft/rpc/client/local"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// historic is a network of one node whose partners are those of documents, and
// a client that signs for all of them.
func historic(t *testing.T, docs ...*epcis.Document) *client.Client {
	t.Helper()
	partners, err := client.PartnersFrom(docs...)
	if err != nil {
		t.Fatal(err)
	}
	n := networktest.Run(t, testnet.Options{
		Dir: t.TempDir(), ChainID: "export-test", Validators: 1,
		Genesis: func(members []testnet.Member) (json.RawMessage, error) {
			for i := range partners {
				partners[i].Keys = []app.PublicKey{app.PublicKey(apptest.Key(partners[i].GLN.String())[32:])}
			}
			partners[0].Consensus = members[0].Identity.Consensus
			return json.Marshal(app.Genesis{Params: app.Params{MaxEventAgeDays: 100_000}, Partners: partners})
		},
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout = node.Duration(10 * time.Millisecond)
			s.EmptyBlocksInterval = node.Duration(time.Second)
		},
		Prepare: func(_ int, c *node.Config) error {
			_, err := node.UseLedger(c)
			return err
		},
	})
	c, err := client.Connect(t.Context(), local.New(n.Node(0).Local().Comet()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range partners {
		s, err := client.NewSigner(partners[i].GLN, apptest.Key(partners[i].GLN.String()))
		if err != nil {
			t.Fatal(err)
		}
		c.Use(s)
	}
	return c
}

func decode(t *testing.T, path string) *epcis.Document {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := epcis.DecodeBytes(raw, epcis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// keysOf lists the keys of items and containers that events name.
func keysOf(doc *epcis.Document) []gs1.Key {
	var keys []gs1.Key
	for i := range doc.Events {
		ev := &doc.Events[i]
		for _, id := range slices.Concat(ev.EPCs, ev.ChildEPCs, []string{ev.ParentID}) {
			if epc, err := gs1.ParseEPC(id); err == nil {
				if key, ok := epc.Key(); ok {
					keys = append(keys, key)
				}
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// TestExport captures our own documents and gets their events back out of the
// ledger.
func TestExport(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "cmd", "pedigree", "story", "[1-6]-*"))
	if err != nil || len(files) != 6 {
		t.Fatalf("%v: %v", files, err)
	}
	var docs []*epcis.Document
	for _, f := range files {
		docs = append(docs, decode(t, f))
	}
	roundTrip(t, docs...)
}

// roundTrip captures documents on a network of their partners, exports what
// they named and compares.
func roundTrip(t *testing.T, docs ...*epcis.Document) {
	t.Helper()
	c := historic(t, docs...)
	var want []*epcis.Event
	var keys []gs1.Key
	for _, doc := range docs {
		done, err := client.Capture(t.Context(), c, doc, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range done {
			if !done[i].OK() {
				t.Fatalf("event %d, %s: %s", done[i].Event, done[i].What, done[i].Refusal)
			}
		}
		for i := range doc.Events {
			want = append(want, &doc.Events[i])
		}
		keys = append(keys, keysOf(doc)...)
	}
	begin := time.Now()
	got, err := c.Export(t.Context(), keys...)
	if err != nil {
		t.Fatal(err)
	}
	exact := 0
	for i := range got {
		at := slices.IndexFunc(want, func(ev *epcis.Event) bool {
			sum, err := ev.HashBytes()
			return err == nil && app.EventHash(sum) == got[i].Hash
		})
		if at < 0 {
			t.Fatalf("event %s was not captured", got[i].Hash)
		}
		// What is not content may differ: an event's id and when it was
		// recorded.
		ev := *got[i].Event
		ev.ID, ev.RecordTime = want[at].ID, want[at].RecordTime
		if diff := epcis.Diff(want[at], &ev); diff != "" || !got[i].Exact {
			t.Errorf("event %d: exact %v, differs in\n%s", want[at].Index, got[i].Exact, diff)
		} else {
			exact++
		}
	}
	t.Logf("%d events captured, %d exported, %d of them exact, in %s", len(want), len(got), exact, time.Since(begin))
	if len(got) != len(want) {
		t.Errorf("%d events exported, want %d", len(got), len(want))
	}
}

// corpus is the path of a file of the shared corpus; the test is skipped where
// there is none.
func corpus(t *testing.T, elements ...string) string {
	t.Helper()
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpus")
	}
	path := filepath.Join(append([]string{dir}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("corpus not found: %v", err)
	}
	return path
}

// TestExportCorpus captures what others have published and gets it back.
func TestExportCorpus(t *testing.T) {
	for name, path := range map[string][]string{
		"GS1 US":          {"openepcis-test-resources", "1.2", "EPCIS", "XML", "Capture", "Documents", "GS1_US_Pharma_Example_2_2_1_1.xml"},
		"Cardinal Health": {"jamischarles-epcis-parser", "cardinal_health.1.2.xml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			roundTrip(t, decode(t, corpus(t, path...)))
		})
	}
}
