package app

import "github.com/pedigree-ledger/pedigree/app/gs1"

// Clock is one thing that is due from a partner; PathClocks answers a Page of
// them, the earliest due first.
type Clock struct {
	// Kind is "trace-request", "exception" or "notice"; Number is its number,
	// of a notice that of the investigation.
	Kind   string `json:"kind"`
	Number uint64 `json:"number"`
	// By is who waits for it, absent for a notice; What is what was asked or
	// what is wrong.
	By   gs1.GLN `json:"by"`
	What string  `json:"what"`
	// Due is in seconds UTC; Overdue is as of the time of the last block.
	Due     uint64 `json:"due"`
	Overdue bool   `json:"overdue"`
}

// The kinds of Clock.
const (
	ClockTraceRequest = "trace-request"
	ClockException    = "exception"
	ClockNotice       = "notice"
)

// TraceRequestSummary is a trace request with its number and whether its clock
// was met; the element of PathTraceRequests.
type TraceRequestSummary struct {
	// Number is that of the request.
	Number uint64 `json:"number"`
	// Overdue is as of the time of the last block.
	Overdue bool `json:"overdue"`
	// Late: the answer came after it was due.
	Late bool `json:"late"`
	TraceRequest
}

// ExceptionSummary is an exception with its number and status; the element of
// PathExceptions.
type ExceptionSummary struct {
	// Number is that of the exception.
	Number uint64 `json:"number"`
	// Status follows from its responses.
	Status ExceptionStatus `json:"status"`
	// Overdue is as of the time of the last block.
	Overdue bool `json:"overdue"`
	// Late: the first response, or the end without one, came after it was due.
	Late bool `json:"late"`
	Exception
}

// CorrectionSummary is an error declaration; the element of PathCorrections
// and of the steps of a history.
type CorrectionSummary struct {
	// Tx is the erroneous transaction, By who declares it.
	Tx TxID    `json:"tx"`
	By gs1.GLN `json:"by"`
	// Foreign: By is neither the partner behind the transaction nor the one
	// that signed it, or there is no such transaction.
	Foreign bool `json:"foreign"`
	Correction
}
