package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// corpusFiles are published examples of what partners send; the test is
// skipped where there are none.
func corpusFiles(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	files := []string{
		filepath.Join(dir, "openepcis-test-resources", "1.2", "EPCIS", "XML", "Capture", "Documents", "GS1_US_Pharma_Example_2_2_1_1.xml"),
		filepath.Join(dir, "jamischarles-epcis-parser", "cardinal_health.1.2.xml"),
	}
	for _, f := range files {
		if _, err := os.Stat(f); err != nil {
			t.Skipf("corpus not found: %v", err)
		}
	}
	return files
}

// TestCaptureCorpus takes published documents in by the command, each on a
// network of the partners that it names.
func TestCaptureCorpus(t *testing.T) {
	for _, file := range corpusFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := epcis.DecodeBytes(raw, epcis.Options{})
			if err != nil {
				t.Fatal(err)
			}
			args := []string{"capture", file, "--output", "json"}
			rpc, keys := networkOf(t, doc)
			for _, k := range keys {
				args = append(args, "--key", k)
			}
			var r captureReport
			pedigree(t, append(args, "--node", rpc)...).want(t, exitOK).read(t, &r)
			if got := len(r.Files[0].WentIn); got != len(doc.Events) {
				t.Errorf("%d of %d events went in: %+v", got, len(doc.Events), r.Files[0])
			}
			pedigree(t, append(args, "--node", rpc)...).want(t, exitOK).read(t, &r)
			if got := len(r.Files[0].Recorded); got != len(doc.Events) {
				t.Errorf("the second time %d of %d events were found recorded: %+v", got, len(doc.Events), r.Files[0])
			}
		})
	}
}

// networkOf starts a node in whose genesis the partners of a document stand,
// and returns its RPC and the partners' key files.
func networkOf(t *testing.T, doc *epcis.Document) (rpc string, keys []string) {
	t.Helper()
	dir := t.TempDir()
	partners, err := client.PartnersFrom(doc)
	if err != nil {
		t.Fatal(err)
	}
	for i := range partners {
		path := keyPath(dir, partners[i].GLN.String())
		s, err := openOrMakeKey(path, partners[i].GLN)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, path)
		partners[i].Keys = []app.PublicKey{s.Public()}
	}
	n := networktest.Run(t, testnet.Options{
		Dir: dir, ChainID: "corpus-test", Validators: 1, Prepare: testnet.UseLedger,
		Genesis: func(members []testnet.Member) (json.RawMessage, error) {
			partners[0].Consensus = members[0].Identity.Consensus
			return encodeAppState(&app.Genesis{Params: app.Params{MaxEventAgeDays: anyEventAge}, Partners: partners})
		},
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout = node.Duration(10 * time.Millisecond)
			s.EmptyBlocksInterval = node.Duration(time.Second)
		},
	})
	return n.Node(0).RPC(), keys
}
