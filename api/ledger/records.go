package ledger

import (
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// The questions about records, besides those that one path answers.
type (
	lotRecord struct {
		LotPath
		Proving
	}
	productRecord struct {
		ProductPath
		Proving
	}
	partnerRecord struct {
		PartnerPath
		Proving
	}
	numberRecord struct {
		NumberPath
		Proving
	}
	holdingRecord struct {
		HoldingPath
		Proving
	}
)

// oneOnly is a question about a record of which there is one.
type oneOnly struct{ Proving }

func (*oneOnly) args() ([]string, error) { return nil, nil }

// registerRecords adds every resource that is one record of the state.
func (h *handlers) registerRecords() {
	record(h, resource{id: "getLot", path: "/lots/{gtin}/{lot}", query: "/lot/{gtin}/{lot}"}, app.DecodeLot, (*lotRecord)(nil))
	record(h, resource{id: "getCommission", path: "/lots/{gtin}/{lot}/commissions/{sequence}", query: "/commission/{gtin}/{lot}/{sequence}"}, app.DecodeCommissionRecord, (*commissionRecord)(nil))
	record(h, resource{id: "getRecallAcknowledgement", path: "/recalls/{gtin}/{lot}/acknowledgements/{gln}", query: "/recall-ack/{gtin}/{lot}/{gln}"}, app.DecodeRecallAck, (*ackRecord)(nil))
	record(h, resource{id: "getProduct", path: "/products/{gtin}", query: "/product/{gtin}"}, app.DecodeProduct, (*productRecord)(nil))
	record(h, resource{id: "getPartner", path: "/partners/{gln}", query: "/partner/{gln}"}, app.DecodePartner, (*partnerRecord)(nil))
	record(h, resource{id: "getPartnerKeys", path: "/partners/{gln}/keys", query: "/keys/{gln}"}, app.DecodePartnerKeys, (*partnerRecord)(nil))
	record(h, resource{id: "getKey", path: "/keys/{id}", query: "/key/{id}"}, app.DecodeKey, (*keyRecord)(nil))
	record(h, resource{id: "getDelegation", path: "/partners/{gln}/delegations/{agent}", query: "/delegation/{principal}/{agent}"}, app.DecodeDelegation, (*delegationRecord)(nil))
	record(h, resource{id: "getShipment", path: "/shipments/{number}", query: "/shipment/{number}"}, app.DecodeShipment, (*numberRecord)(nil))
	record(h, resource{id: "getTraceRequest", path: "/traces/{number}", query: "/trace-request/{number}"}, app.DecodeTraceRequest, (*numberRecord)(nil))
	record(h, resource{id: "getException", path: "/exceptions/{number}", query: "/exception/{number}"}, app.DecodeException, (*numberRecord)(nil))
	record(h, resource{id: "getInvestigation", path: "/investigations/{number}", query: "/investigation/{number}"}, app.DecodeInvestigation, (*numberRecord)(nil))
	record(h, resource{id: "getNotice", path: "/notices/{gln}/{subject}", query: "/notice/{gln}/{subject}"}, app.DecodeNotice, (*noticeRecord)(nil))
	record(h, resource{id: "getCorrection", path: "/corrections/{tx}/{gln}", query: "/correction/{tx}/{gln}"}, app.DecodeCorrection, (*correctionRecord)(nil))
	record(h, resource{id: "getMarks", path: "/marks/{key}", query: "/marks/{key}"}, app.DecodeMarks, (*marksRecord)(nil))
	record(h, resource{id: "getHolding", path: "/holdings/{holding}", query: "/holding/{id}"}, app.DecodeHolding, (*holdingRecord)(nil))
	record(h, resource{id: "getHoldingLot", path: "/holdings/{holding}/lots/{gtin}/{lot}", query: "/content/{holding}/{gtin}/{lot}"}, decodeContent, (*contentRecord)(nil))
	record(h, resource{id: "getSegment", path: "/holdings/{holding}/segments/{segment}", query: "/segment/{holding}/{segment}"}, decodeSegment, (*segmentRecord)(nil))
	record(h, resource{id: "getParameters", path: "/parameters", query: "/params"}, app.DecodeParams, (*oneOnly)(nil))
	record(h, resource{id: "getCalendar", path: "/calendar", query: "/calendar"}, app.DecodeCalendar, (*oneOnly)(nil))
	record(h, resource{id: "getRecord", path: "/records/{key}", query: app.PathRecord}, decodeAny, (*anyRecord)(nil))
}

type commissionRecord struct {
	LotPath
	Sequence uint32 `path:"sequence" doc:"the number of the commission in the lot, from 0"`
	Proving
}

func (r *commissionRecord) args() ([]string, error) {
	lot, err := r.LotPath.args()
	return append(lot, strconv.FormatUint(uint64(r.Sequence), 10)), err
}

type ackRecord struct {
	LotPath
	GLN string `path:"gln" doc:"the GLN of the partner that acknowledged"`
	Proving
}

func (r *ackRecord) args() ([]string, error) {
	lot, err := r.LotPath.args()
	if err != nil {
		return nil, err
	}
	g, err := gln("gln", r.GLN)
	return append(lot, g.String()), err
}

type keyRecord struct {
	ID string `path:"id" pattern:"^[0-9a-f]{64}$" doc:"the id of a partner's key, in hex"`
	Proving
}

func (r *keyRecord) args() ([]string, error) { //nolint:unparam // other paths can be wrong
	return []string{r.ID}, nil
}

type delegationRecord struct {
	PartnerPath
	Agent string `path:"agent" doc:"the GLN of the partner that may sign for it"`
	Proving
}

func (r *delegationRecord) args() ([]string, error) {
	principal, err := r.PartnerPath.args()
	if err != nil {
		return nil, err
	}
	agent, err := gln("agent", r.Agent)
	return append(principal, agent.String()), err
}

type noticeRecord struct {
	PartnerPath
	Subject string `path:"subject" doc:"a key, or a lot as 01 GTIN-14 10 lot"`
	Proving
}

func (r *noticeRecord) args() ([]string, error) {
	partner, err := r.PartnerPath.args()
	if err != nil {
		return nil, err
	}
	if _, err := app.ParseSubject(r.Subject); err != nil {
		return nil, badParam("subject", "%v", err)
	}
	return append(partner, r.Subject), nil
}

type correctionRecord struct {
	Tx  string `path:"tx" pattern:"^[0-9a-f]{64}$" doc:"the id of the erroneous transaction"`
	GLN string `path:"gln" doc:"the GLN of the partner that declared the error"`
	Proving
}

func (r *correctionRecord) args() ([]string, error) {
	g, err := gln("gln", r.GLN)
	return []string{r.Tx, g.String()}, err
}

type contentRecord struct {
	HoldingPath
	LotPath
	Proving
}

func (r *contentRecord) args() ([]string, error) {
	lot, err := r.LotPath.args()
	return append([]string{r.Holding}, lot...), err
}

// Content is how many items of a lot are in a holding.
type Content struct {
	Items uint64 `json:"items" doc:"how many live items of the lot are in the holding"`
}

func decodeContent(raw []byte) (*Content, error) {
	n, err := app.DecodeCount(raw)
	return &Content{n}, err
}

type segmentRecord struct {
	HoldingPath
	Segment uint32 `path:"segment" doc:"the number of the segment in the holding, from 0"`
	Proving
}

func (r *segmentRecord) args() ([]string, error) { //nolint:unparam // other paths can be wrong
	return []string{r.Holding, strconv.FormatUint(uint64(r.Segment), 10)}, nil
}

// Segment is one segment of a holding.
type Segment struct {
	Root   merkle.Hash `json:"root" doc:"the Merkle root over its entries"`
	Base   uint64      `json:"base" doc:"the shipment by which the holding had last changed owner when the segment was added"`
	States []string    `json:"states" doc:"what became of each position"`
}

func decodeSegment(raw []byte) (*Segment, error) {
	s, err := app.DecodeSegment(raw)
	if err != nil {
		return nil, err
	}
	out := &Segment{Root: s.Root, Base: s.Base}
	for i := range s.Count {
		out.States = append(out.States, s.State(i).String())
	}
	return out, nil
}

type anyRecord struct {
	Key string `path:"key" pattern:"^([0-9a-f]{2}){1,255}$" doc:"the state key, in hex (docs/spec/state.md)"`
	Proving
}

func (r *anyRecord) args() ([]string, error) { //nolint:unparam // other paths can be wrong
	return []string{r.Key}, nil
}

// Bytes is a record as it stands in the state.
type Bytes struct {
	Hex string `json:"hex" doc:"the record's bytes, in hex (docs/spec/state.md)"`
}

func decodeAny(raw []byte) (*Bytes, error) {
	if len(raw) == 0 {
		return nil, errors.New("a record is not empty")
	}
	return &Bytes{hex.EncodeToString(raw)}, nil
}

type marksRecord struct {
	KeyPath
	Proving
}

func (r *marksRecord) args() ([]string, error) {
	s, err := r.scan(time.Time{}) // the century of its dates is nothing to a key
	if err != nil {
		return nil, err
	}
	return []string{string(s.Key)}, nil
}
