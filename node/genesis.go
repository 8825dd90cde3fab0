package node

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/types"
)

// ErrGenesis means that a home's genesis is not the one it was made with.
var ErrGenesis = errors.New("node: wrong genesis")

// Validator is a founding member as consensus sees it.
type Validator struct {
	Name string
	// Consensus is an Ed25519 public key, 32 bytes.
	Consensus []byte
}

// votingPower is every member's: the members are equals.
const votingPower = 10

// NewGenesis makes a network's genesis with the consensus parameters of design
// page 03: blocks of at most 4 MiB, of which evidence at most 256 KiB, accepted
// for 21 days, longer than light clients trust a header; Ed25519; no vote
// extensions. appState is the application's genesis as JSON.
func NewGenesis(chainID string, at time.Time, validators []Validator, appState json.RawMessage) (*types.GenesisDoc, error) {
	params := types.DefaultConsensusParams()
	params.Block.MaxBytes = 4 << 20
	params.Evidence.MaxBytes = 256 << 10
	params.Evidence.MaxAgeDuration = 21 * 24 * time.Hour
	params.Evidence.MaxAgeNumBlocks = 1_000_000
	doc := &types.GenesisDoc{
		ChainID: chainID, GenesisTime: at.UTC().Truncate(time.Second),
		ConsensusParams: params, InitialHeight: 1, AppState: appState,
	}
	for _, v := range validators {
		if len(v.Consensus) != ed25519.PubKeySize {
			return nil, fmt.Errorf("node: genesis: consensus key of %s has %d bytes, want %d", v.Name, len(v.Consensus), ed25519.PubKeySize)
		}
		key := ed25519.PubKey(v.Consensus)
		doc.Validators = append(doc.Validators, types.GenesisValidator{
			Address: key.Address(), PubKey: key, Power: votingPower, Name: v.Name,
		})
	}
	if err := doc.ValidateAndComplete(); err != nil {
		return nil, fmt.Errorf("node: genesis: %w", err)
	}
	return doc, nil
}

// EncodeGenesis returns the file form of a genesis. Members exchange exactly
// these bytes.
func EncodeGenesis(doc *types.GenesisDoc) ([]byte, error) {
	p, err := cmtjson.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("node: genesis: %w", err)
	}
	return append(p, '\n'), nil
}

// SetGenesis checks a genesis file's bytes, writes them and pins their hash. A
// home that has another genesis already is left alone.
func (h Home) SetGenesis(p []byte) error {
	if _, err := parseGenesis(p); err != nil {
		return err
	}
	pin := genesisHash(p)
	if old, err := os.ReadFile(h.pinFile()); err == nil && strings.TrimSpace(string(old)) != pin {
		return fmt.Errorf("%w: %s was made for the genesis with hash %s, this one has %s: use a new home",
			ErrGenesis, h, strings.TrimSpace(string(old)), pin)
	}
	if err := os.WriteFile(h.GenesisFile(), p, 0o600); err != nil {
		return fmt.Errorf("node: genesis: %w", err)
	}
	if err := os.WriteFile(h.pinFile(), []byte(pin+"\n"), 0o600); err != nil {
		return fmt.Errorf("node: genesis: %w", err)
	}
	return nil
}

// Genesis reads the genesis and checks it against the pinned hash; the error
// is ErrGenesis when it is another one.
func (h Home) Genesis() (*types.GenesisDoc, error) {
	p, err := os.ReadFile(h.GenesisFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("node: %s is missing: get the network's genesis from another member", h.GenesisFile())
	}
	if err != nil {
		return nil, fmt.Errorf("node: genesis: %w", err)
	}
	pin, err := os.ReadFile(h.pinFile())
	if err != nil {
		return nil, fmt.Errorf("node: genesis: %w: set the genesis with init, which pins its hash", err)
	}
	if got, want := genesisHash(p), strings.TrimSpace(string(pin)); got != want {
		return nil, fmt.Errorf("%w: %s has hash %s, but the home was made for %s: restore the network's genesis",
			ErrGenesis, h.GenesisFile(), got, want)
	}
	return parseGenesis(p)
}

func parseGenesis(p []byte) (*types.GenesisDoc, error) {
	doc, err := types.GenesisDocFromJSON(p)
	if err != nil {
		return nil, fmt.Errorf("node: genesis: %s", firstLine(err.Error()))
	}
	return doc, nil
}

func genesisHash(p []byte) string {
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:])
}
