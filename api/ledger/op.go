package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// OpRequest is an op to be signed here.
type OpRequest struct {
	Op     string          `json:"op" doc:"the op's name; GET /ledger/ops lists them"`
	Fields json.RawMessage `json:"body" doc:"the op's fields, as its template shows them"`
	// Partner is who signs.
	Partner string `json:"partner,omitempty" doc:"the GLN of the partner that signs; without it the one that runs this edge"`
	For     string `json:"for,omitempty" doc:"the GLN of the partner on whose behalf it signs, as that one delegated"`
	// EventTime and EventHash are those of the envelope.
	EventTime time.Time `json:"eventTime,omitzero" doc:"when the event took place; without it now"`
	EventHash string    `json:"eventHash,omitempty" doc:"the hash of the EPCIS event behind the op, as CBV 2.0 writes it"`
}

// OpTemplate is an op to begin with.
type OpTemplate struct {
	Op string `json:"op" doc:"its name"`
	// Template is the op with every field filled, in the right form, made up.
	Template json.RawMessage `json:"template" doc:"every field of it, filled with made-up values in the right form; openings and the ids of holdings come from the ledger"`
}

type opInput struct {
	Waiting
	Key     string `header:"Idempotency-Key" hidden:"true"`
	Type    string `header:"Content-Type" hidden:"true"`
	RawBody []byte `contentType:"application/json"`
}

func (h *handlers) schema(v any) *huma.Schema {
	return h.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, "")
}

func (h *handlers) registerOps() {
	get(h, resource{
		id: "listOps", path: "/ops", summary: "The ops that can be submitted, each with a template", now: true,
	}, func(context.Context, *struct{}) ([]OpTemplate, error) { return templates() })

	op := huma.Operation{
		OperationID: "submitOp", Method: http.MethodPost, Path: "/ledger/ops", Summary: "Submit an op in JSON, signed here, and wait for its verdict",
		Description: "Only for a partner whose key this edge holds. It is read strictly: a field that is not known or stands twice is refused, and nothing is sent. " +
			"Send an Idempotency-Key, and whatever gets lost on the way, the same request again is the same transaction. A rejection is a problem with status 409: code, advice, and the report that it suggests.",
		Tags: []string{"Ledger"}, Security: edge.Need(edge.Sign), MaxBodyBytes: app.MaxOpJSON, SkipValidateBody: true,
		Errors: append(submitErrors(), http.StatusForbidden, http.StatusUnsupportedMediaType), Responses: h.submitResponses(),
	}
	huma.Register(h.api, edge.With(op, edge.Idempotent), h.submitOp)
	// The body is read by ourselves, to be strict; it is described as what it is.
	h.api.OpenAPI().Paths[op.Path].Post.RequestBody.Content["application/json"].Schema = h.schema(OpRequest{})
}

func templates() ([]OpTemplate, error) {
	var out []OpTemplate
	for _, kind := range app.Kinds() {
		raw, err := app.MarshalOp(client.ExampleOp(kind))
		if err != nil {
			return nil, err
		}
		out = append(out, OpTemplate{kind.String(), raw})
	}
	return out, nil
}

// submitOp signs an op and hands it in.
func (h *handlers) submitOp(ctx context.Context, in *opInput) (*submitted, error) {
	if p := sentAsJSON(in.Type); p != nil {
		return nil, p
	}
	s, err := h.submission(in.RawBody)
	if err != nil {
		return nil, err
	}
	if !h.Client.Signs(s.Partner) {
		return nil, edge.NewProblem(http.StatusForbidden, fmt.Sprintf("this edge holds no key of partner %s: its operator names key files in the setting keys (of a node: gateway.keys); or sign it elsewhere and hand it in with POST /ledger/txs", s.Partner))
	}
	if in.Key != "" {
		s.Key = edge.CallerOf(ctx).ID + " " + in.Key
	}
	var tx *app.Tx
	s.Signed = func(t *app.Tx) { tx = t }
	within, cancel := in.within(ctx)
	defer cancel()
	out, err := h.Client.Do(within, *s)
	if errors.Is(err, client.ErrKeyReused) {
		return nil, edge.OtherRequest.Problem("the key %.255q was used for another op", in.Key)
	}
	return verdict(ctx, out, tx, err)
}

// sentAsJSON refuses a body of another type, nil if it is JSON's. A page of
// another origin may send text without asking first, and a browser adds its
// client certificate: this edge would sign.
func sentAsJSON(contentType string) *edge.Problem {
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media == "application/json" {
		return nil
	}
	return edge.BadMediaType.Problem("Content-Type is %.100q: application/json is expected; nothing was sent", contentType)
}

// submission reads a request.
func (h *handlers) submission(raw []byte) (*client.Submission, error) {
	r, err := readOpRequest(raw)
	if err != nil {
		return nil, badParam("body", "%v", err)
	}
	inner, err := json.Marshal(map[string]any{"op": r.Op, "body": r.Fields})
	if err != nil {
		return nil, badParam("body", "%v", err)
	}
	s := &client.Submission{Partner: h.Partner}
	if s.Op, err = app.UnmarshalOp(inner); err != nil {
		return nil, badParam("body", "%v; nothing was sent", err)
	}
	return s, fill(s, r)
}

// readOpRequest reads the request strictly.
func readOpRequest(raw []byte) (*OpRequest, error) {
	if err := namedOnce(raw); err != nil {
		return nil, err
	}
	r := new(OpRequest)
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(r); err != nil {
		return nil, err
	}
	return r, nil
}

// namedOnce refuses what is no JSON, and an object with a field that stands
// twice. The op's own fields are read strictly by package app.
func namedOnce(raw []byte) error {
	var fields json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New(`an object {"op": NAME, "body": {...}} expected`)
	}
	seen := make(map[string]bool)
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name := strings.ToLower(fmt.Sprint(t)) // names are matched whatever their case
		if seen[name] {
			return fmt.Errorf("field %q stands twice", t)
		}
		seen[name] = true
		if err := d.Decode(&fields); err != nil {
			return err
		}
	}
	return nil
}

// fill completes a submission by what the envelope is to say.
func fill(s *client.Submission, r *OpRequest) (err error) {
	if r.Partner != "" {
		if s.Partner, err = gln("partner", r.Partner); err != nil {
			return err
		}
	}
	if s.Partner == (gs1.GLN{}) {
		return badParam("partner", "the GLN of the partner that signs expected: this edge has no partner of its own")
	}
	if r.For != "" {
		if s.For, err = gln("for", r.For); err != nil {
			return err
		}
	}
	if !r.EventTime.IsZero() {
		if r.EventTime.Unix() <= 0 {
			return badParam("eventTime", "a time after 1970 expected")
		}
		s.EventTime = uint64(r.EventTime.Unix())
	}
	if r.EventHash != "" {
		if s.EventHash, err = epcis.ParseHash(r.EventHash); err != nil {
			return badParam("eventHash", "%v", err)
		}
	}
	return nil
}
