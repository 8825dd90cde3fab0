package node

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCheckClock(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		last time.Duration
		want error
	}{
		{-48 * time.Hour, nil},
		{0, nil},
		{time.Hour, nil},
		{time.Hour + time.Second, ErrClock},
	} {
		err := checkClock(now.Add(tt.last), now)
		if !errors.Is(err, tt.want) {
			t.Errorf("last block %s after now: got %v, want %v", tt.last, err, tt.want)
		}
		if err != nil && !strings.Contains(err.Error(), "set the clock") {
			t.Errorf("got %q, want it to say what to do", err)
		}
	}
}
