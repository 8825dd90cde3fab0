package edge

import (
	"fmt"
	"net/http"
)

// Kind is a kind of problem; the type of such a problem is its URI.
type Kind string

// The kinds of problem that the edge itself gives.
const (
	BadRequest   Kind = "bad-request"
	Unidentified Kind = "unidentified"
	Forbidden    Kind = "forbidden"
	NotFound     Kind = "not-found"
	BadMethod    Kind = "method-not-allowed"
	TooSlowBody  Kind = "slow-body"
	InFlight     Kind = "in-flight"
	TooLarge     Kind = "too-large"
	LongURL      Kind = "long-url"
	BadMediaType Kind = "media-type"
	OtherRequest Kind = "other-request"
	TooOften     Kind = "too-often"
	Internal     Kind = "internal"
	Busy         Kind = "busy"
	NoRoom       Kind = "no-room"
	NotYet       Kind = "not-yet"
	TooSlow      Kind = "too-slow"
)

// KindMeaning is a kind of problem in words.
type KindMeaning struct {
	Kind   Kind
	Status int
	// Meaning says what happened, Advice what the caller should do.
	Meaning, Advice string
}

// Kinds lists every kind of problem that the edge gives, by status.
func Kinds() []KindMeaning {
	return []KindMeaning{
		{BadRequest, http.StatusBadRequest, "the request is malformed", "correct what errors names; the same request will fail again"},
		{Unidentified, http.StatusUnauthorized, "the operation needs a credential, or the one given is not valid", "send a bearer token or a client certificate; ask the node's operator for one (pedigree token create)"},
		{Forbidden, http.StatusForbidden, "the credential does not have the scope that the operation needs", "ask the node's operator for a token with that scope"},
		{NotFound, http.StatusNotFound, "there is no such path or thing", "compare the path with the list of operations; escape each slash in a key as %2F"},
		{BadMethod, http.StatusMethodNotAllowed, "the path does not take that method", "use one that the Allow header names"},
		{TooSlowBody, http.StatusRequestTimeout, "the request's body did not arrive in time", "send it again on a faster line, or in parts"},
		{InFlight, http.StatusConflict, "a request with the same idempotency key is at work", "wait and send the same request again"},
		{TooLarge, http.StatusRequestEntityTooLarge, "the request's body is larger than the operation takes", "send it in parts"},
		{LongURL, http.StatusRequestURITooLong, "path and query are longer than the node takes", "ask for less at once"},
		{BadMediaType, http.StatusUnsupportedMediaType, "the body's media type or encoding is not one that the operation takes", "send it uncompressed, in a type that the operation lists"},
		{OtherRequest, http.StatusUnprocessableEntity, "the idempotency key was used for another request", "make a new key for each new request"},
		{TooOften, http.StatusTooManyRequests, "the caller makes more requests than he may", "wait as long as Retry-After says"},
		{Internal, http.StatusInternalServerError, "the node could not do it", "try again later; tell the node's operator the request's id"},
		{Busy, http.StatusServiceUnavailable, "the node works on as many such requests as it takes at once", "wait as long as Retry-After says"},
		{NoRoom, http.StatusServiceUnavailable, "the node holds as many bytes of request bodies as it takes at once", "wait as long as Retry-After says"},
		{NotYet, http.StatusServiceUnavailable, "the node cannot answer yet", "wait as long as Retry-After says; /readyz says when it can"},
		{TooSlow, http.StatusGatewayTimeout, "the answer was not ready in time", "try again later or ask for less"},
	}
}

// URI is the type of such problems.
func (k Kind) URI() string { return "urn:pedigree:problem:" + string(k) }

// Problem makes a problem of that kind. The detail is a format.
func (k Kind) Problem(format string, args ...any) *Problem {
	for _, m := range Kinds() {
		if m.Kind == k {
			return &Problem{Type: k.URI(), Title: m.Meaning, Status: m.Status, Detail: fmt.Sprintf(format, args...)}
		}
	}
	return NewProblem(http.StatusInternalServerError, fmt.Sprintf(format, args...))
}
