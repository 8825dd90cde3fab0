package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// forever ends a credential that a document cannot date.
const forever = 1 << 40

// PartnersFrom lists the partners that documents name, for a genesis in which
// the documents can be captured: a trial network for a partner's own files. It
// reads owning parties, the header's sender and receiver, and master data;
// gives each partner the company prefixes of its GLN and of what it ships; and
// takes for a manufacturer whoever's products are commissioned. Keys are left
// to the caller. Ascending by GLN.
func PartnersFrom(docs ...*epcis.Document) ([]app.GenesisPartner, error) {
	f := &founders{by: make(map[gs1.GLN]*app.GenesisPartner), prefixes: make(map[gs1.CompanyPrefix]gs1.GLN)}
	for _, doc := range docs {
		f.parties(doc)
	}
	if len(f.order) == 0 {
		return nil, fmt.Errorf("the documents name no partner: neither owning parties nor a header with sender and receiver")
	}
	for _, doc := range docs {
		f.goods(doc)
		f.names(doc)
	}
	return f.list(), nil
}

// founders gathers partners from documents.
type founders struct {
	by       map[gs1.GLN]*app.GenesisPartner
	order    []gs1.GLN
	prefixes map[gs1.CompanyPrefix]gs1.GLN
	first    gs1.GLN // the first sender: owner of what nobody claims
}

func (f *founders) add(id string, roles app.Roles) gs1.GLN {
	gln, err := parseParty(id)
	if id == "" || err != nil {
		return gs1.GLN{}
	}
	p := f.by[gln]
	if p == nil {
		p = &app.GenesisPartner{GLN: gln, PartnerInfo: app.PartnerInfo{
			Name: "Partner " + gln.String(), Credential: app.Credential{Until: forever},
		}}
		f.by[gln] = p
		f.order = append(f.order, gln)
	}
	p.Roles |= roles
	return gln
}

// parties finds who takes part: whoever sells is at least a wholesaler, and
// whoever buys may be a dispenser too.
func (f *founders) parties(doc *epcis.Document) {
	const buyer = app.RoleWholesaler | app.RoleDispenser
	from := f.add(doc.Header.Sender(), app.RoleWholesaler)
	f.add(doc.Header.Receiver(), buyer)
	for i := range doc.Events {
		ev := &doc.Events[i]
		seller := f.add(ev.Source("owning_party"), app.RoleWholesaler)
		f.add(ev.Destination("owning_party"), buyer)
		if from.IsZero() {
			from = seller
		}
	}
	if f.first.IsZero() {
		f.first = from
	}
	if f.first.IsZero() && len(f.order) > 0 {
		f.first = f.order[0]
	}
}

// goods gives company prefixes to partners.
func (f *founders) goods(doc *epcis.Document) {
	for i := range doc.Events {
		ev := &doc.Events[i]
		for _, id := range slices.Concat(ev.EPCs, ev.ChildEPCs, []string{ev.ParentID}) {
			epc, err := gs1.ParseEPC(id)
			if err != nil {
				continue
			}
			gln := f.claim(epc.CompanyPrefix())
			if _, item := epc.SGTIN(); item && !gln.IsZero() && ev.Step() == "commissioning" {
				f.by[gln].Roles |= app.RoleManufacturer
			}
		}
	}
}

// claim finds the partner that a prefix belongs to: the one whose GLN stands
// under it, else the first sender. Of two prefixes that overlap the first one
// seen stays.
func (f *founders) claim(prefix gs1.CompanyPrefix) gs1.GLN {
	if prefix == "" {
		return gs1.GLN{}
	}
	for p, gln := range f.prefixes {
		if strings.HasPrefix(string(p), string(prefix)) || strings.HasPrefix(string(prefix), string(p)) {
			return gln
		}
	}
	owner := f.first
	for _, gln := range f.order {
		if gln.UnderPrefix(prefix) {
			owner = gln
			break
		}
	}
	f.prefixes[prefix] = owner
	f.by[owner].Prefixes = append(f.by[owner].Prefixes, prefix)
	return owner
}

// names takes names and addresses from master data.
func (f *founders) names(doc *epcis.Document) {
	for _, el := range doc.Elements(epcis.TypeLocation) {
		gln, err := parseParty(el.ID)
		if err != nil || f.by[gln] == nil {
			continue
		}
		if name := clipText(el.Attribute("name")); name != "" {
			f.by[gln].Name = name
		}
		var parts []string
		for _, a := range []string{"streetAddressOne", "city", "state", "postalCode", "countryCode"} {
			if v := el.Attribute(a); v != "" {
				parts = append(parts, v)
			}
		}
		f.by[gln].Address = clipText(strings.Join(parts, ", "))
	}
}

func (f *founders) list() []app.GenesisPartner {
	slices.SortFunc(f.order, func(a, b gs1.GLN) int { return strings.Compare(a.String(), b.String()) })
	out := make([]app.GenesisPartner, len(f.order))
	for i, gln := range f.order {
		p := f.by[gln]
		slices.Sort(p.Prefixes)
		out[i] = *p
	}
	return out
}
