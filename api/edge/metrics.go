package edge

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/internal/collectors"
)

// metrics are the edge's collectors. They count whether or not anyone
// registered them.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	inFlight prometheus.Gauge
	panics   prometheus.Counter
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	opts := func(name, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "pedigree", Subsystem: "http", Name: name, Help: help}
	}
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts(opts("requests_total", "Requests answered, by operation and class of status.")), []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "pedigree", Subsystem: "http", Name: "seconds", Help: "Time from a request's headers to the end of its answer, by operation.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
		}, []string{"operation"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts(opts("refused_total", "Requests and connections refused to protect the process, by reason.")), []string{"reason"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts(opts("in_flight", "Requests being answered."))),
		panics:   prometheus.NewCounter(prometheus.CounterOpts(opts("panics_total", "Handlers that panicked; each is a defect."))),
	}
	return m, collectors.Register(r, m.requests, m.seconds, m.refused, m.inFlight, m.panics)
}

// noOperation labels requests that reached none.
const noOperation = "none"

func (m *metrics) request(rec *record, seconds float64) {
	operation := rec.operation
	if operation == "" {
		operation = noOperation
	}
	m.requests.WithLabelValues(operation, strconv.Itoa(rec.status/100)+"xx").Inc()
	if !rec.hijacked { // a WebSocket lasts as long as its caller likes
		m.seconds.WithLabelValues(operation).Observe(seconds)
	}
}
