package repository

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/internal/collectors"
)

// metrics are the repository's collectors. They count whether or not anyone
// registered them.
type metrics struct {
	head         prometheus.Gauge
	added        prometheus.Counter
	known        prometheus.Counter
	documents    prometheus.Counter
	addSeconds   prometheus.Histogram
	querySeconds prometheus.Histogram
	shortPages   prometheus.Counter
}

// newMetrics makes the collectors and registers them, if there is where.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		head:         prometheus.NewGauge(prometheus.GaugeOpts(opts("head", "Number of the newest event."))),
		added:        prometheus.NewCounter(prometheus.CounterOpts(opts("events_total", "Events that were added."))),
		known:        prometheus.NewCounter(prometheus.CounterOpts(opts("known_events_total", "Events that came again and were known."))),
		documents:    prometheus.NewCounter(prometheus.CounterOpts(opts("documents_total", "Documents that were stored."))),
		addSeconds:   seconds("add_seconds", "Time to add a batch of events."),
		querySeconds: seconds("query_seconds", "Time to find one page of events."),
		shortPages:   prometheus.NewCounter(prometheus.CounterOpts(opts("short_pages_total", "Pages that ended at the bound of work instead of being full."))),
	}
	if err := collectors.Register(r, m.all()...); err != nil {
		return nil, fmt.Errorf("repository: %w", err)
	}
	return m, nil
}

func opts(name, help string) prometheus.Opts {
	return prometheus.Opts{Namespace: "pedigree", Subsystem: "repository", Name: name, Help: help}
}

// seconds is a histogram from an eighth of a millisecond to four seconds.
func seconds(name, help string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "pedigree", Subsystem: "repository", Name: name, Help: help,
		Buckets: prometheus.ExponentialBuckets(0.000125, 2, 16),
	})
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.head, m.added, m.known, m.documents, m.addSeconds, m.querySeconds, m.shortPages}
}

// unregister lets a repository be opened again with one registry.
func (m *metrics) unregister(r prometheus.Registerer) { collectors.Unregister(r, m.all()...) }
