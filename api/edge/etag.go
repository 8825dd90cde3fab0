package edge

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// etag names every answer at some heights: the same request gives the same
// answer there. It is weak, because compression and the order of members may
// differ, and names the version, because another may answer in other words.
func (e *Edge) etag(heights []uint64) string {
	tag := `W/"`
	for _, h := range heights {
		tag += strconv.FormatUint(h, 10) + "-"
	}
	version := sha256.Sum256([]byte(e.cfg.Version))
	return tag + hex.EncodeToString(version[:4]) + `"`
}

// maxTags is how many tags of an If-None-Match header are looked at.
const maxTags = 16

// Matches reports whether an If-None-Match header names a tag (RFC 9110,
// section 13.1.2, by weak comparison).
func Matches(header, tag string) bool {
	if header == "" {
		return false
	}
	tag = strings.TrimPrefix(tag, "W/")
	for i, have := range strings.Split(header, ",") {
		if i >= maxTags {
			return false
		}
		have = strings.TrimSpace(have)
		if have == "*" || strings.TrimPrefix(have, "W/") == tag {
			return true
		}
	}
	return false
}
