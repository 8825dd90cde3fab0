package gateway

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Settings are what an operator chooses about the HTTP edge. The zero value of
// every field is the default named beside it. Paths are relative to the home.
type Settings struct {
	// Keys are the key files of the partners that the edge signs for. Without
	// any it takes only transactions that were signed elsewhere, and serves no
	// EPCIS interface: there is no partner whose repository it could be.
	// Default none.
	Keys []string `json:"keys,omitempty"`
	// Tokens is the file that says who may call. Default
	// "config/tokens.json".
	Tokens string `json:"tokens,omitempty"`
	// PublicReads lets callers without a token ask and verify; writing always
	// needs a token. Default false.
	PublicReads bool `json:"publicReads,omitempty"`
	// OpenMetrics serves /metrics to callers without a token. Default false,
	// but true where the edge listens on a loopback address only.
	OpenMetrics bool `json:"openMetrics,omitempty"`
	// TLSCertificate and TLSKey are the PEM files of the server's
	// certificate; without them the edge speaks plain HTTP. Default none.
	TLSCertificate string `json:"tlsCertificate,omitempty"`
	// TLSKey is the PEM file of the certificate's key, readable by its owner
	// only. Default none.
	TLSKey string `json:"tlsKey,omitempty"`
	// ClientCA is a PEM file: a caller with a certificate signed by it may be
	// named in the tokens file. Default none.
	ClientCA string `json:"clientCA,omitempty"`
	// Origins are the web origins whose pages may call (CORS), such as
	// "https://portal.example.com". Default none.
	Origins []string `json:"origins,omitempty"`
	// Schemas is a folder with GS1's schemas, to hold documents to. Default
	// none: then no partner can be strict.
	Schemas string `json:"schemas,omitempty"`
	// Strict are the GLNs of the partners whose documents must satisfy the
	// schemas, or "*" for all. Default none: documents are read leniently.
	Strict []string `json:"strict,omitempty"`
	// AffirmRecalled lets the verification messages confirm an identifier
	// whose lot is recalled. Default false.
	AffirmRecalled bool `json:"affirmRecalled,omitempty"`
	// AffirmExpired does the same for an expired lot. Default false.
	AffirmExpired bool `json:"affirmExpired,omitempty"`
	// AffirmEnded does the same for a package that was dispensed, destroyed
	// and the like. Default false.
	AffirmEnded bool `json:"affirmEnded,omitempty"`
	// HideReason answers No_reason_provided to every verification that fails.
	// Default false.
	HideReason bool `json:"hideReason,omitempty"`
	// PrivateWebhooks lets subscriptions deliver to private and loopback
	// addresses. Default false.
	PrivateWebhooks bool `json:"privateWebhooks,omitempty"`
	// OwnEventsOnly keeps events that others recorded about this partner's
	// goods out of the repository. Default false.
	OwnEventsOnly bool `json:"ownEventsOnly,omitempty"`
	// MaxDocumentBytes is the largest EPCIS document that is taken. Default
	// 67108864.
	MaxDocumentBytes int64 `json:"maxDocumentBytes,omitempty"`
	// MaxBodiesBytes is how many bytes of request bodies are held at once,
	// over all requests; one that finds no room is told to come again. At
	// least the largest request counts. Default 134217728.
	MaxBodiesBytes int64 `json:"maxBodiesBytes,omitempty"`
	// RequestsPerSecond is how many requests a caller may make in the long
	// run. Default 1000.
	RequestsPerSecond int `json:"requestsPerSecond,omitempty"`
}

// defaultTokens is where the tokens stand in a home.
const defaultTokens = "config/tokens.json"

func (s Settings) withDefaults() Settings {
	if s.Tokens == "" {
		s.Tokens = defaultTokens
	}
	if s.MaxDocumentBytes == 0 {
		s.MaxDocumentBytes = 64 << 20
	}
	if s.MaxBodiesBytes == 0 {
		s.MaxBodiesBytes = 128 << 20
	}
	if s.RequestsPerSecond == 0 {
		s.RequestsPerSecond = 1000
	}
	return s
}

// TokensFile is the file that says who may call an edge in a home.
func (s Settings) TokensFile(home string) string { return in(home, s.withDefaults().Tokens) }

// Check says what is wrong with the settings, nil if nothing is. It reads no
// file.
func (s *Settings) Check() error {
	switch {
	case (s.TLSCertificate == "") != (s.TLSKey == ""):
		return errors.New("gateway: settings: tlsCertificate and tlsKey belong together")
	case s.ClientCA != "" && s.TLSCertificate == "":
		return errors.New("gateway: settings: clientCA needs tlsCertificate and tlsKey")
	case len(s.Strict) > 0 && s.Schemas == "":
		return errors.New("gateway: settings: strict needs schemas, the folder with GS1's schemas")
	case s.MaxDocumentBytes < 0 || s.MaxBodiesBytes < 0 || s.RequestsPerSecond < 0:
		return errors.New("gateway: settings: maxDocumentBytes, maxBodiesBytes and requestsPerSecond must not be negative")
	}
	for _, origin := range s.Origins {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Path != "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
			return fmt.Errorf("gateway: settings: origin %q: want scheme and host, such as https://portal.example.com", origin)
		}
	}
	for _, gln := range s.Strict {
		if _, err := gs1.ParseGLN(gln); err != nil && gln != "*" {
			return fmt.Errorf("gateway: settings: strict: %w", err)
		}
	}
	return nil
}

// in is a path of the settings, seen from a home; empty stays empty.
func in(home, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(home, path)
}

// loopback reports whether a listening address is reached from this machine
// only.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
