package abci

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/internal/collectors"
)

// metrics are the adapter's collectors.
type metrics struct {
	prepare, process, finalize, commit prometheus.Histogram

	verdicts    *prometheus.CounterVec
	queries     *prometheus.CounterVec
	txBytes     prometheus.Counter
	reused      prometheus.Counter
	refused     prometheus.Counter
	dropped     prometheus.Counter
	replayed    prometheus.Counter
	indexHeight prometheus.Gauge
}

func opts(name, help string) prometheus.Opts {
	return prometheus.Opts{Namespace: "pedigree", Subsystem: "abci", Name: name, Help: help}
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts(opts(name, help)))
}

// seconds is a histogram from half a millisecond to 16 seconds.
func seconds(name, help string) prometheus.Histogram {
	o := opts(name, help)
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: o.Namespace, Subsystem: o.Subsystem, Name: o.Name, Help: o.Help,
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
	})
}

// newMetrics makes the collectors and registers them, if there is where.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		prepare:     seconds("prepare_proposal_seconds", "Time to choose and execute the txs of a proposal of ours."),
		process:     seconds("process_proposal_seconds", "Time to judge a proposal."),
		finalize:    seconds("finalize_block_seconds", "Time to execute and stage a decided block."),
		commit:      seconds("commit_seconds", "Time to make a block durable."),
		verdicts:    prometheus.NewCounterVec(prometheus.CounterOpts(opts("txs_total", "Txs in committed blocks, by op and code.")), []string{"op", "code"}),
		queries:     prometheus.NewCounterVec(prometheus.CounterOpts(opts("queries_total", "Queries, by path.")), []string{"path"}),
		txBytes:     counter("tx_bytes_total", "Bytes of txs in committed blocks."),
		reused:      counter("executions_reused_total", "Blocks that were not executed again because they had been as a proposal."),
		refused:     counter("proposals_refused_total", "Proposals that this node refused."),
		dropped:     counter("index_blocks_dropped_total", "Committed blocks that found the index's queue full."),
		replayed:    counter("index_blocks_replayed_total", "Blocks derived again from the block store for the index."),
		indexHeight: prometheus.NewGauge(prometheus.GaugeOpts(opts("index_height", "Last block in the index."))),
	}
	if err := collectors.Register(r,
		m.prepare, m.process, m.finalize, m.commit, m.verdicts, m.queries, m.txBytes,
		m.reused, m.refused, m.dropped, m.replayed, m.indexHeight,
	); err != nil {
		return nil, fmt.Errorf("abci: %w", err)
	}
	return m, nil
}

func (m *metrics) observe(h prometheus.Histogram, since time.Time) {
	h.Observe(time.Since(since).Seconds())
}

func (m *metrics) observeBlock(e *execution) {
	for i, tx := range e.txs {
		kind := "none"
		if tx != nil {
			kind = tx.Op.Kind().String()
			m.txBytes.Add(float64(tx.Bytes()))
		}
		m.verdicts.WithLabelValues(kind, e.results[i].Code.String()).Inc()
	}
}
