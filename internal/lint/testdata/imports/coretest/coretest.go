// Package coretest is for tests only and may import what it likes.
package coretest

import _ "golang.org/x/tools/go/packages"
