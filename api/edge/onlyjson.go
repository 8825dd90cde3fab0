package edge

import "github.com/danielgtaylor/huma/v2"

// onlyJSON is the framework, whose answers are JSON whatever Accept says: a part
// that has other forms reads Accept itself. The framework's own reading of it
// panics at one such as ";,0".
type onlyJSON struct{ huma.API }

// Negotiate answers the form of every answer that has no Content-Type yet.
func (onlyJSON) Negotiate(string) (string, error) { return "application/json", nil }
