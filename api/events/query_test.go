package events_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/api/events"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client/desktest"
	"github.com/pedigree-ledger/pedigree/epcis"
)

const (
	notAcceptable = "epcisException:NotAcceptableException"
	badParameter  = "epcisException:QueryParameterException"
	noResource    = "epcisException:NoSuchResourceException"
)

// events reads the events of an answer.
func (r *reply) events() []epcis.Event {
	r.t.Helper()
	doc, err := epcis.DecodeBytes(r.body, epcis.Options{})
	if err != nil {
		r.t.Fatalf("%s: %v: %s", r.what, err, r.body)
	}
	if doc.Query == nil {
		r.t.Errorf("%s: got no query document", r.what)
	}
	return doc.Events
}

// next is the path of the next page, empty on the last.
func (r *reply) next() string {
	link := r.header.Get("Link")
	if link == "" {
		return ""
	}
	return link[1:strings.Index(link, ">")]
}

// steps are the business steps of events.
func steps(all []epcis.Event) string {
	var out []string
	for i := range all {
		out = append(out, all[i].BizStep)
	}
	return strings.Join(out, " ")
}

func TestQueryEvents(t *testing.T) {
	s := newServer(t)
	s.capture(sale(s.desk))
	box := desktest.EPC(s.desk.World.Maker.SSCC(1))
	const all = "commissioning packing inspecting shipping"
	for query, want := range map[string]string{
		"":                            all,
		"eventType=AggregationEvent":  "packing",
		"EQ_bizStep=shipping|packing": "packing shipping",
		"EQ_bizStep=urn:epcglobal:cbv:bizstep:shipping": "shipping",
		"MATCH_anyEPC=" + url.QueryEscape(box):          "packing shipping",
		"EQ_action=ADD&perPage=1000":                    "commissioning packing",
		"LT_recordTime=2020-01-01T00:00:00Z":            "",
		"orderBy=recordTime&orderDirection=DESC":        "shipping inspecting packing commissioning",
	} {
		if got := steps(s.do("GET", "/events?"+query, nil).want(http.StatusOK).events()); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	var got []string
	for path := "/events?perPage=3"; path != ""; {
		r := s.do("GET", path, nil).want(http.StatusOK)
		got = append(got, steps(r.events()))
		path = r.next()
	}
	if strings.Join(got, " ") != all {
		t.Errorf("by pages: got %q", got)
	}
	for query, words := range map[string]string{
		"EQ_bizStp=shipping":     "EQ_bizStp",
		"GE_eventTime=yesterday": "GE_eventTime",
		"perPage=-1":             "perPage",
		"nextPageToken=nonsense": "nextPageToken",
		"eventCountLimit=1":      "orderBy",
	} {
		s.do("GET", "/events?"+query, nil).problem(http.StatusBadRequest, badParameter, words)
	}
	s.do("GET", "/events?maxEventCount=1", nil).problem(http.StatusRequestEntityTooLarge, "epcisException:QueryTooLargeException")
	s.do("GET", "/events", nil, "GS1-Extensions", "nonsense").problem(http.StatusBadRequest, "epcisException:ValidationException")
	s.do("GET", "/events", nil, "Authorization", "").problem(http.StatusUnauthorized, "epcisException:SecurityException")
}

// TestQueryNotation asks for each notation, and for versions.
func TestQueryNotation(t *testing.T) {
	s := newServer(t)
	s.capture(sale(s.desk))
	for _, tc := range []struct {
		headers []string
		want    string
	}{
		{nil, "https://id.gs1.org/01/"},
		{[]string{"GS1-EPC-Format", "Always_EPC_URN"}, "urn:epc:id:sgtin:0614141.000001."},
		{[]string{"GS1-EPC-Format", "Never_Translates"}, "urn:epc:id:sgtin:0614141.000001."},
		{[]string{"Accept", "application/xml"}, "<epcisq:EPCISQueryDocument"},
		{[]string{"Accept", "application/xml", "GS1-CBV-XML-Format", "Always_URN"}, "urn:epcglobal:cbv:bizstep:commissioning"},
		{[]string{"Accept", "application/xml;q=0.5, application/ld+json"}, `"EPCISQueryDocument"`},
	} {
		r := s.do("GET", "/events?EQ_bizStep=commissioning", nil, tc.headers...).want(http.StatusOK, tc.want)
		if n := len(r.events()); n != 1 {
			t.Errorf("%v: got %d events", tc.headers, n)
		}
	}
	for _, headers := range [][]string{
		{"GS1-EPC-Format", "Sometimes"},
		{"GS1-CBV-XML-Format", "Sometimes"},
		{"Accept", "text/csv"},
		{"GS1-EPCIS-Min", "3.0.0"},
		{"GS1-EPCIS-Max", "1.0"},
		{"GS1-EPCIS-Max", "1.2"}, // every answer is in 2.0
		{"GS1-EPCIS-Min", "2.0", "GS1-EPCIS-Max", "1.2"},
		{"GS1-CBV-Min", "x"},
		{"GS1-CBV-Max", "1.2"},
		{"GS1-CBV-Max", "2.x"},
	} {
		s.do("GET", "/events", nil, headers...).problem(http.StatusNotAcceptable, notAcceptable)
	}
	s.do("GET", "/events", nil, "GS1-EPCIS-Min", "1.2", "GS1-EPCIS-Max", "2.0.0").want(http.StatusOK)
	s.do("GET", "/events", nil, "GS1-EPCIS-Min", "2", "GS1-EPCIS-Max", "3.1", "GS1-CBV-Min", "1.2.2").want(http.StatusOK)
}

// TestVersionSent refuses bodies of versions that are not read, before anything
// is kept of them.
func TestVersionSent(t *testing.T) {
	s := newServer(t)
	raw, err := epcis.EncodeJSON20(sale(s.desk))
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{
		"/capture": string(raw), "/events": inspecting, "/queries": shipped, "/queries/shipped/subscriptions": `{"dest":"https://example.com","stream":true}`,
	}
	for path, body := range bodies {
		for _, name := range []string{"GS1-EPCIS-Version", "GS1-CBV-Version"} {
			for _, version := range []string{"9", "2.1", "2.0.0.1", "0.9", "x", "2.0.x", "-1", "1.2.0,2.0.0"} {
				s.do("POST", path, body, "Content-Type", jsonType, name, version).problem(http.StatusNotAcceptable, notAcceptable, name)
			}
		}
	}
	var jobs []events.CaptureJob
	if s.do("GET", "/capture", nil).want(http.StatusOK).read(&jobs); len(jobs) != 0 {
		t.Errorf("got %d jobs, want none", len(jobs))
	}
	for _, version := range []string{"1.0", "1.2", "1.2.2", "2", "2.0", "2.0.0", "2.0.1"} {
		s.do("POST", "/capture", string(raw), "Content-Type", jsonType, "GS1-EPCIS-Version", version, "GS1-CBV-Version", version).want(http.StatusAccepted)
	}
}

// TestQueryETag answers 304 until something is captured, or the name of a query
// stands for something else.
func TestQueryETag(t *testing.T) {
	s := newServer(t)
	s.capture(desktest.Document(s.desk.Commissioning("L1", 1, 1)))
	etag := s.do("GET", "/events", nil).want(http.StatusOK).header.Get("ETag")
	s.do("GET", "/events", nil, "If-None-Match", etag).want(http.StatusNotModified)
	s.do("GET", "/events", nil, "If-None-Match", etag, "Accept", "application/xml").want(http.StatusOK)
	s.do("GET", "/events?perPage=1", nil, "If-None-Match", etag).want(http.StatusOK)
	s.capture(desktest.Document(s.desk.Commissioning("L1", 2, 2)))
	s.do("GET", "/events", nil, "If-None-Match", etag).want(http.StatusOK)

	const named = "/queries/made/events"
	s.do("POST", "/queries", `{"name":"made","query":{"EQ_bizStep":["commissioning"]}}`, "Content-Type", jsonType).want(http.StatusCreated)
	etag = s.do("GET", named, nil).want(http.StatusOK).header.Get("ETag")
	s.do("GET", named, nil, "If-None-Match", etag).want(http.StatusNotModified)
	s.do("DELETE", "/queries/made", nil).want(http.StatusNoContent)
	s.do("POST", "/queries", `{"name":"made","query":{"EQ_bizStep":["shipping"]}}`, "Content-Type", jsonType).want(http.StatusCreated)
	if got := s.do("GET", named, nil, "If-None-Match", etag).want(http.StatusOK).events(); len(got) != 0 {
		t.Errorf("got %d events of the query that has the name no more", len(got))
	}
}

// TestQueryETagMasterData gives no tag to what follows from master data: that
// changes without a new event.
func TestQueryETagMasterData(t *testing.T) {
	s := newServer(t)
	doc := desktest.Document(s.desk.Commissioning("L1", 1, 1))
	s.capture(doc)
	place := doc.Events[0].ReadPoint.ID
	const region = "urn:example:region"
	below := "/events?WD_readPoint=" + url.QueryEscape(region)
	r := s.do("GET", below, nil).want(http.StatusOK)
	if n := len(r.events()); n != 0 || r.header.Get("ETag") != "" {
		t.Fatalf("got %d events and the tag %q, want none", n, r.header.Get("ETag"))
	}
	doc.MasterData = []epcis.Vocabulary{{Type: "urn:epcglobal:epcis:vtype:ReadPoint", Elements: []epcis.VocabularyElement{{ID: region, Children: []string{place}}}}}
	s.capture(doc) // with an event that is known
	if n := len(s.do("GET", below, nil, "If-None-Match", "*").want(http.StatusOK).events()); n != 1 {
		t.Errorf("got %d events of the region, want 1", n)
	}
}

// TestPageTokenSpent declares a token spent.
func TestPageTokenSpent(t *testing.T) {
	s := newServer(t)
	s.capture(sale(s.desk))
	next := s.do("GET", "/events?perPage=1", nil).want(http.StatusOK).next()
	u, err := url.Parse(next)
	if err != nil {
		t.Fatal(err)
	}
	s.do("GET", next, nil).want(http.StatusOK)
	s.do("DELETE", "/nextPageToken/"+url.PathEscape(u.Query().Get("nextPageToken")), nil).want(http.StatusNoContent)
	s.do("GET", next, nil).problem(http.StatusBadRequest, badParameter, "nextPageToken")
	list := s.do("GET", "/epcs?perPage=1", nil).want(http.StatusOK).next()
	if u, err = url.Parse(list); err != nil {
		t.Fatal(err)
	}
	s.do("DELETE", "/nextPageToken/"+u.Query().Get("nextPageToken"), nil).want(http.StatusNoContent)
	s.do("GET", list, nil).problem(http.StatusBadRequest, badParameter)
}

// TestPostEvent captures events one by one.
func TestPostEvent(t *testing.T) {
	s := newServer(t)
	post := func(ev epcis.Event, headers ...string) *reply {
		raw, err := epcis.EncodeEventJSON20(&ev, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.do("POST", "/events", raw, append([]string{"Content-Type", jsonType}, headers...)...)
	}
	made := s.desk.Commissioning("L1", 1, 1)
	r := post(made, "Idempotency-Key", "one").want(http.StatusCreated, "commissioning", "eventID")
	path := r.header.Get("Location")
	if got := s.do("GET", path, nil).want(http.StatusOK).events(); len(got) != 1 || got[0].BizStep != "commissioning" || got[0].RecordTime.IsZero() {
		t.Errorf("%s: got %+v", path, got)
	}
	if again := post(made).problem(http.StatusConflict, "epcisException:ResourceAlreadyExistsException", "the same"); again.header.Get("Location") != path {
		t.Errorf("got location %q, want %q", again.header.Get("Location"), path)
	}
	post(made, "Idempotency-Key", "one").want(http.StatusCreated)
	look := s.desk.Inspecting(apptest.Item(s.desk.World.Unit, 1))
	look.ID = "urn:uuid:0195b0e0-0000-7000-8000-000000000001"
	post(look).want(http.StatusCreated)
	s.do("GET", "/events/"+url.PathEscape(look.ID), nil).want(http.StatusOK, "inspecting")
	other := s.desk.Inspecting(apptest.Item(s.desk.World.Unit, 1), s.desk.World.Maker.SSCC(3))
	other.ID = look.ID
	post(other).problem(http.StatusConflict, "epcisException:ResourceAlreadyExistsException", "something else")
	post(s.desk.Shipping(s.desk.World.Wholesaler, apptest.Item(s.desk.World.Unit, 9))).problem(http.StatusBadRequest, "epcisException:ValidationException", "never commissioned")
	clash := s.desk.Commissioning("L1", 5, 5)
	clash.SetLot("L1", "2033-01-31")
	post(clash).want(http.StatusConflict, "urn:pedigree:code:")
	s.do("POST", "/events", "[]", "Content-Type", jsonType).want(http.StatusBadRequest)
	s.do("POST", "/events", "x", "Content-Type", "text/plain").problem(http.StatusUnsupportedMediaType, "epcisException:UnsupportedMediaTypeException")
	s.do("GET", "/events/nosuchevent", nil).problem(http.StatusNotFound, noResource)
}

// TestResources walks the top-level resources as a stranger would.
func TestResources(t *testing.T) {
	s := newServer(t)
	s.capture(sale(s.desk))
	var top events.Collection
	s.do("GET", "/", nil, "Authorization", "").want(http.StatusOK).read(&top)
	if len(top.Member) != 9 || top.Type != "Collection" {
		t.Errorf("got %+v", top)
	}
	if r := s.do("GET", "/", nil, "Accept", "text/html").want(http.StatusSeeOther); r.header.Get("Location") != "/docs" {
		t.Errorf("got location %q", r.header.Get("Location"))
	}
	for _, resource := range []string{"eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"} {
		members := 0
		for path := "/" + resource + "?perPage=1"; path != ""; {
			var page events.Collection
			r := s.do("GET", path, nil).want(http.StatusOK)
			r.read(&page)
			for _, m := range page.Member {
				members++
				below := "/" + resource + "/" + url.PathEscape(m)
				s.do("GET", below, nil).want(http.StatusOK, `"events"`)
				if got := s.do("GET", below+"/events", nil).want(http.StatusOK).events(); len(got) == 0 {
					t.Errorf("%s: no events", below)
				}
			}
			path = r.next()
		}
		if members == 0 {
			t.Errorf("%s: nothing", resource)
		}
		s.do("GET", "/"+resource+"/"+url.PathEscape("urn:example:nobody"), nil)
	}
	s.do("GET", "/bizSteps/destroying", nil).problem(http.StatusNotFound, noResource)
	s.do("GET", "/bizSteps/shipping/events?EQ_bizStep=packing", nil).problem(http.StatusBadRequest, badParameter)
	s.do("GET", "/epcs?EQ_bizStep=packing", nil).problem(http.StatusBadRequest, badParameter)
	s.do("GET", "/epcs?perPage=1", nil, "GS1-EPC-Format", "Always_EPC_URN").want(http.StatusOK, "urn:epc:id:")
	var again json.RawMessage
	s.do("GET", "/epcs/"+url.PathEscape(desktest.EPC(apptest.Item(s.desk.World.Unit, 1)))+"/events?EQ_bizStep=packing", nil).want(http.StatusOK, "packing").read(&again)
}
