// Package stray has no line in the fixture's table.
package stray // want: package stray is not in the import table
