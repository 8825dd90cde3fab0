package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

var update = flag.Bool("update", false, "write the reference page of questions instead of comparing it")

// question is one of those that users of the ledger ask, and how it is
// answered.
type question struct {
	id, text string
	// how far the answer can be believed: see the standings.
	standing string
	// queries are paths of app.Queries, methods those of client.Client,
	// commands those of the command line.
	queries, methods, commands []string
	// note says what the answer rests on, or why there is none.
	note string
}

// How far an answer can be believed.
const (
	proved  = "proved"
	counted = "proved complete"
	listed  = "listed"
	mixed   = "listed, each proved"
	offline = "checked by oneself"
	absent  = "not in the open profile"
)

// questionGroup is whose questions they are.
type questionGroup struct {
	who       string
	questions []question
}

// questions is the list of the reference (dscsa.md, 7b): Q1 to Q35.
func questions() []questionGroup {
	return []questionGroup{
		{"Pharmacy", []question{
			{"Q1", "Is this package genuine, and may it be sold now?", proved, []string{"/marks/{key}", "/lot/{gtin}/{lot}", app.PathPlace}, []string{"Pedigree"}, []string{"verify"}, "One pedigree file answers both."},
			{"Q2", "Are lot and expiry date right?", proved, []string{"/lot/{gtin}/{lot}", "/commission/{gtin}/{lot}/{sequence}"}, []string{"Pedigree"}, []string{"verify"}, "The label's lot and date are compared with the ledger's."},
			{"Q3", "Who sold it to me, and were all owners authorised?", mixed, []string{app.PathHistory, "/shipment/{number}", "/partner/{gln}"}, []string{"History", "Pedigree"}, []string{"trace"}, "No step can be made up, that none is missing is the node's word; the ledger refuses a sale between partners that are not authorised."},
			{"Q4", "Is it recalled, suspect or stolen as of now?", proved, []string{"/marks/{key}", "/lot/{gtin}/{lot}"}, []string{"Pedigree"}, []string{"verify", "item"}, "That it is not is proved as well."},
			{"Q5", "What is inside this tote before I open it?", mixed, []string{app.PathContents, "/content/{holding}/{gtin}/{lot}"}, []string{"Contents"}, []string{"item"}, "How many of which lot is proved; the serials (--contents) are listed."},
			{"Q6", "What did I receive, against the notices?", mixed, []string{app.PathPartnerShipments, "/shipment/{number}"}, []string{"Deliveries"}, []string{"inbound"}, "By day of shipping; the counts of each shipment are proved."},
			{"Q7", "Transaction information and statements for an inspector, in one file", mixed, []string{app.PathPartnerShipments, app.PathHistory}, []string{"Deliveries", "ExportDocument"}, []string{"bundle", "export"}, "Package bundle: a date range or one item as EPCIS XML, EPCIS JSON-LD or a PDF with labels; shipments, products, lots and partners are proved, and that none is left out is the index's word. export writes everything."},
			{"Q8", "May I return it, to whom?", proved, []string{app.PathPlace, "/shipment/{number}"}, []string{"Pedigree"}, []string{"item"}, "To the seller of the sale by which it was acquired, or to its labeler; the ledger has no deadline for returns."},
		}},
		{"Wholesaler", []question{
			{"Q9", "Everything of a lot in my sites and on trucks", counted, []string{app.PathRecallReach, app.PathLotHoldings}, []string{"RecallReach", "LotHoldings"}, []string{"recall reach"}, "By site and shipment, summed against the lot's record."},
			{"Q10", "What came in wrong, by supplier, and for how long", mixed, []string{app.PathPartnerShipments, app.PathExceptions, "/exception/{number}"}, []string{"Deliveries", "Exceptions"}, []string{"inbound", "exception list"}, "Grouped by supplier, with the oldest that is still missing."},
			{"Q11", "Verify this batch of returns", proved, []string{app.PathRecord}, []string{"VerifyBatch"}, []string{"verify batch"}, "One call, one block, each record fetched once; up to 10,000 packages."},
			{"Q12", "Which customers got this lot from me?", mixed, []string{app.PathLotSales, "/shipment/{number}"}, []string{"LotCustomers"}, []string{"recall customers"}, "By customer and shipment, whether or not they still have it. How much of the lot was in a shipment is the node's word; who has it now is Q9 and Q23."},
			{"Q13", "Which packages of this case were never scanned?", listed, []string{app.PathHistory, app.PathContents}, []string{"Inferred"}, nil, "By what the possessor said of its receipt, or its own packing: all of the case or nothing. For programs only."},
			{"Q14", "Whose license ends within 30 days?", mixed, []string{app.PathExpiring, app.PathPartners, "/partner/{gln}"}, []string{"Expiring", "Partners", "ProvePartners"}, []string{"partner list", "partner show"}, "partner list --expiring 30d. The day is the partner's own word, or its sponsor's, with the hash of the license."},
			{"Q15", "Which clocks are running?", mixed, []string{app.PathClocks, "/trace-request/{number}", "/exception/{number}", "/investigation/{number}"}, []string{"Clocks", "Query"}, []string{"clocks", "request show", "exception show", "investigation show"}, "Requests to answer, exceptions to respond to, notices to give. Due times are in the records; what is late follows from block time."},
		}},
		{"Manufacturer", []question{
			{"Q16", "Where does this serial stand, and what was last held against it?", proved, []string{app.PathPlace, "/segment/{holding}/{segment}", "/marks/{key}"}, []string{"Pedigree", "History"}, []string{"item", "trace"}, ""},
			{"Q17", "How far has a recall reached?", counted, []string{app.PathRecallReach, "/recall-ack/{gtin}/{lot}/{gln}", app.PathLotsMadeFrom}, []string{"RecallReach", "LotsMadeFrom"}, []string{"recall reach", "recall ack"}, "Holders, acknowledgements and what is outstanding; that nobody was left out is proved by the counts. What the lot was repackaged into is listed."},
			{"Q18", "Duplicates and copies, with the evidence", proved, []string{"/marks/{key}"}, []string{"FindConflict", "Evidence"}, []string{"report", "proof evidence export", "proof evidence verify"}, "The events conflict and duplicate announce them (docs/reference/events.md)."},
			{"Q19", "Does the lot add up?", counted, []string{"/lot/{gtin}/{lot}", app.PathLotHoldings}, []string{"RecallReach"}, []string{"recall reach"}, "Commissioned is live with the holders and ended, recalled or not."},
			{"Q20", "How often are my GTINs verified, and from where?", absent, nil, nil, nil, "Verification is a question to any node, and leaves no record on the ledger."},
		}},
		{"Regulator", []question{
			{"Q21", "The full chain of a serial", mixed, []string{app.PathHistory}, []string{"History", "ExportDocument"}, []string{"trace"}, "No step can be made up, and the last agrees with the proved pedigree; that none is missing is the node's word."},
			{"Q22", "The last known owner", proved, []string{app.PathPlace, "/holding/{id}"}, []string{"Pedigree"}, []string{"item"}, ""},
			{"Q23", "All holders of a lot, complete", counted, []string{app.PathRecallReach}, []string{"RecallReach"}, []string{"recall reach"}, "As of the last block; of an earlier one while nodes keep its state."},
			{"Q24", "Who was authorised at a time?", proved, []string{"/partner/{gln}"}, []string{"PartnerAt"}, []string{"partner show"}, "partner show --at: credential and standing after the last block of that time, while nodes keep that state; else by audit replay. One partner at a time."},
			{"Q25", "Which serials belong to an incident?", mixed, []string{app.PathInvestigations, "/investigation/{number}", app.PathNotices, "/notice/{gln}/{subject}"}, []string{"Investigations", "Notices", "Query"}, []string{"investigation list", "investigation show", "notify list"}, "Each investigation names one item, container or lot, and FDA's number for the incident once a notice gave it: look for that number in the list."},
			{"Q26", "Did a partner answer in time?", mixed, []string{app.PathTraceRequests, "/trace-request/{number}", app.PathExceptions, "/exception/{number}", app.PathInvestigations, "/investigation/{number}"}, []string{"TraceRequests", "Exceptions", "Investigations", "Query"}, []string{"clocks", "request show", "exception show", "investigation show"}, "When it was due and when it was answered, responded to or notified stand in the record; a breach is derived, never swept. clocks --all lists what was answered as well."},
			{"Q27", "Who has looked?", absent, nil, nil, nil, "Every member has every record and reads it on its own node: there is nothing that could log it."},
		}},
		{"Auditor", []question{
			{"Q28", "Do the blocks give this state?", offline, nil, nil, []string{"audit replay"}, "Every block from genesis is executed anew and the app hashes compared."},
			{"Q29", "What was the state at a height?", proved, []string{app.PathRecord}, []string{"Query"}, []string{"proof export", "proof verify"}, "A pedigree file proves it for ever; a node answers for the heights whose state it keeps."},
			{"Q30", "Every correction, and what it corrects", mixed, []string{app.PathCorrections, "/correction/{tx}/{gln}", app.PathHistory}, []string{"Corrections", "History", "Query"}, []string{"error list", "trace"}, "By who declared it, and in a package's history beside the step. A correction stands beside what it corrects; nothing is edited."},
			{"Q31", "Are six years kept?", offline, nil, nil, []string{"audit replay", "fsck"}, "A node that replays from block 1 has them all; headers chain."},
			{"Q32", "Have the validators signed, has one misbehaved?", offline, nil, nil, []string{"audit replay"}, "The replay checks the signatures of each block; who was absent stands in CometBFT's commits, who signed twice in the blocks' evidence."},
		}},
		{"Operator", []question{
			{"Q33", "What became of this event?", mixed, []string{app.PathTxByEvent, app.PathTx}, []string{"TxByEvent", "Tx"}, []string{"tx show"}, "By EPCIS event hash; capturing a file again passes over what is recorded."},
			{"Q34", "Does a document come out as it went in?", listed, []string{app.PathHistory, app.PathTxByEvent}, []string{"ExportDocument"}, []string{"capture", "trace"}, "Event hashes are compared; trace --epcis says how many are exactly the same."},
			{"Q35", "Is the node in step, and what does it cost?", listed, []string{app.PathIndexStatus, "/params"}, []string{"IndexStatus"}, []string{"index status"}, "Also /livez, /readyz and /metrics over HTTP. There are no fees; quotas are in the parameters."},
		}},
	}
}

// TestReferenceQuestions writes docs/reference/questions.md, and checks that
// each query, method and command that it names exists.
func TestReferenceQuestions(t *testing.T) {
	var b strings.Builder
	b.WriteString("<!-- Written by go test ./cmd/pedigree -run TestReferenceQuestions -update. Edit cmd/pedigree/questions_test.go instead. -->\n\n")
	b.WriteString(`# Questions

What users ask, and what answers it: a query of [queries.md](queries.md), a method
of package client's Client (or its function Query, for any one record), a command.

| The answer is | |
|---|---|
| ` + proved + ` | records with proofs, checked against the validators' signatures |
| ` + counted + ` | proved, and that nothing was left out follows from proved counts |
| ` + mixed + ` | a node's index names what there is; each thing named has a record that is proved, by a command or by Query |
| ` + listed + ` | the word of a node's index |
| ` + offline + ` | whoever asks computes it from the blocks |
| ` + absent + ` | there is no answer, and the note says why |
`)
	n := 0
	for _, g := range questions() {
		fmt.Fprintf(&b, "\n## %s\n\n| | Question | The answer is | Queries | Client | Command | |\n|---|---|---|---|---|---|---|\n", g.who)
		for _, q := range g.questions {
			if n++; q.id != fmt.Sprintf("Q%d", n) {
				t.Errorf("%s stands where Q%d should", q.id, n)
			}
			q.check(t)
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", q.id, q.text, q.standing, code(q.queries), code(q.methods), code(q.commands), q.note)
		}
	}
	if n != 35 {
		t.Errorf("%d questions, want 35", n)
	}
	path := filepath.Join("..", "..", "docs", "reference", "questions.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, []byte(b.String())) {
		t.Errorf("%s is stale (%v): write it with go test ./cmd/pedigree -run TestReferenceQuestions -update", path, err)
	}
}

func code(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

// check reports what the question names and is not there.
func (q *question) check(t *testing.T) {
	t.Helper()
	paths := map[string]bool{}
	for _, known := range app.Queries() {
		paths[known.Path] = true
	}
	for _, path := range q.queries {
		if !paths[path] {
			t.Errorf("%s: there is no query %s", q.id, path)
		}
	}
	for _, name := range q.methods {
		if name == "Query" { // a function of the package, for its type parameter
			_ = client.Query[app.Partner]
			continue
		}
		if _, ok := reflect.TypeFor[*client.Client]().MethodByName(name); !ok {
			t.Errorf("%s: the client has no method %s", q.id, name)
		}
	}
	root := newRoot(strings.NewReader(""), io.Discard, io.Discard)
	for _, command := range q.commands {
		found, rest, err := root.Find(strings.Fields(command))
		if err != nil || len(rest) > 0 || found.CommandPath() != "pedigree "+command {
			t.Errorf("%s: there is no command %q (%v)", q.id, command, err)
		}
	}
	if none := len(q.queries)+len(q.methods)+len(q.commands) == 0; none != (q.standing == absent) || none && q.note == "" {
		t.Errorf("%s: %s, and answered by %v %v %v", q.id, q.standing, q.queries, q.methods, q.commands)
	}
}
