package repository

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"time"
)

// The first byte of a key says what it holds. Numbers are big-endian.
const (
	prefixMeta         = 'm' // name -> see headKey and secretKey
	prefixDocument     = 'd' // sha-256 -> document
	prefixJob          = 'j' // UUID -> Job
	prefixRunning      = 'u' // UUID -> nothing: a job that is not finished
	prefixEvent        = 'e' // seq -> record
	prefixTime         = 't' // event time, seq -> nothing
	prefixRecorded     = 'r' // record time, seq -> nothing
	prefixTerm         = 'k' // kind, value, 0, seq -> event time
	prefixReplaced     = 'x' // seq -> seq of the event that took its place
	prefixMaster       = 'v' // vocabulary type, 0, id -> masterRecord
	prefixQuery        = 'q' // name -> NamedQuery
	prefixSubscription = 's' // query name, 0, id -> Subscription
	prefixState        = 'z' // subscription id -> SubscriptionState
	prefixDead         = 'l' // subscription id, 0, number -> DeadLetter
	prefixAnswer       = 'a' // sha-256 of caller and key -> answer
	prefixProgress     = 'p' // name -> number
)

func headKey() []byte   { return []byte{prefixMeta, 'h'} }
func secretKey() []byte { return []byte{prefixMeta, 's'} }

func numbered(prefix byte, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{prefix}, n)
}

// instant orders times as unsigned numbers of nanoseconds. Times beyond what
// 64 bits hold (before 1678, after 2262) stand at the ends.
func instant(t time.Time) uint64 {
	switch {
	case t.Year() < 1678:
		return 0
	case t.Year() > 2261:
		return math.MaxUint64
	}
	return uint64(t.UnixNano()) + 1<<63
}

func timeKey(prefix byte, at, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(numbered(prefix, at), seq)
}

// kind is what a term says of an event.
type kind byte

// The kinds of terms. They are on disk: numbers are never used again.
const (
	kindID kind = iota + 1 // the event's ID
	kindHash
	kindType
	kindEPC   // any EPC of the event, in whatever role
	kindClass // any EPC class
	kindBizStep
	kindDisposition
	kindBizLocation
	kindReadPoint
	kindBizTransaction
	kindParty // any source or destination
	kindTransformation
	kindILMD    // a top-level field of the ILMD and its text
	kindFlag    // flagError, flagSensor
	kindProduct // the GTIN of any EPC or class
)

// term is one thing by which events are found. Its value is canonical.
type term struct {
	kind  kind
	value string
}

// maxTermBytes bounds a value in a key; longer ones stand as their hash.
const maxTermBytes = 160

// prefix is the beginning of the keys of all events that have the term.
func (t term) prefix() []byte { return append(t.open(), 0) }

// open is the beginning of the keys of all terms whose values begin with t's.
func (t term) open() []byte {
	v := t.value
	if len(v) > maxTermBytes || strings.IndexByte(v, 0) >= 0 {
		sum := sha256.Sum256([]byte(v))
		v = "#" + hex.EncodeToString(sum[:])
	}
	return append([]byte{prefixTerm, byte(t.kind)}, v...)
}

func (t term) key(seq uint64) []byte { return binary.BigEndian.AppendUint64(t.prefix(), seq) }
