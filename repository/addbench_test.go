package repository

import "testing"

// BenchmarkAdd adds a document of 500 events.
func BenchmarkAdd(b *testing.B) {
	r, err := Open(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	n := 0
	for b.Loop() {
		var list []NewEvent
		for range 500 {
			list = append(list, NewEvent{Event: benchEvent(n), Standing: Attached})
			n++
		}
		if _, err := r.Add(b.Context(), list); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
