package gs1

// EPCKind is the scheme of an EPC URI.
type EPCKind uint8

// The schemes read and written here (TDS 6.3 and 6.4, CBV 8.3). Those that name
// one thing stand before those that name a class of things.
const (
	// EPCSGTIN: urn:epc:id:sgtin, an item.
	EPCSGTIN EPCKind = iota + 1
	// EPCSSCC: urn:epc:id:sscc, a logistic unit.
	EPCSSCC
	// EPCSGLN: urn:epc:id:sgln, a location, with or without extension.
	EPCSGLN
	// EPCPGLN: urn:epc:id:pgln, a party.
	EPCPGLN
	// EPCGRAI: urn:epc:id:grai, a returnable asset.
	EPCGRAI
	// EPCGIAI: urn:epc:id:giai, an individual asset.
	EPCGIAI
	// EPCGSRN: urn:epc:id:gsrn, a recipient of a service.
	EPCGSRN
	// EPCGSRNP: urn:epc:id:gsrnp, a provider of a service.
	EPCGSRNP
	// EPCGDTI: urn:epc:id:gdti, a document.
	EPCGDTI
	// EPCCPI: urn:epc:id:cpi, a component or part.
	EPCCPI
	// EPCSGCN: urn:epc:id:sgcn, a coupon.
	EPCSGCN
	// EPCGINC: urn:epc:id:ginc, a consignment.
	EPCGINC
	// EPCGSIN: urn:epc:id:gsin, a shipment.
	EPCGSIN
	// EPCITIP: urn:epc:id:itip, one piece of a trade item.
	EPCITIP
	// EPCUPUI: urn:epc:id:upui, a unit pack of tobacco.
	EPCUPUI
	// EPCLGTIN: urn:epc:class:lgtin, a lot of a trade item.
	EPCLGTIN
	// EPCProduct: urn:epc:idpat:sgtin with any serial, a trade item.
	EPCProduct
	// EPCAssetType: urn:epc:idpat:grai with any serial, a type of asset.
	EPCAssetType
	// EPCDocumentType: urn:epc:idpat:gdti with any serial.
	EPCDocumentType
	// EPCPartType: urn:epc:idpat:cpi with any serial.
	EPCPartType
	// EPCCouponType: urn:epc:idpat:sgcn with any serial.
	EPCCouponType
	// EPCPieceType: urn:epc:idpat:itip with any serial.
	EPCPieceType
	// EPCUnitPackType: urn:epc:idpat:upui with any serial.
	EPCUnitPackType

	epcKinds
)

// epcScheme is how one kind is written.
type epcScheme struct {
	// uri is all of the URI before the company prefix.
	uri string
	// ai is the application identifier of the key.
	ai string
	// digits is how many digits company prefix and reference have together; a
	// check digit follows them in the key. 0: the reference is of characters,
	// and has no check digit.
	digits int
	// lead: the first digit of the reference stands before the company prefix
	// in the key.
	lead bool
	// before is what the AI's value has before the key.
	before string
	// pieces: piece and total follow, two digits each.
	pieces bool
	// serial is the AI of the last part, ai itself where that part follows in
	// the same value, or "" if there is none.
	serial string
	// class: the last part stands for any.
	class bool
}

// scheme returns how k is written, or the zero value for a number that is no
// kind.
func (k EPCKind) scheme() epcScheme {
	switch k {
	case EPCSGTIN:
		return epcScheme{uri: "urn:epc:id:sgtin:", ai: "01", digits: 13, lead: true, serial: "21"}
	case EPCSSCC:
		return epcScheme{uri: "urn:epc:id:sscc:", ai: "00", digits: 17, lead: true}
	case EPCSGLN:
		return epcScheme{uri: "urn:epc:id:sgln:", ai: "414", digits: 12, serial: "254"}
	case EPCPGLN:
		return epcScheme{uri: "urn:epc:id:pgln:", ai: "417", digits: 12}
	case EPCGRAI:
		return epcScheme{uri: "urn:epc:id:grai:", ai: "8003", digits: 12, before: "0", serial: "8003"}
	case EPCGIAI:
		return epcScheme{uri: "urn:epc:id:giai:", ai: "8004"}
	case EPCGSRN:
		return epcScheme{uri: "urn:epc:id:gsrn:", ai: "8018", digits: 17}
	case EPCGSRNP:
		return epcScheme{uri: "urn:epc:id:gsrnp:", ai: "8017", digits: 17}
	case EPCGDTI:
		return epcScheme{uri: "urn:epc:id:gdti:", ai: "253", digits: 12, serial: "253"}
	case EPCCPI:
		return epcScheme{uri: "urn:epc:id:cpi:", ai: "8010", serial: "8011"}
	case EPCSGCN:
		return epcScheme{uri: "urn:epc:id:sgcn:", ai: "255", digits: 12, serial: "255"}
	case EPCGINC:
		return epcScheme{uri: "urn:epc:id:ginc:", ai: "401"}
	case EPCGSIN:
		return epcScheme{uri: "urn:epc:id:gsin:", ai: "402", digits: 16}
	case EPCITIP:
		return epcScheme{uri: "urn:epc:id:itip:", ai: "8006", digits: 13, lead: true, pieces: true, serial: "21"}
	case EPCUPUI:
		return epcScheme{uri: "urn:epc:id:upui:", ai: "01", digits: 13, lead: true, serial: "235"}
	case EPCLGTIN:
		return epcScheme{uri: "urn:epc:class:lgtin:", ai: "01", digits: 13, lead: true, serial: "10"}
	default:
		return k.classScheme()
	}
}

// classScheme returns how a kind is written whose serial stands for any: like
// the kind it is the class of, but for the URI.
func (k EPCKind) classScheme() epcScheme {
	of, uri := EPCKind(0), ""
	switch k {
	case EPCProduct:
		of, uri = EPCSGTIN, "urn:epc:idpat:sgtin:"
	case EPCAssetType:
		of, uri = EPCGRAI, "urn:epc:idpat:grai:"
	case EPCDocumentType:
		of, uri = EPCGDTI, "urn:epc:idpat:gdti:"
	case EPCPartType:
		of, uri = EPCCPI, "urn:epc:idpat:cpi:"
	case EPCCouponType:
		of, uri = EPCSGCN, "urn:epc:idpat:sgcn:"
	case EPCPieceType:
		of, uri = EPCITIP, "urn:epc:idpat:itip:"
	case EPCUnitPackType:
		of, uri = EPCUPUI, "urn:epc:idpat:upui:"
	default:
		return epcScheme{}
	}
	s := of.scheme()
	s.uri, s.class = uri, true
	return s
}

// parts is how many parts between dots a URI of the scheme has.
func (s *epcScheme) parts() int {
	n := 2
	if s.pieces {
		n += 2
	}
	if s.serial != "" {
		n++
	}
	return n
}
