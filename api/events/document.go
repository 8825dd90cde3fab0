package events

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
)

// registerDocuments registers what gives documents back as they came.
func (p *part) registerDocuments(a huma.API) {
	get := p.operation("getDocument", http.MethodGet, "/documents/{sha256}", "Fetch a captured document", edge.Read)
	get.Description = "The bytes of a document exactly as they came, by their SHA-256, which events and jobs name."
	get.Responses = responses(http.StatusOK, "the bytes", answer{media: "application/octet-stream", headers: []string{"ETag"}})
	offer(a, get, p.document)
}

type documentInput struct {
	Request
	SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$" doc:"the SHA-256 of the bytes, 64 hexadecimal digits"`
}

func (p *part) document(ctx context.Context, in *documentInput) (*rawAnswer, error) {
	id, err := repository.ParseDocumentID(in.SHA256)
	if err != nil {
		return nil, exception(http.StatusNotFound, "NoSuchResourceException", "%q is no SHA-256", clip(in.SHA256))
	}
	etag := `"` + id.String() + `"`
	if edge.Matches(in.ctx.Header("If-None-Match"), etag) {
		return &rawAnswer{Status: http.StatusNotModified, ETag: etag}, nil
	}
	doc, err := p.Repository.Document(ctx, id)
	if err != nil {
		return nil, asProblem(err)
	}
	return &rawAnswer{
		ContentType: doc.ContentType, ETag: etag, Caching: "private, max-age=31536000, immutable", Body: doc.Bytes,
		// XML may hold script: a browser is to keep it, not to show it.
		Disposition: "attachment",
	}, nil
}
