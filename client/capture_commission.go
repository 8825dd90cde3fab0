package client

import (
	"context"
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// commission takes a commissioning event. One event may hold unit and case
// serials and SSCCs: they are told apart by the products' packaging levels,
// and become ops of their own.
func (c *capturer) commission(ctx context.Context) error {
	keys, err := c.keysOf("epcList", c.ev.EPCs)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return c.refuse("epcList is empty: class-level commissioning is not recorded by the ledger")
	}
	var ssccs []gs1.Key
	serials := make(map[gs1.GTIN][]string)
	var gtins []gs1.GTIN
	for _, key := range keys {
		sg, ok := key.SGTIN()
		if !ok {
			ssccs = append(ssccs, key)
			continue
		}
		if serials[sg.GTIN] == nil {
			gtins = append(gtins, sg.GTIN)
		}
		serials[sg.GTIN] = append(serials[sg.GTIN], sg.Serial)
	}
	c.sayWhat("%s", commissioned(len(keys)-len(ssccs), len(ssccs), c.ev.Lot()))
	if len(gtins) > 0 && len(ssccs)+len(gtins) > 1 {
		c.infer("one event holds several kinds of keys: it was split by product and packaging level")
	}
	for _, g := range gtins {
		slices.Sort(serials[g])
		if err := c.commissionProduct(ctx, g, serials[g]); err != nil {
			return err
		}
	}
	if len(ssccs) == 0 {
		return nil
	}
	return c.commissionContainers(ctx, ssccs, c.prefixOwner(ctx, ssccs[0]), "", 0)
}

// commissioned counts keys in words.
func commissioned(serials, ssccs int, lot string) string {
	switch {
	case ssccs == 0:
		return fmt.Sprintf("%d serials of lot %s", serials, lot)
	case serials == 0:
		return fmt.Sprintf("%d logistic units", ssccs)
	default:
		return fmt.Sprintf("%d serials of lot %s and %d logistic units", serials, lot, ssccs)
	}
}

// sayWhat completes the event in words.
func (c *capturer) sayWhat(format string, args ...any) {
	c.done.What = captureWords(c.done.What, format, args...)
}

// commissionProduct takes the serials of one product.
func (c *capturer) commissionProduct(ctx context.Context, gtin gs1.GTIN, serials []string) error {
	p, err := c.product(ctx, gtin)
	if err != nil {
		return err
	}
	lot, expiry, err := c.lot(gtin)
	if err != nil {
		return err
	}
	if p.Level != app.LevelUnit {
		keys := make([]gs1.Key, len(serials))
		for i, s := range serials {
			keys[i] = gs1.ItemKey(gtin, s)
		}
		return c.commissionContainers(ctx, keys, p.Labeler, lot, expiry)
	}
	for chunk := range slices.Chunk(serials, app.MaxCommission) {
		op := &app.Commission{GTIN: gtin, Lot: lot, Expiry: expiry, Location: c.siteOr(p.Labeler), Serials: chunk}
		if err := c.submit(ctx, p.Labeler, op); err != nil {
			return err
		}
	}
	return nil
}

// siteOr is the event's site, or a partner's own GLN when it names none.
func (c *capturer) siteOr(partner gs1.GLN) gs1.GLN {
	if g := c.site(); !g.IsZero() {
		return g
	}
	c.infer("the event names no site by GLN: %s is taken", partner)
	return partner
}

// maxContainers is how many containers one op may commission.
const maxContainers = 1024

// commissionContainers takes keys of containers, ascending. A container whose
// earlier use is over is used again under the next number.
func (c *capturer) commissionContainers(ctx context.Context, keys []gs1.Key, owner gs1.GLN, lot string, expiry gs1.Date) error {
	keys, err := c.newContainers(ctx, keys)
	if err != nil {
		return err
	}
	uses := make([]app.ContainerUse, len(keys))
	for i, key := range keys {
		n, err := c.nextUse(ctx, key)
		if err != nil {
			return err
		}
		if n > 0 {
			c.infer("container %s is used again, for the %d. time", key.Bracketed(), n+1)
		}
		uses[i] = app.ContainerUse{Key: key, N: n}
	}
	for chunk := range slices.Chunk(uses, maxContainers) {
		op := &app.CommissionContainer{Location: c.siteOr(owner), Lot: lot, Expiry: expiry, Containers: chunk}
		if err := c.submit(ctx, owner, op); err != nil {
			return err
		}
	}
	return nil
}

// newContainers leaves out containers that a part of the event made before.
func (c *capturer) newContainers(ctx context.Context, keys []gs1.Key) ([]gs1.Key, error) {
	if !c.partly {
		return keys, nil
	}
	known, err := c.lookUp(ctx, keys)
	if err != nil {
		return nil, err
	}
	var out []gs1.Key
	for i, g := range known {
		if g == nil {
			out = append(out, keys[i])
		}
	}
	return out, nil
}

// nextUse is the number of a container's next use.
func (c *capturer) nextUse(ctx context.Context, key gs1.Key) (uint32, error) {
	g, err := c.findOne(ctx, key)
	if err != nil || g == nil {
		return 0, err
	}
	h, err := c.holding(ctx, g.place.Holding)
	if err != nil {
		return 0, err
	}
	return h.N + 1, nil
}

// prefixOwner is the partner whose company prefix an SSCC stands under; the
// event's site, where the ledger does not know the prefix.
func (c *capturer) prefixOwner(ctx context.Context, key gs1.Key) gs1.GLN {
	sscc, _ := key.SSCC()
	s := sscc.String()
	for n := 12; n >= 4; n-- {
		if gln := c.ownerOfPrefix(ctx, gs1.CompanyPrefix(s[1:1+n])); !gln.IsZero() {
			return gln
		}
	}
	return c.site()
}

// ownerOfPrefix is whose a company prefix is, or zero.
func (c *capturer) ownerOfPrefix(ctx context.Context, prefix gs1.CompanyPrefix) gs1.GLN {
	raw, err := c.desk.Record(ctx, app.PrefixKey(prefix))
	if err != nil || raw == nil {
		return gs1.GLN{}
	}
	gln, err := app.DecodePrefixOwner(raw)
	if err != nil {
		return gs1.GLN{}
	}
	return gln
}

// product returns a product, registering it from the document's master data
// when the ledger does not know it yet.
func (c *capturer) product(ctx context.Context, gtin gs1.GTIN) (*app.Product, error) {
	raw, err := c.desk.Record(ctx, app.ProductKey(gtin))
	if err != nil {
		return nil, err
	}
	if raw != nil {
		return app.DecodeProduct(raw)
	}
	info := ProductFrom(c.doc, gtin, c.parents[gtin])
	if info == nil {
		return nil, c.refuse("GTIN %s is not registered, and the document has no master data for it: register the product first", gtin)
	}
	labeler, err := c.labeler(ctx, gtin)
	if err != nil {
		return nil, err
	}
	if err := c.submit(ctx, labeler, &app.RegisterProduct{GTIN: gtin, ProductInfo: *info}); err != nil {
		return nil, err
	}
	c.infer("product %s (%s, %s) was registered from the document's master data", gtin, info.Name, info.Level)
	return &app.Product{Labeler: labeler, ProductInfo: *info}, nil
}

// labeler is the partner whose company prefix a GTIN stands under.
func (c *capturer) labeler(ctx context.Context, gtin gs1.GTIN) (gs1.GLN, error) {
	s := gtin.String()
	for n := 12; n >= 4; n-- {
		if gln := c.ownerOfPrefix(ctx, gs1.CompanyPrefix(s[1:1+n])); !gln.IsZero() {
			return gln, nil
		}
	}
	return gs1.GLN{}, c.refuse("GTIN %s stands under no registered company prefix: its labeler is not a partner", gtin)
}

// ProductFrom makes a product of a document's master data; nil when it says
// nothing of the GTIN. parent says that serials of it contain others; the
// master data of an export says the packaging level itself.
func ProductFrom(doc *epcis.Document, gtin gs1.GTIN, parent bool) *app.ProductInfo {
	for _, el := range doc.Elements(epcis.TypeEPCClass) {
		epc, err := gs1.ParseEPC(el.ID)
		if err != nil || epc.GTIN != gtin {
			continue
		}
		info := &app.ProductInfo{
			Level: app.LevelUnit, Name: clipText(el.Attribute("regulatedProductName")), Form: clipText(el.Attribute("dosageFormType")),
			Strength: clipText(el.Attribute("strengthDescription")), NetContent: clipText(el.Attribute("netContentDescription")),
		}
		if parent {
			info.Level = app.LevelCase
		}
		if said := app.Level(0); said.UnmarshalText([]byte(el.Attribute("packagingLevel"))) == nil {
			info.Level = said
		}
		if info.Name == "" {
			info.Name = "GTIN " + gtin.String()
		}
		if ndc := ndcOf(&el); ndc != "" {
			info.NDCs = []app.NDC{{Code: ndc, From: ndcFrom}}
		}
		return info
	}
	return nil
}

// ndcFrom dates an NDC whose document does not: before any event.
const ndcFrom = gs1.Date(19700101)

// ndcOf reads the NDC of a product's master data, unless it is too long to be
// one (reference: a vendor sends GTINs under the NDC's code).
func ndcOf(el *epcis.VocabularyElement) string {
	ndc := el.NDC()
	if len(ndc) > 13 {
		return ""
	}
	return ndc
}

// maxNameBytes is the bound of a product's names.
const maxNameBytes = 120

func clipText(s string) string {
	if len(s) > maxNameBytes {
		s = s[:maxNameBytes]
	}
	return s
}
