package repository

import (
	"encoding/binary"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// The values of kindFlag.
const (
	flagError  = "error"
	flagSensor = "sensor"
)

// write is one entry of the database.
type write struct{ key, value []byte }

// writes are the entries that point to an event, without its record. They
// follow from the record alone.
func (s *Stored) writes() []write {
	at := instant(s.Event.Time.At)
	out := []write{
		{timeKey(prefixTime, at, s.Seq), nil},
		{timeKey(prefixRecorded, instant(s.RecordTime), s.Seq), nil},
	}
	value := binary.BigEndian.AppendUint64(nil, at)
	for _, t := range s.terms() {
		out = append(out, write{t.key(s.Seq), value})
	}
	if s.Replaces != 0 {
		out = append(out, write{numbered(prefixReplaced, s.Replaces), binary.BigEndian.AppendUint64(nil, s.Seq)})
	}
	return out
}

// termList collects terms, each once.
type termList struct {
	list []term
	seen map[term]bool
}

func (l *termList) add(k kind, value string) {
	t := term{k, value}
	if value == "" || l.seen[t] {
		return
	}
	l.seen[t] = true
	l.list = append(l.list, t)
}

// terms lists all by which the event is found.
func (s *Stored) terms() []term {
	l := &termList{seen: make(map[term]bool)}
	e := s.Event
	l.add(kindID, s.ID)
	l.add(kindHash, s.Hash)
	l.add(kindType, e.Type)
	l.add(kindBizStep, bizStepOf(e.BizStep))
	l.add(kindDisposition, dispositionOf(e.Disposition))
	l.add(kindBizLocation, canonicalID(e.BizLocation.ID))
	l.add(kindReadPoint, canonicalID(e.ReadPoint.ID))
	l.add(kindTransformation, canonicalID(e.TransformationID))
	for _, b := range e.BizTransactions {
		l.add(kindBizTransaction, canonicalID(b.ID))
	}
	for _, list := range [][]epcis.Endpoint{e.Sources, e.Destinations} {
		for _, p := range list {
			l.add(kindParty, canonicalID(p.ID))
		}
	}
	l.things(e)
	for i := range e.ILMD {
		if n := &e.ILMD[i]; len(n.Children) == 0 {
			l.add(kindILMD, fieldOf(n.Name)+"="+n.Value)
		}
	}
	if e.Error != nil {
		l.add(kindFlag, flagError)
	}
	if len(e.SensorElements) > 0 {
		l.add(kindFlag, flagSensor)
	}
	return l.list
}

// things adds EPCs and classes.
func (l *termList) things(e *epcis.Event) {
	parent := canonicalID(e.ParentID)
	l.add(kindEPC, parent)
	l.add(kindProduct, productOf(parent))
	for _, list := range [][]string{e.EPCs, e.ChildEPCs, e.InputEPCs, e.OutputEPCs} {
		for _, epc := range list {
			id := canonicalID(epc)
			l.add(kindEPC, id)
			l.add(kindProduct, productOf(id))
		}
	}
	for _, list := range [][]epcis.Quantity{e.Quantities, e.ChildQuantities, e.InputQuantities, e.OutputQuantities} {
		for _, q := range list {
			id := canonicalID(q.EPCClass)
			l.add(kindClass, id)
			l.add(kindProduct, productOf(id))
		}
	}
}

// productOf is the GTIN of a canonical ID that begins with one, as the ID of
// the product, or "".
func productOf(id string) string {
	const n = len("(01)") + 14
	if len(id) < n || id[:4] != "(01)" {
		return ""
	}
	return id[:n]
}
