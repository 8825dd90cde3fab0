package edge

import "context"

// Scope is something that a caller may be allowed to do.
type Scope string

// The scopes: one list, which tokens, operations and the reference page share.
const (
	// Read is to ask what the ledger and the repository know.
	Read Scope = "read"
	// Verify is to ask whether packages are genuine and may be sold.
	Verify Scope = "verify"
	// Capture is to hand in EPCIS documents, which the partner's key signs.
	Capture Scope = "capture"
	// Sign is to submit an op that the partner's key signs.
	Sign Scope = "sign"
	// Submit is to pass on transactions that somebody signed already.
	Submit Scope = "submit"
	// Subscribe is to name queries and to subscribe to them.
	Subscribe Scope = "subscribe"
	// Metrics is to read the metrics.
	Metrics Scope = "metrics"
)

// Scopes lists all scopes, with what each allows in words.
func Scopes() []ScopeMeaning {
	return []ScopeMeaning{
		{Read, "ask what the ledger and the repository know"},
		{Verify, "ask whether packages are genuine and may be sold"},
		{Capture, "hand in EPCIS documents, signed by the partner's key here"},
		{Sign, "submit an op in JSON, signed by the partner's key here"},
		{Submit, "pass on transactions that somebody signed already"},
		{Subscribe, "name queries and subscribe to them"},
		{Metrics, "read the metrics"},
	}
}

// ScopeMeaning is a scope with what it allows.
type ScopeMeaning struct {
	Scope   Scope
	Meaning string
}

// Caller is who makes a request.
type Caller struct {
	// ID names the token or certificate; Public for a caller without one.
	ID string
	// Name is what its maker called it.
	Name   string
	Scopes []Scope
}

// May reports whether the caller has a scope.
func (c *Caller) May(s Scope) bool {
	for _, have := range c.Scopes {
		if have == s {
			return true
		}
	}
	return false
}

type callerKey struct{}

// WithCaller returns a context that carries who makes the request.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns who makes the request; the zero Caller may do nothing.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// Public is the ID of a caller without a credential.
const Public = "public"

// The names of the security schemes in the API's description.
const (
	scheme     = "token"
	certScheme = "certificate"
)

// Need is the Security of an operation that demands a scope. The edge enforces
// what the description says, because both are this value.
func Need(s Scope) []map[string][]string {
	return []map[string][]string{{scheme: {string(s)}}, {certScheme: {string(s)}}}
}

// scopeNeeded is the scope that an operation's Security demands; false if it is
// open to everybody.
func scopeNeeded(security []map[string][]string) (Scope, bool) {
	for _, alternative := range security {
		if scopes := alternative[scheme]; len(scopes) > 0 {
			return Scope(scopes[0]), true
		}
	}
	return "", false
}
