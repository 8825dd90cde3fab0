//go:build linux || darwin

package state

import "syscall"

// freeBytes returns the bytes that the file system of dir has left for us.
func freeBytes(dir string) (uint64, bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return st.Bavail * uint64(st.Bsize), true
}
