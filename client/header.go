package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cometbft/cometbft/light/provider"
	"github.com/cometbft/cometbft/light/store"
	"github.com/cometbft/cometbft/types"
)

// headers gives light blocks out of a node's RPC. It is a provider.Provider.
type headers struct {
	chainID string
	rpc     RPC
}

// headerPatience is how long a header is waited for: after a block that
// changed something the next one follows at once, which commits to it.
const headerPatience = 10 * time.Second

// ChainID is the name of the chain.
func (h *headers) ChainID() string { return h.chainID }

// ReportEvidence refuses: a client tells its operator, not the nodes.
func (h *headers) ReportEvidence(context.Context, types.Evidence) error {
	return errors.New("evidence is not reported over this connection")
}

// LightBlock returns the header at a height, waiting for it if it is about to
// come; 0 is the latest.
func (h *headers) LightBlock(ctx context.Context, height int64) (*types.LightBlock, error) {
	ctx, cancel := context.WithTimeout(ctx, headerPatience)
	defer cancel()
	var lb *types.LightBlock
	err := await(ctx, func() (bool, error) {
		var err error
		lb, err = h.now(ctx, height)
		return err == nil, notYet(err)
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, provider.ErrHeightTooHigh
	case err != nil:
		return nil, err
	}
	if err := lb.ValidateBasic(h.chainID); err != nil {
		return nil, provider.ErrBadLightBlock{Reason: err}
	}
	return lb, nil
}

// notYet drops the errors that time will cure.
func notYet(err error) error {
	if err != nil && (errors.Is(err, provider.ErrHeightTooHigh) || strings.Contains(err.Error(), "must be less than or equal to")) {
		return nil
	}
	return err
}

func (h *headers) now(ctx context.Context, height int64) (*types.LightBlock, error) {
	var at *int64
	if height > 0 {
		at = &height
	}
	header, err := signedHeader(ctx, h.rpc, at)
	switch {
	case errors.Is(err, errNoBlock):
		return nil, provider.ErrHeightTooHigh
	case err != nil:
		return nil, err
	}
	vals, err := h.validators(ctx, header.Height)
	if err != nil {
		return nil, err
	}
	return &types.LightBlock{SignedHeader: header, ValidatorSet: vals}, nil
}

// maxValidators bounds the validators that a node may name.
const maxValidators = 1000

func (h *headers) validators(ctx context.Context, height int64) (*types.ValidatorSet, error) {
	var list []*types.Validator
	for page, perPage := 1, 100; ; page++ {
		res, err := validatorPage(ctx, h.rpc, height, page, perPage)
		if err != nil {
			return nil, err
		}
		list = append(list, res.Validators...)
		if len(list) > maxValidators || len(res.Validators) == 0 {
			return nil, provider.ErrBadLightBlock{Reason: fmt.Errorf("%d of %d validators", len(list), res.Total)}
		}
		if len(list) < res.Total {
			continue
		}
		set, err := validatorSet(list)
		if err != nil {
			return nil, provider.ErrBadLightBlock{Reason: err}
		}
		return set, nil
	}
}

// headerStore keeps verified light blocks in memory. It is a store.Store.
type headerStore struct {
	mu      sync.Mutex
	heights []int64 // ascending
	blocks  map[int64]*types.LightBlock
}

func newHeaderStore() *headerStore { return &headerStore{blocks: make(map[int64]*types.LightBlock)} }

// SaveLightBlock keeps a block.
func (s *headerStore) SaveLightBlock(lb *types.LightBlock) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, found := slices.BinarySearch(s.heights, lb.Height); !found {
		s.heights = slices.Insert(s.heights, at, lb.Height)
	}
	s.blocks[lb.Height] = lb
	return nil
}

// DeleteLightBlock forgets a block.
func (s *headerStore) DeleteLightBlock(height int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, found := slices.BinarySearch(s.heights, height); found {
		s.heights = slices.Delete(s.heights, at, at+1)
		delete(s.blocks, height)
	}
	return nil
}

// LightBlock returns the block at a height.
func (s *headerStore) LightBlock(height int64) (*types.LightBlock, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if lb := s.blocks[height]; lb != nil {
		return lb, nil
	}
	return nil, store.ErrLightBlockNotFound
}

// LastLightBlockHeight is the newest height, -1 when there is none.
func (s *headerStore) LastLightBlockHeight() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.heights) == 0 {
		return -1, nil
	}
	return s.heights[len(s.heights)-1], nil
}

// FirstLightBlockHeight is the oldest height, -1 when there is none.
func (s *headerStore) FirstLightBlockHeight() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.heights) == 0 {
		return -1, nil
	}
	return s.heights[0], nil
}

// LightBlockBefore returns the newest block below a height.
func (s *headerStore) LightBlockBefore(height int64) (*types.LightBlock, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, _ := slices.BinarySearch(s.heights, height)
	if at == 0 {
		return nil, store.ErrLightBlockNotFound
	}
	return s.blocks[s.heights[at-1]], nil
}

// Prune forgets the oldest blocks until size are left.
func (s *headerStore) Prune(size uint16) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.heights) > int(size) {
		delete(s.blocks, s.heights[0])
		s.heights = slices.Delete(s.heights, 0, 1)
	}
	return nil
}

// Size is the number of blocks kept.
func (s *headerStore) Size() uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uint16(len(s.heights))
}
