//go:build !unix

package main

import "io/fs"

// allocated is what a file takes on disk, as far as its size tells.
func allocated(info fs.FileInfo) int64 { return info.Size() }
