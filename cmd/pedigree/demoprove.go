package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

// provePackage asks another member's node for one bottle's pedigree, checks it
// with a light client, and checks the file again without any network.
func (d *demo) provePackage(ctx context.Context) error {
	d.begin("Is this bottle genuine, and may it be sold? The pharmacy asks a node of another company.")
	stranger, err := d.connect(ctx, 3)
	if err != nil {
		return err
	}
	claim := proof.Claim{Key: demoItem(demoPackage), Lot: demoLot}
	begun := time.Now()
	ped, file, err := stranger.Pedigree(ctx, claim, proof.Options{Now: time.Now(), MaxAge: time.Hour})
	if err != nil {
		return err
	}
	d.answer(ped)
	if !ped.Identity.Yes || !ped.Sellable.Yes {
		return no("the bottle should be genuine and sellable")
	}
	d.note("built and checked against the validators' signatures in %s", time.Since(begun).Round(time.Millisecond))
	return d.offline(file, claim)
}

// offline verifies a pedigree file as a stranger would: the file, and the
// validators of the genesis.
func (d *demo) offline(file *proof.Proof, claim proof.Claim) error {
	path := filepath.Join(d.dir, "bottle.pedigree")
	if err := os.WriteFile(path, file.Encode(), 0o600); err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := d.verifyFile(raw, claim); err != nil {
		return no("the pedigree file does not hold: %v", err)
	}
	took := time.Since(begun)
	forged := append([]byte(nil), raw...)
	forged[len(forged)/3] ^= 1
	if err := d.verifyFile(forged, claim); err == nil {
		return no("a forged pedigree file was accepted")
	}
	d.note("as a file: %.1f KB, verified offline in %.1f ms; with one bit changed it is refused", float64(len(raw))/1000, float64(took.Microseconds())/1000)
	return nil
}

func (d *demo) verifyFile(raw []byte, claim proof.Claim) error {
	p, err := proof.Decode(raw)
	if err != nil {
		return err
	}
	trust := proof.TrustValidators(d.genesis.ChainID, genesisValidators(d.genesis).Hash())
	_, err = p.Verify(trust, proof.Options{Now: time.Now(), MaxAge: time.Hour, Claim: claim})
	return err
}

// proveMadeUp proves that a serial never existed.
func (d *demo) proveMadeUp(ctx context.Context) error {
	d.begin("And a bottle whose serial somebody made up?")
	claim := proof.Claim{Key: demoItem(demoMadeUp), Lot: demoLot}
	ped, file, err := d.desk("elm").Pedigree(ctx, claim, proof.Options{Now: time.Now(), MaxAge: time.Hour})
	if err != nil {
		return err
	}
	d.answer(ped)
	if ped.Identity.Yes || ped.Statement != proof.StatementUnknown {
		return no("a made-up serial was found to be genuine")
	}
	d.note("proved, not just claimed: %.1f KB show that lot %s never contained it", float64(len(file.Encode()))/1000, demoLot)
	return nil
}

// answer prints the two answers of a verification.
func (d *demo) answer(p *proof.Pedigree) {
	d.note("%s", p.Key.Bracketed())
	d.note("  identity right?  %-3s  %s", yesNo(p.Identity.Yes), p.Identity.Reason)
	d.note("  may be sold?     %-3s  %s", yesNo(p.Sellable.Yes), p.Sellable.Reason)
	if p.Owner != nil {
		d.note("  owner %s, as of block %d", p.Owner.Name, p.Height)
	}
}

func yesNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

// audit replays every block of node 3.
func (d *demo) audit(ctx context.Context) error {
	d.begin("An auditor takes the blocks of node 3 and the genesis file, and executes everything again.")
	src, err := rpcSource(ctx, d.net.Node(3).RPC(), d.net.Node(3).Home().GenesisFile())
	if err != nil {
		return err
	}
	defer src.close()
	r, err := replayAll(ctx, src, func(uint64, uint64) {})
	if err != nil {
		return err
	}
	if r.Divergence != "" {
		return no("the history diverges: %s", r.Divergence)
	}
	d.note("blocks %d to %d, %d transactions, %d of them refused: every signature, result and app hash agrees", r.From, r.To, r.Txs, r.Refused)
	return nil
}
