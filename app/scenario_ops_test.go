package app_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cockroachdb/datadriven"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

type datadrivenArg = datadriven.CmdArg

// ops are the commands that make a tx.
func (s *scenario) ops() map[string]func() app.Op {
	return map[string]func() app.Op{
		"register-product": s.registerProduct, "sponsor": s.sponsor,
		"delegate":         s.delegate,
		"transfer-product": s.transferProduct, "update-partner": s.updatePartner, "suspend-partner": s.suspendPartner, "rotate-key": s.rotateKey,
		"commission": s.commission, "commission-container": s.commissionContainer, "decommission": s.decommission,
		"pack": s.pack, "unpack": s.unpack,
		"ship": s.ship, "receive": s.receive, "refuse": s.refuse, "return": s.giveBack, "void": s.void, "relocate": s.relocate,
		"dispense": s.dispense, "destroy": s.destroy, "export": s.export, "sample": s.sample, "repackage": s.repackage,
		"mark": s.mark, "locate": s.locate, "clear-mark": s.clearMark,
		"quarantine": s.quarantine, "release": s.release,
		"recall": s.recall, "acknowledge-recall": s.acknowledgeRecall, "close-recall": s.closeRecall,
		"report-conflict": s.reportConflict, "report-duplicate": s.reportDuplicate,
		"request-trace": s.requestTrace, "respond-trace": s.respondTrace, "declare-error": s.declareError,
		"open-exception": s.openException, "respond-exception": s.respondException, "resolve-exception": s.resolveException,
		"open-investigation": s.openInvestigation, "close-investigation": s.closeInvestigation, "notify": s.notify,
	}
}

func (s *scenario) registerProduct() app.Op {
	level := app.LevelUnit
	if err := level.UnmarshalText([]byte(s.text("level", "unit"))); err != nil {
		s.t.Fatal(err)
	}
	return &app.RegisterProduct{
		GTIN:        s.gtin(s.text("product", "New")),
		ProductInfo: app.ProductInfo{Level: level, Name: strings.ReplaceAll(s.text("name", "Newdrug"), "-", ""), NDCs: s.ndcs()},
	}
}

func (s *scenario) sponsor() app.Op {
	p := apptest.NewPartner(s.text("name", ""), gs1.CompanyPrefix(s.text("prefix", "0871000")), 0, false)
	info := p.Info()
	if err := info.Roles.UnmarshalText([]byte(s.text("roles", "dispenser"))); err != nil {
		s.t.Fatal(err)
	}
	info.Name = p.Name
	if s.has("no-validity") {
		info.Credential.Until = info.Credential.From
	}
	if s.sponsored == nil {
		s.sponsored = map[string]*apptest.Partner{}
	}
	s.sponsored[p.Name] = p
	s.name(p.GLN.String(), p.Name)
	op := &app.SponsorPartner{GLN: p.GLN, PartnerInfo: info, Keys: []app.PublicKey{p.Public()}}
	if v := s.text("key-of", ""); v != "" {
		op.Keys[0] = s.partnerNamed(v).Public()
	}
	if v := s.text("gln-of", ""); v != "" {
		op.GLN = s.partnerNamed(v).GLN
	}
	return op
}

func (s *scenario) commission() app.Op {
	op := &app.Commission{}
	s.newItems(op)
	return op
}

// newItems fills in what is commissioned. Surrogates of an exempt lot are those
// of the signer, or of=.
func (s *scenario) newItems(op *app.Commission) {
	by := s.partner("by")
	op.GTIN, op.Lot, op.Expiry = s.gtin(s.text("product", "")), s.text("lot", ""), s.date("expiry", "2028-12-31")
	op.Location, op.Serials = s.site("location", by.Name), s.serials()
	if err := op.Exempt.UnmarshalText([]byte(s.text("exempt", "none"))); err != nil {
		s.t.Fatal(err)
	}
	if of := s.text("of", ""); of != "" || op.Exempt != app.LotNotExempt && !s.has("own-serials") {
		for i, serial := range op.Serials {
			op.Serials[i] = app.SurrogateSerial(s.partnerNamed(s.text("of", by.Name)).GLN, serial[1:])
		}
	}
}

func (s *scenario) repackage() app.Op {
	op := &app.Repackage{Openings: s.openings()}
	s.newItems(&op.Into)
	return op
}

func (s *scenario) commissionContainer() app.Op {
	op := &app.CommissionContainer{Location: s.partner("by").GLN, Lot: s.text("lot", "")}
	if op.Lot != "" {
		op.Expiry = s.date("expiry", "2028-12-31")
	}
	for _, k := range s.keys("containers") {
		op.Containers = append(op.Containers, app.ContainerUse{Key: k, N: uint32(s.number("n", 0))})
	}
	slices.SortFunc(op.Containers, func(a, b app.ContainerUse) int { return strings.Compare(string(a.Key), string(b.Key)) })
	return op
}

func (s *scenario) decommission() app.Op {
	return &app.Decommission{Reason: s.text("reason", ""), Missing: s.has("missing"), Openings: s.openings()}
}

func (s *scenario) pack() app.Op {
	key := s.key(s.text("into", ""))
	n, _ := s.w.Contents.Use(key)
	return &app.Pack{Parent: key, N: uint32(s.number("n", uint64(n))), Children: s.whole(), Openings: s.openings()}
}

func (s *scenario) unpack() app.Op {
	op := &app.Unpack{Openings: s.openings()}
	if v := s.text("group", ""); v != "" {
		op.Container = s.w.Where(s.key(v)).Holding
	} else {
		op.Container = s.container(s.text("from", ""))
	}
	if len(op.Openings) == 0 {
		op.All, op.Openings = true, s.w.OpenAll(op.Container)
	}
	op.All = op.All || s.has("all")
	op.Loose = s.nextLoose(op.Openings, false)
	return op
}

func (s *scenario) ship() app.Op {
	to := s.partner("to")
	op := s.w.Ship(to)
	op.ShipTo = s.site("ship-to", to.Name)
	if s.has("via") {
		op.Seller = s.partner("via").GLN
	}
	s.terms(&op.Terms)
	op.Holdings, op.Openings = s.whole(), s.openings()
	op.Loose = s.nextLoose(op.Openings, false)
	return op
}

func (s *scenario) terms(t *app.Terms) {
	t.Statement = s.text("statement", "yes") == "yes"
	if c := s.text("carrier", ""); c != "" {
		t.Carrier = s.partnerNamed(c).GLN
	}
	if err := t.Exemption.UnmarshalText([]byte(s.text("exemption", "none"))); err != nil {
		s.t.Fatal(err)
	}
}

// giveBack shows everything inside what it names whole, unless shown= names
// items.
func (s *scenario) giveBack() app.Op {
	op := s.w.Return(s.partner("to"), s.number("sale", 0))
	s.terms(&op.Terms)
	op.Holdings, op.Openings = s.whole(), s.openings()
	if s.has("shown") {
		op.Inside = s.w.Openings(s.keys("shown")...)
	} else if !s.has("nothing-shown") {
		op.Inside = s.w.Inside(op.Holdings...)
	}
	op.Loose = s.nextLoose(op.Openings, false)
	return op
}

func (s *scenario) receive() app.Op {
	op := &app.Receive{
		Shipment: s.number("shipment", 1), Scanned: s.has("scanned"), Location: s.site("location", s.text("by", "")),
		Holdings: s.whole(), Openings: s.openings(),
	}
	switch v := s.text("mode", "all"); v {
	case "all":
		op.Mode = app.ReceiveAll
	case "arrived":
		op.Mode = app.ReceiveArrived
	case "all-but":
		op.Mode = app.ReceiveAllBut
	default:
		s.t.Fatalf("mode=%s is not known", v)
	}
	if op.Mode != app.ReceiveArrived && !s.has("containers") && !s.has("groups") && !s.has("nothing") {
		op.Holdings = s.w.Aboard(op.Shipment, false)
	}
	op.Loose = s.nextLoose(op.Openings, op.Mode == app.ReceiveAllBut)
	return op
}

func (s *scenario) void() app.Op {
	op := &app.VoidShip{Shipment: s.number("shipment", 1), All: s.has("all"), Holdings: s.whole()}
	if len(op.Holdings) == 0 {
		op.Holdings = s.w.Aboard(op.Shipment, true)
	}
	return op
}

func (s *scenario) refuse() app.Op {
	op := &app.Refuse{
		Shipment: s.number("shipment", 1), All: s.has("all"), Reason: s.text("reason", ""),
		Holdings: s.whole(), Openings: s.openings(),
	}
	if len(op.Holdings)+len(op.Openings) == 0 {
		op.Holdings = s.w.Aboard(op.Shipment, true)
	}
	op.Loose = s.nextLooseAs(op.Openings)
	return op
}

// nextLooseAs is nextLoose for goods that stay as they are: the number that the
// very same entries get.
func (s *scenario) nextLooseAs(openings []app.Opening) uint32 { return s.nextLoose(openings, true) }

func (s *scenario) relocate() app.Op {
	op := &app.Relocate{
		Possessor: s.partner("to").GLN, Location: s.site("site", s.text("to", "")),
		Holdings: s.whole(), Openings: s.openings(),
	}
	op.Loose = s.nextLoose(op.Openings, false)
	return op
}

func (s *scenario) dispense() app.Op {
	return &app.Dispense{Partial: s.has("partial"), Openings: s.openings()}
}

func (s *scenario) destroy() app.Op {
	return &app.Destroy{Reason: s.text("reason", ""), Openings: s.openings()}
}

func (s *scenario) export() app.Op {
	return &app.Export{Country: s.text("country", "CA"), Openings: s.openings()}
}

func (s *scenario) sample() app.Op {
	return &app.Sample{Reason: s.text("reason", ""), Openings: s.openings()}
}

func (s *scenario) markKind() app.MarkKind {
	var k app.MarkKind
	if err := k.UnmarshalText([]byte(s.text("kind", "suspect"))); err != nil {
		s.t.Fatal(err)
	}
	return k
}

// spot shows where a key is, unless not-shown.
func (s *scenario) spot() (gs1.Key, app.Spot) {
	if v := s.text("container", ""); v != "" {
		word, _, _ := strings.Cut(v, "@")
		if s.has("not-shown") {
			return s.key(word), app.Spot{}
		}
		if at := s.text("shown-at", ""); at != "" {
			return s.key(word), app.Spot{Container: s.container(at)}
		}
		return s.key(word), app.Spot{Container: s.container(v)}
	}
	k := s.key(s.text("item", ""))
	if s.has("not-shown") {
		return k, app.Spot{}
	}
	s.args = append(s.args, datadrivenArg{Key: "items", Vals: []string{s.text("shown-by", s.text("item", ""))}})
	return k, app.Spot{Opening: &s.openings()[0]}
}

func (s *scenario) mark() app.Op {
	op := &app.SetMark{Mark: s.markKind(), Blocking: s.has("blocking")}
	op.Key, op.Spot = s.spot()
	return op
}

func (s *scenario) locate() app.Op {
	op := &app.LocateMark{}
	op.Key, op.Spot = s.spot()
	return op
}

func (s *scenario) clearMark() app.Op {
	key, by := s.text("item", s.text("container", "")), s.text("set-by", s.text("by", ""))
	return &app.ClearMark{Key: s.key(key), Mark: s.markKind(), By: s.partnerNamed(by).GLN}
}

func (s *scenario) quarantine() app.Op {
	return &app.Quarantine{Reason: s.text("reason", ""), Holdings: s.whole()}
}

func (s *scenario) release() app.Op {
	return &app.Release{Reason: s.text("reason", ""), Holdings: s.whole()}
}

func (s *scenario) reportConflict() app.Op {
	s.args = append(s.args, datadrivenArg{Key: "items", Vals: []string{s.text("item", "")}})
	return &app.ReportConflict{Location: s.site("at", s.text("by", "")), Opening: s.openings()[0]}
}

// reportDuplicate proves the first two commissions of item=. wrong= spoils the
// second.
func (s *scenario) reportDuplicate() app.Op {
	key := s.key(s.text("item", ""))
	in := s.w.Contents.Commissions(key)
	if len(in) == 1 {
		in = append(in, in[0])
		in[1].Sequence++
	}
	switch s.text("wrong", "") {
	case "path":
		in[1].Siblings[0][0] ^= 1
	case "position":
		in[1].Position++
	case "other":
		in[1] = s.w.Contents.Commissions(s.key(s.text("other", "")))[0]
	}
	return &app.ReportDuplicate{Key: key, First: in[0], Second: in[1]}
}

// views are the commands that make no tx.
func (s *scenario) views() map[string]func() string {
	return map[string]func() string{
		"where": s.whereIs, "shipment": s.shipment, "lot": s.lot, "container": s.containerIs, "marks": s.marks,
		"delegation": s.delegation, "parties": s.parties,
		"product": s.productIs, "partner": s.partnerIs, "keys": s.keysOf, "use-key": s.useKey,
		"step": s.step, "suspend": s.suspend, "send-again": s.sendAgain,
		"recall-is": s.recallIs, "ack": s.ack,
		"request": s.traceRequest, "exception": s.exception, "correction": s.correction, "name-tx": s.nameTx, "wait-until": s.waitUntil,
		"investigation": s.investigation, "notices": s.notices,
	}
}

func (s *scenario) whereIs() string {
	var b strings.Builder
	for _, k := range s.keys("items") {
		at := s.w.Where(k)
		state := s.w.Segment(at.Holding, at.Segment).State(at.Position)
		fmt.Fprintf(&b, "%s: %s in", s.words(string(k)), state)
		for id := at.Holding; ; {
			h := s.w.Holding(id)
			fmt.Fprintf(&b, " %s", s.words(id.String()))
			if id = h.Parent; !id.IsZero() {
				b.WriteString(" in")
				continue
			}
			fmt.Fprintf(&b, "; %s", s.custody(h))
			break
		}
		if n := s.w.AcquiredNow(at); n > 0 {
			fmt.Fprintf(&b, "; acquired by shipment %d", n)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *scenario) custody(h *app.Holding) string {
	out := fmt.Sprintf("owner %s, possessor %s, at %s", s.words(h.Owner.String()), s.words(h.Possessor.String()), s.words(h.Location.String()))
	switch {
	case h.Shipment != 0 && h.Short:
		out += fmt.Sprintf(", short of shipment %d", h.Shipment)
	case h.Shipment != 0:
		out += fmt.Sprintf(", on shipment %d", h.Shipment)
	}
	return out
}

func (s *scenario) shipment() string {
	r := s.w.Shipment(s.number("number", 1))
	refused := ""
	if r.Refused > 0 {
		refused = fmt.Sprintf(" refused %d,", r.Refused)
	}
	return fmt.Sprintf("%s: shipped %d, received %d,%s short %d, voided %d, open %d; holdings open %d, short %d\n",
		r.Status(), r.Shipped, r.Received, refused, r.Short, r.Voided, r.Open, r.OpenHoldings, r.ShortHoldings)
}

func (s *scenario) lot() string {
	r := s.w.Lot(app.LotID{GTIN: s.gtin(s.text("product", "")), Lot: s.text("lot", "")})
	out := fmt.Sprintf("commissioned %d in %d commissions, ended %d, expiry %s", r.Commissioned, r.Commissions, r.Ended, r.Expiry)
	if r.Exempt == app.LotReclaimed {
		out += ", reclaimed by its labeler"
	} else if r.Exempt != app.LotNotExempt {
		out += fmt.Sprintf(", without identifiers (%s)", r.Exempt)
	}
	if r.Recall != nil {
		out += fmt.Sprintf(", recalled by %s, class %d", s.words(r.Recall.By.String()), r.Recall.Class)
	}
	if len(r.Investigations) > 0 {
		out += fmt.Sprintf(", under investigation %d", r.Investigations)
	}
	return out + "\n"
}

func (s *scenario) containerIs() string {
	h := s.w.Holding(s.container(s.text("key", "")))
	out := fmt.Sprintf("use %d: %d items at any depth, %d containers, height %d, marked %d; ", h.N, h.Live, h.Children, h.Height, h.Marked)
	if h.Partials != 0 {
		out += fmt.Sprintf("%d dispensed in part; ", h.Partials)
	}
	if h.Holds != 0 {
		out += fmt.Sprintf("on hold (%s); ", h.Holds)
	}
	if !h.Parent.IsZero() {
		return out + "in " + s.words(h.Parent.String()) + "\n"
	}
	return out + s.custody(h) + "\n"
}

func (s *scenario) marks() string {
	key := s.key(s.text("key", ""))
	m := s.w.Marks(key)
	if m == nil {
		return "none\n"
	}
	var b strings.Builder
	for _, x := range m.Marks {
		fmt.Fprintf(&b, "%s by %s, blocking %v\n", x.Kind, s.words(x.By.String()), x.Blocking)
	}
	if !m.Located.IsZero() {
		fmt.Fprintf(&b, "located in %s\n", s.words(m.Located.String()))
	}
	return b.String()
}

func (s *scenario) step() string {
	s.w.Step(s.number("days", 0)*86400 + s.number("seconds", 0))
	return ""
}

func (s *scenario) suspend() string {
	q := s.partner("partner")
	raw, _ := s.w.Store.Get(app.PartnerKey(q.GLN))
	p, err := app.DecodePartner(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	p.Standing = app.StandingSuspended
	p.Suspensions = []app.Suspension{{By: s.w.Regulator.GLN, Regulator: true, Height: s.w.Block.Height, Time: s.w.Block.Time}}
	if s.has("active") {
		p.Standing, p.Suspensions = app.StandingActive, nil
	}
	s.w.Store.Set(app.PartnerKey(q.GLN), app.EncodePartner(p))
	return ""
}

// sendAgain executes the bytes of the last tx again.
func (s *scenario) sendAgain() string {
	s.w.Step(10)
	s.refused = true
	return s.execute(s.last, s.w.Maker)
}
