package epcis

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// PreHash returns the canonical string of the event over which its hash is
// computed (CBV 2.0, event hash ID, as the published reference implementation
// reads it): the standard's fields in a fixed order, then business transactions,
// parties, ILMD and extensions in the order of their text; times in UTC, CBV
// words as web URIs, GS1 keys as canonical Digital Link URIs. eventID, recordTime
// and errorDeclaration are left out, so a correction hashes like what it corrects.
//
// It follows the form the event was read from where the reference does: the
// namespace of cbvmda elements is urn:epcglobal:cbv:mda in most XML and
// urn:epcglobal:cbv:mda: (with a colon more) in JSON-LD, and JSON's true is
// "True". Digest has one value for both.
func (e *Event) PreHash() (string, error) { return e.preHash(false) }

// Hash returns the event hash ID over PreHash, ni:///sha-256;<hex>?ver=CBV2.0.
// It is what a partner computes from the same document with reference tools.
func (e *Event) Hash() (string, error) { return hashID(e.preHash(false)) }

// Digest returns the event hash ID with the differences between the forms
// folded: cbvmda elements are in urn:epcglobal:cbv:mda, the XML form's name for
// it, JSON booleans read true and false, and JSON null is empty. The XML and the
// JSON-LD form of an event have one Digest; for XML that writes cbvmda without
// the colon, as DSCSA senders do, Digest equals Hash.
func (e *Event) Digest() (string, error) { return hashID(e.preHash(true)) }

// HashBytes returns the 32 bytes of Digest: what the ledger carries for an event.
func (e *Event) HashBytes() ([32]byte, error) {
	text, err := e.preHash(true)
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256([]byte(text)), nil
}

// ParseHash returns the digest inside an event hash ID of CBV 2.0.
func ParseHash(id string) ([32]byte, error) {
	var sum [32]byte
	text, ok := strings.CutPrefix(id, "ni:///sha-256;")
	if ok {
		text, ok = strings.CutSuffix(text, "?ver=CBV2.0")
	}
	if !ok || len(text) != 64 {
		return sum, errHashID
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return sum, errHashID
	}
	return [32]byte(raw), nil
}

// FormatHash returns the event hash ID of CBV 2.0 for a digest.
func FormatHash(sum [32]byte) string {
	return "ni:///sha-256;" + hex.EncodeToString(sum[:]) + "?ver=CBV2.0"
}

var (
	errHashID = errors.New("not an event hash: want ni:///sha-256; and 64 hexadecimal digits and ?ver=CBV2.0")
	errNoHash = errors.New("an event without type or time has no hash")
)

func hashID(text string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return FormatHash(sha256.Sum256([]byte(text))), nil
}

func (e *Event) preHash(folded bool) (string, error) {
	if !isEventType(e.Type) || e.Time.At.IsZero() {
		return "", errNoHash
	}
	t := hashTree{json: e.Format == FormatJSON2, folded: folded}
	root := t.event(e)
	ordered := orderedString(root, eventOrder())
	var left []*hashNode
	for _, k := range root.kids {
		switch k.name {
		case "recordTime", "eventID", "type", "errorDeclaration":
		default:
			left = append(left, k)
		}
	}
	return "eventType=" + e.Type + ordered + genericString(left), nil
}
