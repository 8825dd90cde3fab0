// Package verification answers over HTTP whether packages are what they say
// they are: the verification messages of the GS1 Lightweight Messaging Standard,
// as the verification routers of the industry send them, and our own richer
// answer, with what to do and the proof.
//
// Everything that it says was proved by the ledger and checked by a light
// client, except where an answer says of itself that it was not.
package verification

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// Config is what the handlers ask.
type Config struct {
	// Client asks the node and checks its proofs, so it must have a light
	// client. Nil means that only the industry's messages are served.
	Client *client.Client
	// Verifier answers the industry's messages; nil means from Client.
	Verifier Verifier
	// Responder is the GLN of the partner that runs this edge.
	Responder gs1.GLN
	Policy    Policy
	// MaxAge is how old an answer may be at most; 0 means 10 minutes.
	MaxAge time.Duration
	// MaxBatch is how many scans one request may hold; 0 means 1,000.
	MaxBatch int
	// Now is the time of answers; nil means the clock.
	Now func() time.Time
}

const (
	defaultMaxAge   = 10 * time.Minute
	defaultMaxBatch = 1000
	// maxScanBytes is room for one scan of a batch: gs1 reads 8,192
	// characters, and JSON may take six bytes for one.
	maxScanBytes = 256
)

// handlers answer from a complete Config.
type handlers struct{ Config }

// Register adds the operations to an API.
func Register(a huma.API, c Config) {
	if c.Verifier == nil {
		c.Verifier = ledger{c.Client, &c}
	}
	if c.MaxAge == 0 {
		c.MaxAge = defaultMaxAge
	}
	if c.MaxBatch == 0 {
		c.MaxBatch = defaultMaxBatch
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	h := &handlers{c}
	h.registerMessages(a)
	if c.Client != nil {
		h.registerOwn(a)
	}
}

// tag groups the operations in the description.
const tag = "Verification"

// operation is what all operations here have in common.
func operation(id, method, path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary,
		Tags: []string{tag}, Security: edge.Need(edge.Verify),
	}
}

// bodiless are the responses of the standard that are a status and nothing
// else.
func bodiless() map[string]*huma.Response {
	return map[string]*huma.Response{
		"400": {Description: "the request is not as the standard has it"},
		"401": {Description: "reqGLN is no partner on the ledger; or the caller is unknown to this edge"},
		"403": {Description: "the partner reqGLN is suspended, or its credential does not hold now; or the caller may not verify"},
		"404": {Description: "the product is not on the ledger"},
		"503": {Description: "the node cannot answer now"},
		"504": {Description: "the node took too long"},
	}
}

// jsonOf are the responses with a body of a type for 200.
func jsonOf(schema *huma.Schema) map[string]*huma.Response {
	out := bodiless()
	out["200"] = &huma.Response{
		Description: http.StatusText(http.StatusOK),
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}},
	}
	return out
}
