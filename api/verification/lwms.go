package verification

import (
	"errors"
	"strconv"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// The messages of the GS1 Lightweight Messaging Standard for Verification of
// Product Identifiers 1.1 and of the GS1 US implementation guideline: what the
// verification routers of the industry send and expect.

// lwmsQuestion is a verification request, taken apart and checked for form.
type lwmsQuestion struct {
	claim     proof.Claim
	requester gs1.GLN
	uuid      string
}

// lwmsAnswer is the body of a verification response.
type lwmsAnswer struct {
	Timestamp string   `json:"verificationTimestamp" format:"date-time" doc:"when this was answered, with milliseconds"`
	Responder gs1.GLN  `json:"responderGLN" doc:"the GLN of the partner that answers"`
	Data      lwmsData `json:"data" doc:"the verdict on the product identifier"`
	UUID      string   `json:"corrUUID" format:"uuid" doc:"that of the request"`
}

// lwmsData says whether the product identifier corresponds to what was affixed
// (FD&C Act 582(c)(4)(D)), and not whether the package may be sold.
type lwmsData struct {
	Verified bool   `json:"verified" doc:"the product identifier corresponds to one that was affixed"`
	Reason   string `json:"verificationFailureReason,omitempty" enum:"No_match_GTIN_Serial,No_match_GTIN_Serial_Lot,No_match_GTIN_Serial_Expiry,No_match_GTIN_Serial_Lot_Expiry,No_reason_provided,Manufacturer_policy,Not_for_re-distribution" doc:"why not, absent when verified"`
	Info     string `json:"additionalInfo,omitempty" enum:"Recalled,Suspect,Illegitimate,Expired" doc:"what the requester should know besides"`
}

// The failure reasons that a match does not explain.
const (
	lwmsNoReason = "No_reason_provided"
	lwmsPolicy   = "Manufacturer_policy"
	lwmsNotAgain = "Not_for_re-distribution"
)

var (
	errLinkType = errors.New("linkType is verificationService")
	errContext  = errors.New("context is dscsaSaleableReturn")
	errUUID     = errors.New("corrUUID is a UUID")
	// errGuideline: later guidelines may ask differently.
	errGuideline = errors.New("the guideline is one of 1.x")
)

// isUUID reports whether s has RFC 9562's text form. Every request asks, so no
// pattern is compiled.
func isUUID(s string) bool {
	const form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(s) != len(form) {
		return false
	}
	for i := range len(form) {
		c := s[i]
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if form[i] == '-' && c != '-' || form[i] == 'x' && !hex {
			return false
		}
	}
	return true
}

// lwmsInput is a verification request as it stands in the URL. Nothing of it is
// checked by the description: the standard has its own answers to bad requests.
type lwmsInput struct {
	GTIN      string `path:"gtin" doc:"the GTIN, 14 digits"`
	Lot       string `path:"lot" doc:"the lot, percent-encoded"`
	Serial    string `path:"ser" doc:"the serial number, percent-encoded"`
	Expiry    string `query:"exp" doc:"the expiry date as the barcode has it: YYMMDD"`
	LinkType  string `query:"linkType" doc:"verificationService"`
	Context   string `query:"context" doc:"dscsaSaleableReturn"`
	Requester string `query:"reqGLN" doc:"the GLN of the partner that asks, registered on the ledger"`
	UUID      string `query:"corrUUID" doc:"a UUID, which the answer repeats"`
	Guideline string `header:"GS1US-Version" doc:"the version of the GS1 US guideline that the requester follows, 1.x"`
}

// read checks the request for form.
func (in *lwmsInput) read(now time.Time) (q lwmsQuestion, err error) {
	gtin, err := gs1.ParseGTIN(in.GTIN)
	if err != nil || len(in.GTIN) != 14 {
		return q, errors.Join(errors.New("a GTIN has 14 digits here"), err)
	}
	if err := errors.Join(gs1.ValidSerial(in.Serial), gs1.ValidLot(in.Lot)); err != nil {
		return q, err
	}
	q.claim = proof.Claim{Key: gs1.ItemKey(gtin, in.Serial), Lot: in.Lot}
	if q.claim.Expiry, err = gs1.ParseDate6(in.Expiry, now.Year()); err != nil {
		return q, err
	}
	q.uuid = in.UUID
	switch {
	case !isUUID(q.uuid):
		return q, errUUID
	case in.LinkType != "verificationService":
		return q, errLinkType
	case in.Context != "dscsaSaleableReturn":
		return q, errContext
	case !knownGuideline(in.Guideline):
		return q, errGuideline
	}
	q.requester, err = gs1.ParseGLN(in.Requester)
	return q, err
}

// connectivityInput is the question whether this node responds for a GTIN.
type connectivityInput struct {
	GTIN      string `query:"gtin" doc:"the GTIN"`
	Requester string `query:"reqGLN" doc:"the GLN of the partner that asks, registered on the ledger"`
	Context   string `query:"context" doc:"dscsaSaleableReturn, or nothing"`
}

func (in *connectivityInput) read() (gtin gs1.GTIN, requester gs1.GLN, err error) {
	if gtin, err = gs1.ParseGTIN(in.GTIN); err != nil {
		return gtin, requester, err
	}
	if in.Context != "" && in.Context != "dscsaSaleableReturn" {
		return gtin, requester, errContext
	}
	requester, err = gs1.ParseGLN(in.Requester)
	return gtin, requester, err
}

// Policy is what a responder decides where the standard leaves it
// to him. The zero value answers no to all of it.
type Policy struct {
	// AffirmRecalled, AffirmExpired and AffirmEnded answer verified=true for an
	// identifier that matches although the lot is recalled or expired, or the
	// package was dispensed, destroyed and the like. What is suspect or
	// illegitimate is never affirmed.
	AffirmRecalled, AffirmExpired, AffirmEnded bool
	// HideReason answers No_reason_provided for every identifier that does not
	// match, so that nobody learns which part of a guess was right.
	HideReason bool
}

// judge turns what the ledger proves into the standard's answer.
func (p Policy) judge(ped *proof.Pedigree) lwmsData {
	if !ped.Identity.Yes {
		if p.HideReason || ped.Identity.VRS == "" {
			return lwmsData{Reason: lwmsNoReason}
		}
		return lwmsData{Reason: ped.Identity.VRS}
	}
	switch info := ped.Sellable.VRS; info {
	case "Recalled":
		return affirm(p.AffirmRecalled, info)
	case "Expired":
		return affirm(p.AffirmExpired, info)
	case "Suspect", "Illegitimate":
		return lwmsData{Reason: lwmsNotAgain, Info: info}
	}
	if ped.State.Ended() {
		return affirm(p.AffirmEnded, "")
	}
	if ped.State == app.Partial {
		return lwmsData{Reason: lwmsNotAgain}
	}
	return lwmsData{Verified: true}
}

func affirm(yes bool, info string) lwmsData {
	if yes {
		return lwmsData{Verified: true, Info: info}
	}
	return lwmsData{Reason: lwmsPolicy, Info: info}
}

// lwmsTime writes a time with milliseconds and its zone.
func lwmsTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// knownGuideline reports whether a requester's guideline is one of 1.x: later
// ones may ask differently.
func knownGuideline(v string) bool {
	if v == "" {
		return true // optional before 1.3
	}
	major, err := strconv.Atoi(v[:1])
	return err == nil && major == 1
}
