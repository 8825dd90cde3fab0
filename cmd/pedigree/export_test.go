package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// documentNet is a network of one node in which documents can be captured.
type documentNet struct {
	rpc  string
	sign []string // --key FILE of every partner
}

func startDocumentNet(t *testing.T, paths ...string) *documentNet {
	t.Helper()
	dir := t.TempDir()
	genesis, err := documentsGenesis(dir, paths)
	if err != nil {
		t.Fatal(err)
	}
	n := networktest.Run(t, testnet.Options{
		Dir: dir, ChainID: "export-test", Validators: 1, Genesis: genesis,
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout = node.Duration(10 * time.Millisecond)
			s.EmptyBlocksInterval = node.Duration(time.Second)
		},
		Prepare: testnet.UseLedger,
	})
	files, err := keyFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := &documentNet{rpc: n.Node(0).RPC()}
	for _, file := range files {
		out.sign = append(out.sign, "--key", file)
	}
	return out
}

func (n *documentNet) capture(t *testing.T, paths ...string) {
	t.Helper()
	args := append([]string{"capture", "--node", n.rpc}, paths...)
	pedigree(t, append(args, n.sign...)...).want(t, exitOK).without(t, "REFUSED")
}

// export exports into a new folder, and checks the files against the manifest.
func (n *documentNet) export(t *testing.T, flags ...string) (string, *exportManifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	pedigree(t, append([]string{"export", dir, "--node", n.rpc}, flags...)...).want(t, exitOK, "checked by the light client")
	return dir, readManifest(t, dir)
}

func readManifest(t *testing.T, dir string) *exportManifest {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, exportManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	m := &exportManifest{}
	if err := json.Unmarshal(raw, m); err != nil {
		t.Fatal(err)
	}
	found := 0
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found++
		}
		return err
	})
	if err != nil || found != len(m.Files)+1 {
		t.Errorf("%v: %d files, the manifest names %d and is one itself", err, found, len(m.Files))
	}
	for _, f := range m.Files {
		raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Name)))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != f.SHA256 || len(raw) != f.Bytes {
			t.Errorf("%s is not the file of the manifest", f.Name)
		}
		if bytes.Contains(raw, []byte(`"private"`)) {
			t.Errorf("%s holds a private key", f.Name)
		}
	}
	return m
}

// TestExport takes the story in, exports it, takes the export into another
// network, and finds everything where it stood.
func TestExport(t *testing.T) {
	story, err := filepath.Glob(filepath.Join("story", "[1-6]-*"))
	if err != nil || len(story) != 6 {
		t.Fatalf("%v: %v", err, story)
	}
	first := startDocumentNet(t, story...)
	first.capture(t, story...)
	for _, format := range []string{"json", "xml12"} {
		t.Run(format, func(t *testing.T) {
			dir, m := first.export(t, "--events", "5", "--format", format)
			if m.Count != 23 || m.Exact != 23 || m.Made != 0 || m.ChainID != "export-test" {
				t.Errorf("%d events, %d exact, %d made of %s; want 23 exact ones", m.Count, m.Exact, m.Made, m.ChainID)
			}
			files, err := filepath.Glob(filepath.Join(dir, "events-*"))
			if err != nil || len(files) < 5 {
				t.Fatalf("%v: %v", err, files)
			}
			second := startDocumentNet(t, files...)
			second.capture(t, files...)
			sameStand(t, first, second, files)
		})
	}
	t.Run("one partner", func(t *testing.T) { first.ofPartner(t) })
	t.Run("broken off", func(t *testing.T) { first.brokenOff(t) })
	t.Run("repository", func(t *testing.T) { first.withRepository(t) })
	t.Run("misuse", func(t *testing.T) { first.misused(t) })
}

// sameStand compares where everything is in two networks.
func sameStand(t *testing.T, a, b *documentNet, files []string) {
	t.Helper()
	keys := make(map[gs1.Key]bool)
	for _, file := range files {
		doc, err := readDocument(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range doc.Events {
			ev := &doc.Events[i]
			for _, id := range append(append([]string{ev.ParentID}, ev.EPCs...), ev.ChildEPCs...) {
				if epc, err := gs1.ParseEPC(id); err == nil {
					if key, ok := epc.Key(); ok {
						keys[key] = true
					}
				}
			}
		}
	}
	if len(keys) < 50 {
		t.Fatalf("only %d keys", len(keys))
	}
	for key := range keys {
		if x, y := standing(t, a, key), standing(t, b, key); x != y {
			t.Errorf("%s: %+v, in the second network %+v", key, x, y)
		}
	}
}

// stand is where a key is, and whose.
type stand struct {
	state            app.State
	container        gs1.Key
	owner, possessor gs1.GLN
	location         gs1.GLN
	level            app.Level
}

func standing(t *testing.T, n *documentNet, key gs1.Key) stand {
	t.Helper()
	c, err := client.Dial(t.Context(), n.rpc)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Place(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	in, err := readRecord(t.Context(), c, app.HoldingKey(p.Holding), app.DecodeHolding)
	if err != nil {
		t.Fatal(err)
	}
	out, err := readRecord(t.Context(), c, app.HoldingKey(p.Chain[len(p.Chain)-1]), app.DecodeHolding)
	if err != nil {
		t.Fatal(err)
	}
	s := stand{state: p.State, container: in.Key, owner: out.Owner, possessor: out.Possessor, location: out.Location}
	if sg, ok := key.SGTIN(); ok {
		product, err := readRecord(t.Context(), c, app.ProductKey(sg.GTIN), app.DecodeProduct)
		if err != nil {
			t.Fatal(err)
		}
		s.level = product.Level
	}
	return s
}

// ofPartner exports what concerns the pharmacy, within days.
func (n *documentNet) ofPartner(t *testing.T) {
	_, all := n.export(t, "--partner", storyPharmacy)
	if all.Count == 0 || all.Count >= 23 || all.Partner.String() != storyPharmacy {
		t.Errorf("%d events concern %s, want some of 23", all.Count, all.Partner)
	}
	_, none := n.export(t, "--until", "2020-01-01")
	if none.Count != 0 {
		t.Errorf("%d events before 2020", none.Count)
	}
	_, some := n.export(t, "--partner", storyPharmacy, "--since", "2026-01-15T10:00:00Z")
	if some.Count == 0 || some.Count > all.Count {
		t.Errorf("%d events of %d since a day", some.Count, all.Count)
	}
}

// brokenOff ends an export in its midst and goes on with it.
func (n *documentNet) brokenOff(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "export")
	args := []string{"export", dir, "--node", n.rpc, "--events", "1"}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(dir, "events-000003.jsonld")); err == nil {
				cancel()
			}
		}
	}()
	var out bytes.Buffer
	if code := run(ctx, args, strings.NewReader(""), &out, &out); code != exitTrouble {
		t.Logf("it was done before it could be broken off: %d %s", code, &out)
		return
	}
	cancel()
	if !strings.Contains(out.String(), "give the same command again to go on") {
		t.Errorf("it does not say how to go on: %s", &out)
	}
	pedigree(t, "export", dir, "--node", n.rpc, "--events", "2").want(t, exitUsage, "that was broken off")
	pedigree(t, args...).want(t, exitOK, "23 events: 23 exactly")
	m := readManifest(t, dir)
	seen := make(map[string]bool)
	for _, f := range m.Files {
		if !strings.HasPrefix(f.Name, "events-") {
			continue
		}
		doc, err := readDocument(filepath.Join(dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range doc.Events {
			hash, err := doc.Events[i].Digest()
			if err != nil || seen[hash] {
				t.Errorf("%s: %v, or it was written before: %s", f.Name, err, hash)
			}
			seen[hash] = true
		}
	}
	if len(seen) != 23 {
		t.Errorf("%d events, want 23", len(seen))
	}
	pedigree(t, args...).want(t, exitUsage, "is not empty")
}

// withRepository exports what a repository holds beside the ledger.
func (n *documentNet) withRepository(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repository")
	r, err := repository.Open(repository.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.PutDocument(t.Context(), []byte("<original/>"), "application/xml")
	if err != nil {
		t.Fatal(err)
	}
	ev := &epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.ActionObserve, BizStep: "inspecting", TimeZoneOffset: "+00:00",
		Time: epcis.NewTime(time.Unix(1_700_000_000, 0)), EPCs: []string{"urn:epc:id:sgtin:9521001.110001.A3N9QGNNBQ"},
	}
	job := repository.Job{ID: r.NewJobID(), Created: time.Unix(1_700_000_000, 0), Success: true, Behaviour: repository.Rollback, Document: id, Events: 1}
	_, err = r.Add(t.Context(), []repository.NewEvent{{Event: ev, Document: id, CaptureID: job.ID, Standing: repository.Attached}}, repository.Along{Job: &job})
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	out, _ := n.export(t, "--repository", dir)
	raw, err := os.ReadFile(filepath.Join(out, "documents", id.String()+".xml"))
	if err != nil || string(raw) != "<original/>" {
		t.Errorf("%v, got %q", err, raw)
	}
	doc, err := readDocument(filepath.Join(out, "attached-000001.jsonld"))
	if err != nil || len(doc.Events) != 1 || doc.Events[0].Step() != "inspecting" {
		t.Errorf("%v, got %+v", err, doc)
	}
}

// misused calls the command wrongly.
func (n *documentNet) misused(t *testing.T) {
	for _, tc := range []struct{ flag, value, want string }{
		{"--format", "csv", "--format is"},
		{"--since", "yesterday", "a day such as"},
		{"--partner", "12", "--partner 12"},
		{"--events", "0", "--events is"},
	} {
		pedigree(t, "export", filepath.Join(t.TempDir(), "x"), "--node", n.rpc, tc.flag, tc.value).want(t, exitUsage, tc.want)
	}
	pedigree(t, "export", filepath.Join(t.TempDir(), "x"), "--node", n.rpc, "--repository", "nowhere").want(t, exitTrouble, "nowhere")
}
