package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pedigree-ledger/pedigree/api/events"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/desktest"
	"github.com/pedigree-ledger/pedigree/epcis"
)

const jsonType, xmlType = "application/json", "application/xml"

// standings are what became of a job's events.
func standings(t *testing.T, job *events.CaptureJob) []client.Standing {
	t.Helper()
	var all []client.Captured
	if err := json.Unmarshal(job.Captured, &all); err != nil {
		t.Fatal(err)
	}
	var out []client.Standing
	for i := range all {
		out = append(out, all[i].Standing)
	}
	return out
}

// sale is a document of four events: packages are made, packed, inspected and
// shipped.
func sale(d *desktest.Desk) *epcis.Document {
	w := d.World
	items, box := apptest.Items(w.Unit, 1, 2), w.Maker.SSCC(1)
	return desktest.Document(d.Commissioning("L1", 1, 2), d.Packing(box, items...), d.Inspecting(items...), d.Shipping(w.Wholesaler, box))
}

// TestCapture takes a document in, in each form, and again.
func TestCapture(t *testing.T) {
	s := newServer(t)
	doc := sale(s.desk)
	job := s.capture(doc)
	if want := []client.Standing{"recorded", "recorded", "attached", "recorded"}; !job.Success || !slices.Equal(standings(t, job), want) {
		t.Fatalf("got %+v, want it to succeed with %v", job, want)
	}
	if job.FinishedAt == nil || job.Events != 4 || job.Behaviour != "rollback" || job.SchemaVersion != "2.0" || len(job.Errors) != 0 {
		t.Errorf("got %+v", job)
	}
	raw := s.do("GET", job.Document, nil).want(http.StatusOK)
	if want, _ := epcis.EncodeJSON20(doc); string(raw.body) != string(want) || raw.header.Get("Content-Type") != jsonType {
		t.Errorf("the document came back as %s %s", raw.header.Get("Content-Type"), raw.body)
	}
	s.do("GET", job.Document, nil, "If-None-Match", raw.header.Get("ETag")).want(http.StatusNotModified)

	// The same events in two other forms are recorded before.
	sent := len(s.desk.Sent())
	for _, encode := range []func(*epcis.Document) ([]byte, error){epcis.EncodeXML12, epcis.EncodeXML20} {
		raw, err := encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		again := s.job(s.do("POST", "/capture", raw, "Content-Type", "text/xml; charset=utf-8").want(http.StatusAccepted))
		if want := []client.Standing{"recorded-before", "recorded-before", "attached", "recorded-before"}; !again.Success || !slices.Equal(standings(t, again), want) {
			t.Errorf("got %+v %v, want %v", again, standings(t, again), want)
		}
	}
	if n := len(s.desk.Sent()); n != sent {
		t.Errorf("%d ops were sent again", n-sent)
	}

	var jobs []events.CaptureJob
	first := s.do("GET", "/capture?perPage=2", nil).want(http.StatusOK)
	first.read(&jobs)
	next := first.header.Get("Link")
	if len(jobs) != 2 || !strings.HasSuffix(next, `>; rel="next"`) || first.header.Get("GS1-Next-Page-Token-Expires") == "" {
		t.Fatalf("got %d jobs, link %q", len(jobs), next)
	}
	last := s.do("GET", next[1:strings.Index(next, ">")], nil).want(http.StatusOK, job.CaptureID)
	if last.header.Get("Link") != "" {
		t.Errorf("the last page has a link: %s", last.header.Get("Link"))
	}
	s.do("GET", "/capture/"+job.CaptureID, nil, "Accept", xmlType).want(http.StatusOK, "EPCISCaptureJob", `running="false"`)
	s.do("GET", "/capture/"+job.CaptureID, nil, "Accept", "image/png").problem(http.StatusNotAcceptable, "epcisException:NotAcceptableException")
	s.do("GET", "/capture/"+job.CaptureID, nil, "Authorization", "Bearer other").problem(http.StatusNotFound, "epcisException:NoSuchResourceException")
	s.do("GET", "/capture/nosuchjob", nil).problem(http.StatusNotFound, "epcisException:NoSuchResourceException")
	s.do("GET", "/capture?perPage=0", nil).problem(http.StatusBadRequest, "epcisException:QueryParameterException", "perPage")
	s.do("GET", "/capture?nextPageToken=%25", nil).problem(http.StatusBadRequest, "epcisException:QueryParameterException", "nextPageToken")
	s.do("GET", "/documents/"+strings.Repeat("0", 64), nil).problem(http.StatusNotFound, "epcisException:NoSuchResourceException")
	s.do("POST", "/capture", "{}", "Content-Type", jsonType, "Authorization", "Bearer reader").want(http.StatusForbidden)
}

// TestCaptureErrorBehaviour refuses an event of a document.
func TestCaptureErrorBehaviour(t *testing.T) {
	s := newServer(t)
	doc := sale(s.desk)
	doc.Events = append(doc.Events, s.desk.Commissioning("L1", 9, 9))
	doc.Events[0].SetLot("L1", "") // no expiry
	job := s.capture(doc)
	if job.Success || len(s.desk.Sent()) != 0 || len(job.Errors) == 0 {
		t.Fatalf("got %+v, and %v sent", job, s.desk.Sent())
	}
	if e := job.Errors[0]; e.Event != 1 || e.Pointer == "" || e.Type != "epcisException:ValidationException" || e.Status != http.StatusBadRequest {
		t.Errorf("got %+v, want event 1 with its pointer", e)
	}
	job = s.capture(doc, "GS1-Capture-Error-Behaviour", "proceed")
	if want := []client.Standing{"refused", "not-tried", "not-tried", "not-tried", "recorded"}; job.Success || !slices.Equal(standings(t, job), want) {
		t.Errorf("got %v, want %v", standings(t, job), want)
	}
	s.do("POST", "/capture", "{}", "Content-Type", jsonType, "GS1-Capture-Error-Behaviour", "all").problem(http.StatusBadRequest, "epcisException:ValidationException", "proceed")

	// What only the ledger finds has its code.
	doc = desktest.Document(s.desk.Commissioning("L1", 20, 20))
	doc.Events[0].SetLot("L1", "2031-12-31")
	job = s.capture(doc)
	if len(job.Errors) != 1 || job.Errors[0].Code == "" || job.Errors[0].Status != http.StatusConflict {
		t.Errorf("got %+v, want the ledger's code", job.Errors)
	}
}

// TestCaptureEventIDs refuses an event whose ID is another's.
func TestCaptureEventIDs(t *testing.T) {
	s := newServer(t)
	first := s.desk.Commissioning("L1", 1, 1)
	first.ID = "urn:uuid:1"
	if job := s.capture(desktest.Document(first)); !job.Success {
		t.Fatalf("got %+v", job)
	}
	other, free := s.desk.Commissioning("L1", 2, 2), s.desk.Commissioning("L1", 3, 3)
	other.ID = first.ID
	job := s.capture(desktest.Document(other, free))
	if want := []client.Standing{"refused", "not-tried"}; job.Success || !slices.Equal(standings(t, job), want) {
		t.Errorf("got %v, want %v", standings(t, job), want)
	}
	job = s.capture(desktest.Document(other, free, other), "GS1-Capture-Error-Behaviour", "proceed")
	if want := []client.Standing{"refused", "recorded", "refused"}; job.Success || !slices.Equal(standings(t, job), want) {
		t.Errorf("got %v, want %v", standings(t, job), want)
	}
}

// TestCaptureRefused are requests that begin no job, each with a clear answer.
func TestCaptureRefused(t *testing.T) {
	s := newServer(t, func(c *events.CaptureConfig) { c.MaxBytes, c.MaxEvents = 64<<10, 2 })
	one := func(ev string) string {
		return `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[` + ev + `]}}`
	}
	event := `{"type":"ObjectEvent","eventTime":"2026-01-01T00:00:00Z","eventTimeZoneOffset":"+00:00","action":"OBSERVE","bizStep":"inspecting","epcList":["urn:epc:id:sgtin:0614141.000001.1"]}`
	bomb := `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1">&b;</epcis:EPCISDocument>`
	invalid, unsupported := "epcisException:ValidationException", "epcisException:UnsupportedMediaTypeException"
	for _, tc := range []struct {
		name, kind, body string
		status           int
		problem          string
		words            []string
	}{
		{"no type", "", "{}", 415, unsupported, []string{"application/ld+json"}},
		{"another type", "text/csv", "a,b", 415, unsupported, nil},
		{"XML that is JSON", xmlType, one(event), 415, unsupported, []string{"not of the form"}},
		{"JSON that is XML", jsonType, bomb, 415, unsupported, nil},
		{"nothing", jsonType, "", 400, invalid, []string{"no body"}},
		{"an entity bomb", xmlType, bomb, 400, invalid, []string{"DOCTYPE"}},
		{"deep nesting in XML", xmlType, `<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1">` + strings.Repeat("<a>", 5000), 400, invalid, []string{"line 1"}},
		{"deep nesting in JSON", jsonType, strings.Repeat("[", 50_000), 400, invalid, nil},
		{"another encoding", xmlType, "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", 400, invalid, nil},
		{"bytes that are no text", jsonType, one(strings.Replace(event, "inspecting", "\xff\xfe", 1)), 400, invalid, nil},
		{"cut off", jsonType, one(event)[:200], 400, invalid, nil},
		{"cut off in XML", xmlType, `<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1"><EPCISBody>`, 400, invalid, []string{"line 1"}},
		{"two in one", jsonType, one(event) + one(event), 400, invalid, nil},
		{"an unknown namespace", xmlType, `<a:EPCISDocument xmlns:a="urn:example:epcis"/>`, 400, invalid, []string{"urn:example:epcis"}},
		{"a time without zone", jsonType, one(strings.Replace(event, "00Z", "00", 1)), 400, invalid, []string{"eventTime", "/epcisBody/eventList/0"}},
		{"a clock that was not set", jsonType, one(strings.Replace(event, "2026-", "1926-", 1)), 400, invalid, []string{"before 1970"}},
		{"an absurd offset", jsonType, one(strings.Replace(event, "+00:00", "+99:00", 1)), 400, invalid, []string{"eventTimeZoneOffset"}},
		{"no events", jsonType, one(""), 400, invalid, []string{"no event"}},
		{"too many events", jsonType, one(event + "," + event + "," + event), 413, "epcisException:CaptureLimitExceededException", []string{"3 events"}},
		{"too many bytes", jsonType, one(event) + strings.Repeat(" ", 64<<10), 413, "epcisException:CaptureLimitExceededException", []string{"65536"}},
		{"strict without schemas", jsonType, one(event), 400, invalid, []string{"no schemas"}},
	} {
		prefer := ""
		if strings.HasPrefix(tc.name, "strict") {
			prefer = "respond-async, handling=strict"
		}
		r := s.do("POST", "/capture", tc.body, "Content-Type", tc.kind, "Prefer", prefer)
		r.what = tc.name
		r.problem(tc.status, tc.problem, tc.words...)
		if tc.status == http.StatusRequestEntityTooLarge && (r.header.Get("GS1-EPCIS-Capture-Limit") != "2" || r.header.Get("GS1-EPCIS-Capture-File-Size-Limit") != "65536") {
			t.Errorf("%s: got %v, want the limits", tc.name, r.header)
		}
	}
	// A number that no machine can hold is carried as it was written.
	huge := strings.Replace(event, `"bizStep"`, `"ext:n":1e999999999,"bizStep"`, 1)
	if job := s.job(s.do("POST", "/capture", one(huge), "Content-Type", jsonType).want(http.StatusAccepted)); !job.Success {
		t.Errorf("a huge number: got %+v", job.Errors)
	}
	// Clock nonsense and repetition are found by the job, event by event.
	for want, body := range map[string]string{
		"event-in-future":        one(strings.Replace(event, "2026-", "2062-", 1)),
		"the same as event 1":    one(event + "," + event),
		"CBV knows no such word": one(strings.Replace(event, "inspecting", "urn:epcglobal:cbv:bizstep:blessing", 1)),
	} {
		job := s.job(s.do("POST", "/capture", body, "Content-Type", jsonType).want(http.StatusAccepted))
		if job.Success || !strings.Contains(fmt.Sprint(job.Errors), want) {
			t.Errorf("got %+v, want an error with %q", job.Errors, want)
		}
	}
}

// TestCaptureResumes stops in the middle of a job and takes it up again.
func TestCaptureResumes(t *testing.T) {
	s := newServer(t)
	doc := sale(s.desk)
	raw, err := epcis.EncodeJSON20(doc)
	if err != nil {
		t.Fatal(err)
	}
	reached, trouble := make(chan struct{}), errors.New("the node is down")
	var once sync.Once
	var down atomic.Bool
	down.Store(true)
	s.desk.Before = func(op app.Op) error {
		if op.Kind() == app.KindPack && down.Load() {
			once.Do(func() { close(reached) })
			return trouble
		}
		return nil
	}
	r := s.do("POST", "/capture", raw, "Content-Type", jsonType).want(http.StatusAccepted)
	<-reached
	path := r.header.Get("Location")
	again := s.do("POST", "/capture", raw, "Content-Type", jsonType).want(http.StatusAccepted)
	if got := again.header.Get("Location"); got != path {
		t.Errorf("the same document in flight is job %s, want %s", got, path)
	}
	s.do("GET", path, nil).want(http.StatusOK, `"running":true`, `"success":true`)
	s.stop()
	down.Store(false)
	s.start()
	job := s.job(r)
	if want := []client.Standing{"recorded-before", "recorded", "attached", "recorded"}; !job.Success || !slices.Equal(standings(t, job), want) {
		t.Errorf("got %+v %v, want %v", job, standings(t, job), want)
	}
	if got := s.desk.Sent(); !slices.Equal(got, []string{"Commission", "Pack", "Ship"}) {
		t.Errorf("sent %v", got)
	}
}

// TestCaptureGivesUp ends a job whose ledger does not come back, and says what
// stands.
func TestCaptureGivesUp(t *testing.T) {
	s := newServer(t, func(c *events.CaptureConfig) { c.Tries = 3 })
	s.desk.Before = func(op app.Op) error {
		if op.Kind() == app.KindShip {
			return errors.New("the node is down")
		}
		return nil
	}
	job := s.capture(sale(s.desk))
	if job.Success || len(job.Errors) != 1 || job.Errors[0].Type != "epcisException:ImplementationException" {
		t.Errorf("got %+v", job.Errors)
	}
	if want := []client.Standing{"recorded-before", "recorded-before", "attached"}; !slices.Equal(standings(t, job), want) {
		t.Errorf("got %v, want %v", standings(t, job), want)
	}
}

// TestCaptureQueue bounds the jobs that wait, and lets no caller hold up
// another.
func TestCaptureQueue(t *testing.T) {
	held, reached := make(chan struct{}), make(chan struct{}, 100)
	s := newServer(t, func(c *events.CaptureConfig) { c.Queue, c.Workers = 2, 2 })
	s.desk.Before = func(op app.Op) error {
		if c, ok := op.(*app.Commission); ok && c.Lot == "HELD" {
			reached <- struct{}{}
			<-held
		}
		return nil
	}
	post := func(token, lot string, n int) *reply {
		raw, err := epcis.EncodeJSON20(desktest.Document(s.desk.Commissioning(lot, n, n)))
		if err != nil {
			t.Fatal(err)
		}
		return s.do("POST", "/capture", raw, "Content-Type", jsonType, "Authorization", "Bearer "+token)
	}
	first := post("slow", "HELD", 1).want(http.StatusAccepted)
	<-reached
	// The slow caller's next one waits for his first; another's does not.
	second := post("slow", "L1", 2).want(http.StatusAccepted)
	third := post("slow", "L1", 3).want(http.StatusAccepted)
	full := post("maker", "L1", 4).want(http.StatusServiceUnavailable)
	if full.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	close(held)
	for _, r := range []*reply{first, second, third} {
		path := r.header.Get("Location")
		s.wait(path, func() bool {
			return strings.Contains(string(s.do("GET", path, nil, "Authorization", "Bearer slow").body), `"running":false,"success":true`)
		})
	}
	if job := s.job(post("maker", "L1", 4).want(http.StatusAccepted)); !job.Success {
		t.Errorf("got %+v", job)
	}
}

// TestCaptureConcurrently takes documents of many callers in at once.
func TestCaptureConcurrently(t *testing.T) {
	s := newServer(t)
	s.desk.World.CheckEvery = 0
	var all sync.WaitGroup
	for caller := range 6 {
		all.Go(func() {
			for n := range 5 {
				serial := caller*100 + n + 1
				raw, err := epcis.EncodeJSON20(desktest.Document(s.desk.Commissioning("L1", serial, serial)))
				if err != nil {
					t.Error(err)
					return
				}
				token := fmt.Sprintf("Bearer caller%d", caller)
				path := s.do("POST", "/capture", raw, "Content-Type", jsonType, "Authorization", token).want(http.StatusAccepted).header.Get("Location")
				s.wait(path, func() bool {
					return strings.Contains(string(s.do("GET", path, nil, "Authorization", token).body), `"running":false,"success":true`)
				})
			}
		})
	}
	all.Wait()
	if n := s.repo.Head(); n != 30 {
		t.Errorf("the repository has %d events, want 30", n)
	}
}

// TestCaptureSlowSender: who sends a document of unknown size slowly keeps nobody
// else's from being read, however little room there is.
func TestCaptureSlowSender(t *testing.T) {
	s := newServer(t, func(c *events.CaptureConfig) { c.MaxBytes, c.MaxReading = 10<<10, 1 })
	slow, w := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.http.URL+"/capture", slow)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer slow")
	req.Header.Set("Content-Type", jsonType)
	done := make(chan error, 1)
	go func() {
		res, err := s.http.Client().Do(req)
		if err == nil {
			err = res.Body.Close()
		}
		done <- err
	}()
	if _, err := w.Write([]byte("{")); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "k"} {
		s.do("POST", "/capture", strings.Repeat(" ", 10<<10), "Content-Type", jsonType, "Idempotency-Key", key).want(http.StatusBadRequest, "no body")
		s.do("POST", "/capture", strings.Repeat(" ", 11<<10), "Content-Type", jsonType, "Idempotency-Key", key).
			problem(http.StatusRequestEntityTooLarge, "epcisException:CaptureLimitExceededException")
	}
	_ = w.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
