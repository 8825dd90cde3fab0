package api

import (
	"errors"
	"net/http"
	"net/url"
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
	Timestamp string   `json:"verificationTimestamp"`
	Responder gs1.GLN  `json:"responderGLN"`
	Data      lwmsData `json:"data"`
	UUID      string   `json:"corrUUID"`
}

// lwmsData says whether the product identifier corresponds to what was affixed
// (FD&C Act 582(c)(4)(D)), and not whether the package may be sold.
type lwmsData struct {
	Verified bool   `json:"verified"`
	Reason   string `json:"verificationFailureReason,omitempty"`
	Info     string `json:"additionalInfo,omitempty"`
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

// readVerification reads /verify/gtin/{gtin}/lot/{lot}/ser/{ser}?exp=...
func readVerification(r *http.Request, now time.Time) (q lwmsQuestion, err error) {
	gtin, err := gs1.ParseGTIN(r.PathValue("gtin"))
	if err != nil || len(r.PathValue("gtin")) != 14 {
		return q, errors.Join(errors.New("a GTIN has 14 digits here"), err)
	}
	serial, lot := r.PathValue("ser"), r.PathValue("lot")
	if err := errors.Join(gs1.ValidSerial(serial), gs1.ValidLot(lot)); err != nil {
		return q, err
	}
	query := r.URL.Query()
	q.claim = proof.Claim{Key: gs1.ItemKey(gtin, serial), Lot: lot}
	if q.claim.Expiry, err = gs1.ParseDate6(query.Get("exp"), now.Year()); err != nil {
		return q, err
	}
	q.uuid = query.Get("corrUUID")
	switch {
	case !isUUID(q.uuid):
		return q, errUUID
	case query.Get("linkType") != "verificationService":
		return q, errLinkType
	case query.Get("context") != "dscsaSaleableReturn":
		return q, errContext
	}
	q.requester, err = gs1.ParseGLN(query.Get("reqGLN"))
	return q, err
}

// readConnectivity reads /checkConnectivity?gtin=...&reqGLN=...
func readConnectivity(query url.Values) (gtin gs1.GTIN, requester gs1.GLN, err error) {
	if gtin, err = gs1.ParseGTIN(query.Get("gtin")); err != nil {
		return gtin, requester, err
	}
	if c := query.Get("context"); c != "" && c != "dscsaSaleableReturn" {
		return gtin, requester, errContext
	}
	requester, err = gs1.ParseGLN(query.Get("reqGLN"))
	return gtin, requester, err
}

// VerificationPolicy is what a responder decides where the standard leaves it
// to him. The zero value answers no to all of it.
type VerificationPolicy struct {
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
func (p VerificationPolicy) judge(ped *proof.Pedigree) lwmsData {
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

// guidelineVersion is the header by which requesters name their guideline.
const guidelineVersion = "GS1US-Version"

// knownGuideline reports whether a requester's guideline is one of 1.x: later
// ones may ask differently.
func knownGuideline(v string) bool {
	if v == "" {
		return true // optional before 1.3
	}
	major, err := strconv.Atoi(v[:1])
	return err == nil && major == 1
}
