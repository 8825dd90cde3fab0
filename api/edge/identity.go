package edge

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
)

// ErrNoAccess says that a credential is unknown, revoked or expired. Callers
// are not told which.
var ErrNoAccess = errors.New("the credential is unknown, revoked or expired")

// Access knows who may call. Its methods may be called from any goroutine.
type Access interface {
	// Token returns whom a bearer token names; ErrNoAccess if nobody.
	Token(ctx context.Context, token string) (Caller, error)
	// Certificate returns whom a client certificate names, whose holder has
	// proved that he has its key; ErrNoAccess if nobody.
	Certificate(ctx context.Context, cert *x509.Certificate) (Caller, error)
}

// maxAuthorization is the longest Authorization header that is looked at.
const maxAuthorization = 1 << 10

// identify finds who makes a request: whom his token names, or else his
// certificate, or else nobody in particular.
func (e *Edge) identify(r *http.Request) (Caller, error) {
	if r.Header.Get("Authorization") != "" {
		token, err := bearer(r.Header)
		if err != nil {
			return Caller{}, err
		}
		if e.cfg.Access == nil {
			return Caller{}, ErrNoAccess
		}
		return e.cfg.Access.Token(r.Context(), token)
	}
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 && e.cfg.Access != nil {
		return e.cfg.Access.Certificate(r.Context(), r.TLS.PeerCertificates[0])
	}
	c := Caller{ID: Public, Name: "without a credential"}
	if e.cfg.PublicReads {
		c.Scopes = []Scope{Read, Verify}
	}
	return c, nil
}

// bearer reads the token of an Authorization header (RFC 6750, section 2.1).
func bearer(h http.Header) (string, error) {
	values := h.Values("Authorization")
	if len(values) != 1 || len(values[0]) > maxAuthorization {
		return "", ErrNoAccess
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" || strings.ContainsAny(token, " \t,") {
		return "", ErrNoAccess
	}
	return token, nil
}

// hostOf is the machine in an address of host and port.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

// guard refuses what no operation takes, finds who calls, and counts his
// requests.
func (e *Edge) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := e.refuse(r); p != nil {
			e.problem(w, r, p)
			return
		}
		caller, err := e.identify(r)
		rec := recordOf(r.Context())
		who, rate := "caller "+caller.ID, e.cfg.Limits.CallerRate
		if err != nil || caller.ID == Public {
			who, rate = "address "+hostOf(r.RemoteAddr), e.cfg.Limits.PublicRate
		}
		if wait := e.rates.take(who, rate); wait > 0 {
			e.metrics.refused.WithLabelValues(string(TooOften)).Inc()
			e.problem(w, r, TooOften.Problem("at most %d requests a second", rate).RetryAfter(wait))
			return
		}
		if err != nil {
			e.problem(w, r, unidentified(err))
			return
		}
		rec.caller = caller.ID
		next.ServeHTTP(w, r.WithContext(WithCaller(r.Context(), caller)))
	})
}

// unidentified is the answer to a request whose credential names nobody.
func unidentified(err error) *Problem {
	if !errors.Is(err, ErrNoAccess) {
		return Trouble(err)
	}
	return Unidentified.Problem("the credential is unknown, revoked or expired").
		WithHeader("WWW-Authenticate", challenge(`error="invalid_token"`))
}

// challenge is a WWW-Authenticate header's value (RFC 6750, section 3).
func challenge(more string) string {
	if more == "" {
		return `Bearer realm="pedigree"`
	}
	return `Bearer realm="pedigree", ` + more
}

// refuse returns why a request cannot be meant for any operation.
func (e *Edge) refuse(r *http.Request) *Problem {
	switch {
	case len(r.RequestURI) > e.cfg.Limits.URL:
		return LongURL.Problem("path and query have %d bytes, at most %d", len(r.RequestURI), e.cfg.Limits.URL)
	case strings.ContainsRune(r.URL.Path, 0):
		return BadRequest.Problem("the path has a zero byte")
	case r.Header.Get("Content-Encoding") != "" && !strings.EqualFold(r.Header.Get("Content-Encoding"), "identity"):
		// What is small on the wire may be endless when unpacked.
		p := BadMediaType.Problem("a request body must not be compressed, found Content-Encoding %.40q", r.Header.Get("Content-Encoding"))
		p = p.WithHeader("Accept-Encoding", "identity")
		return p
	}
	return nil
}
