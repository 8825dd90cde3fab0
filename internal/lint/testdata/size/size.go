// Package size has functions and interfaces beyond the limits of its test.
package size

import "io"

func short() int {
	// A comment counts nothing,
	// however long it is.

	n := 1
	return n
}

func long() int { // want: long has 6 lines, at most 5
	n := 1
	n++ // a comment behind code does not make the line a comment
	n++
	return n
}

func longText() string { // want: longText has 6 lines, at most 5
	return `
// not a comment
// but text
`
}

type fits interface {
	A()
	B()
}

type tooMany interface { // want: an interface of 3 methods, at most 2
	A()
	B()
	C()
}

type embeds interface { // want: an interface of 4 methods, at most 2
	fits
	io.ReadWriter
}

func takes(interface { // want: an interface of 3 methods, at most 2
	tooMany
}) {
}

var _ = []any{short, long, longText, takes, embeds(nil)}
