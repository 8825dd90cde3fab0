package index

import (
	"encoding/hex"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
)

// defaultPage is how many elements a page has when the request does not say.
const defaultPage = 100

// readPage checks a request. The cursor's bytes are nil for the first page;
// width is how many they are, or 0 for any number.
func readPage(path string, r app.PageRequest, width int) (limit int, after []byte, err error) {
	limit = r.Limit
	if limit == 0 {
		limit = defaultPage
	}
	if limit < 0 || limit > app.PageLimit {
		return 0, nil, &RequestError{path, fmt.Errorf("limit is 1 to %d, or 0 for %d; found %d", app.PageLimit, defaultPage, r.Limit)}
	}
	if r.Cursor == "" {
		return limit, nil, nil
	}
	after, err = hex.DecodeString(r.Cursor)
	if err != nil || width > 0 && len(after) != width {
		return 0, nil, &RequestError{path, fmt.Errorf("the cursor of an earlier page expected, found %q", r.Cursor)}
	}
	return limit, after, nil
}

// list answers one page of what stands under a prefix: suffixes of a fixed
// width, or of any when it is 0, which are the cursors.
func list[T any](x *Index, path string, prefix []byte, width int, page app.PageRequest, element func(s *snapshot, suffix []byte) (T, error)) (*app.Page[T], error) {
	limit, after, err := readPage(path, page, width)
	if err != nil {
		return nil, err
	}
	return read(x, func(s *snapshot) (*app.Page[T], error) {
		out := &app.Page[T]{Items: []T{}, Height: s.head.height}
		last := ""
		err := s.scan(prefix, after, func(suffix, _ []byte) (bool, error) {
			if len(out.Items) == limit {
				out.Next = hex.EncodeToString([]byte(last))
				return false, nil
			}
			if width > 0 && len(suffix) != width {
				return false, errShort
			}
			e, err := element(s, suffix)
			out.Items, last = append(out.Items, e), string(suffix)
			return true, err
		})
		return out, err
	})
}
