package app_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// ndcs reads ndcs=61414-111-30@2020-01-01,...
func (s *scenario) ndcs() (out []app.NDC) {
	for _, word := range s.listOf("ndcs") {
		code, from, _ := strings.Cut(word, "@")
		out = append(out, app.NDC{Code: code, From: apptest.Date(from)})
	}
	return out
}

func (s *scenario) transferProduct() app.Op {
	op := &app.TransferProduct{GTIN: s.gtin(s.text("product", "")), Accept: s.has("accept")}
	if op.Accept {
		op.To = s.partner("by").GLN
	}
	if to := s.text("to", ""); to != "" {
		op.To = s.partnerNamed(to).GLN
	}
	return op
}

// updatePartner begins with what is registered and changes what it is told.
func (s *scenario) updatePartner() app.Op {
	q := s.partner("partner")
	op := &app.UpdatePartner{GLN: q.GLN, PartnerInfo: q.Info()}
	if p := s.w.Partner(q.GLN); p != nil {
		op.PartnerInfo = p.PartnerInfo
	}
	if name := s.text("name", ""); name != "" {
		op.Name = strings.ReplaceAll(name, "-", "")
	}
	if roles := s.text("roles", ""); roles != "" {
		if err := op.Roles.UnmarshalText([]byte(roles)); err != nil {
			s.t.Fatal(err)
		}
	}
	op.Credential.From = s.day("from", op.Credential.From)
	op.Credential.Until = s.day("until", op.Credential.Until)
	if s.has("no-prefix") {
		op.Prefixes = nil
	}
	if prefix := s.text("prefix", ""); prefix != "" {
		op.Prefixes = append(slices.Clone(op.Prefixes), gs1.CompanyPrefix(prefix))
		slices.Sort(op.Prefixes)
	}
	return op
}

// day is a day as block time.
func (s *scenario) day(name string, otherwise uint64) uint64 {
	v := s.text(name, "")
	if v == "" {
		return otherwise
	}
	at, err := time.Parse(time.DateOnly, v)
	if err != nil {
		s.t.Fatalf("%s=%s: a day expected", name, v)
	}
	return uint64(at.Unix())
}

func (s *scenario) suspendPartner() app.Op {
	return &app.SuspendPartner{GLN: s.partner("partner").GLN, Lift: s.has("lift"), Reason: s.text("reason", "")}
}

// namedKey is the key of a partner by its name, or a key named so.
func (s *scenario) namedKey(name string) app.KeyID {
	for _, q := range s.w.Partners() {
		if q.Name == name {
			return q.KeyID
		}
	}
	id := app.NewKeyID(app.Ed25519, publicOf(name))
	s.name(id.String(), name)
	return id
}

func publicOf(name string) app.PublicKey {
	return app.PublicKey(apptest.Key("operations " + name)[32:])
}

// rotateKey: add=new,other retire=maker,new at=days from now. proof-for= makes
// the proofs for another partner.
func (s *scenario) rotateKey() app.Op {
	by := s.partner("by")
	op := &app.RotateKey{}
	for _, name := range s.listOf("add") {
		s.namedKey(name)
		gln := s.partnerNamed(s.text("proof-for", by.Name)).GLN
		op.Add = append(op.Add, app.ProvePossession(apptest.Key("operations "+name), s.w.Block.ChainID, gln))
	}
	slices.SortFunc(op.Add, func(a, b app.NewKeyProof) int { return strings.Compare(string(a.Key), string(b.Key)) })
	for _, name := range s.listOf("retire") {
		r := app.Retirement{Key: s.namedKey(name)}
		if days := s.number("in-days", 0); days > 0 {
			r.From = s.w.Block.Time + days*86400
		}
		op.Retire = append(op.Retire, r)
	}
	slices.SortFunc(op.Retire, func(a, b app.Retirement) int { return strings.Compare(string(a.Key[:]), string(b.Key[:])) })
	return op
}

// useKey lets a partner sign with another key: partner=maker key=new, and
// key=maker for the one it had at first.
func (s *scenario) useKey() string {
	s.partner("partner").UseKey(apptest.Key("operations " + s.text("key", "")))
	return ""
}

func (s *scenario) productIs() string {
	p := s.w.Product(s.gtin(s.text("product", "")))
	out := fmt.Sprintf("%s, %s, of %s", p.Name, p.Level, s.words(p.Labeler.String()))
	for _, n := range p.NDCs {
		out += fmt.Sprintf(", NDC %s from %s", n.Code, n.From)
	}
	if !p.Offered.IsZero() {
		out += ", offered to " + s.words(p.Offered.String())
	}
	return out + "\n"
}

func (s *scenario) partnerIs() string {
	p := s.w.Partner(s.partner("partner").GLN)
	day := func(t uint64) string { return time.Unix(int64(t), 0).UTC().Format(time.DateOnly) }
	out := fmt.Sprintf("%s, %s, prefixes %v, credential from %s until %s, %s\n",
		p.Name, p.Roles, p.Prefixes, day(p.Credential.From), day(p.Credential.Until), p.Standing)
	for _, x := range p.Suspensions {
		out += fmt.Sprintf("  suspended by %s on %s: %s\n", s.words(x.By.String()), day(x.Time), x.Reason)
	}
	return out
}

func (s *scenario) keysOf() string {
	r := s.w.PartnerKeys(s.partner("partner").GLN)
	out := []string{}
	for _, id := range r.Keys {
		k := s.w.Key(id)
		word := s.words(id.String())
		if k.Until != 0 {
			word += " until " + time.Unix(int64(k.Until), 0).UTC().Format(time.DateOnly)
		}
		out = append(out, word)
	}
	slices.Sort(out)
	return strings.Join(out, ", ") + "\n"
}
