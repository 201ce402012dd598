// Package application is the life of one application as pure rules: its number, its receipts, its stage.
package application

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"
)

// Number is what the applicant quotes: AT-XXXX-XXXX-C, nine symbols of Crockford's base32, the last a check symbol.
type Number string

const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewNumber draws a number; 40 random bits, so the store must still insist that it is new.
func NewNumber() Number {
	var b [8]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = symbols[b[i]&31]
	}
	s := string(b[:])
	return Number("AT-" + s[:4] + "-" + s[4:] + "-" + string(checkSymbol(s)))
}

// ParseNumber reads a number as people type it; blanks, dashes and case do not matter.
func ParseNumber(s string) (Number, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
	s = strings.TrimPrefix(s, "AT")
	s = strings.NewReplacer("I", "1", "L", "1", "O", "0").Replace(s)
	if len(s) != 9 || strings.Trim(s, symbols) != "" || s[8] != checkSymbol(s[:8]) {
		return "", errors.New("not a case number")
	}
	return Number("AT-" + s[:4] + "-" + s[4:8] + "-" + s[8:]), nil
}

// checkSymbol catches one wrong symbol and most swaps: a weighted sum, weights odd so that each is invertible mod 32.
func checkSymbol(s string) byte {
	sum := 0
	for i := 0; i < len(s); i++ {
		sum += (2*i + 1) * strings.IndexByte(symbols, s[i])
	}
	return symbols[sum&31]
}

// Receipts are the five points in time of one message's way, and the two bad ends. Zero means: not yet.
type Receipts struct {
	Accepted, Sealed, HandedOver, Fetched, Imported time.Time
	Rejected, Failed                                time.Time
}

// Stage is derived from the receipts, never stored.
type Stage string

// Stages in the order of the way.
const (
	Accepted   Stage = "accepted"
	HandedOver Stage = "handed_over"
	Fetched    Stage = "fetched"
	Imported   Stage = "imported"
	Rejected   Stage = "rejected"
	Failed     Stage = "failed"
)

// Stage gives where the message is.
func (r Receipts) Stage() Stage {
	switch {
	case !r.Rejected.IsZero():
		return Rejected
	case !r.Imported.IsZero():
		return Imported
	case !r.Failed.IsZero():
		return Failed
	case !r.Fetched.IsZero():
		return Fetched
	case !r.HandedOver.IsZero():
		return HandedOver
	default:
		return Accepted
	}
}

// Pending tells whether the platform still has work with it.
func (r Receipts) Pending() bool {
	return r.Imported.IsZero() && r.Rejected.IsZero() && r.Failed.IsZero()
}
