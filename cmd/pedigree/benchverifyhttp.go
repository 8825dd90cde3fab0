package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	apiaccess "github.com/pedigree-ledger/pedigree/api/access"
	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
	"github.com/pedigree-ledger/pedigree/node"
)

// httpBench asks the node's HTTP edge, as a partner's system does: with a token
// and over connections that stay open. It spends little on it, because here it
// shares the node's processors.
type httpBench struct {
	g     *goods
	host  string
	token string
	trust proof.Trust
	// idle are the connections on which nobody waits, nil where there is none
	// yet: as many as callers.
	idle chan *httpConn
}

// httpConn is one connection, and the answer last read from it.
type httpConn struct {
	net.Conn
	in   *bufio.Reader
	body bytes.Buffer
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
	at, err := url.Parse(n.API())
	if err != nil {
		return nil, err
	}
	idle := make(chan *httpConn, b.o.concurrency)
	for range b.o.concurrency {
		idle <- nil
	}
	return &httpBench{g: b.g, host: at.Host, token: token, trust: proof.TrustValidators(benchChain, b.validators.Hash()), idle: idle}, nil
}

// verify asks about an item, and whether the answer is right.
func (h *httpBench) verify(ctx context.Context, n int) (int, error) {
	key, lot := h.g.item(n)
	query := url.Values{"lot": {lot}, "exp": {h.g.expiry.String()}, "proof": {"true"}}
	c := <-h.idle
	defer func() { h.idle <- c }()
	if c == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", h.host)
		if err != nil {
			return 0, err
		}
		c = &httpConn{Conn: conn, in: bufio.NewReader(conn)}
	}
	status, err := c.get(h.host, "/verification/"+url.PathEscape(string(key))+"?"+query.Encode(), h.token)
	if err != nil {
		return 0, errors.Join(err, c.Close())
	}
	if status != http.StatusOK {
		return 0, fmt.Errorf("%s: status %d: %.300s", key, status, &c.body)
	}
	size, err := h.judge(key, n, c.body.Bytes())
	if err != nil {
		return 0, fmt.Errorf("%s: %.300s: %w", key, &c.body, err)
	}
	return size, nil
}

// close ends the connections; nobody may be asking any more.
func (h *httpBench) close() {
	for range cap(h.idle) {
		if c := <-h.idle; c != nil {
			_ = c.Close() // it was read only
		}
	}
}

// get asks with a token and reads the whole answer.
func (c *httpConn) get(host, path, token string) (status int, err error) {
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, err
	}
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", path, host, token); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	c.body.Reset()
	_, err = c.body.ReadFrom(res.Body)
	return res.StatusCode, err
}

// benchDecoded is which part of the answers is decoded, and its proof checked:
// one of so many. What a caller does with its answer is not the node's work, and
// here they share its processors.
const benchDecoded = 64

// judge returns the size of an answer's proof in its JSON form.
func (h *httpBench) judge(key gs1.Key, n int, body []byte) (int, error) {
	_, rest, found := bytes.Cut(body, []byte(`"proofFile":"`))
	size := bytes.IndexByte(rest, '"')
	if !found || size <= 0 || !bytes.Contains(body, []byte(`"word":"KNOWN"`)) {
		return 0, errors.New("it does not know the item, or proves nothing")
	}
	if n%benchDecoded != 0 {
		return size * 3 / 4, nil
	}
	var answer struct{ ProofFile []byte }
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, err
	}
	file, err := proof.Decode(answer.ProofFile)
	if err != nil {
		return 0, err
	}
	p, err := file.Verify(h.trust, proof.Options{Claim: proof.Claim{Key: key}})
	if err == nil && !p.Identity.Yes {
		err = errors.New("its proof says that the item is not known")
	}
	return len(answer.ProofFile), err
}
