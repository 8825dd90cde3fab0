package node

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	cmtlog "github.com/cometbft/cometbft/libs/log"
)

// cometLog writes CometBFT's log to ours. Its info lines, a dozen for every
// block, become debug, and its debug lines are dropped.
type cometLog struct {
	log      *slog.Logger
	trouble  *trouble
	stopping *atomic.Bool
}

func newCometLog(log *slog.Logger, t *trouble, stopping *atomic.Bool) cmtlog.Logger {
	return cometLog{log, t, stopping}
}

// Debug drops the line.
func (cometLog) Debug(string, ...any) {}

// Info writes the line at debug level.
func (l cometLog) Info(msg string, pairs ...any) { l.write(slog.LevelDebug, msg, pairs) }

// Warn writes the line.
func (l cometLog) Warn(msg string, pairs ...any) { l.write(slog.LevelWarn, msg, pairs) }

// Error writes the line. After "CONSENSUS FAILURE" the process stays alive,
// halted (design 03, trap 10); this is where the node learns of it.
func (l cometLog) Error(msg string, pairs ...any) {
	if strings.HasPrefix(msg, "CONSENSUS FAILURE") {
		l.trouble.fail(fmt.Errorf("node: consensus failure: %s: nothing committed is lost; the log has the details",
			firstLine(fmt.Sprint(valueOf(pairs, "err")))))
	}
	l.write(l.errorLevel(msg), msg, pairs)
}

// errorLevel is debug for what happens whenever the node stops, and for what
// happens a hundred times whenever a peer restarts; the metrics and the
// readiness count the peers.
func (l cometLog) errorLevel(msg string) slog.Level {
	if l.stopping.Load() || strings.HasPrefix(msg, "Stopping peer for error") || strings.HasPrefix(msg, "Error dialing peer") {
		return slog.LevelDebug
	}
	return slog.LevelError
}

// With returns a logger that adds pairs to every line.
func (l cometLog) With(pairs ...any) cmtlog.Logger {
	return cometLog{slog.New(l.log.Handler().WithAttrs(attrs(pairs))), l.trouble, l.stopping}
}

func (l cometLog) write(level slog.Level, msg string, pairs []any) {
	ctx := context.Background()
	if !l.log.Enabled(ctx, level) {
		return
	}
	l.log.LogAttrs(ctx, level, strings.TrimSpace(msg), attrs(pairs)...) //nolint:sloglint // CometBFT's messages
}

// attrs turns key-value pairs into attributes.
func attrs(pairs []any) []slog.Attr {
	out := make([]slog.Attr, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, slog.Any(fmt.Sprint(pairs[i]), pairs[i+1]))
	}
	return out
}

func valueOf(pairs []any, key string) any {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == key {
			return pairs[i+1]
		}
	}
	return "no reason given"
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
