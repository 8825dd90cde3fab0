package app

import "fmt"

// Code is the verdict on a tx: 0 accepted, otherwise the reason for a
// rejection. Numbers are for ever; they stand in blocks and in other people's
// programs. Blocks of a hundred by reason: 1xx not a transaction (the
// envelope), 2xx who, 3xx what, 4xx when and where, 5xx consortium rules.
type Code uint32

// The codes. A new one takes the next free number of its hundred and a line in
// codes. 411 and 503 were given up before the first release.
const (
	CodeOK Code = 0

	CodeMalformed        Code = 101
	CodeWrongChain       Code = 102
	CodeExpiredTx        Code = 103
	CodeUnknownKey       Code = 104
	CodeKeyNotValid      Code = 105
	CodeBadSignature     Code = 106
	CodeNonceUsed        Code = 107
	CodeNonceTooOld      Code = 108
	CodeNonceTooFar      Code = 109
	CodeQuotaExceeded    Code = 110
	CodeValidUntilTooFar Code = 111

	CodeNotAuthorized  Code = 201
	CodeSuspended      Code = 202
	CodeRoleMissing    Code = 203
	CodeNotOwner       Code = 204
	CodeNotPossessor   Code = 205
	CodeNotLabeler     Code = 206
	CodeForeignPrefix  Code = 207
	CodePartnerUnknown Code = 208
	CodePartnerExists  Code = 209
	CodeKeyExists      Code = 210
	CodeCredential     Code = 211
	CodeIllegalEdge    Code = 212
	CodeNotConsignee   Code = 213
	CodeNotShipper     Code = 214
	CodePrefixTaken    Code = 215
	CodeNotDelegated   Code = 216

	CodeAlreadySuspended Code = 218
	CodeNotSuspended     Code = 219
	CodeLastKey          Code = 220
	CodeKeyProof         Code = 221
	CodeTooManyKeys      Code = 222

	CodeProductUnknown  Code = 301
	CodeProductExists   Code = 302
	CodeLotUnknown      Code = 303
	CodeLotMismatch     Code = 304
	CodeExpiryMismatch  Code = 305
	CodeRunExists       Code = 306
	CodeHoldingUnknown  Code = 307
	CodeHoldingExists   Code = 308
	CodeSegmentUnknown  Code = 309
	CodeOpeningInvalid  Code = 310
	CodeOpenedTwice     Code = 311
	CodeDuplicateKey    Code = 312
	CodeContainerInUse  Code = 313
	CodeWrongLevel      Code = 314
	CodeShipmentUnknown Code = 315
	CodeMarkUnknown     Code = 316
	CodeMarkExists      Code = 317
	CodeTooManyMarks    Code = 318
	CodeNothingNamed    Code = 319
	CodeNotOffered      Code = 320

	CodeRequestUnknown       Code = 322
	CodeExceptionUnknown     Code = 323
	CodeInvestigationUnknown Code = 321

	CodeMoved           Code = 401
	CodeEnded           Code = 402
	CodePartial         Code = 403
	CodeInTransit       Code = 404
	CodeNotInTransit    Code = 405
	CodeHasParent       Code = 406
	CodeNotAContainer   Code = 407
	CodeCycle           Code = 408
	CodeTooDeep         Code = 409
	CodeCustodyDiffers  Code = 410
	CodeMarked          Code = 412
	CodeRecalled        Code = 413
	CodeExpiredLot      Code = 414
	CodeAlreadyRecalled Code = 415
	CodeEventTooEarly   Code = 416
	CodeEventInFuture   Code = 417
	CodeEventTooOld     Code = 418
	CodeShipmentClosed  Code = 419
	CodeNotAll          Code = 420
	CodeTooManyLots     Code = 421
	CodeExpiryPast      Code = 422
	CodeRetention       Code = 423
	CodeNoConflict      Code = 424
	CodeRoleConflict    Code = 425
	CodeAtConsignee     Code = 426
	CodeAlreadyHeld     Code = 427
	CodeNotHeld         Code = 428
	CodeWrongSale       Code = 429
	CodeNotRecalled     Code = 431

	CodeAlreadyAnswered   Code = 437
	CodeAlreadyCorrected  Code = 438
	CodeExceptionResolved Code = 439
	CodeNoticed           Code = 434
	CodeAlreadyNotified   Code = 435
	CodeWrongStage        Code = 436
	CodeExpiryTooLate     Code = 440
	CodeSurrogateSerial   Code = 441
	CodeExemptMismatch    Code = 442

	CodeStatementMissing Code = 501
	CodeExemptionInvalid Code = 502
	CodeNotMember        Code = 504
	CodeOutOfRange       Code = 505
)

// codeInfo is one line of the list of codes.
type codeInfo struct {
	code Code
	name string
	// final: no pending tx could cure it, so the mempool may refuse it.
	final bool
	// meaning, then what to do: one sentence each, for people.
	meaning string
	advice  string
}

// codes is THE list of codes (house rule 5). Documentation, the client and the
// golden file that freezes number and name are made from it.
var codes = [...]codeInfo{
	{CodeOK, "ok", false, "accepted", "nothing"},

	{CodeMalformed, "malformed", true, "the bytes are not a transaction in the one encoding there is", "build it with the client library of this version"},
	{CodeWrongChain, "wrong-chain", true, "the transaction names another chain", "sign for this network's chain id"},
	{CodeExpiredTx, "expired-tx", true, "its valid-until height has passed", "sign it again with a later valid-until height"},
	{CodeValidUntilTooFar, "valid-until-too-far", false, "its valid-until height is further ahead than the network allows", "sign it again with a nearer valid-until height"},
	{CodeUnknownKey, "unknown-key", false, "no partner registered the key that signed", "register the key, or sign with a registered one"},
	{CodeKeyNotValid, "key-not-valid", false, "the key is revoked, not yet valid, or serves another purpose", "sign with an operations key in its validity"},
	{CodeBadSignature, "bad-signature", true, "the signature does not fit the bytes and the key", "sign the bytes as sent"},
	{CodeNonceUsed, "nonce-used", true, "this key has already used this nonce", "ask for the first result of the transaction, or use a fresh nonce"},
	{CodeNonceTooOld, "nonce-too-old", true, "the nonce lies below the key's window", "use a nonce above the highest one used"},
	{CodeNonceTooFar, "nonce-too-far", false, "the nonce lies above the key's window", "use nonces in order, or wait for the earlier ones"},
	{CodeQuotaExceeded, "quota-exceeded", false, "the key's share of this block is used up", "send it again for the next block"},

	{CodeNotAuthorized, "not-authorized", false, "the signer may not do this", "let the partner that may do it sign"},
	{CodeSuspended, "suspended", false, "the partner's standing is suspended", "settle the suspension with the consortium"},
	{CodeRoleMissing, "role-missing", false, "the partner lacks the role that this needs", "let a partner with the role sign, or add the role"},
	{CodeNotOwner, "not-owner", false, "the signer does not own the goods", "let the owner sign"},
	{CodeNotPossessor, "not-possessor", false, "the signer does not possess the goods", "let the possessor sign, or record the receipt first"},
	{CodeNotLabeler, "not-labeler", false, "the signer is not the product's labeler", "let the labeler sign"},
	{CodeForeignPrefix, "foreign-prefix", false, "the identifier is not under a GS1 company prefix of the signer", "use an identifier under your own prefix"},
	{CodePartnerUnknown, "partner-unknown", false, "no partner with that GLN is registered", "sponsor the partner first, or correct the GLN"},
	{CodePartnerExists, "partner-exists", true, "a partner with that GLN is registered already", "use the registered partner"},
	{CodeKeyExists, "key-exists", true, "that key is registered already", "use another key"},
	{CodeCredential, "credential", false, "the partner's credential was not valid at the time of the event", "renew the credential"},
	{CodeIllegalEdge, "illegal-edge", false, "goods may not go from this kind of partner to that one", "name the exemption, or correct the parties"},
	{CodeNotConsignee, "not-consignee", false, "the signer is not the partner the shipment goes to", "let the consignee sign"},
	{CodePrefixTaken, "prefix-taken", false, "the GS1 company prefix overlaps one of another partner", "register your own prefix only"},
	{CodeNotDelegated, "not-delegated", false, "the partner on whose behalf this is signed has not delegated it to the signer", "let the partner sign itself, or delegate this to the signer for that time"},
	{CodeAlreadySuspended, "already-suspended", false, "the partner is suspended on that authority already", "nothing"},
	{CodeNotSuspended, "not-suspended", false, "the partner is not suspended", "nothing"},
	{CodeLastKey, "last-key", false, "the partner would be left without a key that stays valid", "add a key in the same transaction, or keep one"},
	{CodeKeyProof, "key-proof", true, "the proof that the partner possesses the new key does not fit", "sign the chain id and the GLN with the new key"},
	{CodeTooManyKeys, "too-many-keys", false, "the partner would have more keys than a partner may have", "retire keys that are no longer used"},
	{CodeNotShipper, "not-shipper", false, "the signer is not the partner that shipped", "let the shipper sign"},

	{CodeProductUnknown, "product-unknown", false, "no product with that GTIN is registered", "register the product first, or correct the GTIN"},
	{CodeProductExists, "product-exists", false, "a product with that GTIN is registered already, and this is no revision of it", "use the registered product; its labeler keeps the level and adds to the NDC history"},
	{CodeLotUnknown, "lot-unknown", false, "nothing of that lot was commissioned", "correct the lot number"},
	{CodeLotMismatch, "lot-mismatch", false, "the item is of another lot than the container or the op declares", "check the lot on the package"},
	{CodeExpiryMismatch, "expiry-mismatch", true, "the lot has another expiry date", "use the lot's expiry date"},
	{CodeRunExists, "run-exists", true, "exactly these serials of this lot were commissioned before", "nothing: the first commission stands"},
	{CodeHoldingUnknown, "holding-unknown", false, "there is no such holding", "look up where the goods are now"},
	{CodeHoldingExists, "holding-exists", false, "that holding exists already, or its predecessor does not", "plan again with the next number"},
	{CodeSegmentUnknown, "segment-unknown", false, "the holding has no such segment", "look up where the goods are now"},
	{CodeOpeningInvalid, "opening-invalid", false, "the entries and their paths do not lead to the root in the tree", "build the opening from the segment's contents"},
	{CodeOpenedTwice, "opened-twice", true, "the op opens one position twice", "name each item once"},
	{CodeDuplicateKey, "duplicate-key", true, "one destination would hold a key twice", "report the duplicate; do not move it"},
	{CodeContainerInUse, "container-in-use", false, "the container is not empty or still inside another", "empty it first, or use another container"},
	{CodeWrongLevel, "wrong-level", false, "the product's packaging level does not fit", "commission units as items and cases as containers"},
	{CodeShipmentUnknown, "shipment-unknown", false, "there is no shipment of that number", "look up the shipment"},
	{CodeMarkUnknown, "mark-unknown", false, "there is no such mark on that key", "look up the marks"},
	{CodeMarkExists, "mark-exists", false, "the signer has set that mark already", "nothing"},
	{CodeTooManyMarks, "too-many-marks", false, "the key or lot bears as many marks, blocks or notices as a record can hold", "clear those that no longer apply"},
	{CodeInvestigationUnknown, "investigation-unknown", false, "there is no investigation of that number", "look up the investigation"},
	{CodeNothingNamed, "nothing-named", false, "the op names nothing to act on", "name at least one item or holding"},
	{CodeRequestUnknown, "request-unknown", false, "there is no trace request of that number", "look up the trace request"},
	{CodeExceptionUnknown, "exception-unknown", false, "there is no exception of that number", "look up the exception"},
	{CodeNotOffered, "not-offered", false, "no such offer of the product stands", "let its labeler offer it to the partner that accepts"},

	{CodeMoved, "moved", false, "the item has left that holding", "look up where it is now; if you hold it, report the conflict"},
	{CodeEnded, "ended", true, "the item's life has ended: dispensed, destroyed, decommissioned or the like", "do not sell it; if you hold it, report the conflict"},
	{CodePartial, "partial", false, "the item was dispensed in part and cannot move", "dispense the rest or destroy it"},
	{CodeInTransit, "in-transit", false, "the goods are in transit and frozen", "let the consignee receive them or the shipper void the shipment"},
	{CodeNotInTransit, "not-in-transit", false, "the goods are not part of that shipment", "look up the shipment"},
	{CodeHasParent, "has-parent", false, "the container stands inside another", "name the outermost container, or unpack it first"},
	{CodeNotAContainer, "not-a-container", false, "the holding is not a container", "name a container"},
	{CodeCycle, "cycle", false, "a container cannot be packed into itself or into what it holds", "correct the parent"},
	{CodeTooDeep, "too-deep", false, "containers would stand more than four deep", "pack fewer levels"},
	{CodeCustodyDiffers, "custody-differs", false, "the goods differ in owner, possessor, location or holds", "relocate or receive them first"},
	{CodeRecalled, "recalled", false, "the lot, or the item itself, is recalled", "quarantine it and return it as the recall says"},
	{CodeMarked, "marked", false, "a blocking mark, a hold or an investigation stands on the goods", "quarantine and investigate; do not sell"},
	{CodeExpiredLot, "expired", false, "the lot had expired at the time of the event", "return or destroy it"},
	{CodeAlreadyRecalled, "already-recalled", true, "the lot is recalled already, and the op adds nothing", "nothing"},
	{CodeEventTooEarly, "event-too-early", false, "the event lies before the goods came to this place", "correct the event's time"},
	{CodeEventInFuture, "event-in-future", false, "the event lies in the future", "correct the clock, or send it later"},
	{CodeEventTooOld, "event-too-old", true, "the event is older than the network accepts", "record it by a correction"},
	{CodeShipmentClosed, "shipment-closed", false, "nothing of that shipment is open", "nothing: it was received, refused or voided"},
	{CodeNotAll, "not-all", false, "the op says all, but something remains", "name what remains, or say what arrived"},
	{CodeTooManyLots, "too-many-lots", false, "one holding would contain more lots than the network allows, or one op names mixed holdings of too many lots together", "split it over several containers, or several transactions"},
	{CodeExpiryPast, "expiry-past", true, "the expiry date is not in the future at the event's time", "correct the expiry date"},
	{CodeRetention, "retention", false, "the container's number was used less than the retention time ago", "use another SSCC"},
	{CodeNoConflict, "no-conflict", false, "the ledger has the item where the reporter says it is", "nothing to report"},
	{CodeRoleConflict, "role-conflict", false, "one holding plays two roles in the op", "split it into two ops"},
	{CodeAtConsignee, "at-consignee", false, "partial dispensing needs goods that were received", "receive the shipment first"},
	{CodeAlreadyHeld, "already-held", false, "the holding is on that hold already", "nothing"},
	{CodeNotHeld, "not-held", false, "no hold stands on the holding itself", "look up which holding around or inside it is on hold"},
	{CodeNoticed, "noticed", false, "a notice of illegitimate product stands for the signer, about these goods", "treat them as suspect: quarantine them, and return or destroy them"},
	{CodeAlreadyNotified, "already-notified", false, "the partner has the notice of that investigation already", "nothing, or send a follow-up"},
	{CodeWrongStage, "wrong-stage", false, "the investigation or its notice is not at the stage that this needs", "look up the investigation"},
	{CodeWrongSale, "wrong-sale", false, "the goods did not come by the sale that the return reverses", "return the goods of one sale at a time, and name it"},
	{CodeNotRecalled, "not-recalled", false, "no recall of the lot is open", "check the lot; a recall that was closed needs no answer"},
	{CodeAlreadyAnswered, "already-answered", true, "the trace request was answered already", "send what is missing outside the ledger; the first answer stands"},
	{CodeAlreadyCorrected, "already-corrected", true, "the signer has declared that transaction an error already", "nothing: the first declaration stands"},
	{CodeExceptionResolved, "exception-resolved", true, "the exception is resolved", "open another one if something is still wrong"},
	{CodeExpiryTooLate, "expiry-too-late", true, "the expiry date is later than that of what it is made of, or than grandfathered goods can have", "use an expiry date that the goods have"},
	{CodeSurrogateSerial, "surrogate-serial", false, "surrogate serials stand for packages without an identifier, under the signer's own number, and for no others", "use * and the signer's GLN and six characters for an exempt lot, and the serials on the packages for any other"},
	{CodeExemptMismatch, "exempt-mismatch", false, "the lot was commissioned with identifiers and the op says without, or the other way round", "check whether the packages of the lot bear identifiers"},

	{CodeStatementMissing, "statement-missing", true, "a change of ownership needs an affirmed transaction statement or a named exemption", "affirm the statement or name the exemption"},
	{CodeExemptionInvalid, "exemption-invalid", false, "the exemption does not allow this", "name another exemption"},
	{CodeNotMember, "not-member", false, "only a member may do this", "let a member sign"},
	{CodeOutOfRange, "out-of-range", true, "a value lies outside what the network allows", "correct the value"},
}

// info returns the code's line, or nil for a number that is not in the list.
func (c Code) info() *codeInfo {
	for i := range codes {
		if codes[i].code == c {
			return &codes[i]
		}
	}
	return nil
}

// String is the code's kebab name, or "code-N" for a number of a later version.
func (c Code) String() string {
	if info := c.info(); info != nil {
		return info.name
	}
	return fmt.Sprintf("code-%d", uint32(c))
}

// Error makes a Code usable with errors.Is.
func (c Code) Error() string { return c.String() }

// Meaning is one sentence for people; empty for an unknown code.
func (c Code) Meaning() string {
	if info := c.info(); info != nil {
		return info.meaning
	}
	return ""
}

// Advice says what to do about it; empty for an unknown code.
func (c Code) Advice() string {
	if info := c.info(); info != nil {
		return info.advice
	}
	return ""
}

// Final reports whether no pending tx could cure the rejection, so that the
// mempool may refuse it at once.
func (c Code) Final() bool {
	info := c.info()
	return info != nil && info.final
}

// Envelope reports whether the tx itself was bad: it writes nothing, not even
// its nonce, and a block that holds it is refused (design 01, rule 13).
func (c Code) Envelope() bool { return c >= 100 && c < 200 }

// Codes lists every code in the order of the documentation.
func Codes() []Code {
	out := make([]Code, len(codes))
	for i := range codes {
		out[i] = codes[i].code
	}
	return out
}

// CodeByName finds a code by its kebab name.
func CodeByName(name string) (Code, bool) {
	for i := range codes {
		if codes[i].name == name {
			return codes[i].code, true
		}
	}
	return 0, false
}

// Rejection is a verdict that all honest nodes share: the tx is refused.
// Detail says what was expected and what was found; it is for people and not
// part of consensus.
type Rejection struct {
	Code   Code
	Detail string
}

// Error names the code, then the detail.
func (r *Rejection) Error() string {
	if r.Detail == "" {
		return r.Code.String()
	}
	return r.Code.String() + ": " + r.Detail
}

// Unwrap lets errors.Is(err, CodeRecalled) hold on the node, in the client and
// in tests.
func (r *Rejection) Unwrap() error { return r.Code }

// reject builds a rejection as an error.
func reject(code Code, format string, args ...any) error {
	return &Rejection{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// asRejection returns the rejection that an op's validate returned. Validate
// returns nothing else: node trouble is remembered by the draft.
func asRejection(err error) *Rejection {
	rej, ok := err.(*Rejection) //nolint:errorlint // never wrapped: ops return it as built
	if !ok {
		panic("app: validate returned an error that is no rejection: " + err.Error())
	}
	return rej
}
