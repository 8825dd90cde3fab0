package app

import (
	"encoding/json"
	"fmt"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Kind is the number of an op; it stands in every tx and never changes its
// meaning.
type Kind uint16

// The kinds of op. Gaps are the numbers of ops that the design names and a
// later release adds.
const (
	KindRegisterProduct     Kind = 1
	KindTransferProduct     Kind = 2
	KindSponsorPartner      Kind = 3
	KindUpdatePartner       Kind = 4
	KindSuspendPartner      Kind = 5
	KindRotateKey           Kind = 6
	KindDelegate            Kind = 7
	KindCommission          Kind = 10
	KindCommissionContainer Kind = 11
	KindDecommission        Kind = 12
	KindPack                Kind = 20
	KindUnpack              Kind = 21
	KindShip                Kind = 30
	KindReceive             Kind = 31
	KindRefuse              Kind = 32
	KindVoidShip            Kind = 33
	KindRelocate            Kind = 34
	KindReturn              Kind = 35
	KindDispense            Kind = 40
	KindDestroy             Kind = 41
	KindExport              Kind = 42
	KindSample              Kind = 43
	KindRepackage           Kind = 44
	KindMark                Kind = 50
	KindLocateMark          Kind = 51
	KindClearMark           Kind = 52
	KindQuarantine          Kind = 53
	KindRelease             Kind = 54
	KindOpenInvestigation   Kind = 55
	KindCloseInvestigation  Kind = 56
	KindNotify              Kind = 57
	KindRecall              Kind = 58
	KindAcknowledgeRecall   Kind = 59
	KindCloseRecall         Kind = 60
	KindReportDuplicate     Kind = 61
	KindReportConflict      Kind = 62
	KindRequestTrace        Kind = 70
	KindRespondTrace        Kind = 71
	KindDeclareError        Kind = 80
	KindOpenException       Kind = 81
	KindRespondException    Kind = 82
	KindResolveException    Kind = 83
)

// Op is what a tx asks for. It is a closed set: the list below. validate
// reads, and stages its effects in the draft or rejects; nothing is written
// before the whole op has been accepted (docs/decisions/0002).
type Op interface {
	// Kind is the op's number.
	Kind() Kind
	encode(e *wire.Encoder)
	decode(d *wire.Decoder)
	validate(d *draft) error
}

// opInfo is one line of the list of ops.
type opInfo struct {
	name string
	make func() Op
}

// ops is THE list of ops, indexed by Kind: two ops of one number do not
// compile. A new op is its file and its line here.
var ops = [...]opInfo{
	KindRegisterProduct:     {"RegisterProduct", func() Op { return &RegisterProduct{} }},
	KindTransferProduct:     {"TransferProduct", func() Op { return &TransferProduct{} }},
	KindSponsorPartner:      {"SponsorPartner", func() Op { return &SponsorPartner{} }},
	KindUpdatePartner:       {"UpdatePartner", func() Op { return &UpdatePartner{} }},
	KindSuspendPartner:      {"SuspendPartner", func() Op { return &SuspendPartner{} }},
	KindRotateKey:           {"RotateKey", func() Op { return &RotateKey{} }},
	KindDelegate:            {"Delegate", func() Op { return &Delegate{} }},
	KindCommission:          {"Commission", func() Op { return &Commission{} }},
	KindCommissionContainer: {"CommissionContainer", func() Op { return &CommissionContainer{} }},
	KindDecommission:        {"Decommission", func() Op { return &Decommission{} }},
	KindPack:                {"Pack", func() Op { return &Pack{} }},
	KindUnpack:              {"Unpack", func() Op { return &Unpack{} }},
	KindShip:                {"Ship", func() Op { return &Ship{} }},
	KindReceive:             {"Receive", func() Op { return &Receive{} }},
	KindRefuse:              {"Refuse", func() Op { return &Refuse{} }},
	KindVoidShip:            {"VoidShip", func() Op { return &VoidShip{} }},
	KindRelocate:            {"Relocate", func() Op { return &Relocate{} }},
	KindReturn:              {"Return", func() Op { return &Return{} }},
	KindDispense:            {"Dispense", func() Op { return &Dispense{} }},
	KindDestroy:             {"Destroy", func() Op { return &Destroy{} }},
	KindExport:              {"Export", func() Op { return &Export{} }},
	KindSample:              {"Sample", func() Op { return &Sample{} }},
	KindRepackage:           {"Repackage", func() Op { return &Repackage{} }},
	KindMark:                {"Mark", func() Op { return &SetMark{} }},
	KindLocateMark:          {"LocateMark", func() Op { return &LocateMark{} }},
	KindClearMark:           {"ClearMark", func() Op { return &ClearMark{} }},
	KindQuarantine:          {"Quarantine", func() Op { return &Quarantine{} }},
	KindRelease:             {"Release", func() Op { return &Release{} }},
	KindOpenInvestigation:   {"OpenInvestigation", func() Op { return &OpenInvestigation{} }},
	KindCloseInvestigation:  {"CloseInvestigation", func() Op { return &CloseInvestigation{} }},
	KindNotify:              {"Notify", func() Op { return &Notify{} }},
	KindRecall:              {"Recall", func() Op { return &RecallLot{} }},
	KindAcknowledgeRecall:   {"AcknowledgeRecall", func() Op { return &AcknowledgeRecall{} }},
	KindCloseRecall:         {"CloseRecall", func() Op { return &CloseRecall{} }},
	KindReportDuplicate:     {"ReportDuplicate", func() Op { return &ReportDuplicate{} }},
	KindReportConflict:      {"ReportConflict", func() Op { return &ReportConflict{} }},
	KindRequestTrace:        {"RequestTrace", func() Op { return &RequestTrace{} }},
	KindRespondTrace:        {"RespondTrace", func() Op { return &RespondTrace{} }},
	KindDeclareError:        {"DeclareError", func() Op { return &DeclareError{} }},
	KindOpenException:       {"OpenException", func() Op { return &OpenException{} }},
	KindRespondException:    {"RespondException", func() Op { return &RespondException{} }},
	KindResolveException:    {"ResolveException", func() Op { return &ResolveException{} }},
}

// Kinds lists every kind of op, ascending.
func Kinds() []Kind {
	var out []Kind
	for k := range ops {
		if ops[k].make != nil {
			out = append(out, Kind(k))
		}
	}
	return out
}

// String is the op's name.
func (k Kind) String() string {
	if int(k) < len(ops) && ops[k].make != nil {
		return ops[k].name
	}
	return fmt.Sprintf("op-%d", uint16(k))
}

// MarshalText writes the op's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads an op's name.
func (k *Kind) UnmarshalText(p []byte) error {
	found, ok := KindByName(string(p))
	if !ok {
		return fmt.Errorf("there is no op %q", p)
	}
	*k = found
	return nil
}

// NewOp returns an empty op of the kind, or false.
func NewOp(k Kind) (Op, bool) {
	if int(k) >= len(ops) || ops[k].make == nil {
		return nil, false
	}
	return ops[k].make(), true
}

// KindByName finds a kind by the op's name.
func KindByName(name string) (Kind, bool) {
	for k := range ops {
		if ops[k].make != nil && ops[k].name == name {
			return Kind(k), true
		}
	}
	return 0, false
}

func readOp(d *wire.Decoder) Op {
	kind := Kind(d.Uint16())
	op, ok := NewOp(kind)
	if !ok {
		d.Fail("there is no op number %d", kind)
		return nil
	}
	op.decode(d)
	return op
}

// MarshalOp writes an op as JSON for people: {"op": "Pack", "body": {...}}.
// JSON is never signed or hashed.
func MarshalOp(op Op) ([]byte, error) {
	return json.Marshal(struct {
		Op   string `json:"op"`
		Body Op     `json:"body"`
	}{op.Kind().String(), op})
}
