package subscription

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// encode writes a batch as an EPCISQueryDocument, as many of the events as fit
// its bound and at least one, and returns how many.
func (d *Dispatcher) encode(sub *repository.Subscription, events []repository.Stored) ([]byte, int, error) {
	for n := len(events); ; n /= 2 {
		body, err := d.document(sub, events[:n])
		if err != nil {
			return nil, 0, fmt.Errorf("subscription %s: %w", sub.ID, err)
		}
		if len(body) <= d.cfg.MaxBatchBytes || n <= 1 {
			return body, n, nil
		}
	}
}

func (d *Dispatcher) document(sub *repository.Subscription, events []repository.Stored) ([]byte, error) {
	format, _ := epcis.ParseEPCFormat(sub.EPCFormat)
	doc := &epcis.Document{
		SchemaVersion: "2.0", CreationDate: epcis.NewTime(d.cfg.Now()),
		Query: &epcis.QueryResults{QueryName: sub.Query, SubscriptionID: sub.ID},
	}
	for i := range events {
		e := events[i].Result()
		doc.Events = append(doc.Events, epcis.Translate(&e, format, d.cfg.Prefixes))
	}
	return epcis.EncodeJSON20(doc)
}
