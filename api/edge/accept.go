package edge

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// Preferred chooses among the forms of an answer by the value of an Accept
// header (RFC 9110, section 12.5.1): the form of the highest quality, and of
// several the one that is named first. form says which form a media type or
// range means; ok is false where nothing that is named can be had.
func Preferred[F any](accept string, form func(media string) (F, bool)) (best F, ok bool) {
	highest := 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, given := params["q"]; given {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		if f, can := form(media); can && q > highest {
			best, highest = f, q
		}
	}
	return best, highest > 0
}

// acceptOf is the whole Accept header, which may come in several lines.
func acceptOf(r *http.Request) string { return strings.Join(r.Header.Values("Accept"), ",") }
