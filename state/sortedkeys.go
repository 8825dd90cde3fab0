package state

import (
	"slices"
	"sort"
)

// chunkKeys bounds a chunk of sortedKeys: inserting moves at most this many
// strings.
const chunkKeys = 512

// sortedKeys is a set of keys in ascending order that stays cheap to insert
// into: chunks of at most chunkKeys keys, each chunk before the next.
type sortedKeys struct{ chunks [][]string }

// chunk returns the index of the chunk that key belongs to.
func (s *sortedKeys) chunk(key string) int {
	i := sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i][0] > key })
	return max(i-1, 0)
}

// add inserts a key that is not in the set.
func (s *sortedKeys) add(key string) {
	if len(s.chunks) == 0 {
		s.chunks = [][]string{{key}}
		return
	}
	c := s.chunk(key)
	at, _ := slices.BinarySearch(s.chunks[c], key)
	s.chunks[c] = slices.Insert(s.chunks[c], at, key)
	if len(s.chunks[c]) > chunkKeys {
		half := len(s.chunks[c]) / 2
		upper := slices.Clone(s.chunks[c][half:])
		s.chunks[c] = s.chunks[c][:half:half]
		s.chunks = slices.Insert(s.chunks, c+1, upper)
	}
}

// from calls fn for each key at or after start until it returns false.
func (s *sortedKeys) from(start string, fn func(key string) bool) {
	if len(s.chunks) == 0 {
		return
	}
	c := s.chunk(start)
	at, _ := slices.BinarySearch(s.chunks[c], start)
	for ; c < len(s.chunks); c, at = c+1, 0 {
		for _, key := range s.chunks[c][at:] {
			if !fn(key) {
				return
			}
		}
	}
}
