package index

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// commissionedReads bounds the chunks and segments that one call of
// Commissioned reads, about ten microseconds each. Every node asks for every
// waiting Commission, so it is little.
const commissionedReads = 32

// Commissioned reports whether any of the serials, which must be ascending, is
// in the index as commissioned under the GTIN, and the first one found. It is
// advice for the mempool: of a list too long to be looked up in a
// millisecond it looks up an even sample, which finds a repeated list, not
// every single repeated serial. It sees committed blocks only.
func (x *Index) Commissioned(gtin gs1.GTIN, serials []string) (first string, found bool, err error) {
	first, err = read(x, func(s *snapshot) (string, error) {
		p, n, err := x.recent.pieces(s, gtin)
		if err != nil || n == 0 {
			return "", err
		}
		for _, serial := range sample(serials, commissionedReads/readsPerSerial(p, n)) {
			all, err := x.commissionings(s, gtin, serial)
			if err != nil {
				return "", err
			}
			if len(all) > 0 {
				return serial, nil
			}
		}
		return "", nil
	})
	return first, first != "", err
}

// readsPerSerial is how many pieces a lookup reads, plus two reads for each
// commission that stands alone.
func readsPerSerial(p *pieces, commissions uint32) int {
	n := 2 * int(commissions-min(commissions, p.start(0)))
	for i := range p.levels {
		n += len(p.levels[i].pieces)
	}
	return max(n, 1)
}

// sample picks at most n of the serials, evenly, the first and last included;
// at least one.
func sample(serials []string, n int) []string {
	n = max(n, 2)
	if len(serials) <= n {
		return slices.Clone(serials)
	}
	out := make([]string, 0, n)
	for i := range n {
		out = append(out, serials[i*(len(serials)-1)/(n-1)])
	}
	return out
}
