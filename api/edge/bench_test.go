package edge

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkEdge is what the edge itself costs a request.
func BenchmarkEdge(b *testing.B) {
	e, err := New(Config{Access: readers(), Limits: Limits{CallerRate: -1}})
	if err != nil {
		b.Fatal(err)
	}
	registerEcho(e, Need(Read))
	handler := e.Handler()
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/echo/hello", nil)
		r.Header.Set("Authorization", "Bearer reader")
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}
