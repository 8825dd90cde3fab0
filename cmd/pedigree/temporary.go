package main

import "os"

// orTemporary makes a temporary directory where no flag named one, and returns
// what removes it again.
func orTemporary(dir *string, pattern string) (remove func(), err error) {
	if *dir != "" {
		return func() {}, nil
	}
	made, err := os.MkdirTemp("", pattern)
	if err != nil {
		return nil, err
	}
	*dir = made
	return func() { _ = os.RemoveAll(made) }, nil // only room is lost
}
