package main

import (
	"io"
	"os"
)

// openInput opens a file that a command reads; "-" is standard input, which
// closing leaves open.
func openInput(stdin io.Reader, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(name)
}
