// Package two says what it is here,
package two
