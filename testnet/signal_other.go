//go:build !unix

package testnet

import "errors"

func (p *process) pause() error {
	return errors.New("testnet: this system cannot pause a process")
}

func (p *process) resume() error { return nil }
