package repository

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// corpusDir finds the shared corpus: PEDIGREE_CORPUS, or shared/corpus beside
// the project.
func corpusDir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.jsonl")); err != nil {
		tb.Skipf("corpus not found: %v", err)
	}
	return dir
}

// corpusEvents captures every document that can be read, and gives back the
// events that are new with what was read.
func corpusEvents(t *testing.T, r *Repository) []Addition {
	t.Helper()
	var out []Addition
	documents, conflicts := 0, 0
	err := filepath.WalkDir(corpusDir(t), func(path string, d fs.DirEntry, err error) error {
		info, infoErr := d.Info()
		if err != nil || infoErr != nil || d.IsDir() || !slices.Contains([]string{".xml", ".json", ".jsonld"}, filepath.Ext(path)) || info.Size() > 400<<10 {
			return errors.Join(err, infoErr)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := epcis.DecodeBytes(data, epcis.Options{})
		if err != nil {
			return nil //nolint:nilerr // what cannot be read is package epcis' to test
		}
		documents++
		for i := range doc.Events {
			added, err := r.Add(t.Context(), []NewEvent{{Event: &doc.Events[i], Standing: Attached}}, Along{MasterData: doc.MasterData})
			var conflict *ConflictError
			switch {
			case errors.As(err, &conflict):
				conflicts++ // examples share IDs
			case err != nil:
				t.Errorf("%s, event %d: %v", path, i+1, err)
			case added[0].Outcome == Added:
				out = append(out, added[0])
			}
			if i == 20 {
				break // more of the same
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents, %d events, %d conflicts", documents, len(out), conflicts)
	if len(out) < 200 {
		t.Fatalf("only %d events were read", len(out))
	}
	return out
}

// TestCorpus captures the corpus' events, reads each back as it was, and finds
// each by every parameter that it should meet.
func TestCorpus(t *testing.T) {
	r := openTest(t, Config{})
	asked := make(map[string]int)
	for _, a := range corpusEvents(t, r) {
		stored, err := r.BySeq(t.Context(), []uint64{a.Seq})
		if err != nil || len(stored) != 1 {
			t.Fatalf("event %d: %v", a.Seq, err)
		}
		s := &stored[0]
		before, _ := a.Event.Hash()
		after, _ := s.Event.Hash()
		if !epcis.Equal(a.Event, s.Event) || before != after {
			t.Fatalf("event %s came back changed: %s, hash %s was %s", s.ID, epcis.Diff(a.Event, s.Event), after, before)
		}
		for _, p := range parametersOf(s) {
			name, _, _ := strings.Cut(p[0], "_")
			asked[name]++
			if !meets(t, r, s, p[0], p[1]) {
				t.Errorf("%s = %s does not find event %s", p[0], p[1], s.ID)
			}
			if p[2] != "" && meets(t, r, s, p[0], p[2]) {
				t.Errorf("%s = %s finds event %s", p[0], p[2], s.ID)
			}
		}
	}
	t.Logf("questions: %v", asked)
}

// meets asks whether one event meets a parameter.
func meets(t *testing.T, r *Repository, s *Stored, name, value string) bool {
	t.Helper()
	values := url.Values{name: {value}}
	if name != "EQ_eventID" {
		values.Set("EQ_eventID", s.ID)
	}
	q, err := ParseQuery(values)
	if err != nil {
		t.Errorf("%s = %s: %v", name, value, err)
		return false
	}
	page, err := r.Find(t.Context(), q, "")
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(page.Events, func(e Stored) bool { return e.Seq == s.Seq })
}

// parametersOf lists parameters that an event meets: name, a value that it
// meets, and one that it does not, or nothing.
func parametersOf(s *Stored) [][3]string {
	e := s.Event
	at, late := e.Time.At.UTC().Format(time.RFC3339Nano), e.Time.At.UTC().Add(time.Nanosecond).Format(time.RFC3339Nano)
	out := [][3]string{
		{"EQ_eventID", s.ID, "urn:uuid:none"},
		{"eventType", e.Type, "OtherEvent"},
		{"GE_eventTime", at, late},
		{"LT_eventTime", late, at},
		{"GE_recordTime", s.RecordTime.Format(time.RFC3339Nano), s.RecordTime.Add(time.Millisecond).Format(time.RFC3339Nano)},
	}
	one := func(name, value, not string) {
		if value != "" && !strings.Contains(value, "|") {
			out = append(out, [3]string{name, value, not})
		}
	}
	one("EQ_action", e.Action, "")
	one("EQ_bizStep", e.BizStep, "urn:other")
	one("EQ_disposition", e.Disposition, "urn:other")
	one("EQ_readPoint", e.ReadPoint.ID, "urn:other")
	one("WD_readPoint", e.ReadPoint.ID, "urn:other")
	one("EQ_bizLocation", e.BizLocation.ID, "urn:other")
	one("EQ_transformationID", e.TransformationID, "urn:other")
	one("MATCH_parentID", e.ParentID, "urn:other")
	for _, epc := range slices.Concat(e.EPCs, e.ChildEPCs) {
		one("MATCH_epc", epc, "urn:other")
		one("MATCH_epc", notation(e, epc), "")
	}
	for _, epc := range e.InputEPCs {
		one("MATCH_inputEPC", epc, "")
	}
	for _, epc := range e.OutputEPCs {
		one("MATCH_outputEPC", epc, "")
		one("MATCH_anyEPC", epc, "")
	}
	for _, q := range slices.Concat(e.Quantities, e.ChildQuantities) {
		one("MATCH_epcClass", q.EPCClass, "urn:other")
		one("GE_quantity", q.Amount, "1e30")
		if q.UOM != "" {
			one("EQ_quantity_"+q.UOM, q.Amount, "-1")
		}
	}
	for _, b := range e.BizTransactions {
		one("EQ_bizTransaction_"+b.Type, b.ID, "urn:other")
	}
	for _, p := range e.Sources {
		one("EQ_source_"+p.Type, p.ID, "urn:other")
	}
	for _, p := range e.Destinations {
		one("EQ_destination_"+p.Type, p.ID, "urn:other")
	}
	for _, w := range e.PersistentDisposition.Set {
		one("EQ_persistentDisposition_set", w, "urn:other")
	}
	if e.Error != nil {
		out = append(out, [3]string{"EXISTS_errorDeclaration", "true", ""})
		one("EQ_errorReason", e.Error.Reason, "urn:other")
		for _, id := range e.Error.CorrectiveIDs {
			one("EQ_correctiveEventID", id, "urn:other")
		}
	}
	out = append(out, fieldsOf("", e.Extensions)...)
	out = append(out, fieldsOf("ILMD_", e.ILMD)...)
	return append(out, sensorsOf(e)...)
}

// notation is an EPC as a Digital Link.
func notation(e *epcis.Event, epc string) string {
	one := epcis.Event{Type: epcis.ObjectEvent, Time: e.Time, EPCs: []string{epc}}
	link := epcis.Translate(&one, epcis.EPCDigitalLink, nil)
	return link.EPCs[0]
}

func fieldsOf(part string, nodes []epcis.Node) (out [][3]string) {
	for i := range nodes {
		n := &nodes[i]
		if n.Name.Space == "" || strings.ContainsAny(n.Name.Space, "{}") {
			continue
		}
		name := part + "{" + n.Name.Space + "}" + n.Name.Local
		out = append(out, [3]string{"EXISTS_" + name, "true", ""})
		if len(n.Children) == 0 && n.Value != "" && !strings.Contains(n.Value, "|") {
			out = append(out, [3]string{"EQ_" + name, n.Value, n.Value + "~"})
		}
		for j := range n.Children {
			if c := &n.Children[j]; c.Name.Space != "" {
				out = append(out, [3]string{"EXISTS_INNER_" + part + "{" + c.Name.Space + "}" + c.Name.Local, "true", ""})
			}
		}
	}
	return out
}

func sensorsOf(e *epcis.Event) (out [][3]string) {
	if len(e.SensorElements) > 0 {
		out = append(out, [3]string{"EXISTS_sensorElementList", "true", ""})
	}
	for _, report := range sensorParts(e, "sensorReport") {
		for _, name := range []string{"type", "deviceID", "stringValue", "uriValue", "booleanValue", "hexBinaryValue"} {
			if v := report.ChildValue(name); v != "" && !strings.Contains(v, "|") && (name != "booleanValue" || v == "true" || v == "false") {
				out = append(out, [3]string{"EQ_" + name, v, ""})
			}
		}
		for _, name := range []string{"value", "minValue", "maxValue", "meanValue"} {
			if v, unit := report.ChildValue(name), report.ChildValue("uom"); v != "" {
				out = append(out, [3]string{"EQ_" + name + "_" + unit, v, "12345.678"}, [3]string{"GE_" + name + "_" + unit, v, "1e30"}, [3]string{"LT_" + name + "_" + unit, "1e30", "-1e30"})
			}
		}
	}
	for _, meta := range sensorParts(e, "sensorMetadata") {
		for _, name := range []string{"time", "startTime", "endTime"} {
			if v := meta.ChildValue(name); v != "" {
				out = append(out, [3]string{"GE_" + name, v, ""})
			}
		}
	}
	return out
}
