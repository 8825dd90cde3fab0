package app

// ExceptionType is what is wrong: the kinds of the PDG's exception message.
type ExceptionType uint8

// The types of exception.
const (
	// MissingProductData: product without data (HDA 1-5).
	MissingProductData ExceptionType = 1
	// MissingProduct: data without product (HDA 2-3).
	MissingProduct ExceptionType = 2
	// DataMisalignment: what was received differs from the data (HDA 1-2,
	// 1-4).
	DataMisalignment ExceptionType = 3
	// Overage: more than the data says (HDA 1-1, 1-3).
	Overage ExceptionType = 4
	// Underage: less than the data says (HDA 2-1, 2-2).
	Underage ExceptionType = 5
	// Damaged: not fit for sale (HDA 3-1).
	Damaged ExceptionType = 6
	// GLNError and GTINError: master data is wrong.
	GLNError  ExceptionType = 7
	GTINError ExceptionType = 8
	// OtherError: as the text says.
	OtherError ExceptionType = 9

	exceptionTypes = 10
)

// String is the type's name.
func (t ExceptionType) String() string {
	names := [exceptionTypes]string{
		"", "missing-product-data", "missing-product", "data-misalignment", "overage", "underage",
		"damaged", "gln-error", "gtin-error", "other",
	}
	if t == 0 || t >= exceptionTypes {
		return "unknown"
	}
	return names[t]
}

// MarshalText writes the type's name.
func (t ExceptionType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the type's name.
func (t *ExceptionType) UnmarshalText(p []byte) error {
	return readWord(t, p, MissingProductData, exceptionTypes, "type of exception")
}

// Resolution is what is wanted, or offered, to resolve an exception: the
// resolution requests of the PDG's message.
type Resolution uint8

// The resolutions.
const (
	NoResolution    Resolution = 0
	SendNewData     Resolution = 1
	SendProduct     Resolution = 2
	ReturnProduct   Resolution = 3
	SendBackProduct Resolution = 4
	CreditAccount   Resolution = 5
	DebitAccount    Resolution = 6

	resolutions = 7
)

// String is the resolution's name.
func (r Resolution) String() string {
	names := [resolutions]string{"none", "send-new-data", "send-product", "return-product", "send-back-product", "credit-account", "debit-account"}
	if r >= resolutions {
		return "unknown"
	}
	return names[r]
}

// MarshalText writes the resolution's name.
func (r Resolution) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the resolution's name.
func (r *Resolution) UnmarshalText(p []byte) error {
	return readWord(r, p, NoResolution, resolutions, "resolution of an exception")
}

// ObservationSource is how an exception was seen: the PDG's observation
// sources.
type ObservationSource uint8

// The sources.
const (
	SeenByScan        ObservationSource = 1
	SeenOnPackingSlip ObservationSource = 2
	SeenInASN         ObservationSource = 3
	SeenOtherwise     ObservationSource = 4

	observationSources = 5
)

// String is the source's name.
func (s ObservationSource) String() string {
	names := [observationSources]string{"", "scan", "packing-slip", "asn", "other"}
	if s == 0 || s >= observationSources {
		return "unknown"
	}
	return names[s]
}

// MarshalText writes the source's name.
func (s ObservationSource) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the source's name.
func (s *ObservationSource) UnmarshalText(p []byte) error {
	return readWord(s, p, SeenByScan, observationSources, "source of an observation")
}

// FollowUp is how the partners go on talking.
type FollowUp uint8

// The ways to follow up.
const (
	NoFollowUp    FollowUp = 0
	FollowByEmail FollowUp = 1
	FollowByPhone FollowUp = 2

	followUps = 3
)

// String is the name of the way.
func (f FollowUp) String() string {
	names := [followUps]string{"none", "email", "phone"}
	if f >= followUps {
		return "unknown"
	}
	return names[f]
}

// MarshalText writes the name of the way.
func (f FollowUp) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the name of the way.
func (f *FollowUp) UnmarshalText(p []byte) error {
	return readWord(f, p, NoFollowUp, followUps, "way to follow up")
}

// ExceptionStatus is derived from an exception's record.
type ExceptionStatus uint8

// The statuses.
const (
	ExceptionOpen     ExceptionStatus = 1
	ExceptionAccepted ExceptionStatus = 2
	ExceptionRejected ExceptionStatus = 3
	ExceptionResolved ExceptionStatus = 4
)

// String is the status's name.
func (s ExceptionStatus) String() string {
	names := [...]string{"", "open", "accepted", "rejected", "resolved"}
	if s == 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// MarshalText writes the status's name.
func (s ExceptionStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the status's name.
func (s *ExceptionStatus) UnmarshalText(p []byte) error {
	return readWord(s, p, ExceptionOpen, ExceptionResolved+1, "status of an exception")
}
