package app

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Query is one line of the list of queries. A provable query is a key: the
// answer is the stored bytes with an ICS-23 proof of presence or absence at a
// height (design 01, section 7). A listing comes from the index and is not
// proven; what it names can then be proved key by key.
type Query struct {
	// Path is the query with its arguments in braces. Each argument is
	// percent-encoded, because lots and serials may contain a slash.
	Path string
	// Key builds the state key of a provable query; nil for a listing.
	Key func(args []string) ([]byte, error)
	// Doc is one sentence.
	Doc string
}

// Proven reports whether the answer comes with a proof.
func (q *Query) Proven() bool { return q.Key != nil }

// Queries is THE list of queries. ABCI paths, HTTP routes, client methods and
// documentation are tested against it.
func Queries() []Query {
	return []Query{
		{"/holding/{id}", holdingArg, "a holding: what is in one place, in one custody"},
		{"/segment/{holding}/{segment}", segmentArg, "one segment of a holding: its root and the states of its positions"},
		{"/content/{holding}/{gtin}/{lot}", contentArg, "how many live items of a lot a mixed holding contains"},
		{"/lot/{gtin}/{lot}", lotArg, "a lot: expiry, counts, recall"},
		{"/commission/{gtin}/{lot}/{sequence}", commissionArg, "one commission of a lot: the root over its items"},
		{"/marks/{key}", marksArg, "the marks on an item's or container's key"},
		{"/product/{gtin}", productArg, "a product"},
		{"/partner/{gln}", partnerArg, "a trading partner"},
		{"/keys/{gln}", keysArg, "which keys a trading partner has, all of them: each is a /key"},
		{"/key/{id}", keyArg, "a partner's public key and its nonces"},
		{"/shipment/{number}", shipmentArg, "a shipment"},
		{"/delegation/{principal}/{agent}", delegationArg, "what a partner has delegated to another"},
		{"/recall-ack/{gtin}/{lot}/{gln}", recallAckArg, "a partner's acknowledgement of a lot's recall"},
		{"/investigation/{number}", investigationArg, "an investigation of suspect product: its status, its clocks"},
		{"/notice/{gln}/{subject}", noticeArg, "the notices to a partner about a key, or about a lot as 01 GTIN-14 10 lot"},
		{"/params", paramsArg, "the parameters of the ledger"},
		{"/calendar", func([]string) ([]byte, error) { return CalendarKey(), nil }, "the calendar of business days"},
		{"/trace-request/{number}", requestArg, "a trace request: who asked whom for what, its due time, its answer"},
		{"/correction/{tx}/{gln}", correctionArg, "what a partner declared to be wrong about a transaction"},
		{"/exception/{number}", exceptionArg, "an exception between two partners, its due time, its response"},
		{PathRecord, recordArg, "any record, by its state key in hex: for clients that build keys themselves"},

		{PathPlace, nil, "where an item or container is now"},
		{PathHistory, nil, "everything that happened to an item or container, oldest first"},
		{PathEntries, nil, "the entries of a segment (binary; checked against its root)"},
		{PathCommissionSegments, nil, "the segments that a commission made, in order"},
		{PathContents, nil, "what a container or holding contains, at any depth"},
		{PathPartnerHoldings, nil, "the outermost holdings that a partner owns or possesses"},
		{PathLotHoldings, nil, "the holdings that contain live items of a lot"},
		{PathRecallReach, nil, "who has live items of a lot and who acknowledged its recall, with totals"},
		{PathLotSales, nil, "the shipments by which a partner sold items of a lot, by customer: which customers got it"},
		{PathLotsMadeFrom, nil, "the lots that a lot was repackaged into, and how much of it"},
		{PathPartnerShipments, nil, "a partner's shipments, newest first; status: open, short, closed or all"},
		{PathShipmentHoldings, nil, "the outermost holdings under way in a shipment"},
		{PathInvestigations, nil, "the investigations, newest first; status: open, closed, overdue (as of the last block) or all"},
		{PathNotices, nil, "the notices that stand for a partner"},
		{PathClocks, nil, "what is due from a partner, the earliest due first: trace requests, exceptions and notices"},
		{PathTraceRequests, nil, "the trace requests that a partner made or has to answer, newest first"},
		{PathExceptions, nil, "the exceptions of a partner, newest first; status: open, accepted, rejected, resolved or all"},
		{PathCorrections, nil, "the errors that a partner declared, newest first"},
		{PathPartners, nil, "all trading partners, by the end of their credentials"},
		{PathExpiring, nil, "the partners whose credential has ended or ends within so many days, and those suspended"},
		{PathTx, nil, "a transaction by its id"},
		{PathTxByEvent, nil, "the transactions that carry an EPCIS event hash"},
		{PathIndexStatus, nil, "how far the index has come"},
	}
}

// PathRecord is the provable query that takes any state key. Neighbors of what
// exists can be asked for too, so that a list of records can be proved complete.
const PathRecord = "/record/{key}"

// The paths of listings.
const (
	PathPlace              = "/place/{key}"
	PathHistory            = "/history/{key}"
	PathEntries            = "/entries/{holding}/{segment}"
	PathCommissionSegments = "/commission-segments/{gtin}/{lot}/{sequence}"
	PathContents           = "/contents/{holding}"
	PathPartnerHoldings    = "/partner-holdings/{gln}"
	PathLotHoldings        = "/lot-holdings/{gtin}/{lot}"
	PathRecallReach        = "/recall-reach/{gtin}/{lot}"
	PathLotSales           = "/lot-sales/{gln}/{gtin}/{lot}"
	PathLotsMadeFrom       = "/lots-made-from/{gtin}/{lot}"
	PathPartnerShipments   = "/partner-shipments/{gln}/{status}"
	PathShipmentHoldings   = "/shipment-holdings/{number}"
	PathInvestigations     = "/investigations/{status}"
	PathNotices            = "/notices/{gln}"
	PathClocks             = "/clocks/{gln}"
	PathTraceRequests      = "/trace-requests/{gln}"
	PathExceptions         = "/exceptions/{gln}/{status}"
	PathCorrections        = "/corrections/{gln}"
	PathPartners           = "/partners"
	PathExpiring           = "/expiring/{days}"
	PathTx                 = "/tx/{id}"
	PathTxByEvent          = "/tx-by-event/{hash}"
	PathIndexStatus        = "/index-status"
)

// BuildPath fills the braces of a query's path with percent-encoded arguments.
// It panics when their number is wrong.
func BuildPath(path string, args ...string) string {
	var b strings.Builder
	for _, part := range strings.Split(path[1:], "/") {
		b.WriteByte('/')
		if !strings.HasPrefix(part, "{") {
			b.WriteString(part)
			continue
		}
		b.WriteString(url.PathEscape(args[0]))
		args = args[1:]
	}
	if len(args) > 0 {
		panic("app: too many arguments for " + path)
	}
	return b.String()
}

// MatchQuery finds the query that a path means, and its decoded arguments.
func MatchQuery(path string) (*Query, []string, error) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	queries := Queries()
	for i := range queries {
		if name, _, _ := strings.Cut(queries[i].Path[1:], "/"); name != parts[0] {
			continue
		}
		if n := strings.Count(queries[i].Path[1:], "/"); n != len(parts)-1 {
			return nil, nil, fmt.Errorf("query %s takes %d arguments, found %d", queries[i].Path, n, len(parts)-1)
		}
		args := make([]string, 0, len(parts)-1)
		for _, p := range parts[1:] {
			a, err := url.PathUnescape(p)
			if err != nil {
				return nil, nil, fmt.Errorf("query %s: %w", queries[i].Path, err)
			}
			args = append(args, a)
		}
		return &queries[i], args, nil
	}
	return nil, nil, fmt.Errorf("there is no query %q", path)
}

func holdingArg(args []string) ([]byte, error) {
	id, err := ParseHoldingID(args[0])
	return HoldingKey(id), err
}

func segmentArg(args []string) ([]byte, error) {
	id, err := ParseHoldingID(args[0])
	if err != nil {
		return nil, err
	}
	n, err := parseNumber(args[1], 32)
	return SegmentKey(id, uint32(n)), err
}

func contentArg(args []string) ([]byte, error) {
	id, err := ParseHoldingID(args[0])
	if err != nil {
		return nil, err
	}
	lot, err := ParseLotID(args[1], args[2])
	return ContentKey(id, lot), err
}

func lotArg(args []string) ([]byte, error) {
	lot, err := ParseLotID(args[0], args[1])
	return LotKey(lot), err
}

func commissionArg(args []string) ([]byte, error) {
	lot, err := ParseLotID(args[0], args[1])
	if err != nil {
		return nil, err
	}
	n, err := parseNumber(args[2], 32)
	return CommissionKey(lot, uint32(n)), err
}

func marksArg(args []string) ([]byte, error) {
	key, err := gs1.ParseKey(args[0])
	return MarksKey(key), err
}

func productArg(args []string) ([]byte, error) {
	g, err := gs1.ParseGTIN(args[0])
	return ProductKey(g), err
}

func partnerArg(args []string) ([]byte, error) {
	g, err := gs1.ParseGLN(args[0])
	return PartnerKey(g), err
}

func keysArg(args []string) ([]byte, error) {
	g, err := gs1.ParseGLN(args[0])
	return PartnerKeysKey(g), err
}

func keyArg(args []string) ([]byte, error) {
	var id KeyID
	err := id.UnmarshalText([]byte(args[0]))
	return KeyKey(id), err
}

func recallAckArg(args []string) ([]byte, error) {
	lot, err := ParseLotID(args[0], args[1])
	if err != nil {
		return nil, err
	}
	g, err := gs1.ParseGLN(args[2])
	return RecallAckKey(lot, g), err
}

func shipmentArg(args []string) ([]byte, error) {
	n, err := parseNumber(args[0], 64)
	return ShipmentKey(n), err
}

func delegationArg(args []string) ([]byte, error) {
	principal, err := gs1.ParseGLN(args[0])
	if err != nil {
		return nil, err
	}
	agent, err := gs1.ParseGLN(args[1])
	return DelegationKey(principal, agent), err
}

func requestArg(args []string) ([]byte, error) {
	n, err := parseNumber(args[0], 64)
	return RequestKey(n), err
}

func exceptionArg(args []string) ([]byte, error) {
	n, err := parseNumber(args[0], 64)
	return ExceptionKey(n), err
}

func correctionArg(args []string) ([]byte, error) {
	var tx TxID
	if err := tx.UnmarshalText([]byte(args[0])); err != nil {
		return nil, err
	}
	g, err := gs1.ParseGLN(args[1])
	return CorrectionKey(tx, g), err
}

func investigationArg(args []string) ([]byte, error) {
	n, err := parseNumber(args[0], 64)
	return InvestigationKey(n), err
}

func noticeArg(args []string) ([]byte, error) {
	g, err := gs1.ParseGLN(args[0])
	if err != nil {
		return nil, err
	}
	s, err := ParseSubject(args[1])
	return NoticeKey(g, s), err
}

// maxRecordKey is longer than any key of app/key.go.
const maxRecordKey = 255

func recordArg(args []string) ([]byte, error) {
	key, err := hex.DecodeString(args[0])
	if err != nil || len(key) == 0 || len(key) > maxRecordKey {
		return nil, fmt.Errorf("1 to %d bytes in hex expected, found %q", maxRecordKey, args[0])
	}
	return key, nil
}

func paramsArg([]string) ([]byte, error) { return ParamsKey(), nil }

// ParseHoldingID reads 64 hex digits.
func ParseHoldingID(s string) (id HoldingID, err error) {
	return id, id.UnmarshalText([]byte(s))
}

// ParseLotID reads a GTIN and a lot.
func ParseLotID(gtin, lot string) (LotID, error) {
	g, err := gs1.ParseGTIN(gtin)
	if err != nil {
		return LotID{}, err
	}
	return LotID{g, lot}, gs1.ValidLot(lot)
}

func parseNumber(s string, bits int) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, fmt.Errorf("a decimal number expected, found %q", s)
	}
	return n, nil
}
