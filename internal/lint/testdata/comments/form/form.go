// This comment does not name the package.
package form // want: does not start with "Package form"

// The kinds of thing. A group's comment speaks for its constants.
const (
	KindA = 1
	// KindB is the second.
	KindB = 2
	// The third kind.
	KindC = 3 // want: the comment of KindC does not start with its name
)

const (
	Loose    = 4 // want: exported Loose has no comment
	internal = 5
)

const Single = 6 // want: exported Single has no comment

// Vars are explained as a group.
var (
	ErrA error
	errB error
)

type Bare struct{} // want: exported Bare has no comment

// A Thing is explained with an article.
type Thing struct{}

// Things are more than one.
type ThingList []Thing // want: the comment of ThingList does not start with its name

// ThingsOf is another name than Things.
func Things() {} // want: the comment of Things does not start with its name

func (Thing) Do() {} // want: exported Do has no comment

// Redo does it again.
func (*Thing) Redo() {}

type hidden[T any] struct{}

func (hidden[T]) Do() {}

type (
	// Grouped is explained.
	Grouped int
	Left    int // want: exported Left has no comment
)

func Open() (int, error) { // want: exported Open has no comment
	_, _ = hidden[int]{}, errB
	return internal, nil
}
