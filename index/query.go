package index

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Query answers a listing of app.Queries(): path is its Path, args its decoded
// arguments, data an app.PageRequest as JSON where the answer is a page. The
// answer is JSON of a type of app/listing.go; that of app.PathEntries is the
// bytes of app.EncodeEntries. The error is a *RequestError or a
// *NotFoundError, or says that the index cannot answer.
func (x *Index) Query(ctx context.Context, path string, args []string, data []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q := request{path: path, args: args}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &q.page); err != nil {
			return nil, &RequestError{path, fmt.Errorf("data is a page request as JSON, found %q: %w", data, err)}
		}
	}
	answer, err := x.answer(&q)
	if err != nil {
		return nil, err
	}
	if q.err != nil {
		return nil, &RequestError{path, q.err}
	}
	if raw, ok := answer.([]byte); ok {
		return raw, nil
	}
	return json.Marshal(answer)
}

// request reads the arguments of a query. The first error stays.
type request struct {
	path string
	args []string
	page app.PageRequest
	err  error
}

// argument parses the next argument.
func argument[T any](q *request, parse func(string) (T, error)) (out T) {
	if q.err != nil {
		return out
	}
	if len(q.args) == 0 {
		q.err = fmt.Errorf("an argument is missing")
		return out
	}
	out, q.err = parse(q.args[0])
	q.args = q.args[1:]
	return out
}

// done reports whether all arguments were read and made sense.
func (q *request) done() bool {
	if q.err == nil && len(q.args) > 0 {
		q.err = fmt.Errorf("%d arguments too many", len(q.args))
	}
	return q.err == nil
}

// lot reads two arguments.
func (q *request) lot() app.LotID {
	if q.err != nil {
		return app.LotID{}
	}
	if len(q.args) < 2 {
		q.err = fmt.Errorf("a GTIN and a lot expected")
		return app.LotID{}
	}
	lot, err := app.ParseLotID(q.args[0], q.args[1])
	q.args, q.err = q.args[2:], err
	return lot
}

func parseNumber(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, fmt.Errorf("a decimal number expected, found %q", s)
	}
	return n, nil
}

func parseNumber32(s string) (uint32, error) {
	n, err := parseNumber(s)
	if err == nil && n > 1<<32-1 {
		err = fmt.Errorf("at most %d expected, found %q", uint32(1<<32-1), s)
	}
	return uint32(n), err
}

func parseTxID(s string) (id app.TxID, err error) { return id, id.UnmarshalText([]byte(s)) }

func parseEventHash(s string) (h app.EventHash, err error) {
	err = h.UnmarshalText([]byte(s))
	if err == nil && h.IsZero() {
		err = fmt.Errorf("64 hex digits expected, not all zero")
	}
	return h, err
}

// parseStatus reads the status of a shipment; 0 is all.
func parseStatus(s string) (app.ShipmentStatus, error) {
	if s == "all" {
		return 0, nil
	}
	for st := app.ShipmentOpen; st <= app.ShipmentClosed; st++ {
		if st.String() == s {
			return st, nil
		}
	}
	return 0, fmt.Errorf("open, short, closed or all expected, found %q", s)
}

// parseExceptionStatus reads the status of an exception; 0 is all.
func parseExceptionStatus(s string) (status app.ExceptionStatus, err error) {
	if s == "all" {
		return 0, nil
	}
	if status.UnmarshalText([]byte(s)) != nil {
		err = fmt.Errorf("open, accepted, rejected, resolved or all expected, found %q", s)
	}
	return status, err
}

// answer finds the method behind a path. It returns nil, nil when an argument
// made no sense.
func (x *Index) answer(q *request) (any, error) {
	switch q.path {
	case app.PathPlace:
		return one(q, argument(q, gs1.ParseKey), x.Place)
	case app.PathHistory:
		return paged(q, argument(q, gs1.ParseKey), x.History)
	case app.PathEntries:
		return x.entries(q)
	case app.PathCommissionSegments:
		lot, seq := q.lot(), argument(q, parseNumber32)
		return one(q, lot, func(l app.LotID) ([]app.CommissionSegment, error) { return x.CommissionSegments(l, seq) })
	case app.PathContents:
		return paged(q, argument(q, app.ParseHoldingID), x.Contents)
	case app.PathPartnerHoldings:
		return paged(q, argument(q, gs1.ParseGLN), x.PartnerHoldings)
	case app.PathLotHoldings:
		return paged(q, q.lot(), x.LotHoldings)
	case app.PathRecallReach:
		return one(q, q.lot(), func(l app.LotID) (*app.RecallReach, error) { return x.RecallReach(l, q.page) })
	case app.PathLotSales:
		gln, lot := argument(q, gs1.ParseGLN), q.lot()
		return paged(q, lot, func(l app.LotID, p app.PageRequest) (*app.Page[app.LotSale], error) { return x.LotSales(gln, l, p) })
	case app.PathLotsMadeFrom:
		return paged(q, q.lot(), x.LotsMadeFrom)
	case app.PathPartnerShipments:
		gln, status := argument(q, gs1.ParseGLN), argument(q, parseStatus)
		return paged(q, gln, func(g gs1.GLN, p app.PageRequest) (*app.Page[app.ShipmentSummary], error) {
			return x.PartnerShipments(g, status, p)
		})
	case app.PathShipmentHoldings:
		return paged(q, argument(q, parseNumber), x.ShipmentHoldings)
	case app.PathInvestigations:
		return paged(q, argument(q, app.ParseInvestigationList), x.Investigations)
	case app.PathNotices:
		return paged(q, argument(q, gs1.ParseGLN), x.Notices)
	case app.PathClocks:
		return paged(q, argument(q, gs1.ParseGLN), x.Clocks)
	case app.PathTraceRequests:
		return paged(q, argument(q, gs1.ParseGLN), x.TraceRequests)
	case app.PathExceptions:
		gln, status := argument(q, gs1.ParseGLN), argument(q, parseExceptionStatus)
		return paged(q, gln, func(g gs1.GLN, p app.PageRequest) (*app.Page[app.ExceptionSummary], error) {
			return x.Exceptions(g, status, p)
		})
	case app.PathCorrections:
		return paged(q, argument(q, gs1.ParseGLN), x.Corrections)
	case app.PathPartners:
		return paged(q, struct{}{}, func(_ struct{}, p app.PageRequest) (*app.Page[app.PartnerEnd], error) { return x.Partners(p) })
	case app.PathExpiring:
		return paged(q, argument(q, parseNumber32), x.Expiring)
	case app.PathTx:
		return one(q, argument(q, parseTxID), x.Tx)
	case app.PathTxByEvent:
		return one(q, argument(q, parseEventHash), x.TxByEvent)
	case app.PathIndexStatus:
		return one(q, struct{}{}, func(struct{}) (app.IndexStatus, error) { return x.Status(), nil })
	}
	return nil, &RequestError{q.path, fmt.Errorf("the index does not answer it")}
}

func (x *Index) entries(q *request) (any, error) {
	holding, segment := argument(q, app.ParseHoldingID), argument(q, parseNumber32)
	return one(q, holding, func(id app.HoldingID) ([]byte, error) {
		entries, err := x.Entries(id, segment)
		if err != nil {
			return nil, err
		}
		return app.EncodeEntries(entries), nil
	})
}

func one[A, T any](q *request, arg A, method func(A) (T, error)) (any, error) {
	if !q.done() {
		return nil, nil
	}
	return method(arg)
}

func paged[A, T any](q *request, arg A, method func(A, app.PageRequest) (*app.Page[T], error)) (any, error) {
	if !q.done() {
		return nil, nil
	}
	return method(arg, q.page)
}
