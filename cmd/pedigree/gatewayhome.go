package main

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pedigree-ledger/pedigree/gateway"
)

// gatewayHome is the directory of an edge that runs apart from a node:
//
//	config/gateway.json  settings, for the operator to edit
//	config/tokens.json   who may call; 0600
//	data/repository/     documents, events and subscriptions
//	data/trusted.json    the last header that was verified
type gatewayHome string

func (h gatewayHome) file(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

func (h gatewayHome) settingsFile() string { return h.file("config", "gateway.json") }
func (h gatewayHome) trustedFile() string  { return h.file("data", "trusted.json") }

// gatewaySettings are what stands in gateway.json: where the edge listens, whom
// it asks, and the settings that an edge inside a node has as well.
type gatewaySettings struct {
	// Listen is where callers connect; host:port.
	Listen string `json:"listen"`
	// Node is the RPC of the node to ask, Witnesses those of others to
	// compare headers with.
	Node      string   `json:"node"`
	Witnesses []string `json:"witnesses,omitempty"`
	// Genesis is the genesis file to trust.
	Genesis string `json:"genesis,omitempty"`
	gateway.Settings
}

// defaultGatewayListen is where an edge listens, unless told otherwise.
const defaultGatewayListen = "127.0.0.1:8080"

// settings reads the settings; ok is false when the home has none yet.
func (h gatewayHome) settings() (s gatewaySettings, ok bool, err error) {
	raw, err := os.ReadFile(h.settingsFile())
	if errors.Is(err, fs.ErrNotExist) {
		return gatewaySettings{Listen: defaultGatewayListen, Node: defaultNode}, false, nil
	}
	if err != nil {
		return s, false, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, false, fmt.Errorf("%s: %w", h.settingsFile(), err)
	}
	return s, true, s.Check()
}

// undo remembers what of the home is there and returns a function that takes the
// rest away again. A first start that fails leaves no half-made home behind: its
// flags, which may have been the fault, would stand in the settings for good.
func (h gatewayHome) undo() func() {
	repository := h.file("data", "repository")
	ours := notThere(repository)
	made := append(notThere(h.settingsFile()), ours...)
	slices.SortFunc(made, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return func() {
		if len(ours) > 0 { // otherwise it holds somebody's documents
			_ = os.RemoveAll(repository)
		}
		for _, path := range made { // the deepest first
			_ = os.Remove(path) // not a directory that holds something by now
		}
	}
}

// notThere lists a path and the directories above it, as far as they are not
// there.
func notThere(path string) (out []string) {
	for ; ; path = filepath.Dir(path) {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return out
		}
		out = append(out, path)
	}
}

// create makes the home with its settings.
func (h gatewayHome) create(s gatewaySettings) error {
	for _, dir := range []string{h.file("config"), h.file("data")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(h.settingsFile(), append(raw, '\n'), 0o600)
}

// trustedHeader is the last header that the edge verified: after a restart the
// light client goes on from it, however old the genesis is by then.
type trustedHeader struct {
	ChainID string `json:"chainId"`
	Height  uint64 `json:"height"`
	Hash    string `json:"hash"`
}

// trusted reads the last verified header, nil if there is none.
func (h gatewayHome) trusted() (*trustedHeader, error) {
	raw, err := os.ReadFile(h.trustedFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var t trustedHeader
	if err := json.Unmarshal(raw, &t); err != nil || t.Height == 0 || len(t.Hash) != 64 {
		return nil, fmt.Errorf("%s is damaged: delete it, and give --genesis or --trust-height and --trust-hash", h.trustedFile())
	}
	return &t, nil
}

// trust keeps the last verified header.
func (h gatewayHome) trust(chainID string, height uint64, hash []byte) error {
	raw, err := json.Marshal(trustedHeader{chainID, height, hex.EncodeToString(hash)})
	if err != nil {
		return err
	}
	temporary := h.trustedFile() + ".new"
	if err := os.WriteFile(temporary, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, h.trustedFile())
}
