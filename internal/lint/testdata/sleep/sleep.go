// Package sleep waits for a time.
package sleep

import clock "time"

type bed struct{}

func (bed) Sleep(clock.Duration) {}

func wait() {
	clock.Sleep(clock.Second) // want: sleeps
	f := clock.Sleep          // want: sleeps
	f(1)
	bed{}.Sleep(1)
	_ = wait
}
