package verification

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// message is a response of the standard: only status 200 has a body, and
// nothing of it may be kept.
type message struct {
	Status  int
	Type    string `header:"Content-Type" doc:"the type of the body"`
	Caching string `header:"Cache-Control" doc:"private, no-cache"`
	Body    []byte
}

func bare(status int) *message { return &message{Status: status, Caching: "private, no-cache"} }

func withBody(v any) (*message, error) {
	out, err := bare(http.StatusOK), error(nil)
	out.Type = "application/json"
	out.Body, err = json.Marshal(v)
	return out, err
}

// responderData is the body of an answer about connectivity.
type responderData struct {
	Responder gs1.GLN `json:"responderGLN" doc:"the GLN of the partner that answers for the product"`
}

// registerMessages adds the operations of the standard. The description says
// what their parameters are and checks none of them: a bad request has its own
// answer, which is no problem document.
func (h *handlers) registerMessages(a huma.API) {
	schemas := a.OpenAPI().Components.Schemas
	verify := operation("verifyProductIdentifier", http.MethodGet, "/verify/gtin/{gtin}/lot/{lot}/ser/{ser}", "Is this product identifier one that was affixed?")
	verify.Description = "A verification request of the GS1 Lightweight Messaging Standard for Verification of Product Identifiers 1.1, " +
		"as the GS1 US implementation guideline has it for saleable returns (FD&C Act 582(c)(4)(D)). Only status 200 has a body."
	verify.SkipValidateParams = true
	verify.Responses = jsonOf(schemas.Schema(reflect.TypeFor[lwmsAnswer](), true, ""))
	huma.Register(a, edge.With(verify, edge.Bare), h.verify)

	connected := operation("checkConnectivity", http.MethodGet, "/checkConnectivity", "Does this responder answer for a product?")
	connected.Description = "The connectivity check of the same standard. Only status 200 has a body."
	connected.SkipValidateParams = true
	connected.Responses = jsonOf(schemas.Schema(reflect.TypeFor[responderData](), true, ""))
	huma.Register(a, edge.With(connected, edge.Bare), h.connectivity)
}

// verify answers a verification request.
func (h *handlers) verify(ctx context.Context, in *lwmsInput) (*message, error) {
	now := h.Now()
	q, err := in.read(now)
	if err != nil {
		return bare(http.StatusBadRequest), nil //nolint:nilerr // the standard's answer
	}
	if status := h.refuse(ctx, q.requester); status != 0 {
		return bare(status), nil
	}
	ped, err := h.Verifier.Verify(ctx, q.claim)
	if err != nil {
		return bare(statusOf(err)), nil
	}
	return withBody(lwmsAnswer{
		Timestamp: lwmsTime(now), Responder: h.Responder, Data: h.Policy.judge(ped), UUID: q.uuid,
	})
}

// connectivity answers whether this edge responds for a GTIN.
func (h *handlers) connectivity(ctx context.Context, in *connectivityInput) (*message, error) {
	gtin, requester, err := in.read()
	if err != nil {
		return bare(http.StatusBadRequest), nil //nolint:nilerr // the standard's answer
	}
	if status := h.refuse(ctx, requester); status != 0 {
		return bare(status), nil
	}
	if err := h.Verifier.Serves(ctx, gtin); err != nil {
		return bare(statusOf(err)), nil
	}
	return withBody(responderData{h.Responder})
}

// refuse judges the partner that asks: 0, or the status for one who is not to
// be told.
func (h *handlers) refuse(ctx context.Context, requester gs1.GLN) int {
	standing, err := h.Verifier.Requester(ctx, requester)
	switch {
	case err != nil:
		return statusOf(err)
	case standing == Unrecognised:
		return http.StatusUnauthorized
	case standing == NotPermitted:
		return http.StatusForbidden
	default:
		return 0
	}
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
