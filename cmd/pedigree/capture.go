package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

func newCapture(env *environment) *cobra.Command {
	var a access
	c := &cobra.Command{
		Use:   "capture FILE... --key FILE",
		Short: "Record the events of EPCIS documents",
		Long: `Reads EPCIS documents (1.2 XML, 2.0 XML or 2.0 JSON-LD; "-" is standard input),
turns each event into the transactions it stands for, signs them with the key of
the partner it belongs to, and waits until they are in a block. One line per event
says what was recorded, and under it what had to be inferred.

Business steps that are recorded: commissioning, packing, unpacking, shipping (with
disposition "returned" or an "rma", a return: the sale that it reverses is looked up),
receiving, void_shipping, dispensing, decommissioning ("unknown" or "stolen": missing),
destroying, sampling, repackaging, and holding (a quarantine; released by an event that
unsets its persistent disposition). CBV has no word for a refused receipt or an export:
"pedigree tx template Refuse".

All files are read before anything is sent: one that cannot be read stops the
command with the event, the line and the field. Events go in one by one, in order.
The first that is refused stops the command with exit code 1, and the answer says
which events went in. An event that the ledger has already is passed over, so a
file may be captured again after trouble.`,
		Example: `  pedigree capture shipment.xml --key keys/9521001000000.json
  pedigree capture *.xml --key maker.json --key wholesaler.json --output json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("%s takes the files to capture", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, files []string) error { return runCapture(c.Context(), env, &a, files) },
	}
	a.nodeFlag(c)
	a.keyFlag(c)
	a.forFlag(c)
	return c
}

// captureReport is what became of the files.
type captureReport struct {
	ChainID string         `json:"chainId"`
	Files   []*captureFile `json:"files"`
}

// captureFile is what became of one file.
type captureFile struct {
	File   string `json:"file"`
	Events int    `json:"events"`
	// Captured are the events that were tried, in order, the refused one
	// last.
	Captured []client.Captured `json:"captured"`
	// WentIn, Recorded, Refused and NotTried name events by their number:
	// recorded now, found recorded already, refused, and after the refused
	// one.
	WentIn   []int `json:"wentIn"`
	Recorded []int `json:"recordedBefore,omitempty"`
	Refused  int   `json:"refused,omitempty"`
	NotTried []int `json:"notTried,omitempty"`
	// Advice is the command that goes on from a refusal, if there is one.
	Advice string `json:"advice,omitempty"`

	doc      *epcis.Document
	keyFiles map[gs1.GLN]string // what follows --key, by partner
}

func runCapture(ctx context.Context, env *environment, a *access, files []string) error {
	if len(a.keys) == 0 {
		return usage("capture signs: give the partner's key file with --key")
	}
	report := &captureReport{}
	for _, name := range files {
		f, err := readCaptureFile(env.stdin, name)
		if err != nil {
			return err
		}
		report.Files = append(report.Files, f)
	}
	c, err := a.dial(ctx)
	if err != nil {
		return err
	}
	report.ChainID = c.ChainID()
	var trouble error
	for _, f := range report.Files {
		f.keyFiles = a.keyFiles
		if trouble = f.capture(ctx, env, c); trouble != nil {
			break
		}
	}
	report.rest()
	// The report is shown whatever happened: it says what went in.
	if env.asJSON() {
		if err := env.show(report, nil); err != nil {
			return errors.Join(trouble, err)
		}
	}
	return trouble
}

// readCaptureFile reads and decodes a file; nothing has been sent yet.
func readCaptureFile(stdin io.Reader, name string) (*captureFile, error) {
	in, err := openInput(stdin, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	doc, err := epcis.Decode(in, epcis.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w; nothing was sent", name, err)
	}
	if len(doc.Events) == 0 {
		return nil, fmt.Errorf("%s holds no events; nothing was sent", name)
	}
	return &captureFile{File: name, Events: len(doc.Events), doc: doc, WentIn: []int{}, Captured: []client.Captured{}}, nil
}

// capture takes one file to the ledger.
func (f *captureFile) capture(ctx context.Context, env *environment, c *client.Client) error {
	env.say("%s: %s, %d events", f.File, f.doc.Format, f.Events)
	bar := newProgress(env.stderr, "capturing events")
	done := uint64(0)
	_, err := client.Capture(ctx, c, f.doc, func(e client.Captured) {
		bar.end()
		f.book(e)
		if e.Standing == client.StandingBefore {
			env.say("%s", beforeText(&f.doc.Events[done], &e))
		} else if !env.asJSON() {
			captureText(env.stdout, &e, f.hint(&e))
		}
		done++
		bar.set(done, uint64(f.Events))
	})
	bar.end()
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w; of the file %s went in before; capture it again when the trouble is over", f.File, err, eventList(f.WentIn))
	case f.Refused > 0:
		last := f.Captured[len(f.Captured)-1]
		part := ""
		for _, op := range last.Ops {
			if op.Code == 0 {
				part = fmt.Sprintf(", and of event %d in part (see its transactions)", f.Refused)
			}
		}
		return no("%s: event %d was refused; of the file %s went in%s", f.File, f.Refused, eventList(f.WentIn), part)
	}
	return nil
}

func (f *captureFile) book(e client.Captured) {
	if e.Standing == client.StandingBefore {
		f.Recorded = append(f.Recorded, e.Event)
		return
	}
	f.Captured = append(f.Captured, e)
	if e.OK() {
		f.WentIn = append(f.WentIn, e.Event)
	} else {
		f.Refused, f.Advice = e.Event, f.hint(&e)
	}
}

// hint is the command that goes on from a refusal, empty when there is none.
func (f *captureFile) hint(e *client.Captured) string {
	if e.OK() {
		return ""
	}
	keyFile := ""
	if e.Conflict != nil {
		keyFile = f.keyFiles[e.Conflict.By]
	}
	return hintOf(e.Code, e.Refusal, e.Conflict, keyFile)
}

// beforeText says of an event that the ledger has it already.
func beforeText(ev *epcis.Event, e *client.Captured) string {
	line := fmt.Sprintf("  %3d  %s %s: recorded before", e.Event, ev.Type, ev.Step())
	if n := len(e.Ops); n > 0 {
		line += fmt.Sprintf(", block %d, tx %.8s", e.Ops[n-1].Height, e.Ops[n-1].Tx)
	}
	return line
}

// rest names the events that were not tried.
func (r *captureReport) rest() {
	for _, f := range r.Files {
		tried := len(f.Captured) + len(f.Recorded)
		if tried == f.Events {
			continue
		}
		seen := make(map[int]bool, tried)
		for _, e := range f.Captured {
			seen[e.Event] = true
		}
		for _, n := range f.Recorded {
			seen[n] = true
		}
		for i := range f.doc.Events {
			if n := f.doc.Events[i].Index; !seen[n] {
				f.NotTried = append(f.NotTried, n)
			}
		}
	}
}

// captureText prints what became of one event; hint is the command that goes on
// from a refusal.
func captureText(w io.Writer, e *client.Captured, hint string) {
	line := fmt.Sprintf("  %3d  %s", e.Event, e.What)
	for i, op := range e.Ops {
		sep := ", "
		if i == 0 {
			sep = ": "
			if strings.Contains(e.What, ": ") {
				sep = "; "
			}
		}
		line += sep + opText(&op)
	}
	fmt.Fprintln(w, line)
	for _, s := range e.Inferred {
		fmt.Fprintf(w, "       inferred: %s\n", s)
	}
	switch {
	case e.OK():
	case e.CodeName == "":
		fmt.Fprintf(w, "       REFUSED: %s\n", e.Refusal)
	default:
		fmt.Fprintf(w, "       REFUSED (code %d): %s\n", e.Code, e.Refusal)
		if hint != "" {
			fmt.Fprintf(w, "       do: %s\n", hint)
		}
	}
}

// opText is one transaction of an event.
func opText(op *client.CapturedOp) string {
	s := fmt.Sprintf("%s tx %.8s", op.Op, op.Tx)
	if op.Height > 0 {
		s += fmt.Sprintf(" in block %d", op.Height)
	}
	if op.Shipment > 0 {
		s += fmt.Sprintf(", shipment %d", op.Shipment)
	}
	if op.Code != 0 {
		s += ", refused"
	}
	return s
}

// eventList names events for people: runs of numbers in short form.
func eventList(events []int) string {
	if len(events) == 0 {
		return "nothing"
	}
	var parts []string
	for i := 0; i < len(events); {
		j := i
		for j+1 < len(events) && events[j+1] == events[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(events[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", events[i], events[j]))
		}
		i = j + 1
	}
	if len(events) == 1 {
		return "event " + parts[0]
	}
	return "events " + strings.Join(parts, ", ")
}
