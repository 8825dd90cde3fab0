// Package lru keeps what was used last, up to so many bytes.
package lru

import (
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache keeps values by their keys. When there is no room for another one, those
// go whose last use is longest ago. It may be used by many goroutines.
type Cache[K comparable, V any] struct {
	limit int64

	mu    sync.Mutex
	lru   *simplelru.LRU[K, sized[V]]
	bytes int64
}

// sized is a value with what it takes.
type sized[V any] struct {
	value V
	bytes int64
}

// New is an empty Cache of at most limit bytes: those that Put is told, and
// what a key takes is for Put's caller to count. 0 keeps nothing.
func New[K comparable, V any](limit int64) *Cache[K, V] {
	// The bytes bound it, not the number, which must only be above 0.
	inner, err := simplelru.NewLRU[K, sized[V]](math.MaxInt, nil)
	if err != nil {
		panic("lru: " + err.Error()) // of a number that is above 0: it cannot be
	}
	return &Cache[K, V]{limit: limit, lru: inner}
}

// Get returns what is kept under a key, and counts as a use of it.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.lru.Get(key)
	return s.value, ok
}

// Put keeps a value of so many bytes in the place of any other under its key.
// One above the limit is not kept.
func (c *Cache[K, V]) Put(key K, value V, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before, ok := c.lru.Peek(key); ok {
		c.bytes -= before.bytes
	}
	c.lru.Add(key, sized[V]{value, bytes})
	for c.bytes += bytes; c.bytes > c.limit; {
		_, oldest, _ := c.lru.RemoveOldest()
		c.bytes -= oldest.bytes
	}
}

// Remove drops a value, if there is one under the key.
func (c *Cache[K, V]) Remove(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.lru.Peek(key); ok {
		c.bytes -= s.bytes
		c.lru.Remove(key)
	}
}

// Keep returns the T that c keeps under a key, or makes one and keeps it: two
// callers at once may both make it. size is what it takes.
func Keep[K comparable, T any](c *Cache[K, any], key K, size func(T) int64, fresh func() (T, error)) (T, error) {
	if kept, ok := c.Get(key); ok {
		if v, ok := kept.(T); ok {
			return v, nil
		}
	}
	v, err := fresh()
	if err == nil {
		c.Put(key, v, size(v))
	}
	return v, err
}

// Bytes is what is kept.
func (c *Cache[K, V]) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}
