//go:build !linux && !darwin

package state

import "os"

// whileLocked runs fn; only Badger's own lock guards the directory here.
func whileLocked(_ *os.File, _ bool, fn func() error) error { return fn() }
