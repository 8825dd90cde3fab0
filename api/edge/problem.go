package edge

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

// Problem is an error as a caller reads it (RFC 9457). Handlers return one as
// their error; its JSON is application/problem+json, and who prefers XML gets
// application/problem+xml.
type Problem struct {
	Type   string `json:"type" doc:"what kind of problem, as a URI; about:blank says no more than the status"`
	Title  string `json:"title" doc:"the kind of problem in words"`
	Status int    `json:"status" doc:"the HTTP status"`
	// Detail says what was expected and what was found, and what to do.
	Detail string `json:"detail,omitempty" doc:"what was expected, what was found, and what to do"`
	// Instance is the request's id, under which the node's log has more.
	Instance string `json:"instance,omitempty" doc:"the request's id, as in the node's log"`
	// Code and CodeName are the ledger's, where the ledger refused.
	Code     app.Code `json:"code,omitempty" doc:"the ledger's rejection code"`
	CodeName string   `json:"codeName,omitempty" doc:"its name"`
	// Tx and Height are of the transaction that the ledger refused in a block.
	Tx     string `json:"tx,omitempty" doc:"the id of the transaction that the ledger refused"`
	Height uint64 `json:"height,omitempty" doc:"the block that holds it; absent when the mempool refused it"`
	// Conflict is the report that a refusal suggests.
	Conflict *client.Conflict `json:"conflict,omitempty" doc:"the report that the refusal suggests, when the ledger and the signer do not agree where an item is"`
	// Errors are what is wrong in the request, part by part.
	Errors []Wrong `json:"errors,omitempty" doc:"what is wrong, part by part"`

	headers http.Header // of the answer
	cause   error       // for the log, never for the caller
}

// Wrong is one thing that is wrong in a request.
type Wrong struct {
	// Where is a query parameter, a JSON pointer or a line.
	Where   string `json:"where,omitempty" doc:"a parameter, a JSON pointer or a line"`
	Message string `json:"message" doc:"what was expected and what was found"`
}

// NewProblem makes a problem of a status and what to say of it.
func NewProblem(status int, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// Rejected makes a problem of a rejection by the ledger: status 409, because
// the request was understood and the state of the ledger forbids it.
func Rejected(code app.Code, detail string) *Problem {
	p := NewProblem(http.StatusConflict, strings.TrimSpace(code.Meaning()+" ("+detail+"); "+code.Advice()))
	p.Type, p.Title = codeType+code.String(), code.String()
	p.Code, p.CodeName = code, code.String()
	return p
}

// Refused is Rejected for the outcome of a transaction, with what can be done
// about it.
func Refused(out *client.Outcome) *Problem {
	p := Rejected(out.Code, out.Detail)
	p.Tx, p.Height, p.Conflict = out.Tx.String(), out.Height, out.Conflict
	return p
}

// codeType is what the types of the ledger's rejections begin with.
const codeType = "urn:pedigree:code:"

// Trouble makes a problem of an error that is no fault of the caller: a
// deadline that passed is status 504, all else 500. The log gets the error, the
// caller only that there was one.
func Trouble(err error) *Problem {
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.DeadlineExceeded):
		p = TooSlow.Problem("the answer was not ready in time; try again later or ask for less")
	default:
		p = Internal.Problem("the node could not do it; its log says why, under the request's id")
	}
	p.cause = err
	return p
}

// Error is the detail.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// Unwrap is the trouble behind it, if there is one.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that belong to the problem.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is RFC 9457's.
func (p *Problem) ContentType(string) string { return typeProblemJSON }

// WithHeader adds a header to the answer and returns the problem.
func (p *Problem) WithHeader(name, value string) *Problem {
	if p.headers == nil {
		p.headers = make(http.Header)
	}
	p.headers.Add(name, value)
	return p
}

// RetryAfter says when to try again, rounded up to seconds, and returns the
// problem.
func (p *Problem) RetryAfter(d time.Duration) *Problem {
	return p.WithHeader("Retry-After", strconv.FormatInt(int64(math.Ceil(max(d, time.Second).Seconds())), 10))
}

// Wrongf adds one thing that is wrong in the request and returns the problem.
func (p *Problem) Wrongf(where, format string, args ...any) *Problem {
	p.Errors = append(p.Errors, Wrong{where, fmt.Sprintf(format, args...)})
	return p
}
