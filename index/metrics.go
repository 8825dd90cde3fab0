package index

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/internal/collectors"
)

// metrics are the index's collectors. They count whether or not anyone
// registered them.
type metrics struct {
	height       prometheus.Gauge
	failed       prometheus.Gauge
	queue        prometheus.Gauge
	applySeconds prometheus.Histogram
	querySeconds prometheus.Histogram
	mergeSeconds prometheus.Histogram
	writes       prometheus.Counter
	writtenBytes prometheus.Counter
	contents     prometheus.Counter
	merged       prometheus.Counter
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "pedigree", Subsystem: "index", Name: name, Help: help})
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "pedigree", Subsystem: "index", Name: name, Help: help})
}

// seconds is a histogram from an eighth of a millisecond to four seconds.
func seconds(name, help string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "pedigree", Subsystem: "index", Name: name, Help: help,
		Buckets: prometheus.ExponentialBuckets(0.000125, 2, 16),
	})
}

// newMetrics makes the collectors and registers them, if there is where.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		height:       gauge("height", "Last block in the index."),
		failed:       gauge("failed", "1 when the index has failed and takes no more blocks."),
		queue:        gauge("merge_queue", "GTINs that wait for a merge of their pieces."),
		applySeconds: seconds("apply_seconds", "Time to put a block into the index."),
		querySeconds: seconds("query_seconds", "Time to answer a query."),
		mergeSeconds: seconds("merge_seconds", "Time of one merge of pieces, in the background."),
		writes:       counter("writes_total", "Keys written or deleted."),
		writtenBytes: counter("written_bytes_total", "Bytes of keys and values written."),
		contents:     counter("contents_total", "Segments whose contents were stored."),
		merged:       counter("merges_total", "Merges of pieces."),
	}
	if err := collectors.Register(r, m.all()...); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	return m, nil
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{
		m.height, m.failed, m.queue, m.applySeconds, m.querySeconds, m.mergeSeconds,
		m.writes, m.writtenBytes, m.contents, m.merged,
	}
}

// unregister lets an index that was wiped be opened again with one registry.
func (m *metrics) unregister(r prometheus.Registerer) { collectors.Unregister(r, m.all()...) }
