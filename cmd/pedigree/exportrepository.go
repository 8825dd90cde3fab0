package main

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"os"
	"path/filepath"

	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// fromRepository writes original documents, and the events that the ledger does
// not know.
func (x *exporter) fromRepository(ctx context.Context, dir string) error {
	if dir == "" {
		return nil
	}
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	r, err := repository.Open(repository.Config{Dir: dir})
	if err != nil {
		return err
	}
	err = errors.Join(x.documents(ctx, r), x.attached(ctx, r))
	return errors.Join(err, r.Close(), x.save())
}

// documents writes every document that a job captured.
func (x *exporter) documents(ctx context.Context, r *repository.Repository) error {
	if err := os.MkdirAll(filepath.Join(x.dir, "documents"), 0o700); err != nil {
		return err
	}
	for after := ""; ; {
		page, err := r.Jobs(ctx, "", after, 0)
		if err != nil {
			return err
		}
		for i := range page.Jobs {
			if err := x.original(ctx, r, page.Jobs[i].Document); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (x *exporter) original(ctx context.Context, r *repository.Repository, id repository.DocumentID) error {
	doc, err := r.Document(ctx, id)
	if errors.Is(err, repository.ErrNotFound) {
		return nil // the job never had one
	}
	if err != nil {
		return err
	}
	ending := ".bin"
	switch kind, _, _ := mime.ParseMediaType(doc.ContentType); kind {
	case "application/xml", "text/xml":
		ending = ".xml"
	case "application/json", "application/ld+json":
		ending = ".jsonld"
	}
	return x.write(filepath.Join("documents", id.String()+ending), doc.Bytes, 0)
}

// attached writes the events that have no meaning for the ledger.
func (x *exporter) attached(ctx context.Context, r *repository.Repository) error {
	q, err := repository.ParseQuery(nil)
	if err != nil {
		return err
	}
	_, ending, err := x.state.Plan.encoder()
	if err != nil {
		return err
	}
	var events []epcis.Event
	files := 0
	flush := func(least int) error {
		if len(events) < least {
			return nil
		}
		files++
		err := x.document(ctx, fmt.Sprintf("attached-%06d%s", files, ending), &epcis.Document{Events: events})
		events = nil
		return err
	}
	for seq, next := uint64(0), uint64(0); ; seq = next {
		var page []repository.Stored
		if page, next, err = r.Since(ctx, seq, q, 0); err != nil {
			return err
		}
		for i := range page {
			if ev := page[i].Result(); page[i].Standing == repository.Attached && x.state.Plan.within(&ev) {
				events = append(events, ev)
			}
			if err := flush(x.state.Plan.Events); err != nil {
				return err
			}
		}
		if next == seq {
			return flush(1)
		}
	}
}
