package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
)

// Home is the directory of one node:
//
//	config/node.json                settings, for the operator to edit
//	config/genesis.json             the network's genesis
//	config/genesis.sha256           its hash as it was at init
//	config/node_key.json            the node's identity towards peers; 0600
//	config/priv_validator_key.json  the member's consensus key; 0600
//	data/priv_validator_state.json  the last vote signed; never restore an old one
//	data/comet/                     CometBFT's stores and write-ahead log
//	data/state/                     the ledger's state tree
//	data/index/N/                   the index; may be deleted, is then rebuilt
type Home string

func (h Home) file(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

// SettingsFile is where the settings stand.
func (h Home) SettingsFile() string { return h.file("config", "node.json") }

// GenesisFile is where the network's genesis stands.
func (h Home) GenesisFile() string { return h.file("config", "genesis.json") }

// NodeKeyFile is where the node's identity stands.
func (h Home) NodeKeyFile() string { return h.file("config", "node_key.json") }

// ValidatorKeyFile is where the consensus key stands.
func (h Home) ValidatorKeyFile() string { return h.file("config", "priv_validator_key.json") }

// TokensFile holds who may call the HTTP API; see package api/access.
func (h Home) TokensFile() string { return h.file("config", "tokens.json") }

// StateDir is the directory of the ledger's state.
func (h Home) StateDir() string { return h.file("data", "state") }

func (h Home) pinFile() string            { return h.file("config", "genesis.sha256") }
func (h Home) cometDir() string           { return h.file("data", "comet") }
func (h Home) validatorStateFile() string { return h.file("data", "priv_validator_state.json") }

// Identity is what others must know of a node.
type Identity struct {
	// NodeID is the node's id towards peers: 40 hex digits.
	NodeID string
	// Consensus is the Ed25519 public key of its validator, 32 bytes.
	Consensus []byte
}

// Init makes a home: directories, keys in files readable by their owner only,
// and the settings. Keys that exist are kept, so that running it again is
// harmless; settings that exist are replaced. The genesis is put there by
// SetGenesis, once the identities of all members are known.
func Init(h Home, s Settings) (Identity, error) {
	for _, dir := range []string{h.file("config"), h.file("data"), h.cometDir()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return Identity{}, fmt.Errorf("node: init: %w", err)
		}
	}
	if err := h.generateKeys(); err != nil {
		return Identity{}, err
	}
	if err := h.SetSettings(s); err != nil {
		return Identity{}, err
	}
	return h.Identity()
}

// generateKeys makes the keys that are missing. A validator's state file says
// what it signed last: where it exists without its key, something was lost.
func (h Home) generateKeys() error {
	if _, err := p2p.LoadOrGenNodeKey(h.NodeKeyFile()); err != nil {
		return fmt.Errorf("node: init: %s: %w", h.NodeKeyFile(), err)
	}
	_, keyErr := os.Stat(h.ValidatorKeyFile())
	_, stateErr := os.Stat(h.validatorStateFile())
	switch {
	case keyErr == nil && stateErr == nil:
		return nil
	case keyErr == nil:
		return fmt.Errorf("node: %s is missing but its key is not: starting without it could sign twice; restore it", h.validatorStateFile())
	case stateErr == nil:
		return fmt.Errorf("node: %s is missing but its state is not: restore the key, or use a new home", h.ValidatorKeyFile())
	}
	privval.GenFilePV(h.ValidatorKeyFile(), h.validatorStateFile()).Save()
	return nil
}

// Identity returns the node's public identity.
func (h Home) Identity() (Identity, error) {
	validator, key, err := h.keys()
	if err != nil {
		return Identity{}, err
	}
	return Identity{NodeID: string(key.ID()), Consensus: validator.Key.PubKey.Bytes()}, nil
}

// keys loads both keys. CometBFT's own loader ends the process on a bad file,
// so the files are read here first.
func (h Home) keys() (*privval.FilePV, *p2p.NodeKey, error) {
	key, err := p2p.LoadNodeKey(h.NodeKeyFile())
	if err != nil {
		return nil, nil, fmt.Errorf("node: node key: %w: run init, or restore the file", err)
	}
	var k privval.FilePVKey
	if err := loadJSON(h.ValidatorKeyFile(), &k); err != nil {
		return nil, nil, err
	}
	if k.PubKey == nil || k.PrivKey == nil {
		return nil, nil, fmt.Errorf("node: %s holds no key: restore the file", h.ValidatorKeyFile())
	}
	var s privval.FilePVLastSignState
	if err := loadJSON(h.validatorStateFile(), &s); err != nil {
		return nil, nil, err
	}
	return privval.LoadFilePV(h.ValidatorKeyFile(), h.validatorStateFile()), key, nil
}

func loadJSON(path string, v any) error {
	p, err := os.ReadFile(path)
	if err == nil {
		err = cmtjson.Unmarshal(p, v)
	}
	if err != nil {
		return fmt.Errorf("node: %s: %w: run init, or restore the file", path, err)
	}
	return nil
}

// Settings reads the settings; absent ones are the defaults.
func (h Home) Settings() (Settings, error) {
	p, err := os.ReadFile(h.SettingsFile())
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, fmt.Errorf("node: %s is no home of a node: run init", string(h))
	}
	if err != nil {
		return Settings{}, fmt.Errorf("node: settings: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(p))
	dec.DisallowUnknownFields()
	var s Settings
	if err := dec.Decode(&s); err != nil {
		return Settings{}, fmt.Errorf("node: %s: %w", h.SettingsFile(), err)
	}
	return s.withDefaults()
}

// SetSettings writes the settings, with the defaults filled in for an operator
// to see.
func (h Home) SetSettings(s Settings) error {
	s, err := s.withDefaults()
	if err != nil {
		return err
	}
	p, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("node: settings: %w", err)
	}
	if err := os.WriteFile(h.SettingsFile(), append(p, '\n'), 0o600); err != nil {
		return fmt.Errorf("node: settings: %w", err)
	}
	return nil
}
