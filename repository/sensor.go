package repository

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// sensorParts are the parts of all sensor elements with that name.
func sensorParts(e *epcis.Event, local string) []epcis.Node {
	var out []epcis.Node
	for i := range e.SensorElements {
		for _, c := range e.SensorElements[i].Children {
			if c.Name.Local == local {
				out = append(out, c)
			}
		}
	}
	return out
}

// valuesOf are the texts of a field of the standard in nodes.
func valuesOf(nodes []epcis.Node, local string) []string {
	var out []string
	for i := range nodes {
		if v := nodes[i].ChildValue(local); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// inSensor are the texts of a field wherever the standard has it: in the
// metadata, in a report or in both.
func inSensor(e *epcis.Event, local string) []string {
	return append(valuesOf(sensorParts(e, "sensorMetadata"), local), valuesOf(sensorParts(e, "sensorReport"), local)...)
}

// sensor reads the parameters on sensor data (EPCIS 2.0, section 8.2.7.1).
func (p *parser) sensor() (known bool, err error) {
	op, rest, ok := cutComparison(p.name)
	if !ok {
		return false, nil
	}
	switch rest {
	case "time", "startTime", "endTime":
		if op != atLeast && op != less {
			return false, nil
		}
		return true, p.sensorTime(op, rest)
	case "type":
		return p.sensorText(op, "type", measurementOf), nil
	case "deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules", "uriValue":
		return p.sensorText(op, rest, canonicalID), nil
	case "stringValue":
		return p.sensorText(op, rest, strings.TrimSpace), nil
	case "hexBinaryValue":
		return p.sensorText(op, rest, strings.ToUpper), nil
	case "booleanValue":
		if op == equal {
			if err := p.only("true", "false"); err != nil {
				return true, err
			}
		}
		return p.sensorText(op, rest, boolOf), nil
	case "percRank":
		return true, p.sensorNumber(op, rest, "")
	}
	local, unit, _ := strings.Cut(rest, "_")
	switch local {
	case "value", "minValue", "maxValue", "meanValue", "sDev", "percValue":
		return true, p.sensorNumber(op, local, unit)
	}
	return false, nil
}

func boolOf(text string) string {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1":
		return "true"
	case "false", "0":
		return "false"
	}
	return text
}

func (p *parser) sensorText(op comparison, local string, fold func(string) string) bool {
	if op != equal {
		return false
	}
	set := make(map[string]bool, len(p.values))
	for _, v := range p.values {
		set[fold(v)] = true
	}
	p.must(condition{terms: []term{{kindFlag, flagSensor}}, match: func(c *candidate) bool {
		return slices.ContainsFunc(inSensor(c.Event, local), func(v string) bool { return set[fold(v)] })
	}})
	return true
}

func (p *parser) sensorTime(op comparison, local string) error {
	at, err := p.instant()
	if err != nil {
		return err
	}
	p.must(condition{terms: []term{{kindFlag, flagSensor}}, match: func(c *candidate) bool {
		return slices.ContainsFunc(inSensor(c.Event, local), func(v string) bool {
			t, ok := parseInstant(v)
			return ok && op.holds(t.Compare(at))
		})
	}})
	return nil
}

// sensorNumber demands a report with such a value, in that unit if one is
// named. Values in other units are not converted.
func (p *parser) sensorNumber(op comparison, local, unit string) error {
	numbers, err := p.numbers()
	if err != nil {
		return err
	}
	p.must(condition{terms: []term{{kindFlag, flagSensor}}, match: func(c *candidate) bool {
		for _, report := range sensorParts(c.Event, "sensorReport") {
			n, ok := parseNumber(report.ChildValue(local))
			if ok && (unit == "" || report.ChildValue("uom") == unit) && anyNumber(numbers, op, n) {
				return true
			}
		}
		return false
	}})
	return nil
}
