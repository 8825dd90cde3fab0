package testnet

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/pedigree-ledger/pedigree/node"
)

// newMember derives the member's operations key from the file of its consensus
// key, which is secret and stays with the home.
func newMember(i int, home node.Home, id node.Identity) (Member, error) {
	secret, err := os.ReadFile(home.ValidatorKeyFile())
	if err != nil {
		return Member{}, fmt.Errorf("testnet: %w", err)
	}
	seed := sha256.Sum256(append([]byte("pedigree testnet operations key\x00"), secret...))
	return Member{
		Index: i, Name: memberName(i), Home: home, Identity: id,
		Operations: ed25519.NewKeyFromSeed(seed[:]),
	}, nil
}

func memberName(i int) string { return fmt.Sprintf("Member %d", i) }
