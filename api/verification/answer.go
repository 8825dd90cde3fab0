package verification

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// The one word of an answer.
const (
	wordOK   = "OK"
	wordStop = "STOP"
	wordAsk  = "ASK"
)

// Answer is what is said about one package.
type Answer struct {
	// Word is OK when the package is what it says it is and may be sold, STOP
	// when it is proved that it is not so, and ASK when nothing could be
	// proved.
	Word string `json:"word" enum:"OK,STOP,ASK" doc:"OK: it is what it says it is and may be sold. STOP: it is proved that it is not so. ASK: nothing could be proved; see do"`
	client.Verification
	Scan *client.Scan `json:"scan,omitempty" doc:"what was read in the scan"`
	// Unreadable says what is wrong with the scan; then nothing was asked of
	// the ledger.
	Unreadable *client.ScanProblem `json:"unreadable,omitempty" doc:"what is wrong with the scan; nothing was asked of the ledger then"`
	// Height and Time are when the answer was true.
	Height uint64    `json:"height,omitempty" doc:"the answer is as of the state after this block"`
	Time   time.Time `json:"time,omitzero" doc:"when the validators signed that state"`
	// ProofFile is the pedigree file.
	ProofFile []byte `json:"proofFile,omitempty" doc:"the pedigree file, which proves the same to others without any network (docs/spec/proof.md)"`
}

func newAnswer(v *client.Verification) *Answer {
	a := &Answer{Word: wordAsk, Verification: *v}
	switch {
	case v.Returnable():
		a.Word = wordOK
	case v.Proved:
		a.Word = wordStop
	}
	if p := v.Pedigree; p != nil {
		a.Height, a.Time = p.Height, p.Time
	}
	return a
}

// Printed is what the package says besides its barcode.
type Printed struct {
	Lot    string `query:"lot" json:"lot,omitempty" maxLength:"20" doc:"the lot printed on the package (AI 10), where the scan does not say it; without it nobody can prove that a serial was never commissioned"`
	Expiry string `query:"exp" json:"exp,omitempty" maxLength:"10" doc:"the expiry date printed on it (AI 17), YYMMDD or YYYY-MM-DD"`
}

type oneInput struct {
	Key string `path:"key" maxLength:"8192" doc:"what the reader sends, percent-encoded: scanner data with or without its symbology identifier, an element string in brackets, a GS1 Digital Link, an EPC URI"`
	Printed
	MaxAge int64  `query:"maxAge" minimum:"0" doc:"how old the answer may be, in seconds; at most the edge's own limit, which holds without it"`
	Proof  bool   `query:"proof" doc:"also give the proof file"`
	Accept string `header:"Accept" doc:"application/vnd.pedigree.proof asks for the proof file alone"`
}

type oneOutput struct {
	Type string `header:"Content-Type" doc:"the type of the body"`
	Body any
}

// proofType is the media type of a pedigree file.
const proofType = "application/vnd.pedigree.proof"

func (h *handlers) registerOwn(a huma.API) {
	one := operation("verifyPackage", http.MethodGet, "/verification/{key}", "Is this package genuine, and may it be sold?")
	one.Description = "Answers with one word, two verdicts with their reasons in the words of the standards, what to do, and on request the proof, which anybody can check without this node. " +
		"A container (SSCC) may be asked about too."
	one.Responses = map[string]*huma.Response{"200": {
		Description: http.StatusText(http.StatusOK),
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Answer](), true, "")},
			proofType:          {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		},
	}}
	one.Errors = []int{http.StatusBadRequest, http.StatusConflict, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	huma.Register(a, one, h.one)
	h.registerBatch(a)
}

// one answers about one package.
func (h *handlers) one(ctx context.Context, in *oneInput) (*oneOutput, error) {
	s, where, err := h.read(in.Key, in.Printed)
	if err != nil {
		return nil, edge.Unreadable(where, err)
	}
	v, err := h.Client.Verify(ctx, s.Claim(), h.options(in.MaxAge))
	if err != nil {
		return nil, edge.LedgerTrouble(err)
	}
	if strings.Contains(in.Accept, proofType) {
		if v.File == nil {
			return nil, edge.NewProblem(http.StatusConflict, v.Identity.Reason+"; "+v.Do)
		}
		return &oneOutput{Type: proofType, Body: v.File.Encode()}, nil
	}
	answer := newAnswer(v)
	answer.Scan = s
	if in.Proof && v.File != nil {
		answer.ProofFile = v.File.Encode()
	}
	return &oneOutput{Body: answer}, nil
}

// options are what is asked of a proof.
func (h *handlers) options(maxAge int64) proof.Options {
	opt := proof.Options{MaxAge: h.MaxAge, Now: h.Now()}
	if asked := time.Duration(maxAge) * time.Second; maxAge > 0 && maxAge < int64(h.MaxAge/time.Second) {
		opt.MaxAge = asked
	}
	return opt
}
