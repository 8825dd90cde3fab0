package events

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
)

// CaptureJob is a capture job as callers read it (EPCIS 2.0, section 12.6).
type CaptureJob struct {
	CaptureID  string     `json:"captureID" xml:"captureID,attr" doc:"names the job"`
	CreatedAt  time.Time  `json:"createdAt" xml:"createdAt" doc:"when the document came"`
	FinishedAt *time.Time `json:"finishedAt,omitempty" xml:"finishedAt,omitempty" doc:"when the job ended; absent while it runs"`
	Running    bool       `json:"running" xml:"running,attr" doc:"whether the job is at work or waits for others of the caller"`
	Success    bool       `json:"success" xml:"success,attr" doc:"whether there was no error so far"`
	Behaviour  string     `json:"captureErrorBehaviour" xml:"captureErrorBehaviour" enum:"rollback,proceed" doc:"what a refused event means for the others"`
	Errors     []JobError `json:"errors" xml:"errors>error" doc:"what went wrong, event by event; empty after success"`

	// What follows is beyond the standard.

	Document      string          `json:"document,omitempty" xml:"-" doc:"path of the document's bytes"`
	SchemaVersion string          `json:"schemaVersion,omitempty" xml:"-" doc:"EPCIS version of the document, as written"`
	Events        int             `json:"events" xml:"-" doc:"how many events the document has"`
	Captured      json.RawMessage `json:"captured,omitempty" xml:"-" doc:"what became of each event: its standing, its transactions, and what was inferred; of a very large document, only of the events that were refused"`
}

// JobError is one error of a job: a problem (RFC 9457) with its place.
type JobError struct {
	Type   string `json:"type" xml:"type" doc:"an epcisException of the standard, or urn:pedigree:code: with the ledger's rejection code"`
	Title  string `json:"title" xml:"title" doc:"the kind of error in a word"`
	Status int    `json:"status,omitempty" xml:"status,omitempty" doc:"the HTTP status that it would have been answered with"`
	Detail string `json:"detail" xml:"detail" doc:"what was expected, what was found, and what to do"`

	Event   int    `json:"event,omitempty" xml:"-" doc:"the event's place in the document, from 1"`
	Line    int    `json:"line,omitempty" xml:"-" doc:"the line on which the event begins, in XML"`
	Pointer string `json:"pointer,omitempty" xml:"-" doc:"where the event is, in JSON (RFC 6901)"`
	Code    string `json:"code,omitempty" xml:"-" doc:"the ledger's rejection code, if it refused"`
}

// jobOf is a job for callers.
func jobOf(j *repository.Job) *CaptureJob {
	out := &CaptureJob{
		CaptureID: j.ID, CreatedAt: j.Created, Running: j.Running, Success: j.Success, Behaviour: string(j.Behaviour),
		Errors: make([]JobError, 0, len(j.Errors)), SchemaVersion: j.SchemaVersion, Events: j.Events, Captured: j.Captured,
	}
	if !j.Finished.IsZero() {
		at := j.Finished
		out.FinishedAt = &at
	}
	if !j.Document.IsZero() {
		out.Document = "/documents/" + j.Document.String()
	}
	for i := range j.Errors {
		e := &j.Errors[i]
		out.Errors = append(out.Errors, JobError{
			Type: e.Type, Title: e.Title, Status: statusOf(e), Detail: e.Detail,
			Event: e.Event, Line: e.Line, Pointer: e.Pointer, Code: e.Code,
		})
	}
	return out
}

// statusOf is the status that an error would have had as an answer.
func statusOf(e *repository.JobError) int {
	switch {
	case e.Code != "" || e.Title == "ResourceAlreadyExistsException":
		return http.StatusConflict
	case e.Title == "ImplementationException":
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// inXML writes a job in the XML of the standard's OpenAPI.
func (j *CaptureJob) inXML() ([]byte, error) {
	type job CaptureJob // without this method
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"urn:epcglobal:epcis:xsd:2 EPCISCaptureJob"`
		*job
	}{job: (*job)(j)})
	return append([]byte(xml.Header), body...), err
}

// noSuchJob is the answer to who asks for a job that is not his, or not there.
func noSuchJob(id string) *edge.Problem {
	return exception(http.StatusNotFound, "NoSuchResourceException", "the caller has no capture job %q", clip(id))
}
