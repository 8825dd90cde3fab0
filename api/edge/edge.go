// Package edge is what every HTTP request passes on its way in and out: who
// makes it and what he may do, limits, request ids, problems, and the
// description of the API.
package edge
