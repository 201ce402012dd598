// Package errs is the one error type of the product: a kind that decides the HTTP status, a key into the text
// catalogue for the sentence that people read, the field it is about, and the cause that only operators see.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure it is; edges map it to a status.
type Kind string

const (
	Invalid     Kind = "invalid"     // the input is wrong; the sentence says how to mend it (422)
	Malformed   Kind = "malformed"   // the input cannot be read at all (400)
	TooLarge    Kind = "too_large"   // over a limit (413)
	Unsupported Kind = "unsupported" // a media type that is not taken (415)
	NotFound    Kind = "not_found"   // absent, or another tenant's (404)
	Denied      Kind = "denied"      // wrong code, foreign origin (403)
	Throttled   Kind = "throttled"   // too many tries (429)
	Conflict    Kind = "conflict"    // contradicts what is stored (409)
	Unavailable Kind = "unavailable" // our side cannot do it now (503)
	Internal    Kind = "internal"    // a defect (500)
)

// Error implements error. It never holds what a person typed.
type Error struct {
	Kind  Kind
	Key   string            // text key of the public sentence, e.g. "error.document.locked"
	Args  map[string]string // placeholders of that sentence; no personal data
	Field string            // field id or JSON pointer, empty when it is about the whole
	Cause error             // for the operator's log
}

// E makes an error of a kind with the key of its public sentence.
func E(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// Wrap makes an internal error around a cause.
func Wrap(kind Kind, key string, cause error) *Error {
	return &Error{Kind: kind, Key: key, Cause: cause}
}

// At returns a copy that names the field.
func (e *Error) At(field string) *Error { c := *e; c.Field = field; return &c }

// With returns a copy with one placeholder set.
func (e *Error) With(name, value string) *Error {
	c := *e
	c.Args = map[string]string{name: value}
	for k, v := range e.Args {
		c.Args[k] = v
	}
	c.Args[name] = value
	return &c
}

// Because returns a copy with its cause.
func (e *Error) Because(cause error) *Error { c := *e; c.Cause = cause; return &c }

// Fill puts the placeholders into the public sentence.
func (e *Error) Fill(sentence string) string {
	for name, value := range e.Args {
		sentence = strings.ReplaceAll(sentence, "{"+name+"}", value)
	}
	return sentence
}

func (e *Error) Error() string {
	s := string(e.Kind) + ": " + e.Key
	if e.Field != "" {
		s += " at " + e.Field
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// KindOf gives the kind of any error; what is not ours is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is tells whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// List is several errors at once, in the order of the form.
type List []*Error

func (l List) Error() string {
	if len(l) == 1 {
		return l[0].Error()
	}
	return fmt.Sprintf("%d errors, first: %v", len(l), l[0])
}

// Err gives nil for an empty list.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
