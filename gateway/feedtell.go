package gateway

import (
	"context"
	"errors"
	"log/slog"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// told tells what is due after a block: events of the block, and those that
// have waited long enough; and returns what waits now.
func (f *Feed) told(ctx context.Context, block *client.Block, skip bool) (due []repository.NewEvent, held []heldEvent, err error) {
	held = append(held, f.held...)
	for i := range block.Txs {
		t := &block.Txs[i]
		e, wait, err := f.one(ctx, t)
		switch {
		case err != nil && skip && ctx.Err() == nil:
			f.cfg.Logger.LogAttrs(ctx, slog.LevelError, "a transaction on the ledger cannot be told as an event, and is left out",
				slog.String("tx", t.ID.String()), slog.String("op", t.Kind), slog.String("err", err.Error()))
		case err != nil:
			return nil, nil, err
		case wait:
			held = f.hold(held, t, block)
		case e != nil:
			due = append(due, *e)
		}
	}
	for len(held) > 0 && (len(held) > maxHeld || block.Time.Sub(held[0].since) >= f.cfg.Settle) {
		e, err := f.settled(ctx, held[0].hash)
		switch {
		case err != nil && skip && ctx.Err() == nil:
			f.cfg.Logger.LogAttrs(ctx, slog.LevelError, "an event on the ledger cannot be told, and is left out",
				slog.String("hash", held[0].hash.String()), slog.String("err", err.Error()))
		case err != nil:
			return nil, nil, err
		case e != nil:
			due = append(due, *e)
		}
		held = held[1:]
	}
	return due, held, nil
}

// hold lets an event wait, unless it does.
func (f *Feed) hold(held []heldEvent, t *client.BlockTx, block *client.Block) []heldEvent {
	for i := range held {
		if held[i].hash == t.EventHash {
			return held
		}
	}
	return append(held, heldEvent{t.EventHash, block.Height, block.Time})
}

// one tells a tx, if it concerns the partner and its event is not known; wait
// says that it is to be held.
func (f *Feed) one(ctx context.Context, t *client.BlockTx) (e *repository.NewEvent, wait bool, err error) {
	if !t.OK() {
		return nil, false, nil
	}
	concerns, err := Concerns(ctx, f.cfg.Client, f.cfg.Partner, t)
	if err != nil || !concerns {
		return nil, false, err
	}
	if t.EventHash.IsZero() {
		told, err := f.teller.TellTx(ctx, t)
		if errors.Is(err, client.ErrNoEvent) {
			return nil, false, nil
		}
		return newEvent(told), false, err
	}
	if t.Partner == f.cfg.Partner || t.Agent == f.cfg.Partner {
		return nil, true, nil
	}
	if known, err := f.known(ctx, t.EventHash); err != nil || known {
		return nil, false, err
	}
	told, err := f.teller.TellTx(ctx, t)
	switch {
	case errors.Is(err, client.ErrNoEvent):
		return nil, true, nil // the rest of the event is to come
	case err != nil:
		return nil, false, err
	}
	return newEvent(told), !told.Exact, nil
}

// settled tells an event that has waited; nil when it is known by now, or when
// nothing more of it came.
func (f *Feed) settled(ctx context.Context, hash app.EventHash) (*repository.NewEvent, error) {
	if known, err := f.known(ctx, hash); err != nil || known {
		return nil, err
	}
	told, err := f.teller.Tell(ctx, hash)
	if errors.Is(err, client.ErrNoEvent) {
		return nil, nil
	}
	return newEvent(told), err
}

// known reports whether the repository has an event of this hash.
func (f *Feed) known(ctx context.Context, hash app.EventHash) (bool, error) {
	_, err := f.cfg.Repository.Event(ctx, epcis.FormatHash(hash))
	if errors.Is(err, repository.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// newEvent is what is added of a told event; nil for nil.
func newEvent(e *client.Exported) *repository.NewEvent {
	if e == nil {
		return nil
	}
	out := &repository.NewEvent{Event: e.Event, Standing: repository.Told}
	for _, id := range e.Txs {
		out.Txs = append(out.Txs, id.String())
	}
	if !e.Made {
		out.Hash = epcis.FormatHash(e.Hash)
	}
	return out
}
