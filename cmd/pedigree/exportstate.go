package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// exportState is how far an export has come; it stands beside the files until
// the manifest does.
type exportState struct {
	Plan exportPlan `json:"plan"`
	// Next is the height after the last block whose events are in files.
	// Skip is how many txs of that block are in files too.
	Next uint64 `json:"next"`
	Skip int    `json:"skip"`
	// EventFiles counts the files of events, Events, Exact and Made what is
	// in them.
	EventFiles int          `json:"eventFiles"`
	Events     int          `json:"events"`
	Exact      int          `json:"exact"`
	Made       int          `json:"made"`
	Files      []exportFile `json:"files"`
	// Products were registered, Recalls made, in the order of the blocks.
	Products []gs1.GTIN  `json:"products"`
	Recalls  []app.LotID `json:"recalls"`
}

// exportFile is one file of an export.
type exportFile struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Items are its events or lines; 0 for an original document.
	Items int `json:"items,omitempty"`
}

// exportManifest says what an export is.
type exportManifest struct {
	exportPlan
	// Header is the hash of the header at Height, Time its time, both as the
	// validators signed them.
	Header string    `json:"header"`
	Time   time.Time `json:"time"`
	Count  int       `json:"events"`
	// Exact counts the events that have the hash that partners recorded, Made
	// those that no partner exchanged.
	Exact int          `json:"exact"`
	Made  int          `json:"made"`
	Files []exportFile `json:"files"`
}

const (
	exportStateFile    = "export.state.json"
	exportManifestFile = "manifest.json"
)

// exporter writes one export.
type exporter struct {
	dir    string
	state  exportState
	ledger *ledger
	teller *client.Teller
	bar    *progress
}

// openExport begins an export in a new or empty folder, or goes on with one of
// the same plan. Its height stays that of the first beginning.
func openExport(dir string, plan *exportPlan) (*exporter, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	x := &exporter{dir: dir, state: exportState{Plan: *plan, Next: 1}}
	raw, err := os.ReadFile(filepath.Join(dir, exportStateFile))
	if errors.Is(err, fs.ErrNotExist) {
		files, err := os.ReadDir(dir)
		if err == nil && len(files) > 0 {
			err = usage("%s is not empty, and holds no export that was broken off: give a new folder", dir)
		}
		return x, err
	}
	if err != nil {
		return nil, err
	}
	var before exportState
	if err := json.Unmarshal(raw, &before); err != nil {
		return nil, fmt.Errorf("%s: %w", exportStateFile, err)
	}
	same := *plan
	same.Height = before.Plan.Height
	if !reflect.DeepEqual(same, before.Plan) {
		return nil, usage("%s holds an export of another chain, partner, time or form that was broken off: give the same flags, or another folder", dir)
	}
	x.state = before
	return x, nil
}

// write writes a file under a name of its own until it is whole.
func (x *exporter) write(name string, raw []byte, items int) error {
	path := filepath.Join(x.dir, name)
	if err := replaceFile(path, raw); err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	f := exportFile{Name: filepath.ToSlash(name), Bytes: len(raw), SHA256: hex.EncodeToString(sum[:]), Items: items}
	for i := range x.state.Files {
		if x.state.Files[i].Name == f.Name {
			x.state.Files[i] = f
			return nil
		}
	}
	x.state.Files = append(x.state.Files, f)
	return nil
}

// replaceFile writes a file that is there whole or not at all.
func replaceFile(path string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// save notes how far the export has come.
func (x *exporter) save() error {
	raw, err := json.MarshalIndent(&x.state, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(x.dir, exportStateFile), append(raw, '\n'))
}

// lines writes a list as JSON lines.
func (x *exporter) lines(name string, list []any) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for _, v := range list {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return x.write(name, out.Bytes(), len(list))
}

// finish writes the manifest, which ends the export.
func (x *exporter) finish(ctx context.Context) (*exportManifest, error) {
	header, err := x.ledger.light.Verify(ctx, x.state.Plan.Height)
	if err != nil {
		return nil, err
	}
	s := &x.state
	m := &exportManifest{
		exportPlan: s.Plan, Header: hex.EncodeToString(header.Hash()), Time: header.Time.UTC(),
		Count: s.Events, Exact: s.Exact, Made: s.Made, Files: s.Files,
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := replaceFile(filepath.Join(x.dir, exportManifestFile), append(raw, '\n')); err != nil {
		return nil, err
	}
	return m, os.Remove(filepath.Join(x.dir, exportStateFile))
}

func (m *exportManifest) text(w io.Writer, dir string, trust *trustReport) {
	fmt.Fprintf(w, "%s: %s to block %d, %d files\n", dir, m.ChainID, m.Height, len(m.Files))
	fmt.Fprintf(w, "%d events: %d exactly as they were exchanged, %d made of transactions without an event\n", m.Count, m.Exact, m.Made)
	for _, f := range m.Files {
		if f.Items > 0 {
			fmt.Fprintf(w, "  %s: %d\n", f.Name, f.Items)
		}
	}
	fmt.Fprintln(w, trust)
}
