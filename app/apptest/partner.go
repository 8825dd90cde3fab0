package apptest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Partner is a trading partner of a World with its one operations key.
type Partner struct {
	// Name is its name in scenario files: "maker", "wholesaler2".
	Name   string
	GLN    gs1.GLN
	Prefix gs1.CompanyPrefix
	Roles  app.Roles
	// Member partners run a validator and vote.
	Member  bool
	Private ed25519.PrivateKey
	KeyID   app.KeyID

	nonce  uint64               // the last one that Do used
	nonces map[app.KeyID]uint64 // of the keys it had before
}

// NewPartner is a partner with a key made from its name: the same in every
// run. It is not registered anywhere.
func NewPartner(name string, prefix gs1.CompanyPrefix, roles app.Roles, member bool) *Partner {
	private := Key("operations " + name)
	return &Partner{
		Name: name, GLN: GLN(prefix, 0), Prefix: prefix, Roles: roles, Member: member,
		Private: private, KeyID: app.NewKeyID(app.Ed25519, private.Public().(ed25519.PublicKey)),
	}
}

// Public is the public half of the partner's operations key.
func (p *Partner) Public() app.PublicKey {
	return app.PublicKey(p.Private.Public().(ed25519.PublicKey))
}

// Site is the GLN of the partner's n-th further location; Site(0) is the
// partner's own GLN.
func (p *Partner) Site(n int) gs1.GLN { return GLN(p.Prefix, n) }

// SSCC is the key of the partner's n-th logistic unit.
func (p *Partner) SSCC(n int) gs1.Key { return SSCC(p.Prefix, n) }

// Key is the Ed25519 key that belongs to a name: the same in every run.
func Key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("pedigree apptest: " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// GLN is the n-th location under a company prefix of at most 11 digits.
func GLN(prefix gs1.CompanyPrefix, n int) gs1.GLN {
	return must(gs1.ParseGLN(withCheck(fmt.Sprintf("%s%0*d", prefix, 12-len(prefix), n))))
}

// GTIN is the n-th product under a company prefix, with an indicator digit:
// 0 for units, 3 for inner packs, 5 for cases.
func GTIN(indicator int, prefix gs1.CompanyPrefix, n int) gs1.GTIN {
	return must(gs1.ParseGTIN(withCheck(fmt.Sprintf("%d%s%0*d", indicator, prefix, 12-len(prefix), n))))
}

// SSCC is the key of the n-th logistic unit under a company prefix.
func SSCC(prefix gs1.CompanyPrefix, n int) gs1.Key {
	return gs1.LogisticKey(must(gs1.ParseSSCC(withCheck(fmt.Sprintf("1%s%0*d", prefix, 16-len(prefix), n)))))
}

// Date is a day given as YYYY-MM-DD.
func Date(s string) gs1.Date { return must(gs1.ParseDateISO(s)) }

func withCheck(digits string) string {
	c := must(gs1.CheckDigit(digits))
	return digits + string(rune(c))
}

// must is for values that a test writes down: a wrong one is a bug in the
// test.
func must[T any](v T, err error) T {
	if err != nil {
		panic("apptest: " + err.Error())
	}
	return v
}
