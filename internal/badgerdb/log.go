// Package badgerdb is what every Badger database of this module needs: its lines
// in our log, and a way past what a killed process leaves.
package badgerdb

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// Logger gives Badger's lines to our logger, one line each. Badger speaks much
// of its housekeeping: its info is our debug, its debug is dropped, because it
// costs formatting per write.
func Logger(log *slog.Logger) badger.Logger { return logger{log} }

type logger struct{ log *slog.Logger }

// Errorf logs one of Badger's errors.
func (l logger) Errorf(format string, args ...any) {
	l.log.Error("badger", slog.String("err", oneLine(format, args)))
}

// Warningf logs one of Badger's warnings.
func (l logger) Warningf(format string, args ...any) {
	l.log.Warn("badger", slog.String("err", oneLine(format, args)))
}

// Infof logs Badger's housekeeping at debug level.
func (l logger) Infof(format string, args ...any) {
	l.log.Debug("badger", slog.String("detail", oneLine(format, args)))
}

// Debugf drops Badger's per-write chatter.
func (l logger) Debugf(string, ...any) {}

func oneLine(format string, args []any) string {
	return strings.TrimSpace(strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " "))
}
