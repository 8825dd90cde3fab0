package node

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	cmtjson "github.com/cometbft/cometbft/libs/json"
	sm "github.com/cometbft/cometbft/state"
)

// ErrClock means that this machine's clock is so far off that taking part in
// consensus would harm.
var ErrClock = errors.New("node: the clock is wrong")

// ErrPortInUse means that something else listens on an address of the node.
var ErrPortInUse = errors.New("node: the port is in use")

// maxClockLead is how far the last block's time may lie ahead of the local
// clock. Block time is a median of the members' clocks.
const maxClockLead = time.Hour

// syncAnew is the cure for a damaged database. Not a backup of the home: it
// would set the validator's state back, and the member might sign twice.
const syncAnew = "remove data/comet, data/state and data/index, keep data/priv_validator_state.json, and start: the blocks are fetched again"

// checkStores compares what CometBFT stored with the genesis and the clock,
// before CometBFT acts on either.
func (n *Node) checkStores() (err error) {
	defer func() {
		if r := recover(); r != nil { // CometBFT's answer to a damaged record
			err = fmt.Errorf("node: %s: the state database is damaged: %s: %s", n.home, firstLine(fmt.Sprint(r)), syncAnew)
		}
	}()
	if err := n.checkStoredGenesis(); err != nil {
		return err
	}
	state, err := sm.NewStore(n.stores.byID["state"], sm.StoreOptions{}).Load()
	if err != nil {
		return fmt.Errorf("node: %s: the state database is damaged: %s: %s", n.home, firstLine(err.Error()), syncAnew)
	}
	if state.IsEmpty() {
		return nil
	}
	if state.ChainID != n.genesis.ChainID {
		return fmt.Errorf("%w: the stores in %s are of chain %s, the genesis is of %s: use a new home",
			ErrGenesis, n.home, state.ChainID, n.genesis.ChainID)
	}
	return checkClock(state.LastBlockTime, time.Now())
}

// checkStoredGenesis compares the genesis that the stores began with, which
// CometBFT would silently prefer to the file.
func (n *Node) checkStoredGenesis() error {
	stored, err := n.stores.byID["state"].Get([]byte("genesisDoc"))
	if err != nil {
		return openError(n.home, "state", err)
	}
	if len(stored) == 0 {
		return nil
	}
	want, err := cmtjson.Marshal(n.genesis)
	if err != nil {
		return fmt.Errorf("node: genesis: %w", err)
	}
	if !bytes.Equal(stored, want) {
		return fmt.Errorf("%w: the stores in %s began with another genesis than %s: use a new home",
			ErrGenesis, n.home, n.home.GenesisFile())
	}
	return nil
}

func checkClock(last, now time.Time) error {
	if lead := last.Sub(now); lead > maxClockLead {
		return fmt.Errorf("%w: the last block was made at %s, %s after this machine's time %s: set the clock and start again",
			ErrClock, last.UTC().Format(time.RFC3339), lead.Round(time.Second), now.UTC().Format(time.RFC3339))
	}
	return nil
}

// startError explains why a node did not start. CometBFT does not wrap what the
// system said, so its words are looked for.
func startError(h Home, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) {
		return fmt.Errorf("%w: %s: change the address in %s", ErrPortInUse, firstLine(err.Error()), h.SettingsFile())
	}
	return fmt.Errorf("node: %s: %s", h, firstLine(err.Error()))
}
