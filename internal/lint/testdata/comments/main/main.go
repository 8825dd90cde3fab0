// The command says what it does in its own words.
package main

func main() {}
