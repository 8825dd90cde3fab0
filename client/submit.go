package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Submission is an op with what its envelope says.
type Submission struct {
	// Partner signs; the client must have its key, or that of its agent
	// (UseFor), which then signs on its behalf.
	Partner gs1.GLN
	// For is the partner on whose behalf Partner signs; zero when it signs
	// for itself.
	For gs1.GLN
	Op  app.Op
	// EventTime is when the event took place, in seconds UTC; 0 is now.
	EventTime uint64
	// EventHash is the CBV 2.0 hash of the EPCIS event behind the op, if any.
	EventHash app.EventHash
	// ValidBlocks is how many blocks from now it may wait; 0 means 1,000.
	ValidBlocks uint64
	// Key is the caller's name for the submission, such as the number of an
	// order, or empty. What goes in under one key goes in once, however often
	// Do is called with it and whatever got lost, as long as the Outbox keeps
	// it: Do sends the very same tx again, although the op may have been
	// planned anew since, and returns its first result. A tx that can never
	// get into a block any more is replaced.
	Key string
	// Signed, if not nil, is called with each tx that is about to be sent:
	// under its id one can ask later what became of it.
	Signed func(tx *app.Tx)
}

// Outcome is the verdict on a tx.
type Outcome struct {
	Tx app.TxID `json:"tx"`
	// Height is the block that holds the tx, 0 when the mempool refused it:
	// then it is in no block and may be sent again.
	Height uint64   `json:"height,omitempty"`
	Code   app.Code `json:"code"`
	// Detail says what was expected and what was found.
	Detail string `json:"detail,omitempty"`
	// Data is the op's answer, such as the number of a shipment.
	Data []byte `json:"data,omitempty"`
	// Conflict is the report that the refusal suggests, ready to be
	// submitted; nil when the ledger and the signer do not disagree about
	// where an item is.
	Conflict *Conflict `json:"conflict,omitempty"`
	// Took is the time from sending to the verdict.
	Took time.Duration `json:"-"`
}

// OK reports whether the op was accepted.
func (o *Outcome) OK() bool { return o.Code == app.CodeOK }

// Err is nil when the op was accepted, else its code with what was found and
// what to do.
func (o *Outcome) Err() error {
	if o.OK() {
		return nil
	}
	return fmt.Errorf("%w: %s", &app.Rejection{Code: o.Code, Detail: o.Detail}, o.Code.Advice())
}

// ErrNotIncluded means that a tx waited until its valid-until height passed:
// it is in no block and never will be.
var ErrNotIncluded = errors.New("the transaction was not taken into a block in time")

const (
	defaultValidBlocks = 1000
	// signAttempts is how often a tx is signed anew because another user of
	// the same key has taken its nonce.
	signAttempts = 8
	// sendAttempts is how often a tx is sent to a node that does not answer.
	sendAttempts = 5
)

// Submit signs op for the partner, itself or as its agent (UseFor), sends it,
// and waits until it is in a block that the node has indexed. at is the event's
// time in seconds UTC, 0 for now. A refusal is an Outcome, not an error.
func (c *Client) Submit(ctx context.Context, partner gs1.GLN, op app.Op, at uint64, hash app.EventHash) (*Outcome, error) {
	return c.Do(ctx, Submission{Partner: partner, Op: op, EventTime: at, EventHash: hash})
}

// Do is Submit with everything that can be said about a tx. Many may be under
// way at once, of one partner and of several. A connection that fails is tried
// again, with the same tx: whether or not the node had it already, the op
// happens once. When Do returns an error that is open, unless it is
// ErrNotIncluded; call it again with the same Key to find out.
func (c *Client) Do(ctx context.Context, s Submission) (*Outcome, error) {
	if s.For.IsZero() {
		s.Partner, s.For = c.signerFor(s.Partner)
	}
	a := c.account(s.Partner)
	if a == nil {
		return nil, fmt.Errorf("no key of partner %s is at hand", s.Partner)
	}
	if err := a.enter(ctx); err != nil {
		return nil, err
	}
	defer a.leave()
	var dead app.TxID
	for range signAttempts {
		tx, fresh, err := c.txFor(ctx, s, dead)
		if err != nil {
			return nil, err
		}
		if s.Signed != nil {
			s.Signed(tx)
		}
		out, err := c.SubmitTx(ctx, tx)
		switch {
		case errors.Is(err, ErrNotIncluded) && !fresh:
		case err != nil:
			return nil, err
		case out.Height == 0 && nonceTrouble(out.Code):
			if err := a.resume(ctx, c, tx.Nonce); err != nil {
				return nil, err
			}
		case out.Height == 0 && out.Code == app.CodeExpiredTx && !fresh:
		default:
			out.Conflict = c.conflict(ctx, s, out)
			return out, nil
		}
		dead = tx.ID()
	}
	return nil, fmt.Errorf("the key of partner %s is used by another program: its nonces were taken %d times in a row", s.Partner, signAttempts)
}

func nonceTrouble(code app.Code) bool {
	return code == app.CodeNonceUsed || code == app.CodeNonceTooOld
}

// Sign makes the tx that Do would send. Kept, it can be sent again with
// SubmitTx: the ledger takes it once.
func (c *Client) Sign(ctx context.Context, s Submission) (*app.Tx, error) {
	a := c.account(s.Partner)
	if a == nil {
		return nil, fmt.Errorf("no key of partner %s is at hand", s.Partner)
	}
	nonce, err := a.nonce(ctx, c)
	if err != nil {
		return nil, err
	}
	if s.EventTime == 0 {
		s.EventTime = uint64(time.Now().Unix())
	}
	if s.ValidBlocks == 0 {
		s.ValidBlocks = defaultValidBlocks
	}
	tx := &app.Tx{
		ChainID: c.chainID, ValidUntil: c.height.Load() + s.ValidBlocks, For: s.For, Nonce: nonce,
		EventTime: s.EventTime, EventHash: s.EventHash, Op: s.Op,
	}
	if _, err := tx.Seal(a.signer.private); err != nil {
		return nil, err
	}
	return tx, nil
}

// SubmitTx sends a signed tx, or sends it again, and waits for its verdict. A
// tx that is in a block already is answered with its first result.
func (c *Client) SubmitTx(ctx context.Context, tx *app.Tx) (*Outcome, error) {
	begin := time.Now()
	out, err := c.sendOnce(ctx, tx)
	if err != nil || out != nil {
		return out, err
	}
	w := waiter{c: c, tx: tx}
	err = await(ctx, func() (done bool, err error) {
		out, err = w.look(ctx)
		return out != nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("transaction %s: %w", tx.ID(), err)
	}
	out.Took = time.Since(begin)
	return out, nil
}

// sendOnce sends a tx. The Outcome is nil when the node has it waiting.
func (c *Client) sendOnce(ctx context.Context, tx *app.Tx) (*Outcome, error) {
	refusal, err := c.send(ctx, tx)
	if err != nil || refusal == nil {
		return nil, err
	}
	// It may have been refused because it is in a block already: only an
	// index that has come as far as the chain can tell.
	if refusal.Code.Envelope() {
		if err := c.waitIndex(ctx); err != nil {
			return nil, err
		}
	}
	first, err := c.verdict(ctx, tx.ID())
	if errors.Is(err, ErrNotFound) {
		return refusal, nil
	}
	return first, err
}

// waitIndex waits until the node's index has the last block.
func (c *Client) waitIndex(ctx context.Context) error {
	height, err := c.latest(ctx)
	if err != nil {
		return err
	}
	return await(ctx, func() (bool, error) {
		s, err := c.IndexStatus(ctx)
		return err == nil && s.Height >= height, err
	})
}

// send hands a tx to the node. The Outcome is the mempool's refusal, nil when
// it took the tx or has it already.
func (c *Client) send(ctx context.Context, tx *app.Tx) (*Outcome, error) {
	var refusal *Outcome
	failures := 0
	err := await(ctx, func() (bool, error) {
		res, err := c.rpc.BroadcastTxSync(ctx, tx.Raw())
		switch {
		case err != nil && strings.Contains(err.Error(), "tx already exists in cache"):
			return true, nil
		case err != nil && ctx.Err() != nil:
			return false, context.Cause(ctx)
		case err != nil:
			if failures++; failures == sendAttempts {
				return false, fmt.Errorf("the node did not take transaction %s: %w", tx.ID(), err)
			}
			return false, nil
		case res == nil:
			return false, fmt.Errorf("the node gave an empty answer to transaction %s", tx.ID())
		case res.Code != 0:
			refusal = &Outcome{Tx: tx.ID(), Code: app.Code(res.Code), Detail: strings.TrimPrefix(res.Log, app.Code(res.Code).String()+": ")}
		}
		return true, nil
	})
	return refusal, err
}

// verdict asks the index, as it is, for the first result of a tx.
func (c *Client) verdict(ctx context.Context, id app.TxID) (*Outcome, error) {
	sum, err := listNow[app.TxSummary](ctx, c, nil, app.PathTx, id.String())
	if err != nil {
		return nil, err
	}
	raise(&c.told, sum.Height)
	return &Outcome{Tx: sum.ID, Height: sum.Height, Code: sum.Code, Detail: sum.Detail, Data: sum.Data}, nil
}
