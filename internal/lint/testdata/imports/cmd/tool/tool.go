// Package tool is a command without a line in the fixture's table.
package tool // want: package cmd/tool is not in the import table
