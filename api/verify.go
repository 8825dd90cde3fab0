package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// ErrProductUnknown says that no product with that GTIN is on the ledger.
var ErrProductUnknown = errors.New("the ledger knows no product with that GTIN")

// Standing is what the ledger says of a partner that asks.
type Standing uint8

// The standings of a requester.
const (
	// Unrecognised: no such partner is registered.
	Unrecognised Standing = iota
	// NotPermitted: it is registered, but suspended or without a credential
	// that is valid now.
	NotPermitted
	// Permitted: it is an authorised trading partner.
	Permitted
)

// Verifier answers verification requests from the ledger. Its methods may be
// called from any goroutine.
type Verifier interface {
	// Verify returns what is proved about the package in the claim, identity
	// compared with the claim's lot and expiry; ErrProductUnknown when the
	// GTIN is not on the ledger.
	Verify(ctx context.Context, claim proof.Claim) (*proof.Pedigree, error)
	// Serves returns nil if the GTIN is on the ledger, ErrProductUnknown if
	// not.
	Serves(ctx context.Context, gtin gs1.GTIN) error
	// Requester returns the standing of the partner that asks.
	Requester(ctx context.Context, gln gs1.GLN) (Standing, error)
}

// Verification is the responder of the industry's verification messages. The
// zero value serves none.
type Verification struct {
	// Verifier answers; nil means that the routes are not served.
	Verifier Verifier
	// Responder is the GLN of the partner that runs this node.
	Responder gs1.GLN
	Policy    VerificationPolicy
	// Now is the time of answers; nil means the clock.
	Now func() time.Time
}

func (v *Verification) routes() []route {
	if v.Verifier == nil {
		return nil
	}
	return []route{
		{"/verify/gtin/{gtin}/lot/{lot}/ser/{ser}", http.HandlerFunc(v.verify)},
		{"/checkConnectivity", http.HandlerFunc(v.connectivity)},
	}
}

func (v *Verification) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}

// verify answers a verification request. By the standard only status 200 has a
// body.
func (v *Verification) verify(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "private, no-cache")
	now := v.now()
	q, err := readVerification(r, now)
	if err != nil || !knownGuideline(r.Header.Get(guidelineVersion)) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if !v.permitted(w, r, q.requester) {
		return
	}
	ped, err := v.Verifier.Verify(r.Context(), q.claim)
	if err != nil {
		w.WriteHeader(statusOf(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(lwmsAnswer{
		Timestamp: lwmsTime(now), Responder: v.Responder, Data: v.Policy.judge(ped), UUID: q.uuid,
	}) // a client that went away is no concern of ours
}

// connectivity answers whether this node responds for a GTIN.
func (v *Verification) connectivity(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "private, no-cache")
	gtin, requester, err := readConnectivity(r.URL.Query())
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if !v.permitted(w, r, requester) {
		return
	}
	if err := v.Verifier.Serves(r.Context(), gtin); err != nil {
		w.WriteHeader(statusOf(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(struct {
		Responder gs1.GLN `json:"responderGLN"`
	}{v.Responder})
}

// permitted judges who asks, and answers if it is nobody to be told.
func (v *Verification) permitted(w http.ResponseWriter, r *http.Request, requester gs1.GLN) bool {
	standing, err := v.Verifier.Requester(r.Context(), requester)
	switch {
	case err != nil:
		w.WriteHeader(statusOf(err))
	case standing == Unrecognised:
		w.WriteHeader(http.StatusUnauthorized)
	case standing == NotPermitted:
		w.WriteHeader(http.StatusForbidden)
	default:
		return true
	}
	return false
}

// statusOf is the HTTP status of a failure to answer.
func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrProductUnknown):
		return http.StatusNotFound
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout
	default:
		return http.StatusServiceUnavailable
	}
}
