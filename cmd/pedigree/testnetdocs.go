package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// documentsGenesis makes a genesis in which documents can be captured: its
// partners are those that the documents name. The first of them run the
// validators; when they are too few, fictional wholesalers run the rest. Keys
// are in dir/keys, named by GLN, and made when they are missing.
func documentsGenesis(dir string, paths []string) (func([]testnet.Member) (json.RawMessage, error), error) {
	docs := make([]*epcis.Document, len(paths))
	for i, path := range paths {
		doc, err := readDocument(path)
		if err != nil {
			return nil, err
		}
		docs[i] = doc
	}
	partners, err := client.PartnersFrom(docs...)
	if err != nil {
		return nil, err
	}
	return func(members []testnet.Member) (json.RawMessage, error) {
		g := &app.Genesis{Params: app.Params{MaxEventAgeDays: anyEventAge}, Partners: slices.Clone(partners)}
		addFillers(g, len(members))
		for i := range g.Partners {
			p := &g.Partners[i]
			s, err := openOrMakeKey(keyPath(dir, p.GLN.String()), p.GLN)
			if err != nil {
				return nil, err
			}
			p.Keys = []app.PublicKey{s.Public()}
			if i < len(members) {
				p.Consensus = members[i].Identity.Consensus
			}
		}
		return encodeAppState(g)
	}, nil
}

// readDocument reads an EPCIS document and names it in errors.
func readDocument(path string) (*epcis.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	doc, err := epcis.Decode(f, epcis.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// addFillers adds fictional wholesalers until there are enough partners to run
// the nodes. They get no company prefix, so that none can overlap.
func addFillers(g *app.Genesis, members int) {
	for i := len(castMembers()); len(g.Partners) < members; i++ {
		p := furtherMember(i).founder(nil)
		if slices.ContainsFunc(g.Partners, func(q app.GenesisPartner) bool { return q.GLN == p.GLN }) {
			continue
		}
		p.Prefixes = nil
		g.Partners = append(g.Partners, p)
	}
}

// keyFiles finds the key files of a network on this machine by partner.
func keyFiles(dir string) (map[gs1.GLN]string, error) {
	out := make(map[gs1.GLN]string)
	err := eachKey(dir, func(path string, s *client.Signer) { out[s.Partner] = path })
	return out, err
}
