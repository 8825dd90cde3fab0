package subscription

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/internal/collectors"
)

// metrics are the dispatcher's collectors. They count whether or not anyone
// registered them.
type metrics struct {
	active     prometheus.Gauge
	deliveries *prometheus.CounterVec
	events     prometheus.Counter
	dead       prometheus.Counter
	seconds    prometheus.Histogram
}

// newMetrics makes the collectors and registers them, if there is where.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		active:     prometheus.NewGauge(prometheus.GaugeOpts(opts("active", "Subscriptions that events are delivered for."))),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts(opts("deliveries_total", "Deliveries by what became of them: ok, 4xx, 5xx, not_2xx, unreachable.")), []string{"result"}),
		events:     prometheus.NewCounter(prometheus.CounterOpts(opts("events_total", "Events that receivers took."))),
		dead:       prometheus.NewCounter(prometheus.CounterOpts(opts("dead_letters_total", "Batches that were given up."))),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "pedigree", Subsystem: "subscription", Name: "delivery_seconds",
			Help: "Time of one delivery, with its answer.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 15),
		}),
	}
	if err := collectors.Register(r, m.all()...); err != nil {
		return nil, fmt.Errorf("subscription: %w", err)
	}
	return m, nil
}

func opts(name, help string) prometheus.Opts {
	return prometheus.Opts{Namespace: "pedigree", Subsystem: "subscription", Name: name, Help: help}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.active, m.deliveries, m.events, m.dead, m.seconds}
}

// unregister lets a dispatcher be opened again with one registry.
func (m *metrics) unregister(r prometheus.Registerer) { collectors.Unregister(r, m.all()...) }
