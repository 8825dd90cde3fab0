package client

import (
	"context"
	"errors"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Verification answers the two questions about a package in hand: is it what it
// says it is, and may it be sold?
type Verification struct {
	Identity proof.Verdict `json:"identity" doc:"is it what it says it is? KNOWN, MISMATCH (lot or expiry differ), UNKNOWN (never commissioned) or UNREADABLE"`
	Sellable proof.Verdict `json:"sellable" doc:"may its owner sell or dispense it now? YES or NO"`
	Do       string        `json:"do,omitempty" doc:"what to do about it"`
	// Proved: the light client checked it; otherwise it is the node's word.
	Proved bool `json:"proved" doc:"the answer was checked against the validators' signatures; otherwise it is the node's word"`
	// Pedigree is what was proved, nil when nothing could be, and File proves
	// the same to others.
	Pedigree *proof.Pedigree `json:"pedigree,omitempty" doc:"all that was proved"`
	File     *proof.Proof    `json:"-"`
}

// Returnable reports whether the package is what its label says and may be sold
// (again).
func (v *Verification) Returnable() bool {
	return v.Identity.Word == proof.Known && v.Sellable.Word == proof.Yes
}

// Verify asks about the package in a claim, as Pedigree does. A serial that
// could be proved unknown only with its lot is an answer too, not proved.
func (c *Client) Verify(ctx context.Context, claim proof.Claim, opt proof.Options) (*Verification, error) {
	ped, file, err := c.Pedigree(ctx, claim, opt)
	if errors.Is(err, proof.ErrLotNeeded) {
		return withoutLot(), nil
	}
	if err != nil {
		return nil, err
	}
	return verified(ped, file), nil
}

func verified(ped *proof.Pedigree, file *proof.Proof) *Verification {
	return &Verification{
		Identity: ped.IdentityVerdict(), Sellable: ped.SellableVerdict(), Do: ped.Advice(),
		Proved: true, Pedigree: ped, File: file,
	}
}

// withoutLot is the answer about a serial that the node does not know.
func withoutLot() *Verification {
	return &Verification{
		Identity: proof.Verdict{Word: proof.Unknown, Reason: "the node knows of no such serial; that is its word only: a proof needs the lot", VRS: "No_match_GTIN_Serial"},
		Sellable: proof.Verdict{Word: proof.No, Reason: "its identity is unknown", VRS: "No_match_GTIN_Serial", CBV: "no_pedigree_match"},
		Do:       "scan the whole two-dimensional code, or give the lot; " + proof.Investigate,
	}
}

// Verification is the answer about one package of a batch in words.
func (a *BatchAnswer) Verification() *Verification {
	switch {
	case a.Pedigree != nil:
		return verified(a.Pedigree, a.File)
	case a.lotNeeded:
		return withoutLot()
	}
	return &Verification{
		Identity: proof.Verdict{Word: proof.Unknown, Reason: "nothing could be proved: " + a.Why},
		Sellable: proof.Verdict{Word: proof.No, Reason: "its identity is unknown"},
		Do:       "ask again, or another node",
	}
}

// Unread is the answer about a barcode that cannot be read.
func Unread(p *ScanProblem) *Verification {
	return &Verification{
		Identity: proof.Verdict{Word: proof.Unreadable, Reason: p.Words},
		Sellable: proof.Verdict{Word: proof.No, Reason: "the barcode cannot be read"},
		Do:       p.Hint,
	}
}
