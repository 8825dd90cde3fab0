package testnet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pedigree-ledger/pedigree/node"
)

// process is a node in a process of its own.
type process struct {
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{} // closed when it ended
	err  error         // valid after done
}

// stopPatience is how long a process may take to stop by itself.
const stopPatience = 20 * time.Second

func (n *Node) startProcess(ctx context.Context) error {
	path := filepath.Join(string(n.home), "node.log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("testnet: %w", err)
	}
	cmd := n.network.options.Command(n.index, n.home)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		_ = log.Close() // the first error is the one to report
		return fmt.Errorf("testnet: %w", err)
	}
	p := &process{cmd: cmd, log: log, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		_ = log.Close() // nothing of ours was buffered
		close(p.done)
	}()
	n.process = p
	answers := func() error {
		if p.ended() {
			return nil
		}
		_, err := n.status(ctx)
		return err
	}
	if err := poll(ctx, answers); err != nil {
		return err
	}
	return n.diedEarly()
}

// diedEarly tells why a process that was started is gone.
func (n *Node) diedEarly() error {
	p := n.process
	if !p.ended() {
		return nil
	}
	n.process = nil
	last := lastLine(p.log.Name())
	if strings.Contains(last, strings.TrimPrefix(node.ErrPortInUse.Error(), "node: ")) {
		return fmt.Errorf("%w: %s", node.ErrPortInUse, last)
	}
	return fmt.Errorf("testnet: the process ended (%s): %s", p.cmd.ProcessState, last)
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) terminate() error {
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	patience := time.NewTimer(stopPatience)
	defer patience.Stop()
	select {
	case <-p.done:
		return nil
	case <-patience.C:
		return errors.Join(fmt.Errorf("testnet: process %d did not stop in %s", p.cmd.Process.Pid, stopPatience), p.kill())
	}
}

func (p *process) kill() error {
	err := p.signal(syscall.SIGKILL)
	<-p.done
	return err
}

// signal sends s, unless the process has ended.
func (p *process) signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("testnet: %w", err)
	}
	return nil
}

// lastLine returns the last line of a log, for a message.
func lastLine(path string) string {
	p, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(p), []byte("\n"))
	return string(lines[len(lines)-1])
}

// Status is what a node's RPC says of it.
type Status struct {
	Height uint64
	// AppHash is the hash that the header of Height carries: the state
	// after the block before.
	AppHash string
	// CatchingUp: the node fetches blocks that the network has decided.
	CatchingUp bool
}

// Status asks the node's RPC.
func (n *Node) Status(ctx context.Context) (Status, error) { return n.status(ctx) }

func (n *Node) status(ctx context.Context) (s Status, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.RPC()+"/status", nil)
	if err != nil {
		return s, fmt.Errorf("testnet: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return s, fmt.Errorf("testnet: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or given up
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return s, fmt.Errorf("testnet: %w", err)
	}
	return decodeStatus(body)
}

func decodeStatus(body []byte) (s Status, err error) {
	var answer struct {
		Result struct {
			SyncInfo struct {
				Height     string `json:"latest_block_height"`
				AppHash    string `json:"latest_app_hash"`
				CatchingUp bool   `json:"catching_up"`
			} `json:"sync_info"`
		} `json:"result"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return s, fmt.Errorf("testnet: status: %w", err)
	}
	info := answer.Result.SyncInfo
	s = Status{AppHash: info.AppHash, CatchingUp: info.CatchingUp}
	if s.Height, err = strconv.ParseUint(info.Height, 10, 64); err != nil {
		return s, fmt.Errorf("testnet: status: height %q: %w", info.Height, err)
	}
	return s, nil
}
