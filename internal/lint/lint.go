// Package lint holds the house rules that no linter knows, as ordinary tests:
// go test ./internal/lint. One file is one rule, with its own proof that it
// can fail: a fixture under testdata in which every line that breaks the rule
// says so in a comment.
//
//	imports_test.go    the import table of design 01, section 8
//	purity_test.go     what the state machine may not do
//	globals_test.go    no init, no mutable package-level state
//	comments_test.go   every exported name is explained
//	size_test.go       functions fit a screen, interfaces have five methods
//	sleep_test.go      nobody waits for a time
//	text_test.go       no markers of unfinished work, no machine's paths
//	docs_test.go       the pages that exist, and those that are named
//
// A rule with exceptions holds them as a list with a reason each; an
// exception that nothing needs any more is reported too.
package lint
