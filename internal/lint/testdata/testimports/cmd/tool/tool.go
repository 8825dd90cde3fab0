// Package tool is a command that nobody may import.
package tool
