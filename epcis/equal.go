package epcis

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Equal tells whether two events say the same: the same type, times, objects,
// context, ILMD, extensions, event id, record time and error declaration, with
// identifiers, words, numbers and times compared by meaning and lists without
// order. Where an event stood, and in which form, does not matter.
func Equal(a, b *Event) bool { return Diff(a, b) == "" }

// Diff says in what a and b differ, one line per field with a's value after -
// and b's after +, or "" when they are Equal.
func Diff(a, b *Event) string {
	left, right := content(a), content(b)
	var out strings.Builder
	i, j := 0, 0
	for i < len(left) || j < len(right) {
		switch {
		case j == len(right) || i < len(left) && left[i] < right[j]:
			fmt.Fprintf(&out, "- %s\n", left[i])
			i++
		case i == len(left) || right[j] < left[i]:
			fmt.Fprintf(&out, "+ %s\n", right[j])
			j++
		default:
			i, j = i+1, j+1
		}
	}
	return out.String()
}

// content writes an event as sorted lines "path = value".
func content(e *Event) []string {
	t := hashTree{folded: true}
	lines := []string{"type = " + e.Type}
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, name+" = "+value)
		}
	}
	add("eventID", e.ID)
	if !e.RecordTime.At.IsZero() {
		add("recordTime", canonicalTime(e.RecordTime.At))
	}
	if d := e.Error; d != nil {
		lines = append(lines, "errorDeclaration")
		if !d.Time.At.IsZero() {
			add("errorDeclaration.declarationTime", canonicalTime(d.Time.At))
		}
		add("errorDeclaration.reason", errorReasons().toWeb(d.Reason))
		for _, id := range d.CorrectiveIDs {
			add("errorDeclaration.correctiveEventID", id)
		}
		lines = appendContent(lines, "errorDeclaration", t.nodes(d.Extensions))
	}
	all := *e
	all.Ignored = nil
	lines = appendContent(lines, "", t.event(&all).kids)
	sort.Strings(lines)
	return lines
}

// appendContent adds the lines of kids. Kids that hold further keys are numbered
// in the order of their own text, so that equal trees get equal numbers.
func appendContent(lines []string, path string, kids []*hashNode) []string {
	type named struct {
		path, text string
		node       *hashNode
	}
	var below []named
	for _, k := range kids {
		here := strings.TrimPrefix(path+"."+k.name, ".")
		if len(k.kids) == 0 {
			lines = append(lines, here+" = "+canonicalValue(k.text))
			continue
		}
		below = append(below, named{here, genericString([]*hashNode{k}), k})
	}
	sort.SliceStable(below, func(i, j int) bool {
		return below[i].path < below[j].path || below[i].path == below[j].path && below[i].text < below[j].text
	})
	number := 0
	for i, b := range below {
		number++
		if i > 0 && below[i-1].path != b.path {
			number = 1
		}
		here := b.path + "[" + strconv.Itoa(number) + "]"
		if text := canonicalValue(b.node.text); text != "" {
			lines = append(lines, here+" = "+text)
		}
		lines = appendContent(lines, here, b.node.kids)
	}
	return lines
}
