package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// traceFile says which EPCIS document a history was written to.
type traceFile struct {
	File   string `json:"file"`
	Events int    `json:"events"`
	// Exact counts the events that have the hash that the partners recorded;
	// the others say what the ledger keeps, and no more.
	Exact int `json:"exact"`
}

// writeEvents writes a key's history as an EPCIS document: 1.2 XML when the
// file's name ends in .xml, 2.0 JSON-LD otherwise.
func (l *ledger) writeEvents(ctx context.Context, key gs1.Key, file string) (*traceFile, error) {
	events, err := l.Export(ctx, key)
	if err != nil {
		return nil, err
	}
	out := &traceFile{File: file, Events: len(events)}
	doc := &epcis.Document{SchemaVersion: "2.0", CreationDate: epcis.NewTime(time.Now())}
	encode := epcis.EncodeJSON20
	if strings.EqualFold(filepath.Ext(file), ".xml") {
		doc.SchemaVersion, encode = "1.2", epcis.EncodeXML12
	}
	for i := range events {
		doc.Events = append(doc.Events, *events[i].Event)
		if events[i].Exact {
			out.Exact++
		}
	}
	raw, err := encode(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return out, os.WriteFile(file, raw, 0o600)
}
