package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// MaxOpJSON bounds an op written as JSON, in bytes: JSON takes several times
// the room of the transaction, which MaxTxBytes bounds.
const MaxOpJSON = 16 * MaxTxBytes

// UnmarshalOp reads an op from the JSON that MarshalOp writes. It is strict,
// because what it returns is about to be signed: no unknown field, no field
// twice, nothing after the end, at most MaxOpJSON bytes, and everything said
// must have its place in the transaction. What it returns can be sealed. The
// error says what is wrong; it is never a *Rejection of the ledger.
func UnmarshalOp(p []byte) (Op, error) {
	if len(p) > MaxOpJSON {
		return nil, fmt.Errorf("an op as JSON has at most %d bytes, found %d", MaxOpJSON, len(p))
	}
	if !utf8.Valid(p) {
		return nil, errors.New("an op as JSON is UTF-8")
	}
	var outer struct {
		Op   string          `json:"op"`
		Body json.RawMessage `json:"body"`
	}
	if err := strictJSON(p, &outer); err != nil {
		return nil, fmt.Errorf(`{"op": NAME, "body": {...}} expected: %w`, err)
	}
	kind, ok := KindByName(outer.Op)
	if !ok {
		return nil, fmt.Errorf("there is no op %q: one of %s", outer.Op, strings.Join(kindNames(), ", "))
	}
	if len(outer.Body) == 0 || outer.Body[0] != '{' {
		return nil, fmt.Errorf(`%s: "body" is missing, or no object`, kind)
	}
	op, _ := NewOp(kind)
	if err := strictJSON(outer.Body, op); err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	op, err := wellFormed(op)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return op, nil
}

func kindNames() []string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, k.String())
	}
	return out
}

// strictJSON reads exactly one JSON value of known fields.
func strictJSON(p []byte, v any) error {
	// The syntax first, to the end of p and to a bounded depth.
	var whole json.RawMessage
	if err := json.Unmarshal(p, &whole); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(p))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	return nameOnce(json.NewDecoder(bytes.NewReader(p)))
}

// nameOnce refuses a field that stands twice in one object: encoding/json
// would take the last one, a reader perhaps the first. It reads what has been
// read before, so its depth is bounded.
func nameOnce(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := make(map[string]bool)
	for d.More() {
		if open == '{' {
			if t, err = d.Token(); err != nil {
				return err
			}
			// Names are matched whatever their case.
			name := strings.ToLower(fmt.Sprint(t))
			if seen[name] {
				return fmt.Errorf("field %q stands twice in one object", t)
			}
			seen[name] = true
		}
		if err := nameOnce(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// wellFormed takes an op through its encoding, as sealing will, and checks
// that nothing of it is lost on the way.
func wellFormed(op Op) (Op, error) {
	body, err := (&Tx{Op: op}).encodeBody()
	if err != nil {
		return nil, err
	}
	e := wire.NewEncoder(len(body) + 2)
	e.Raw(body)
	e.Bytes16(nil) // no signature yet
	tx, err := Decode(e.Bytes())
	if err != nil {
		return nil, fmt.Errorf("it cannot be sent as it is: %w", err)
	}
	said, err := MarshalOp(op)
	if err != nil {
		return nil, err
	}
	kept, err := MarshalOp(tx.Op)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(said, kept) {
		return nil, fmt.Errorf("it says something that the transaction has no place for, such as an expiry without a lot, or an entry without a position; of it would remain %.400s", kept)
	}
	return tx.Op, nil
}
