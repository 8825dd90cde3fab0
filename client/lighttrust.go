package client

import "fmt"

// Trusted returns the newest header that was verified, by height and hash: a
// light client made later can begin with it (LightConfig.Height and Hash).
func (l *Light) Trusted() (height uint64, hash []byte, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, err := l.client.LastTrustedHeight()
	if err != nil {
		return 0, nil, fmt.Errorf("light client: %w", err)
	}
	lb, err := l.client.TrustedLightBlock(last)
	if err != nil {
		return 0, nil, fmt.Errorf("light client: header %d: %w", last, err)
	}
	return uint64(last), lb.Hash(), nil
}
