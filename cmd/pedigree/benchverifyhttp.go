package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	apiaccess "github.com/pedigree-ledger/pedigree/api/access"
	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/node"
)

// httpBench asks the node's HTTP edge, as a partner's system does: with a token
// and over connections that stay open.
type httpBench struct {
	g     *goods
	base  string
	token string
	http  *http.Client
}

// benchEdge lets one caller ask as fast as it can.
func benchEdge(s *node.Settings) { s.Gateway.RequestsPerSecond = 1_000_000 }

func newHTTPBench(b *verifyBench) (*httpBench, error) {
	n := b.net.Node(0)
	now := time.Now()
	_, token, err := apiaccess.Create(n.Home().TokensFile(), apiaccess.Request{
		Name: "bench", Scopes: []edge.Scope{edge.Verify}, Expires: now.AddDate(0, 0, 1),
	}, now)
	if err != nil {
		return nil, err
	}
	// A proof is hashes, which do not get shorter.
	keep := &http.Transport{MaxIdleConnsPerHost: b.o.concurrency, MaxConnsPerHost: b.o.concurrency, DisableCompression: true}
	return &httpBench{g: b.g, base: n.API(), token: token, http: &http.Client{Transport: keep, Timeout: time.Minute}}, nil
}

// verify asks about an item, and whether the answer is right.
func (h *httpBench) verify(ctx context.Context, n int) (int, error) {
	key, lot := h.g.item(n)
	query := url.Values{"lot": {lot}, "exp": {h.g.expiry.String()}, "proof": {"true"}}
	at := h.base + "/verification/" + url.PathEscape(string(key)) + "?" + query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	res, err := h.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	var answer struct {
		Identity  struct{ Word string }
		ProofFile []byte
	}
	if err := json.Unmarshal(body, &answer); err != nil || res.StatusCode != http.StatusOK || answer.Identity.Word != "KNOWN" {
		return 0, fmt.Errorf("%s: status %d: %.300s", key, res.StatusCode, body)
	}
	return len(answer.ProofFile), nil
}
