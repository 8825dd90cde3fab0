package main

import (
	"encoding/json"
	"fmt"
	"io"
)

// environment is what every command has: its streams and the flags that all
// of them share.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	format         string
}

func (e *environment) check() error {
	if e.format != "text" && e.format != "json" {
		return usage("--output is text or json, found %q", e.format)
	}
	return nil
}

// asJSON reports whether results are printed as JSON.
func (e *environment) asJSON() bool { return e.format == "json" }

// show prints a result: v as one JSON document, or what text writes.
func (e *environment) show(v any, text func(w io.Writer)) error {
	if !e.asJSON() {
		text(e.stdout)
		return nil
	}
	enc := json.NewEncoder(e.stdout)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// say prints one line for people; nothing when the output is JSON.
func (e *environment) say(format string, args ...any) {
	if !e.asJSON() {
		fmt.Fprintf(e.stdout, format+"\n", args...)
	}
}
