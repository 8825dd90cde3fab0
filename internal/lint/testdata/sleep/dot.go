package sleep // want: imported without its name

import . "time"

func waitAgain() {
	Sleep(1)
	_ = waitAgain
}
