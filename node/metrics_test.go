package node

import (
	"slices"
	"strings"
	"testing"

	cmtcfg "github.com/cometbft/cometbft/config"
	cmtnode "github.com/cometbft/cometbft/node"
	"github.com/prometheus/client_golang/prometheus"
)

// descriptions lists name and labels of every collector registered, by asking
// for each one's description.
type descriptions struct{ lines []string }

func (d *descriptions) Register(c prometheus.Collector) error {
	ch := make(chan *prometheus.Desc, 16)
	c.Describe(ch)
	close(ch)
	for desc := range ch {
		line := desc.String()
		// The help is worded by us.
		i, j := strings.Index(line, ", help:"), strings.Index(line, ", constLabels")
		d.lines = append(d.lines, line[:i]+line[j:])
	}
	return nil
}

func (d *descriptions) MustRegister(cs ...prometheus.Collector) {
	for _, c := range cs {
		_ = d.Register(c) // never fails
	}
}

func (d *descriptions) Unregister(prometheus.Collector) bool { return false }

// TestMetricsAreCometBFTs compares what the tags give with what CometBFT's own
// constructors register.
func TestMetricsAreCometBFTs(t *testing.T) {
	var ours, theirs descriptions
	cometMetrics(&ours)("chain")
	before := prometheus.DefaultRegisterer
	prometheus.DefaultRegisterer = &theirs
	t.Cleanup(func() { prometheus.DefaultRegisterer = before })
	cmtnode.DefaultMetricsProvider(&cmtcfg.InstrumentationConfig{Prometheus: true, Namespace: metricsNamespace})("chain")
	slices.Sort(ours.lines)
	slices.Sort(theirs.lines)
	if len(theirs.lines) < 60 {
		t.Fatalf("CometBFT registered %d metrics, want at least 60", len(theirs.lines))
	}
	if !slices.Equal(ours.lines, theirs.lines) {
		for _, l := range theirs.lines {
			if !slices.Contains(ours.lines, l) {
				t.Errorf("missing: %s", l)
			}
		}
		for _, l := range ours.lines {
			if !slices.Contains(theirs.lines, l) {
				t.Errorf("not CometBFT's: %s", l)
			}
		}
	}
}

func TestTwoNodesShareNothing(t *testing.T) {
	a, b := prometheus.NewRegistry(), prometheus.NewRegistry()
	cs, _, _, _, _, _, _ := cometMetrics(a)("chain")
	cometMetrics(b)("chain")
	cs.Height.Set(7)
	for _, tt := range []struct {
		r    *prometheus.Registry
		want float64
	}{{a, 7}, {b, 0}} {
		if got := gaugeValue(t, tt.r, "cometbft_consensus_height"); got != tt.want {
			t.Errorf("height: got %v, want %v", got, tt.want)
		}
	}
}

func gaugeValue(t *testing.T, r *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return 0
}
