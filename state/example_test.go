package state_test

import (
	"fmt"
	"os"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/proof"
)

// One block: written, staged, committed, and a record of it proved to somebody
// who has nothing but the root.
func Example() {
	dir, err := os.MkdirTemp("", "state")
	check(err)
	defer func() { check(os.RemoveAll(dir)) }()
	s, err := state.Open(state.Config{Dir: dir})
	check(err)

	block := s.Begin()
	block.Set([]byte("one"), []byte("first"))
	block.Set([]byte("two"), []byte("second"))
	root, err := s.Stage(block, 1) // what the block will have; nothing is on disk
	check(err)
	check(s.Commit()) // everything is, as one version

	value, evidence, err := s.Prove(1, []byte("one"))
	check(err)
	fmt.Printf("%s, proved: %v\n", value, proof.Verify(root, []byte("one"), value, evidence) == nil)
	fmt.Println("a lie holds:", proof.Verify(root, []byte("one"), []byte("other"), evidence) == nil)
	_, evidence, err = s.Prove(1, []byte("three"))
	check(err)
	fmt.Println("absent, proved:", proof.VerifyAbsence(root, []byte("three"), evidence) == nil)
	check(s.Close())
	// Output:
	// first, proved: true
	// a lie holds: false
	// absent, proved: true
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
