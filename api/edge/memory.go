package edge

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Memory keeps answers in this process: a day, at most ten thousand and 64 MiB
// of them; more push out the oldest. What is at work is never pushed out.
type Memory struct {
	now func() time.Time

	mu     sync.Mutex
	byKey  map[answerKey]*list.Element
	oldest list.List // of *remembered, finished ones, the oldest in front
	bytes  int
}

type answerKey struct{ caller, key string }

type remembered struct {
	key     answerKey
	request [32]byte
	answer  []byte // nil while at work
	until   time.Time
}

const (
	memoryAnswers = 10_000
	memoryBytes   = 64 << 20
	memoryTime    = 24 * time.Hour
)

var _ Answers = (*Memory)(nil)

// NewMemory makes an empty Memory with a clock.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, byKey: make(map[answerKey]*list.Element)}
}

// Begin is Answers'.
func (m *Memory) Begin(_ context.Context, caller, key string, request [32]byte) (known [32]byte, answer []byte, first bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire()
	k := answerKey{caller, key}
	if e, ok := m.byKey[k]; ok {
		r := e.Value.(*remembered)
		return r.request, r.answer, false, nil
	}
	m.byKey[k] = &list.Element{Value: &remembered{key: k, request: request}}
	return request, nil, true, nil
}

// Finish is Answers'.
func (m *Memory) Finish(_ context.Context, caller, key string, answer []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := answerKey{caller, key}
	e, ok := m.byKey[k]
	if !ok {
		return nil
	}
	r := e.Value.(*remembered)
	r.answer, r.until = append([]byte{}, answer...), m.now().Add(memoryTime)
	m.byKey[k] = m.oldest.PushBack(r)
	m.bytes += len(answer)
	m.expire()
	return nil
}

// Forget is Answers'.
func (m *Memory) Forget(_ context.Context, caller, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := answerKey{caller, key}
	if e, ok := m.byKey[k]; ok && e.Value.(*remembered).answer == nil {
		delete(m.byKey, k)
	}
	return nil
}

// expire drops what is too old or too much.
func (m *Memory) expire() {
	for e := m.oldest.Front(); e != nil; e = m.oldest.Front() {
		r := e.Value.(*remembered)
		if r.until.After(m.now()) && m.oldest.Len() <= memoryAnswers && m.bytes <= memoryBytes {
			return
		}
		m.oldest.Remove(e)
		delete(m.byKey, r.key)
		m.bytes -= len(r.answer)
	}
}
