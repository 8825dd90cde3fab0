package index

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// lot keeps the record of a lot of which there was a recall.
func (w *batch) lot(k, value []byte) error {
	rec, err := app.DecodeLot(value)
	if err != nil || rec.Recall == nil {
		return err
	}
	if len(k) < 1+len(gs1.GTIN{}) {
		return errShort
	}
	id, err := app.ParseLotID(string(k[1:15]), string(k[15:]))
	if err == nil {
		w.put(recalledKey(id), value)
	}
	return err
}

// recallAck keeps an acknowledgement: the state's key has the form of the
// index's own.
func (w *batch) recallAck(k, value []byte) { w.put(keyOf(spaceRecallAck, k[1:]), value) }

// RecallReach says who has live items of a lot and who acknowledged its
// recall, by possessor. The partners are ascending by GLN; the totals are over
// all pages. A lot that was never recalled has a reach as well; one that does
// not exist has nobody.
func (x *Index) RecallReach(lot app.LotID, page app.PageRequest) (*app.RecallReach, error) {
	limit, after, err := readPage(app.PathRecallReach, page, len(gs1.GLN{}))
	if err != nil {
		return nil, err
	}
	return read(x, func(s *snapshot) (*app.RecallReach, error) {
		r := reach{s: s, lot: lot, at: make(map[gs1.GLN]*app.RecallHolder), out: &app.RecallReach{Height: s.head.height, Items: []app.RecallHolder{}}}
		if err := r.collect(); err != nil {
			return nil, err
		}
		r.page(limit, string(after))
		return r.out, nil
	})
}

// reach collects one answer.
type reach struct {
	s   *snapshot
	lot app.LotID
	at  map[gs1.GLN]*app.RecallHolder
	out *app.RecallReach
}

func (r *reach) holder(gln gs1.GLN) *app.RecallHolder {
	h := r.at[gln]
	if h == nil {
		h = &app.RecallHolder{Partner: gln}
		r.at[gln] = h
	}
	return h
}

func (r *reach) collect() error {
	if _, err := r.s.view(recalledKey(r.lot), func(v []byte) (err error) {
		r.out.Lot, err = app.DecodeLot(v)
		return err
	}); err != nil {
		return err
	}
	if err := r.s.scan(lotPrefix(r.lot), nil, r.place); err != nil {
		return err
	}
	return r.s.scan(recallAckPrefix(r.lot), nil, func(suffix, v []byte) (bool, error) {
		if len(suffix) != len(gs1.GLN{}) {
			return false, errShort
		}
		ack, err := app.DecodeRecallAck(v)
		r.holder(gs1.GLN(suffix)).Ack = ack
		return true, err
	})
}

// place adds one holding of the lot, if it stands in no other.
func (r *reach) place(suffix, count []byte) (bool, error) {
	if len(suffix) != 33 {
		return false, errShort
	}
	id := app.HoldingID(suffix[:32])
	h, err := r.s.holding(id)
	switch {
	case err != nil:
		return false, err
	case h == nil:
		return false, fmt.Errorf("%w: holding %s", errRecordMissing, id)
	case !h.Parent.IsZero():
		return true, nil
	}
	n := h.Live
	if suffix[32] == lotOfContent {
		if n, err = app.DecodeCount(count); err != nil {
			return false, err
		}
	}
	r.add(r.holder(h.Possessor), h, n)
	return true, nil
}

func (r *reach) add(to *app.RecallHolder, h *app.Holding, n uint64) {
	to.Holdings++
	to.Live += n
	r.out.Live += n
	if h.Shipment != 0 {
		to.OnRoad += n
		r.out.OnRoad += n
	}
	if h.Holds != 0 {
		to.OnHold += n
		r.out.OnHold += n
	}
}

// page cuts the partners after a GLN.
func (r *reach) page(limit int, after string) {
	var all []app.RecallHolder
	for _, h := range r.at {
		all = append(all, *h)
		if h.Live > 0 {
			r.out.Holders++
		}
		if r.out.Lot != nil && h.Ack.Covers(r.out.Lot.Recall) {
			r.out.Acknowledged++
		}
	}
	slices.SortFunc(all, func(a, b app.RecallHolder) int { return strings.Compare(a.Partner.String(), b.Partner.String()) })
	for i := range all {
		if after != "" && string(all[i].Partner[:]) <= after {
			continue
		}
		if len(r.out.Items) == limit {
			last := r.out.Items[limit-1].Partner
			r.out.Next = hex.EncodeToString(last[:])
			return
		}
		r.out.Items = append(r.out.Items, all[i])
	}
}
