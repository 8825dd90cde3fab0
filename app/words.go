package app

import "fmt"

// The words of enumerations are read back from JSON here, so that clients can
// read listings into the types they came from.

// UnmarshalText reads a state's name.
func (s *State) UnmarshalText(p []byte) error {
	return readWord(s, p, Here, stateCount, "state of a position")
}

// UnmarshalText reads a kind's name.
func (k *HoldingKind) UnmarshalText(p []byte) error {
	return readWord(k, p, KindRun, KindLoose+1, "kind of holding")
}

// UnmarshalText reads a standing's name.
func (s *Standing) UnmarshalText(p []byte) error {
	return readWord(s, p, StandingActive, StandingSuspended+1, "standing")
}

// UnmarshalText reads a mode's name.
func (m *ReceiveMode) UnmarshalText(p []byte) error {
	return readWord(m, p, ReceiveAll, ReceiveAllBut+1, "mode of a receipt")
}

// UnmarshalText reads a purpose's name.
func (p *ShipPurpose) UnmarshalText(text []byte) error {
	return readWord(p, text, PurposeSale, PurposeReturn+1, "purpose of a shipment")
}

// UnmarshalText reads an exemption's name.
func (x *Exemption) UnmarshalText(p []byte) error {
	return readWord(x, p, ExemptNone, exemptions, "exemption")
}

// UnmarshalText reads a CBV word.
func (k *DocumentKind) UnmarshalText(p []byte) error {
	return readWord(k, p, DocPO, documentKinds, "kind of document")
}

// UnmarshalText reads a status's name.
func (s *ShipmentStatus) UnmarshalText(p []byte) error {
	return readWord(s, p, ShipmentOpen, ShipmentClosed+1, "status of a shipment")
}

// word is an enumeration with names.
type word interface {
	~uint8
	String() string
}

// readWord sets dst to the value from first up to end, not included, whose
// name is text.
func readWord[W word](dst *W, text []byte, first, end W, what string) error {
	for v := first; v < end; v++ {
		if v.String() == string(text) {
			*dst = v
			return nil
		}
	}
	return fmt.Errorf("%q is no %s", text, what)
}
