package repository

import (
	"fmt"
	"log/slog"
	"strings"
)

// badgerLog gives Badger's lines to our logger. Badger speaks much of its
// housekeeping: its info is our debug.
type badgerLog struct{ log *slog.Logger }

// Errorf logs one of Badger's errors.
func (l badgerLog) Errorf(format string, args ...any) {
	l.log.Error("badger", slog.String("err", oneLine(format, args)))
}

// Warningf logs one of Badger's warnings.
func (l badgerLog) Warningf(format string, args ...any) {
	l.log.Warn("badger", slog.String("err", oneLine(format, args)))
}

// Infof logs Badger's housekeeping at debug level.
func (l badgerLog) Infof(format string, args ...any) {
	l.log.Debug("badger", slog.String("detail", oneLine(format, args)))
}

// Debugf drops Badger's per-write chatter, which costs formatting per block.
func (l badgerLog) Debugf(string, ...any) {}

func oneLine(format string, args []any) string {
	return strings.TrimSpace(strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " "))
}
