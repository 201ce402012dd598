package akte

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Places inside the directory that connector and Fachverfahren share.
const (
	Inbound    = "eingang"
	Receipts   = "quittungen"
	Outbound   = "ausgang"
	SentFolder = "gesendet"  // inside Outbound
	Refused    = "abgelehnt" // inside Outbound
)

// Prepare makes the places of a shared directory.
func Prepare(directory string) error {
	for _, d := range []string{Inbound, Receipts, filepath.Join(Outbound, SentFolder), filepath.Join(Outbound, Refused)} {
		if err := os.MkdirAll(filepath.Join(directory, d), 0o750); err != nil {
			return err
		}
	}
	return nil
}

// Verdict is what the Fachverfahren made of a message.
type Verdict string

// The two verdicts.
const (
	Imported Verdict = "imported"
	Rejected Verdict = "rejected"
)

var reasonForm = regexp.MustCompile(`^[A-Z][0-9]{3}$`)

// Quittung is the confirmation of the Fachverfahren for one message.
type Quittung struct {
	State Verdict   `json:"state"`
	Code  string    `json:"code,omitempty"` // of list fehlercodes.synchron, when rejected
	Text  string    `json:"text,omitempty"` // why, without personal data
	At    time.Time `json:"at"`
}

// PutQuittung writes the confirmation; it comes last, after everything else is stored.
func PutQuittung(directory, message string, q Quittung) error {
	raw, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return PutFile(filepath.Join(directory, Receipts), message+".json", raw)
}

// ReadQuittung gives the confirmation of a message; false when there is none yet.
func ReadQuittung(directory, message string) (Quittung, bool, error) {
	var q Quittung
	err := readStrict(filepath.Join(directory, Receipts, message+".json"), &q)
	if errors.Is(err, fs.ErrNotExist) {
		return q, false, nil
	}
	if err != nil {
		return q, false, err
	}
	if q.State != Imported && q.State != Rejected {
		return q, false, errors.New("quittung: state must be imported or rejected")
	}
	if q.Code != "" && !reasonForm.MatchString(q.Code) { // the code leaves the house in an event that is not encrypted
		return q, false, errors.New("quittung: code must be one of list fehlercodes.synchron, such as S001; words belong into text")
	}
	return q, true, nil
}

// State is how far a message got, told by the connector's journal. Times are zero when it has not come so far.
type State struct {
	Handed    time.Time // lies in eingang; for a question: is with the platform
	Confirmed time.Time
	Verdict   Verdict
	Code      string
}
