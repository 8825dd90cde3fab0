package collectors_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/internal/collectors"
)

// TestAllOrNone registers collectors of which one is refused, and those that
// were before it once more.
func TestAllOrNone(t *testing.T) {
	gauge := func(name string) prometheus.Collector {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: name})
	}
	r := prometheus.NewRegistry()
	if err := collectors.Register(r, gauge("taken")); err != nil {
		t.Fatal(err)
	}
	if err := collectors.Register(r, gauge("free"), gauge("taken")); err == nil {
		t.Fatal("a name twice was registered")
	}
	free := gauge("free")
	if err := collectors.Register(r, free); err != nil {
		t.Errorf("what stood before the refused one is still registered: %v", err)
	}
	collectors.Unregister(r, free)
	if err := collectors.Register(r, gauge("free")); err != nil {
		t.Errorf("after Unregister: %v", err)
	}
	if err := collectors.Register(nil, free); err != nil {
		t.Errorf("without a registry: %v", err)
	}
	collectors.Unregister(nil, free)
}
