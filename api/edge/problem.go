package edge

import (
	"net/http"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
)

// Problem is an error as a caller reads it (RFC 9457). Handlers return one as
// their error; its JSON is application/problem+json.
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
	// Errors are what is wrong in the request, part by part.
	Errors []Wrong `json:"errors,omitempty" doc:"what is wrong, part by part"`
}

// Wrong is one thing that is wrong in a request.
type Wrong struct {
	// Where is a query parameter, a JSON pointer or a line.
	Where   string `json:"where,omitempty"`
	Message string `json:"message"`
}

// NewProblem makes a problem of a status and what to say of it.
func NewProblem(status int, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// Rejected makes a problem of a rejection by the ledger: status 409, because
// the request was understood and the state of the ledger forbids it.
func Rejected(code app.Code, detail string) *Problem {
	p := NewProblem(http.StatusConflict, strings.TrimSpace(code.Meaning()+" ("+detail+"); "+code.Advice()))
	p.Type, p.Title = "urn:pedigree:code:"+code.String(), code.String()
	p.Code, p.CodeName = code, code.String()
	return p
}

// Error is the detail.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is RFC 9457's.
func (p *Problem) ContentType(string) string { return "application/problem+json" }
