// Package globals keeps what a package may not keep.
package globals

import (
	_ "embed"
	"errors"
	"net/http"
)

// ErrGone is an error sentinel: allowed.
var ErrGone = errors.New("gone")

var errs, count = errors.New("x"), 0 // want: package-level variable count

var table = [...]string{"a", "b"}

var written = [...]int{1, 2}

//go:embed hello.txt
var hello string

var _ error = ErrGone

var (
	cache = map[string]int{} // want: package-level variable cache
)

func init() { // want: an init function
	cache["a"] = 1 // want: changes the package-level variable cache
}

func change() {
	count++                  // want: changes the package-level variable count
	written[1] = 3           // want: changes the package-level variable written
	http.DefaultClient = nil // want: changes the package-level variable DefaultClient
	ErrGone = errs           // want: changes the package-level variable ErrGone
	local := table
	local[0] = hello
	_ = change
}
