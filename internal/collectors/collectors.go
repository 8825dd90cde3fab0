// Package collectors registers the collectors of a package, all of them or none.
package collectors

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Register registers collectors, or none of them if one is refused. A nil
// registerer takes none, without an error.
func Register(r prometheus.Registerer, all ...prometheus.Collector) error {
	if r == nil {
		return nil
	}
	for i, c := range all {
		if err := r.Register(c); err != nil {
			Unregister(r, all[:i]...)
			return fmt.Errorf("metrics: %w", err)
		}
	}
	return nil
}

// Unregister takes collectors back, so that what was closed can be opened again
// with one registry. A nil registerer had none.
func Unregister(r prometheus.Registerer, all ...prometheus.Collector) {
	if r == nil {
		return
	}
	for _, c := range all {
		r.Unregister(c)
	}
}
