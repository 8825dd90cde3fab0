package app

import (
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Documented sizes of records, in bytes. A test holds encodings to them.
const (
	maxHoldingBytes     = 300
	maxSegmentBytes     = 560
	maxCountBytes       = 9
	maxLotRecordBytes   = 310
	maxCommissionBytes  = 160
	maxMarksBytes       = 1320
	maxRecallAckBytes   = 53
	maxProductBytes     = 1000
	maxPartnerBytes     = 1100
	maxKeyRecordBytes   = 260
	maxPartnerKeysBytes = 520
	maxShipmentBytes    = 1100
	maxDelegationBytes  = 165

	maxInvestigationBytes = 620
	maxNoticeBytes        = 610
)

func (c *checker) checkParams() {
	raw, ok := c.v.Get(ParamsKey())
	if !ok {
		c.report(0, ParamsKey(), "%v", errNoGenesis)
		return
	}
	p, err := DecodeParams(raw)
	if err != nil {
		c.report(0, ParamsKey(), "cannot be read: %v", err)
		return
	}
	if err := p.check(); err != nil {
		c.report(0, ParamsKey(), "%v", err)
	}
	c.params = *p
}

// checkRegistry looks at partners, keys, products and company prefixes.
func (c *checker) checkRegistry() {
	prefixes, keys := 0, 0
	walk(c, RecordPartner, maxPartnerBytes, DecodePartner, func(key []byte, p *Partner) {
		gln := c.glnOf(key)
		prefixes += len(p.Prefixes)
		for _, prefix := range p.Prefixes {
			if owner, ok := c.prefixOwner(prefix); !ok || owner != gln {
				c.report(0, key, "prefix %s is recorded for %s", prefix, owner)
			}
		}
		keys += c.checkPartnerKeys(gln)
	})
	c.checkPrefixes(prefixes)
	endless := 0
	walk(c, RecordKey, maxKeyRecordBytes, DecodeKey, func(key []byte, k *Key) {
		c.needPartner(key, k.Partner)
		if k.Until == 0 {
			endless++
		}
		if want := NewKeyID(k.Algorithm, k.Public); string(want[:]) != string(key[1:]) {
			c.report(0, key, "the public key's id is %s", want)
		}
	})
	c.expect(0, parameterKey(nameKeys), "keys without an end", uint64(keys), uint64(endless))
	walk(c, RecordProduct, maxProductBytes, DecodeProduct, func(key []byte, p *Product) {
		c.needPartner(key, p.Labeler)
		gtin, err := gs1.ParseGTIN(string(key[1:]))
		if err != nil || int(p.PrefixDigits) > 12 {
			c.report(0, key, "GTIN %q with a prefix of %d digits", key[1:], p.PrefixDigits)
			return
		}
		prefix := gs1.CompanyPrefix(gtin.String()[1 : 1+p.PrefixDigits])
		if owner, ok := c.prefixOwner(prefix); !ok || owner != p.Labeler && !c.makes(p.Labeler) {
			c.report(0, key, "prefix %s is not the labeler's", prefix)
		}
		if !p.Offered.IsZero() && (p.Offered == p.Labeler || !c.makes(p.Offered)) {
			c.report(0, key, "offered to %s, which is no other manufacturer or repackager", p.Offered)
		}
	})
}

// checkPrefixes counts the prefix records and refuses one that begins with
// another: identifiers would have two owners.
func (c *checker) checkPrefixes(want int) {
	n, last := 0, "none"
	root := parameterKey(namePrefixes)
	c.v.Scan(root, func(key, value []byte) bool {
		prefix := string(key[len(root):])
		if strings.HasPrefix(prefix, last) {
			c.report(0, key, "prefix %s is within %s", prefix, last)
		}
		if _, err := decodePrefixOwner(value); err != nil {
			c.report(0, key, "cannot be read: %v", err)
		}
		n, last = n+1, prefix
		return true
	})
	c.expect(0, root, "company prefixes", uint64(n), uint64(want))
}

func (c *checker) prefixOwner(prefix gs1.CompanyPrefix) (gs1.GLN, bool) {
	raw, ok := c.v.Get(PrefixKey(prefix))
	if !ok {
		return gs1.GLN{}, false
	}
	g, err := decodePrefixOwner(raw)
	return *g, err == nil
}

func (c *checker) glnOf(key []byte) gs1.GLN {
	g, err := gs1.ParseGLN(string(key[1:]))
	if err != nil {
		c.report(0, key, "not a GLN: %v", err)
	}
	return g
}

func (c *checker) needPartner(key []byte, gln gs1.GLN) {
	if _, ok := c.v.Get(PartnerKey(gln)); !ok {
		c.report(0, key, "partner %s is not registered", gln)
	}
}

// checkPartnerKeys looks at the list of a partner's keys: each is its own, and
// one at least has no end. It returns how many have none.
func (c *checker) checkPartnerKeys(gln gs1.GLN) (endless int) {
	at := PartnerKeysKey(gln)
	raw, _ := c.v.Get(at)
	r, err := DecodePartnerKeys(raw)
	if err != nil || len(raw) > maxPartnerKeysBytes {
		c.report(0, at, "cannot be read: %v", err)
		return 0
	}
	for _, id := range r.Keys {
		raw, _ := c.v.Get(KeyKey(id))
		k, err := DecodeKey(raw)
		if err != nil || k.Partner != gln || k.Purpose != PurposeOperations {
			c.report(0, at, "key %s is no operations key of %s", id, gln)
			continue
		}
		if k.Until == 0 {
			endless++
		}
	}
	if endless == 0 {
		c.report(0, at, "no key of %s stays valid", gln)
	}
	return endless
}

// makes reports whether a partner is a manufacturer or a repackager.
func (c *checker) makes(gln gs1.GLN) bool {
	raw, _ := c.v.Get(PartnerKey(gln))
	p, err := DecodePartner(raw)
	return err == nil && p.Roles.Has(RoleManufacturer|RoleRepackager)
}
