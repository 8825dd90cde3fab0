package proof

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// Verify checks the file against what the caller trusts and returns what it
// says. It needs no network. The error wraps ErrForm, ErrUntrusted, ErrInvalid
// or ErrStale, and nothing of the file is then to be believed.
func (p *Proof) Verify(t Trust, opt Options) (*Pedigree, error) {
	now := opt.now()
	// Hashing is cheaper than signatures: nonsense is refused before them.
	out, err := p.judge()
	if err != nil {
		return nil, err
	}
	if err := t.check(p.block, now); err != nil {
		return nil, err
	}
	if err := out.accept(opt, now); err != nil {
		return nil, err
	}
	return out, nil
}

// now is the time to judge at.
func (o *Options) now() time.Time {
	if o.Now.IsZero() {
		return time.Now()
	}
	return o.Now
}

// accept judges what was proved by what the verifier asks: its age, the package
// in hand, and whether it may be sold now.
func (p *Pedigree) accept(opt Options, now time.Time) error {
	if age := now.Sub(p.Time); opt.MaxAge > 0 && age > opt.MaxAge {
		return fmt.Errorf("%w: it is %s old, at most %s is accepted", ErrStale, age.Round(time.Second), opt.MaxAge)
	}
	if err := p.compare(opt.Claim); err != nil {
		return err
	}
	p.judgeSale(uint64(max(now.Unix(), p.Time.Unix(), 0)))
	return nil
}

// judge checks what the file shows against its own header.
func (p *Proof) judge() (*Pedigree, error) {
	m, err := p.open()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(m.Root(), p.block.AppHash) {
		return nil, fmt.Errorf("%w: its records are of the state %X, the header signs %X", ErrInvalid, m.Root(), p.block.AppHash)
	}
	out, err := judgeStatement(m, &p.statement)
	if err != nil {
		if !errors.Is(err, ErrInvalid) {
			err = fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		return nil, err
	}
	if m.Unread() {
		return nil, fmt.Errorf("%w: it shows records that the statement does not rest on", ErrForm)
	}
	out.ChainID, out.Height, out.Time = p.block.ChainID, p.Height(), p.block.Time
	return out, nil
}
