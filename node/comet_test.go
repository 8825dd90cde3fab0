package node

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestRelativeHome checks that CometBFT's files stand in a home that was given
// as a relative path, where the home's comment says.
func TestRelativeHome(t *testing.T) {
	for _, home := range []Home{"some/home", Home(filepath.Join(t.TempDir(), "home"))} {
		c, err := Config{Home: home}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		cfg := c.comet()
		for _, tt := range []struct{ got, want string }{
			{cfg.DBDir(), home.cometDir()},
			{cfg.PrivValidatorKeyFile(), home.ValidatorKeyFile()},
			{cfg.PrivValidatorStateFile(), home.validatorStateFile()},
			{cfg.NodeKeyFile(), home.NodeKeyFile()},
			{cfg.GenesisFile(), home.GenesisFile()},
			{cfg.P2P.AddrBookFile(), home.file("data", "addrbook.json")},
			{cfg.Consensus.WalFile(), home.file("data", "comet", "cs.wal", "wal")},
		} {
			if tt.got != tt.want || !strings.HasPrefix(tt.got, string(home)) {
				t.Errorf("home %s: got %s, want %s", home, tt.got, tt.want)
			}
		}
	}
}
