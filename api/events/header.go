package events

import (
	"net/http"
	"strings"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// maxExtensions bounds the header GS1-Extensions.
const maxExtensions = 4 << 10

// splitList splits a list header, without white space.
func splitList(header string) []string {
	var out []string
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// behaviourOf reads the header GS1-Capture-Error-Behaviour.
func behaviourOf(header string) (repository.Behaviour, *edge.Problem) {
	switch header {
	case "", string(repository.Rollback):
		return repository.Rollback, nil
	case string(repository.Proceed):
		return repository.Proceed, nil
	}
	return "", exception(http.StatusBadRequest, "ValidationException", "GS1-Capture-Error-Behaviour is %q: rollback or proceed is expected", clip(header))
}

// namespacesOf reads the header GS1-Extensions: prefix=namespace, in a list.
func namespacesOf(header string) ([]epcis.Namespace, *edge.Problem) {
	if len(header) > maxExtensions {
		return nil, exception(http.StatusBadRequest, "ValidationException", "GS1-Extensions has more than %d bytes", maxExtensions)
	}
	var out []epcis.Namespace
	for _, pair := range splitList(header) {
		prefix, uri, ok := strings.Cut(pair, "=")
		if !ok || prefix == "" || uri == "" {
			return nil, exception(http.StatusBadRequest, "ValidationException", "GS1-Extensions holds %q: prefix=namespace is expected", clip(pair))
		}
		out = append(out, epcis.Namespace{Prefix: prefix, URI: uri})
	}
	return out, nil
}
