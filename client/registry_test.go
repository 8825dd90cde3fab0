package client_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
)

// registry lists partners and proves them, asks for the past, and changes a key.
func registry(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	before := time.Now().Add(-time.Second)
	update := &app.UpdatePartner{GLN: w.Repackager.GLN, PartnerInfo: w.Repackager.Info()}
	update.Credential.Until = uint64(time.Now().Add(20 * 24 * time.Hour).Unix())
	must(t, c, w.Regulator, update)
	must(t, c, w.Regulator, &app.SuspendPartner{GLN: w.Auditor.GLN, Reason: "inspection"})

	page, err := c.Expiring(ctx, 30, app.PageRequest{})
	if err != nil || len(page.Items) != 2 || page.Items[0].GLN != w.Repackager.GLN || page.Items[1].GLN != w.Auditor.GLN {
		t.Fatalf("expiring: %v %+v, want the repackager and the auditor", err, page)
	}
	all, err := c.Partners(ctx, app.PageRequest{Limit: app.PageLimit})
	if err != nil || len(all.Items) != len(w.Partners()) {
		t.Fatalf("partners: %v, got %d, want %d", err, len(all.Items), len(w.Partners()))
	}
	proved, err := c.ProvePartners(ctx, page.Items)
	if err != nil || len(proved) != 2 {
		t.Fatalf("proved: %v %+v", err, proved)
	}
	now := uint64(time.Now().Unix())
	for i, want := range []string{"", "suspended"} {
		if got := proved[i].Authorized(now); got != want {
			t.Errorf("%s: got %q, want %q", proved[i].GLN, got, want)
		}
	}
	if got := proved[0].Authorized(now + 21*86400); got != "ended" {
		t.Errorf("in 21 days: got %q, want ended", got)
	}

	past, err := c.PartnerAt(ctx, w.Auditor.GLN, before)
	if err != nil || past.Record.Standing != app.StandingActive {
		t.Errorf("before the suspension: %v %+v", err, past)
	}
	if _, err := c.PartnerAt(ctx, w.Auditor.GLN, time.Now().Add(time.Hour)); err == nil {
		t.Error("the state of the future was proved")
	}
	if _, err := c.PartnerAt(ctx, w.Auditor.GLN, time.Unix(0, 0)); err == nil {
		t.Error("a state of before the network was proved")
	}
	rotation(t, n, c)
}

// rotation changes a key, with both valid for a while, and then at once.
func rotation(t *testing.T, n *network, c *client.Client) {
	w, ctx, dir := n.world, t.Context(), t.TempDir()
	old, err := client.NewSigner(w.Maker2.GLN, w.Maker2.Private)
	if err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(dir, "second.json")
	fresh, out, err := c.Rotate(ctx, old, time.Hour, func(s *client.Signer) error { return s.Save(second) })
	if err != nil || out.Err() != nil {
		t.Fatalf("rotate: %v %v", err, out)
	}
	if kept, err := client.LoadSigner(second); err != nil || kept.KeyID() != fresh.KeyID() {
		t.Fatalf("the new key is not the one in the file: %v", err)
	}
	must(t, c, w.Maker2, register(w.Unit2, app.LevelUnit)) // with the new key
	c.Use(old)
	must(t, c, w.Maker2, apptest.Commission(w.Maker2, w.Unit2, "X1", 1, 4)) // with the old one

	c.Use(fresh)
	if _, out, err = c.Rotate(ctx, fresh, 0, func(s *client.Signer) error { return s.Save(filepath.Join(dir, "third.json")) }); err != nil || out.Err() != nil {
		t.Fatalf("rotate again: %v %v", err, out)
	}
	keys, err := client.Query(ctx, c, app.DecodePartnerKeys, "/keys/{gln}", w.Maker2.GLN.String())
	if err != nil || len(keys.Record.Keys) != 2 {
		t.Fatalf("keys: %v %+v, want the first, in its last hour, and the third", err, keys)
	}
	c.Use(fresh)
	refused, err := c.Submit(ctx, w.Maker2.GLN, apptest.Commission(w.Maker2, w.Unit2, "X1", 5, 6), 0, app.EventHash{})
	if err != nil || refused.Code != app.CodeKeyNotValid {
		t.Errorf("a retired key: %v %+v, want key-not-valid", err, refused)
	}
	if _, _, err := c.Rotate(ctx, old, 0, func(s *client.Signer) error { return s.Save(second) }); err == nil {
		t.Error("a key file was replaced")
	}
	c.Use(old)
}
