package client

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// correct captures an event with an error declaration: it hashes like the
// event that it corrects, so the txs that carry the hash are declared errors,
// each by the partner behind it. Products stay registered.
func (c *capturer) correct(ctx context.Context) error {
	c.sayWhat("error declaration: %s", c.ev.Step())
	if c.finder == nil {
		return c.refuse("errorDeclaration: the event that it corrects cannot be looked up here")
	}
	all, err := c.finder.TxByEvent(ctx, c.hash)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	terms, err := c.errorTerms()
	if err != nil {
		return err
	}
	declared := false
	for i := range all {
		t := &all[i]
		if t.Code != app.CodeOK || t.Kind == app.KindRegisterProduct.String() {
			continue
		}
		declared = true
		if err := c.declare(ctx, t, terms); err != nil {
			return err
		}
	}
	if !declared {
		return c.refuse("errorDeclaration: no transaction carries the event that it corrects, %s", c.done.EventHash)
	}
	return nil
}

// declare sends one declaration. It carries no event hash of its own: that
// would be the hash of what it corrects.
func (c *capturer) declare(ctx context.Context, t *app.TxSummary, terms app.ErrorTerms) error {
	if !c.desk.Signs(t.Partner) {
		return c.refuse("the event was recorded by partner %s, and no key of that partner is at hand: let that partner correct it", t.Partner)
	}
	op := &app.DeclareError{Tx: t.ID, ErrorTerms: terms}
	out, err := c.send(ctx, t.Partner, op, app.EventHash{})
	if err != nil {
		return err
	}
	return c.book(t.Partner, op, out)
}

// errorTerms are what the declaration says. Its own time counts, when it has
// one: the event may be long past.
func (c *capturer) errorTerms() (app.ErrorTerms, error) {
	d := c.ev.Error
	terms := app.ErrorTerms{EventHash: c.hash}
	if at := d.Time.At; !at.IsZero() && at.Unix() > 0 {
		c.at = uint64(at.Unix())
	}
	reason := d.Reason[strings.LastIndexAny(d.Reason, ":/-")+1:]
	if terms.Reason.UnmarshalText([]byte(reason)) != nil {
		return terms, c.refuse("errorDeclaration: the reason is did_not_occur or incorrect_data, found %q", d.Reason)
	}
	const most = 16
	for _, id := range d.CorrectiveIDs {
		h, err := epcis.ParseHash(id)
		switch {
		case err != nil:
			c.infer("corrective event %s is no hash, and left out", id)
		case len(terms.Corrective) == most:
			return terms, c.refuse("errorDeclaration: at most %d corrective events", most)
		default:
			terms.Corrective = append(terms.Corrective, h)
		}
	}
	slices.SortFunc(terms.Corrective, func(a, b app.EventHash) int { return strings.Compare(string(a[:]), string(b[:])) })
	terms.Corrective = slices.Compact(terms.Corrective)
	return terms, nil
}
