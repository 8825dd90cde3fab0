package index

import (
	"encoding/binary"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// The kinds of clock, as they stand in the keys of the list.
const (
	clockRequest   = 1
	clockException = 2
	clockNotice    = 3
)

func duePrefix(gln gs1.GLN) []byte            { return keyOf(spaceDue, gln[:]) }
func partnerRequestPrefix(gln gs1.GLN) []byte { return keyOf(spacePartnerRequest, gln[:]) }

func partnerExceptionPrefix(gln gs1.GLN, status app.ExceptionStatus) []byte {
	return keyOf(spacePartnerException, gln[:], []byte{byte(status)})
}

func dueKey(gln gs1.GLN, due uint64, kind byte, number []byte) string {
	return string(keyOf(spaceDue, gln[:], u64(due), []byte{kind}, number))
}

// stored reads the previous value of a record in a space, and keeps the new.
func stored[R any](w *batch, space byte, k, value []byte, decode func([]byte) (*R, error)) (old, now *R, err error) {
	key := keyOf(space, k[1:])
	raw, err := w.get(key)
	if err != nil {
		return nil, nil, err
	}
	if raw != nil {
		if old, err = decode(raw); err != nil {
			return nil, nil, err
		}
	}
	now, err = decode(value)
	w.put(key, value)
	return old, now, err
}

// request takes in a trace request's record: its copy, and the lists.
func (w *batch) request(k, value []byte) error {
	if len(k) != 1+8 {
		return errShort
	}
	old, now, err := stored(w, spaceRequest, k, value, app.DecodeTraceRequest)
	if err == nil {
		w.replace(requestKeys(k[1:], old), requestKeys(k[1:], now))
	}
	return err
}

func requestKeys(number []byte, r *app.TraceRequest) []string {
	if r == nil {
		return nil
	}
	out := []string{
		string(append(partnerRequestPrefix(r.By), invert(number)...)),
		string(append(partnerRequestPrefix(r.To), invert(number)...)),
	}
	if r.Answer == nil {
		out = append(out, dueKey(r.To, r.Due, clockRequest, number))
	}
	return out
}

// exception takes in an exception's record: its copy, and the lists.
func (w *batch) exception(k, value []byte) error {
	if len(k) != 1+8 {
		return errShort
	}
	old, now, err := stored(w, spaceException, k, value, app.DecodeException)
	if err == nil {
		w.replace(exceptionKeys(k[1:], old), exceptionKeys(k[1:], now))
	}
	return err
}

func exceptionKeys(number []byte, x *app.Exception) (out []string) {
	if x == nil {
		return nil
	}
	for _, gln := range []gs1.GLN{x.By, x.Against} {
		for _, status := range []app.ExceptionStatus{0, x.Status()} {
			out = append(out, string(append(partnerExceptionPrefix(gln, status), invert(number)...)))
		}
	}
	if x.Status() == app.ExceptionOpen {
		out = append(out, dueKey(x.Against, x.Due, clockException, number))
	}
	return out
}

// copyOf reads the copy of a record that must be there.
func copyOf[R any](s *snapshot, key []byte, decode func([]byte) (*R, error)) (out *R, err error) {
	found, err := s.view(key, func(v []byte) error {
		out, err = decode(v)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: %x", errRecordMissing, key)
	}
	return out, err
}

// Clocks lists what is due from a partner, the earliest due first. What is
// overdue is so as of the last block's time.
func (x *Index) Clocks(gln gs1.GLN, page app.PageRequest) (*app.Page[app.Clock], error) {
	return list(x, app.PathClocks, duePrefix(gln), 8+1+8, page, clockOf)
}

func clockOf(s *snapshot, suffix []byte) (c app.Clock, err error) {
	now, err := s.clock()
	if err != nil {
		return c, err
	}
	number := suffix[9:]
	c.Due, c.Number = binary.BigEndian.Uint64(suffix), binary.BigEndian.Uint64(number)
	c.Overdue = now > c.Due
	switch suffix[8] {
	case clockRequest:
		r, err := copyOf(s, keyOf(spaceRequest, number), app.DecodeTraceRequest)
		if err != nil {
			return c, err
		}
		c.Kind, c.By, c.What = app.ClockTraceRequest, r.By, r.Ask.String()
	case clockException:
		e, err := copyOf(s, keyOf(spaceException, number), app.DecodeException)
		if err != nil {
			return c, err
		}
		c.Kind, c.By, c.What = app.ClockException, e.By, e.Type.String()
	case clockNotice:
		i, err := copyOf(s, keyOf(spaceInvestigation, number), app.DecodeInvestigation)
		if err != nil {
			return c, err
		}
		c.Kind, c.What = app.ClockNotice, "illegitimate product: "+string(i.Subject)
	default:
		return c, fmt.Errorf("unknown kind of clock %d", suffix[8])
	}
	return c, nil
}

// TraceRequests lists the trace requests that a partner made or has to answer,
// newest first.
func (x *Index) TraceRequests(gln gs1.GLN, page app.PageRequest) (*app.Page[app.TraceRequestSummary], error) {
	return list(x, app.PathTraceRequests, partnerRequestPrefix(gln), 8, page, func(s *snapshot, suffix []byte) (out app.TraceRequestSummary, err error) {
		r, err := copyOf(s, keyOf(spaceRequest, invert(suffix)), app.DecodeTraceRequest)
		if err != nil {
			return out, err
		}
		now, err := s.clock()
		out = app.TraceRequestSummary{Number: ^binary.BigEndian.Uint64(suffix), Overdue: r.Overdue(now), Late: r.Late(), TraceRequest: *r}
		return out, err
	})
}

// Exceptions lists the exceptions that a partner opened or has to respond to,
// newest first; status 0 is all of them.
func (x *Index) Exceptions(gln gs1.GLN, status app.ExceptionStatus, page app.PageRequest) (*app.Page[app.ExceptionSummary], error) {
	return list(x, app.PathExceptions, partnerExceptionPrefix(gln, status), 8, page, func(s *snapshot, suffix []byte) (out app.ExceptionSummary, err error) {
		e, err := copyOf(s, keyOf(spaceException, invert(suffix)), app.DecodeException)
		if err != nil {
			return out, err
		}
		now, err := s.clock()
		out = app.ExceptionSummary{Number: ^binary.BigEndian.Uint64(suffix), Status: e.Status(), Overdue: e.Overdue(now), Late: e.Late(), Exception: *e}
		return out, err
	})
}
