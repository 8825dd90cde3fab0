package state

// WithFaults returns cfg with a state whose groups of writes have parts of at
// most partWrites writes (0: Badger's bound), each of which fail may break.
func WithFaults(cfg Config, partWrites int, fail func(part int) (happens bool, err error)) Config {
	cfg.faults = faults{partWrites: partWrites, fail: fail}
	return cfg
}

// Pins returns the number of open snapshots.
func (s *State) Pins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pins)
}
