package events

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// Schemas hold documents to the schemas that GS1 publishes. A schema.Set is
// one.
type Schemas interface {
	// Check returns what is wrong with a document of a form, in its order and
	// a bounded number of findings, none if it is valid. The error says that
	// there is no schema for that form.
	Check(format epcis.Format, data []byte) ([]epcis.Error, error)
}

// CaptureConfig is what capturing works with. Zero fields mean the defaults
// beside them.
type CaptureConfig struct {
	// Repository keeps documents, jobs and events.
	Repository *repository.Repository
	// Desk is the ledger, with the keys at hand.
	Desk client.Desk
	// Schemas are held against documents on request, or always where Strict
	// says so of their sender. Nil means that there are none here.
	Schemas Schemas
	Strict  func(sender string) bool
	// MaxBytes and MaxEvents bound one document. Defaults 32 MiB and 10,000.
	MaxBytes  int64
	MaxEvents int
	// MaxReading bounds the bytes of documents that are read at once, when they
	// have arrived; at least MaxBytes. Default twice MaxBytes.
	MaxReading int64
	// Queue is how many jobs may wait, Workers how many run at once, each of
	// another caller. Defaults 256 and 4.
	Queue, Workers int
	// Tries is how often a job is tried when the ledger's node is in trouble,
	// Pause how long it then waits. Defaults 10, and one second doubling up to
	// a minute.
	Tries int
	Pause func(try int) time.Duration
	// Logger gets what an operator should know; nil discards it.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

func (c *CaptureConfig) setDefaults() {
	if c.Strict == nil {
		c.Strict = func(string) bool { return false }
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 32 << 20
	}
	if c.MaxReading == 0 {
		c.MaxReading = 2 * c.MaxBytes
	}
	c.MaxReading = max(c.MaxReading, c.MaxBytes)
	if c.MaxEvents == 0 {
		c.MaxEvents = 10_000
	}
	if c.Queue == 0 {
		c.Queue = 256
	}
	if c.Workers == 0 {
		c.Workers = 4
	}
	if c.Tries == 0 {
		c.Tries = 10
	}
	if c.Pause == nil {
		c.Pause = func(try int) time.Duration { return min(time.Second<<min(try, 10), time.Minute) }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// Captures runs capture jobs in the background: those of one caller one after
// another, because documents build on each other, and those of several callers
// at once. Jobs stand in the repository before they are answered, and are
// taken up again after a restart.
type Captures struct {
	cfg     CaptureConfig
	reading *edge.Room // bounds documents that are read at once: each needs several times its size
	stop    context.CancelFunc
	work    sync.WaitGroup

	mu       sync.Mutex
	changed  *sync.Cond
	closed   bool
	waiting  int
	lines    map[string][]*repository.Job // by caller, the first one running
	ready    []string                     // callers whose first job waits
	inFlight map[sameness]string          // job ids
}

// sameness is what makes two requests of a caller the same.
type sameness struct {
	caller    string
	document  repository.DocumentID
	behaviour repository.Behaviour
}

// errQueueFull means that as many jobs wait as may.
var errQueueFull = errors.New("as many capture jobs wait as may")

// StartCaptures takes up the jobs that were not finished, and is ready for new
// ones. Close it before the repository.
func StartCaptures(cfg CaptureConfig) (*Captures, error) {
	cfg.setDefaults()
	c := &Captures{cfg: cfg, reading: edge.NewRoom(cfg.MaxReading), lines: make(map[string][]*repository.Job), inFlight: make(map[sameness]string)}
	c.changed = sync.NewCond(&c.mu)
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	left, err := cfg.Repository.Unfinished(ctx)
	if err != nil {
		stop()
		return nil, err
	}
	for i := range left {
		c.enqueue(&left[i])
	}
	if len(left) > 0 {
		cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "capture jobs are taken up again", slog.Int("jobs", len(left)))
	}
	for range cfg.Workers {
		c.work.Go(func() { c.serve(ctx) })
	}
	return c, nil
}

// Close stops the jobs under way and waits for them. They are taken up at the
// next start.
func (c *Captures) Close() error {
	c.stop()
	c.mu.Lock()
	c.closed = true
	c.changed.Broadcast()
	c.mu.Unlock()
	c.work.Wait()
	return nil
}

// submit stores a job and lines it up, unless the same request is at work: then
// that one's id is returned. The error is errQueueFull when too many wait.
func (c *Captures) submit(ctx context.Context, job *repository.Job) (id string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id, ok := c.inFlight[samenessOf(job)]; ok {
		return id, nil
	}
	if c.waiting >= c.cfg.Queue || c.closed {
		return "", errQueueFull
	}
	if err := c.cfg.Repository.PutJob(ctx, job); err != nil {
		return "", err
	}
	c.enqueue(job)
	return job.ID, nil
}

func samenessOf(j *repository.Job) sameness { return sameness{j.Caller, j.Document, j.Behaviour} }

// enqueue lines a job up behind the others of its caller.
func (c *Captures) enqueue(job *repository.Job) {
	c.inFlight[samenessOf(job)] = job.ID
	c.lines[job.Caller] = append(c.lines[job.Caller], job)
	c.waiting++
	if len(c.lines[job.Caller]) == 1 {
		c.ready = append(c.ready, job.Caller)
		c.changed.Signal()
	}
}

// serve runs one job after the other until the captures are closed.
func (c *Captures) serve(ctx context.Context) {
	for {
		job := c.next()
		if job == nil {
			return
		}
		if err := c.run(ctx, job); err != nil {
			c.cfg.Logger.LogAttrs(ctx, slog.LevelError, "a capture job is left for the next start", slog.String("job", job.ID), slog.String("err", err.Error()))
		}
		c.leave(job)
	}
}

// next waits for a job to run; nil when there are none any more.
func (c *Captures) next() *repository.Job {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.ready) == 0 && !c.closed {
		c.changed.Wait()
	}
	if c.closed {
		return nil
	}
	caller := c.ready[0]
	c.ready = c.ready[1:]
	c.waiting--
	return c.lines[caller][0]
}

// leave takes a job out of its line; the caller's next one may run, after those
// of others.
func (c *Captures) leave(job *repository.Job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.inFlight, samenessOf(job))
	rest := c.lines[job.Caller][1:]
	if len(rest) == 0 {
		delete(c.lines, job.Caller)
		return
	}
	c.lines[job.Caller] = rest
	c.ready = append(c.ready, job.Caller)
	c.changed.Signal()
}
