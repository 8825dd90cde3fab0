package edge

import "time"

// Limits bound what callers can take from the process. A zero field means the
// default beside it; a negative rate means no limit.
type Limits struct {
	// Body is the largest request body in bytes of an operation that states
	// no limit of its own. Default 1 MiB.
	Body int64 `json:"body,omitempty"`
	// Bodies is how many bytes of request bodies are held at once, over all
	// requests, besides the first 64 KiB of each; what finds no room in a few
	// seconds is refused with 503. At least the largest body that any
	// operation takes. Default 128 MiB.
	Bodies int64 `json:"bodies,omitempty"`
	// BodyTime is how long a request body may take to arrive, for operations
	// that state no time of their own. Default 30s.
	BodyTime time.Duration `json:"bodyTime,omitempty"`
	// RequestTime is how long an operation may work on a request; those that
	// stream have no limit. Default 60s.
	RequestTime time.Duration `json:"requestTime,omitempty"`
	// AnswerTime is how long reading a request and writing its answer may
	// take together. Default 5m.
	AnswerTime time.Duration `json:"answerTime,omitempty"`
	// URL is the longest path and query in bytes. Default 8 KiB.
	URL int `json:"url,omitempty"`
	// Header is the most bytes of a request's headers. Default 32 KiB.
	Header int `json:"header,omitempty"`
	// Queries, Verifications and Writes are how many requests of each kind
	// are worked on at once, at most three quarters of them of one caller;
	// one more is refused with 503. Defaults 64, 256 and 32.
	Queries       int `json:"queries,omitempty"`
	Verifications int `json:"verifications,omitempty"`
	Writes        int `json:"writes,omitempty"`
	// CallerRate is how many requests a second a caller with a credential
	// may make, PublicRate how many each address without one; a second's
	// worth may come at once. One more is refused with 429. Defaults 1,000
	// and 100.
	CallerRate int `json:"callerRate,omitempty"`
	PublicRate int `json:"publicRate,omitempty"`
	// Connections are the most at once, AddressConnections the most of one
	// address. Defaults 4,096 and 512.
	Connections        int `json:"connections,omitempty"`
	AddressConnections int `json:"addressConnections,omitempty"`
}

func (l *Limits) setDefaults() {
	setDefault(&l.Body, 1<<20)
	setDefault(&l.Bodies, 128<<20)
	setDefault(&l.BodyTime, 30*time.Second)
	setDefault(&l.RequestTime, time.Minute)
	setDefault(&l.AnswerTime, 5*time.Minute)
	setDefault(&l.URL, 8<<10)
	setDefault(&l.Header, 32<<10)
	setDefault(&l.Queries, 64)
	setDefault(&l.Verifications, 256)
	setDefault(&l.Writes, 32)
	setDefault(&l.CallerRate, 1000)
	setDefault(&l.PublicRate, 100)
	setDefault(&l.Connections, 4096)
	setDefault(&l.AddressConnections, 512)
}

func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// class is a kind of work whose requests are counted together.
type class uint8

const (
	unclassed class = iota
	queries
	verifications
	writes
)

// classOf sorts an operation by the scope that it needs.
func classOf(s Scope) class {
	switch s {
	case Read, Subscribe:
		return queries
	case Verify:
		return verifications
	case Capture, Sign, Submit:
		return writes
	case Metrics:
	}
	return unclassed
}

// busy makes the counters of requests at work.
func (l *Limits) busy() map[class]*slots {
	return map[class]*slots{
		queries:       newSlots(l.Queries),
		verifications: newSlots(l.Verifications),
		writes:        newSlots(l.Writes),
	}
}
