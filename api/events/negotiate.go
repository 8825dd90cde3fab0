package events

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// The versions of the standards that the interface speaks.
const (
	epcisVersion = "2.0.0"
	epcisMin     = "1.2.0" // documents of 1.0 and 1.1 are read too
	cbvVersion   = "2.0.0"
	cbvMin       = "1.2.0"
)

// negotiate sets the headers of every answer, and refuses callers that want
// another version of the standards than there is (EPCIS 2.0, section 12.3).
func (p *part) negotiate(ctx huma.Context, next func(huma.Context)) {
	ctx.SetHeader("GS1-EPCIS-Version", epcisVersion)
	ctx.SetHeader("GS1-CBV-Version", cbvVersion)
	if ext := ctx.Header("GS1-Extensions"); ext != "" && len(ext) <= maxExtensions {
		ctx.SetHeader("GS1-Extensions", ext)
	} else {
		ctx.SetHeader("GS1-Extensions", "")
	}
	for _, v := range []struct{ min, max, lowest, highest string }{
		{"GS1-EPCIS-Min", "GS1-EPCIS-Max", epcisMin, epcisVersion},
		{"GS1-CBV-Min", "GS1-CBV-Max", cbvMin, cbvVersion},
	} {
		lo, hi := ctx.Header(v.min), ctx.Header(v.max)
		if lo != "" && !notAbove(lo, v.highest) || hi != "" && !notAbove(v.lowest, hi) {
			edge.Refuse(ctx, exception(http.StatusNotAcceptable, "NotAcceptableException",
				"%s to %s is asked for, and %s to %s is what this repository speaks", orAny(lo), orAny(hi), v.lowest, v.highest).
				Wrongf(v.min, "a version not above %s is expected", v.highest))
			return
		}
	}
	next(ctx)
}

func orAny(version string) string {
	if version == "" {
		return "any"
	}
	return version
}

// notAbove compares versions, number by number; one that is malformed is not
// below anything.
func notAbove(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, ok := versionPart(as, i)
		y, fine := versionPart(bs, i)
		if !ok || !fine {
			return false
		}
		if x != y {
			return x < y
		}
	}
	return true
}

func versionPart(parts []string, i int) (int, bool) {
	if i >= len(parts) {
		return 0, true
	}
	n, err := strconv.Atoi(parts[i])
	return n, err == nil && n >= 0
}
