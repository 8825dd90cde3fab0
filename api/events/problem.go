package events

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// exception makes a problem whose type is an exception of the EPCIS standard
// (section 8.2.6, and the enumerations of the OpenAPI).
func exception(status int, name, format string, args ...any) *edge.Problem {
	p := edge.NewProblem(status, fmt.Sprintf(format, args...))
	p.Type, p.Title = "epcisException:"+name, name
	return p
}

// exceptions are the standard's types for problems that the edge gives.
func exceptions() map[edge.Kind]string {
	return map[edge.Kind]string{
		edge.Unidentified: "epcisException:SecurityException", edge.Forbidden: "epcisException:SecurityException",
		edge.NotFound: "epcisException:NoSuchResourceException", edge.BadRequest: "epcisException:ValidationException",
		edge.TooLarge: "epcisException:CaptureLimitExceededException", edge.LongURL: "epcisException:URITooLongException",
		edge.BadMediaType: "epcisException:UnsupportedMediaTypeException", edge.Internal: "epcisException:ImplementationException",
	}
}

// asProblem says an error of the repository, or of reading a document, in the
// words of the standard. Any other error is returned as it is: trouble.
func asProblem(err error) error {
	var (
		query    *repository.QueryError
		large    *repository.TooLargeError
		conflict *repository.ConflictError
		read     *epcis.Error
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &query):
		return exception(http.StatusBadRequest, "QueryParameterException", "%s", query).Wrongf(query.Parameter, "%s", query.Reason)
	case errors.As(err, &large):
		return exception(http.StatusRequestEntityTooLarge, "QueryTooLargeException", "%s", large)
	case errors.As(err, &conflict):
		return exception(http.StatusConflict, "ResourceAlreadyExistsException", "%s", conflict)
	case errors.As(err, &read):
		return exception(http.StatusBadRequest, "ValidationException", "%s", read).Wrongf(whereOf(read), "%s", read.Reason)
	case errors.Is(err, repository.ErrNotFound):
		return exception(http.StatusNotFound, "NoSuchResourceException", "the repository holds no such thing")
	case errors.Is(err, repository.ErrExists):
		return exception(http.StatusConflict, "ResourceAlreadyExistsException", "the name is taken")
	}
	return err
}

// whereOf is the place in a document that an error is about.
func whereOf(e *epcis.Error) string {
	switch {
	case e.Pointer != "":
		return e.Pointer
	case e.Line > 0:
		return fmt.Sprintf("line %d", e.Line)
	}
	return e.Field
}
