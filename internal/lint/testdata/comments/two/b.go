// Package two says what it is here again.
package two // want: a second package comment
