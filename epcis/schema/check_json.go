package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/pedigree-ledger/pedigree/epcis"
)

func checkJSON(schema *jsonschema.Schema, data []byte) []epcis.Error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return []epcis.Error{{Line: lineOf(data, err), Reason: short(err.Error())}}
	}
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(doc); !errors.As(err, &invalid) {
		return nil
	}
	var f jsonFindings
	f.add(invalid)
	f.setLines(data)
	return f.list
}

// jsonFindings are the causes at the bottom of a validator's tree of errors, one
// for each place in the document. Where the schema offers a choice, as it does
// for most values, the reasons against the first alternatives stand together.
type jsonFindings struct {
	list []epcis.Error
	at   map[string]int
}

func (f *jsonFindings) add(e *jsonschema.ValidationError) {
	_, named := e.ErrorKind.(*kind.PropertyNames)
	if len(e.Causes) > 0 && !named {
		for _, cause := range e.Causes {
			f.add(cause)
		}
		return
	}
	unit := e.BasicOutput()
	if len(unit.Errors) > 0 {
		unit = &unit.Errors[0]
	}
	if unit.Error == nil {
		return
	}
	pointer, reason := unit.InstanceLocation, unit.Error.String()
	if i, seen := f.at[pointer]; seen {
		if old := f.list[i].Reason; len(old) < maxReason && !strings.Contains(old, reason) {
			f.list[i].Reason = short(old + "; or " + reason)
		}
		return
	}
	if len(f.list) == maxFindings {
		return
	}
	if f.at == nil {
		f.at = make(map[string]int)
	}
	f.at[pointer] = len(f.list)
	f.list = append(f.list, epcis.Error{Event: eventOf(pointer), Pointer: pointer, Reason: short(reason)})
}

// eventOf is the number of the event that a JSON pointer leads into, from 1, or
// 0.
func eventOf(pointer string) int {
	_, rest, ok := strings.Cut(pointer, "/eventList/")
	if !ok {
		return 0
	}
	first, _, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n + 1
}

// lineOf is the line at which JSON stopped being JSON, or 0.
func lineOf(data []byte, err error) int {
	var bad *json.SyntaxError
	if !errors.As(err, &bad) || bad.Offset > int64(len(data)) {
		return 0
	}
	return 1 + bytes.Count(data[:bad.Offset], []byte("\n"))
}
