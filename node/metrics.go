package node

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/cometbft/cometbft/blocksync"
	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/mempool"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/proxy"
	sm "github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/statesync"
	"github.com/go-kit/kit/metrics"
	kitprom "github.com/go-kit/kit/metrics/prometheus"
	"github.com/prometheus/client_golang/prometheus"
)

// metricsNamespace is CometBFT's own, so that its dashboards fit.
const metricsNamespace = "cometbft"

// cometMetrics registers CometBFT's metrics in the node's own registry. Their
// own constructors know only the process's default registry, where a second
// node of the same process would panic; but the fields of their structs carry
// the same tags that the constructors were generated from, so the collectors
// are made from the tags here, with the same names, labels and buckets.
func cometMetrics(r prometheus.Registerer) cmtnode.MetricsProvider {
	return func(chainID string) (
		*consensus.Metrics, *p2p.Metrics, *mempool.Metrics, *sm.Metrics,
		*proxy.Metrics, *blocksync.Metrics, *statesync.Metrics,
	) {
		cs, pp, mp, st := consensus.NopMetrics(), p2p.NopMetrics(), mempool.NopMetrics(), sm.NopMetrics()
		px, bs, ss := proxy.NopMetrics(), blocksync.NopMetrics(), statesync.NopMetrics()
		fillMetrics(r, chainID, consensus.MetricsSubsystem, cs)
		fillMetrics(r, chainID, p2p.MetricsSubsystem, pp)
		fillMetrics(r, chainID, mempool.MetricsSubsystem, mp)
		fillMetrics(r, chainID, sm.MetricsSubsystem, st)
		fillMetrics(r, chainID, proxy.MetricsSubsystem, px)
		fillMetrics(r, chainID, blocksync.MetricsSubsystem, bs)
		fillMetrics(r, chainID, statesync.MetricsSubsystem, ss)
		return cs, pp, mp, st, px, bs, ss
	}
}

// fillMetrics sets every metric of a struct of CometBFT's. A field of another
// type keeps what the struct had.
func fillMetrics(r prometheus.Registerer, chainID, subsystem string, p any) {
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		m := metricOf(field, subsystem)
		var made any
		switch field.Type {
		case reflect.TypeFor[metrics.Gauge]():
			vec := prometheus.NewGaugeVec(prometheus.GaugeOpts(m.opts), m.labels)
			r.MustRegister(vec)
			made = kitprom.NewGauge(vec).With("chain_id", chainID)
		case reflect.TypeFor[metrics.Counter]():
			vec := prometheus.NewCounterVec(prometheus.CounterOpts(m.opts), m.labels)
			r.MustRegister(vec)
			made = kitprom.NewCounter(vec).With("chain_id", chainID)
		case reflect.TypeFor[metrics.Histogram]():
			vec := prometheus.NewHistogramVec(m.histogram(), m.labels)
			r.MustRegister(vec)
			made = kitprom.NewHistogram(vec).With("chain_id", chainID)
		default:
			continue
		}
		v.Field(i).Set(reflect.ValueOf(made))
	}
}

// taggedMetric is what a field's name and tags say.
type taggedMetric struct {
	opts    prometheus.Opts
	labels  []string
	buckets []float64
}

func metricOf(field reflect.StructField, subsystem string) taggedMetric {
	name := field.Tag.Get("metrics_name")
	if name == "" {
		name = snakeCase(field.Name)
	}
	m := taggedMetric{
		opts: prometheus.Opts{
			Namespace: metricsNamespace, Subsystem: subsystem, Name: name,
			Help: fmt.Sprintf("CometBFT %s: %s.", subsystem, strings.ReplaceAll(name, "_", " ")),
		},
		labels:  []string{"chain_id"},
		buckets: bucketsOf(field.Tag.Get("metrics_buckettype"), field.Tag.Get("metrics_bucketsizes")),
	}
	for label := range strings.SplitSeq(field.Tag.Get("metrics_labels"), ",") {
		if label = strings.TrimSpace(label); label != "" {
			m.labels = append(m.labels, label)
		}
	}
	return m
}

func (m taggedMetric) histogram() prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Namespace: m.opts.Namespace, Subsystem: m.opts.Subsystem, Name: m.opts.Name,
		Help: m.opts.Help, Buckets: m.buckets,
	}
}

// bucketsOf reads the tags of a histogram; nil means the default buckets.
func bucketsOf(kind, sizes string) []float64 {
	var v []float64
	for s := range strings.SplitSeq(sizes, ",") {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			v = append(v, f)
		}
	}
	switch {
	case kind == "exprange" && len(v) == 3:
		return prometheus.ExponentialBucketsRange(v[0], v[1], int(v[2]))
	case kind == "exp" && len(v) == 3:
		return prometheus.ExponentialBuckets(v[0], v[1], int(v[2]))
	case kind == "lin" && len(v) == 3:
		return prometheus.LinearBuckets(v[0], v[1], int(v[2]))
	}
	return v
}

func snakeCase(s string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(s, "${1}_${2}"))
}
