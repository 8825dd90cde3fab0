package ledger

import (
	"slices"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/apitest"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

// TestEveryQuery holds the resources to the ledger's list of queries.
func TestEveryQuery(t *testing.T) {
	var h *handlers
	apitest.New(t, nil, func(a huma.API) { h = register(a, Config{Client: new(client.Client)}) })
	for _, q := range app.Queries() {
		if !slices.Contains(h.served, q.Path) {
			t.Errorf("query %s has no resource", q.Path)
		}
	}
}
