package state

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/internal/collectors"
)

// metrics are the state's collectors. They count whether or not anyone
// registered them.
type metrics struct {
	version        prometheus.Gauge
	oldestVersion  prometheus.Gauge
	leaves         prometheus.Gauge
	stageSeconds   prometheus.Histogram
	commitSeconds  prometheus.Histogram
	recordsWritten prometheus.Counter
	bytesWritten   prometheus.Counter
	pruneSeconds   prometheus.Histogram
	pruned         prometheus.Counter
	proofs         prometheus.Counter
	readFailures   prometheus.Counter
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "pedigree", Subsystem: "state", Name: name, Help: help})
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "pedigree", Subsystem: "state", Name: name, Help: help})
}

// seconds is a histogram from half a millisecond to 16 seconds.
func seconds(name, help string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "pedigree", Subsystem: "state", Name: name, Help: help,
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
	})
}

// newMetrics makes the collectors and registers them, if there is where.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		version:        gauge("version", "Height of the last durable version."),
		oldestVersion:  gauge("oldest_version", "Height of the oldest version kept."),
		leaves:         gauge("leaves", "Records in the last durable version."),
		stageSeconds:   seconds("stage_seconds", "Time to apply a block's writes and hash the tree."),
		commitSeconds:  seconds("commit_seconds", "Time to make a version durable, sync included."),
		recordsWritten: counter("records_written_total", "Records changed by committed versions."),
		bytesWritten:   counter("written_bytes_total", "Bytes of keys and values written by commits, tree and flat copy."),
		pruneSeconds:   seconds("prune_seconds", "Time of one pruning step of several versions."),
		pruned:         counter("pruned_versions_total", "Versions forgotten."),
		proofs:         counter("proofs_total", "Proofs given."),
		readFailures:   counter("read_failures_total", "Views that met a failed read."),
	}
	if err := collectors.Register(r,
		m.version, m.oldestVersion, m.leaves, m.stageSeconds, m.commitSeconds, m.recordsWritten,
		m.bytesWritten, m.pruneSeconds, m.pruned, m.proofs, m.readFailures,
	); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return m, nil
}

func (m *metrics) observeHead(h head) {
	m.version.Set(float64(h.version))
	m.oldestVersion.Set(float64(h.oldest))
	m.leaves.Set(float64(h.leaves))
}

func (m *metrics) observeCommit(records int, took time.Duration) {
	m.commitSeconds.Observe(took.Seconds())
	m.recordsWritten.Add(float64(records))
}

func (m *metrics) observePrune(versions uint64, took time.Duration) {
	m.pruneSeconds.Observe(took.Seconds())
	m.pruned.Add(float64(versions))
}
