package state

import "fmt"

// Prove returns the value of key at a kept version, nil when it is absent,
// and the proof of it: an ICS-23 commitment proof in protobuf form that
// state/proof checks against that version's root. The error is ErrPruned or
// ErrNoVersion when the version is not kept, ErrEmpty when the tree has no
// leaf.
func (s *State) Prove(version uint64, key []byte) (value, proof []byte, err error) {
	if len(key) == 0 || len(key) > MaxKeyBytes {
		return nil, nil, fmt.Errorf("%w: key has %d bytes, want 1 to %d", ErrRecord, len(key), MaxKeyBytes)
	}
	h, snap := s.pin()
	defer snap.release()
	if err := kept(h, version); err != nil {
		return nil, nil, err
	}
	r := s.borrow()
	defer s.giveBack(r)
	tree, err := r.at(snap.ts, version)
	if err != nil {
		return nil, nil, err
	}
	if tree.Size() == 0 {
		return nil, nil, fmt.Errorf("%w: version %d", ErrEmpty, version)
	}
	p, err := tree.GetProof(key)
	if failed := r.db.failure(); failed != nil {
		return nil, nil, failed
	}
	if err != nil {
		return nil, nil, damaged(s.cfg.Dir, err)
	}
	if proof, err = p.Marshal(); err != nil {
		return nil, nil, fmt.Errorf("state: prove: %w", err)
	}
	if exist := p.GetExist(); exist != nil {
		value = exist.Value
	}
	s.metrics.proofs.Inc()
	return value, proof, nil
}
