package gs1

import "strings"

// DigitalLink writes the elements as a Digital Link URI on a stem such as
// CanonicalStem (DL 4.11): the first primary key and its qualifiers in the
// path, the rest in the query, those of predefined length first. Identical
// repetitions are written once. It fails if there is no primary key, or an
// element may stand neither in the path nor in the query.
func (es Elements) DigitalLink(stem string) (string, error) {
	es = es.distinct()
	key := -1
	for i := range es {
		if sp, _ := lookup(es[i].AI); sp.primary {
			key = i
			break
		}
	}
	if key < 0 {
		return "", problem(ProblemMissingAI, -1, "a Digital Link needs a primary key such as (01), (00) or (414)")
	}
	sp, _ := lookup(es[key].AI)
	path, query, e := es.divide(es[key], sp.path)
	if e != nil {
		return "", e
	}
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(stem, "/"))
	for i := range path {
		b.WriteString("/" + path[i].AI + "/" + escape(path[i].Value, false))
	}
	before := "?"
	for i := range query {
		b.WriteString(before + query[i].AI + "=" + escape(query[i].Value, true))
		before = "&"
	}
	return b.String(), nil
}

func (es Elements) distinct() Elements {
	out := make(Elements, 0, len(es))
	for i := range es {
		if _, there := out.Get(es[i].AI); !there {
			out = append(out, es[i])
		}
	}
	return out
}

// divide shares the elements out between path and query. Of the sequences of
// qualifiers it takes the one that leaves a lawful query, the first if several.
func (es Elements) divide(key Element, sequences string) (path, query Elements, e *ScanError) {
	for {
		var one string
		one, sequences, _ = strings.Cut(sequences, " ")
		path, query = es.along(key, one)
		if e = query.checkQuery(path); e == nil || sequences == "" {
			return path, query, e
		}
	}
}

// along takes the qualifiers of one sequence into the path.
func (es Elements) along(key Element, sequence string) (path, query Elements) {
	path = Elements{key}
	for rest := sequence; rest != ""; {
		var ai string
		ai, rest, _ = strings.Cut(rest, "+")
		if v, ok := es.Get(ai); ok {
			path = append(path, Element{AI: ai, Value: v})
		}
	}
	for _, preset := range [...]bool{true, false} {
		for i := range es {
			sp, _ := lookup(es[i].AI)
			if _, inPath := path.Get(es[i].AI); !inPath && sp.preset == preset {
				query = append(query, es[i])
			}
		}
	}
	return path, query
}

func (es Elements) checkQuery(path Elements) *ScanError {
	l := link{es: path, inPath: len(path)}
	for i := range es {
		if e := l.checkAttribute(es[i].AI); e != nil {
			return e
		}
	}
	return nil
}
