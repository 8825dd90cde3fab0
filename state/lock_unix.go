//go:build linux || darwin

package state

import (
	"os"
	"syscall"
)

// whileLocked runs fn while no other process writes in dir. The lock is the
// one that Badger takes afterwards.
func whileLocked(dir *os.File, readOnly bool, fn func() error) error {
	how := syscall.LOCK_EX
	if readOnly {
		how = syscall.LOCK_SH
	}
	if err := syscall.Flock(int(dir.Fd()), how|syscall.LOCK_NB); err != nil {
		return err
	}
	err := fn()
	if unlockErr := syscall.Flock(int(dir.Fd()), syscall.LOCK_UN); err == nil {
		err = unlockErr
	}
	return err
}
