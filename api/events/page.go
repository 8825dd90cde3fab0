package events

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// The bounds of a page. The default is the standard's.
const (
	defaultPage = 30
	maxPage     = 1000
)

// tokenLife is how long a page token is good for at least. Tokens hold all that
// is needed to go on, so they in fact last as long as the repository.
const tokenLife = 24 * time.Hour

// pageRequest is which page of a listing is asked for.
type pageRequest struct {
	size  int
	after string // where the page before ended
}

// page reads the parameters perPage and nextPageToken of a listing; there are no
// others.
func (p *part) page(values url.Values) (pageRequest, *edge.Problem) {
	out := pageRequest{size: defaultPage}
	for name, v := range values {
		switch name {
		case "perPage":
			n, err := strconv.Atoi(v[0])
			if err != nil || n < 1 {
				return out, badParameter(name, "a number from 1 is expected, found %q", clip(v[0]))
			}
			out.size = min(n, maxPage)
		case "nextPageToken":
			raw, err := base64.RawURLEncoding.DecodeString(v[0])
			if err != nil || len(raw) == 0 || p.spent.has(v[0]) {
				return out, badParameter(name, "it is not a token of this listing, or no longer one: begin again without it")
			}
			out.after = string(raw)
		default:
			return out, badParameter(name, "the listing takes perPage and nextPageToken")
		}
	}
	return out, nil
}

// badParameter is the answer to a malformed query parameter.
func badParameter(name, format string, args ...any) *edge.Problem {
	name = clip(name)
	return exception(http.StatusBadRequest, "QueryParameterException", "the parameter %s is not right", name).Wrongf(name, format, args...)
}

// link names the page that follows a page of a listing.
func (p *part) link(out *rawAnswer, ctx huma.Context, next string, page pageRequest) {
	if next != "" {
		p.linkTo(out, ctx, base64.RawURLEncoding.EncodeToString([]byte(next)), page.size)
	}
}

// linkTo names the next page by its token (RFC 8288), with the parameters of
// this one.
func (p *part) linkTo(out *rawAnswer, ctx huma.Context, token string, size int) {
	u := ctx.URL()
	values := u.Query()
	values.Set("nextPageToken", token)
	if size > 0 {
		values.Set("perPage", strconv.Itoa(size))
	}
	next := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: values.Encode()}
	out.Link = "<" + next.String() + `>; rel="next"`
	out.Expires = p.Now().Add(tokenLife).UTC().Format(time.RFC3339)
}

// spentTokens are the page tokens that callers declared spent. They are kept in
// this process, and only so many: a token that is forgotten is good again.
type spentTokens struct {
	mu    sync.Mutex
	order [maxSpent][sha256.Size]byte
	next  int
	set   map[[sha256.Size]byte]bool
}

// maxSpent bounds the tokens that are remembered.
const maxSpent = 4096

func newSpentTokens() *spentTokens {
	return &spentTokens{set: make(map[[sha256.Size]byte]bool)}
}

// add declares a token spent.
func (s *spentTokens) add(token string) {
	sum := sha256.Sum256([]byte(token))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set[sum] {
		return
	}
	delete(s.set, s.order[s.next])
	s.order[s.next], s.set[sum] = sum, true
	s.next = (s.next + 1) % maxSpent
}

func (s *spentTokens) has(token string) bool {
	sum := sha256.Sum256([]byte(token))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.set[sum]
}
