// Package turn chooses what an operation does, by its number.
package turn

import (
	"strconv"
	"strings"
)

// Of returns the one of several kinds whose turn it is. An operation's ID ends in a number that counts from 0 in a trial.
func Of(id string, kinds ...string) string {
	number, err := strconv.Atoi(id[strings.LastIndexByte(id, '-')+1:])
	if err != nil {
		return kinds[0]
	}
	return kinds[number%len(kinds)]
}

// Trial returns the trial of an operation.
func Trial(id string) string {
	return id[:max(strings.LastIndexByte(id, '-'), 0)]
}

// AfterTheWrite is an error of a later step than an operation's write, which succeeded. It does not unwrap: what it means for
// the read, it does not mean for the write.
type AfterTheWrite struct{ Cause error }

func (e AfterTheWrite) Error() string {
	return "the write succeeded, but a later step failed: " + e.Cause.Error()
}
