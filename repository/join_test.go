package repository

import (
	"fmt"
	"testing"
)

// TestJoinResumes checks, for bounds of work that end at every place, that a
// query whose lists hardly ever agree loses and repeats nothing.
func TestJoinResumes(t *testing.T) {
	steps := 0
	r := openTest(t, Config{work: func() budget { return budget{steps: steps, records: 100, bytes: 1 << 20} }})
	var list []NewEvent
	want := 0
	for n := range 240 {
		e := shipped(fmt.Sprint(n), n)
		lot := n%2 == 0
		if n%37 == 0 {
			want++
			lot = true
		} else if lot {
			e.BizStep = "storing"
		}
		if lot {
			e.SetLot("A", "")
		}
		list = append(list, NewEvent{Event: e, Standing: Recorded})
	}
	if _, err := r.Add(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	for steps = 4; steps < 120; steps++ {
		for _, order := range []string{"", "&orderBy=recordTime", "&orderBy=recordTime&orderDirection=ASC"} {
			if got := find(t, r, "EQ_bizStep=shipping&EQ_ILMD_cbvmda:lotNumber=A&perPage=3"+order); len(got) != want {
				t.Fatalf("%d steps%s: got %d events, want %d", steps, order, len(got), want)
			}
		}
	}
}
