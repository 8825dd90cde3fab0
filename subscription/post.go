package subscription

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pedigree-ledger/pedigree/repository"
)

const (
	// maxAnswerBytes is how long a body may be to be read, so that the
	// connection can be used again. Its status is what counts.
	maxAnswerBytes = 4 << 10
	// maxAnswerHeader bounds the answer's header.
	maxAnswerHeader = 16 << 10
)

// newClient makes a client that goes nowhere but where it is sent: no proxy of
// the environment, no redirect, no address that is not public.
func newClient(cfg Config) *http.Client {
	guard := &net.Dialer{Timeout: cfg.Timeout, Control: refuseAddress(cfg.AllowPrivate)}
	transport := &http.Transport{
		DialContext:            guard.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    cfg.Timeout,
		ResponseHeaderTimeout:  cfg.Timeout,
		MaxResponseHeaderBytes: maxAnswerHeader,
		MaxIdleConnsPerHost:    1,
		MaxIdleConns:           100,
		IdleConnTimeout:        time.Minute,
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// refusal is why a receiver did not take a delivery.
type refusal struct {
	status int // 0 when there was no answer
	after  time.Duration
	reason string
}

// Error says why, without the URL, which may hold a secret.
func (r *refusal) Error() string { return r.reason }

// kind is the refusal as a metric's label.
func (r *refusal) kind() string {
	switch {
	case r.status == 0:
		return "unreachable"
	case r.status >= 500:
		return "5xx"
	case r.status >= 400:
		return "4xx"
	default:
		return "not_2xx"
	}
}

// post sends one batch and returns nil if the receiver took it.
func (d *Dispatcher) post(ctx context.Context, sub *repository.Subscription, events []repository.Stored, body []byte) *refusal {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sub.Dest, bytes.NewReader(body))
	if err != nil {
		return &refusal{reason: "its URL is malformed"}
	}
	h := req.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Pedigree")
	h.Set("GS1-EPCIS-Version", "2.0.0")
	h.Set("GS1-CBV-Version", "2.0.0")
	if sub.EPCFormat != "" {
		h.Set("GS1-EPC-Format", sub.EPCFormat)
	}
	h.Set("Idempotency-Key", deliveryID(sub, events, body))
	if sub.Token != "" {
		h.Set("GS1-Signature", Sign(sub.Token, d.cfg.Now(), body))
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return &refusal{reason: unreachable(err)}
	}
	defer resp.Body.Close()
	if resp.ContentLength >= 0 && resp.ContentLength <= maxAnswerBytes {
		_, _ = io.Copy(io.Discard, resp.Body) // else the connection is dropped
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	out := &refusal{status: resp.StatusCode, reason: fmt.Sprintf("it answered %d", resp.StatusCode)}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		out.reason += ": redirects are not followed"
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		out.after = time.Duration(min(s, 1<<20)) * time.Second
	}
	return out
}

// deliveryID is the same whenever the same batch is sent.
func deliveryID(sub *repository.Subscription, events []repository.Stored, body []byte) string {
	if len(events) == 0 {
		sum := sha256.Sum256(body)
		return sub.ID + "-empty-" + hex.EncodeToString(sum[:8])
	}
	return fmt.Sprintf("%s-%d-%d-%d", sub.ID, events[0].Seq, events[len(events)-1].Seq, len(events))
}

// unreachable says why there was no answer, in words without the URL.
func unreachable(err error) string {
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "it did not answer in time"
	}
	return "it cannot be reached: " + clip(err.Error())
}

func clip(s string) string {
	const most = 200
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// Sign makes the value of the header GS1-Signature over a body: the time in
// seconds of Unix, and in hexadecimal the HMAC-SHA256, under the subscriber's
// signatureToken, of that time, a full stop and the body (docs/spec/webhook.md).
func Sign(token string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
