package events

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// The versions of the standards that the interface speaks.
const (
	epcisVersion = "2.0.0" // of every answer
	epcisMin     = "1.2.0" // documents of 1.0 and 1.1 are read too
	cbvVersion   = "2.0.0" // of every answer
	cbvMin       = "1.2.0"
	oldest       = "1.0.0" // of either, in what is sent here
)

// negotiate sets the headers of every answer, and refuses callers that send or
// want another version of the standards than there is (EPCIS 2.0, section 12.3).
func (p *part) negotiate(ctx huma.Context, next func(huma.Context)) {
	ctx.SetHeader("GS1-EPCIS-Version", epcisVersion)
	ctx.SetHeader("GS1-CBV-Version", cbvVersion)
	if ext := ctx.Header("GS1-Extensions"); ext != "" && len(ext) <= maxExtensions {
		ctx.SetHeader("GS1-Extensions", ext)
	} else {
		ctx.SetHeader("GS1-Extensions", "")
	}
	for _, s := range []struct{ name, version string }{{"GS1-EPCIS", epcisVersion}, {"GS1-CBV", cbvVersion}} {
		problem := wanted(ctx, s.name, s.version)
		if problem == nil && ctx.Method() == http.MethodPost {
			problem = sent(ctx, s.name, s.version)
		}
		if problem != nil {
			edge.Refuse(ctx, problem)
			return
		}
	}
	next(ctx)
}

// wanted refuses a caller who cannot read what he would be answered.
func wanted(ctx huma.Context, standard, version string) *edge.Problem {
	lowest, highest := standard+"-Min", standard+"-Max"
	lo, hi := ctx.Header(lowest), ctx.Header(highest)
	wrong := ""
	switch {
	case lo != "" && !notAbove(lo, version):
		wrong = lowest
	case hi != "" && !notAbove(version, hi):
		wrong = highest
	default:
		return nil
	}
	return exception(http.StatusNotAcceptable, "NotAcceptableException",
		"versions from %s to %s are asked for, and answers are in %s", orAny(lo), orAny(hi), version).
		Wrongf(wrong, "a range of versions that has %s in it is expected", version)
}

// sent refuses a body of a version that is not read here. A patch of a release
// writes nothing otherwise, so it does not count. Within the versions that are
// read the body itself says which it is of.
func sent(ctx huma.Context, standard, version string) *edge.Problem {
	name := standard + "-Version"
	given := ctx.Header(name)
	if given == "" || notAbove(oldest, given) && notAbove(releaseOf(given), version) {
		return nil
	}
	return exception(http.StatusNotAcceptable, "NotAcceptableException",
		"%s is %q, and %s to %s is what this repository reads", name, clip(given), oldest, version).
		Wrongf(name, "a version from %s to %s is expected", oldest, version)
}

// releaseOf is a version without its patch: 2.0 of 2.0.1.
func releaseOf(version string) string {
	if parts := strings.Split(version, "."); len(parts) == 3 {
		return parts[0] + "." + parts[1]
	}
	return version
}

func orAny(version string) string {
	if version == "" {
		return "any"
	}
	return clip(version)
}

// notAbove compares versions, number by number; one that is malformed is not
// below anything.
func notAbove(a, b string) bool {
	as, ok := versionNumbers(a)
	bs, fine := versionNumbers(b)
	return ok && fine && slices.Compare(as, bs) <= 0
}

// versionNumbers reads a version: three numbers, of which the later ones may be
// left out.
func versionNumbers(version string) ([]uint64, bool) {
	parts := strings.Split(version, ".")
	if len(parts) > 3 {
		return nil, false
	}
	out := make([]uint64, 3)
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, false
		}
		out[i] = n
	}
	return out, true
}
