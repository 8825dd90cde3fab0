package sleep

import clock "time"

func waitToo() {
	clock.Sleep(1) // want: sleeps
	_ = waitToo
}
