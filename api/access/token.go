package access

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

// tokenPrefix begins every token, so that who finds one, or a tool that looks
// for secrets, knows what it is.
const tokenPrefix = "pedigree_"

const secretLen = 32

var errToken = errors.New("a token is pedigree_, its id, an underscore, and 43 characters")

// newSecret makes a secret that nobody can guess.
func newSecret() []byte {
	secret := make([]byte, secretLen)
	_, _ = rand.Read(secret) // never fails
	return secret
}

// newID makes an id that no other entry has.
func newID() string { return strings.ToLower(rand.Text()[:12]) }

// formatToken writes a token.
func formatToken(id string, secret []byte) string {
	return tokenPrefix + id + "_" + base64.RawURLEncoding.EncodeToString(secret)
}

// parseToken takes a token apart. One token has one form.
func parseToken(token string) (id string, secret []byte, err error) {
	rest, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok || len(rest) > maxID+1+base64.RawURLEncoding.EncodedLen(secretLen) {
		return "", nil, errToken
	}
	id, text, ok := strings.Cut(rest, "_")
	if !ok || !validID(id) {
		return "", nil, errToken
	}
	if strings.ContainsAny(text, "\r\n") { // which base64 would skip
		return "", nil, errToken
	}
	secret, err = base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(secret) != secretLen {
		return "", nil, errToken
	}
	return id, secret, nil
}
