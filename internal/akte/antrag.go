package akte

import (
	"encoding/json"
	"errors"
)

// Antrag is the readable form of an application, made by the platform beside the message. It is read leniently: a newer
// platform may add members, and the message stays what counts.
type Antrag struct {
	Format    int        `json:"format"`
	Number    string     `json:"case_number"`
	Related   string     `json:"related_case"` // of the same family; empty when there is none
	Message   string     `json:"message_uuid"`
	Service   string     `json:"service"`
	Title     string     `json:"title"`
	Hash      string     `json:"hash"`
	LawDay    string     `json:"law_day"`
	Received  string     `json:"received_at"`
	Language  string     `json:"language"`
	Person    Person     `json:"person"`
	Sections  []Section  `json:"sections"`
	Documents []Attached `json:"documents"`
	Missing   []Missing  `json:"missing"`
	Fees      []Fee      `json:"fees"`
	Bases     []Basis    `json:"bases"`
	Notices   []Notice   `json:"notices"`
}

// Person is who applies.
type Person struct {
	FamilyName    string   `json:"family_name"`
	GivenNames    string   `json:"given_names"`
	BirthDate     string   `json:"birth_date"` // partial ISO date
	Nationalities []string `json:"nationalities"`
}

// Section is one page of the form.
type Section struct {
	Page  string `json:"page"`
	Title string `json:"title"`
	Rows  []Row  `json:"rows"`
}

// Row is one answer as people read it.
type Row struct {
	Field string          `json:"field"`
	Label string          `json:"label"`
	Value string          `json:"value"`
	Raw   json.RawMessage `json:"raw"`
}

// Attached describes a document of the message; SHA256 ties it to the bytes.
type Attached struct {
	Evidence string `json:"evidence"`
	Name     string `json:"name"`
	File     string `json:"file"`
	MIME     string `json:"mime"`
	Pages    int    `json:"pages"`
	Size     int    `json:"size"`
	SHA256   string `json:"sha256"`
}

// Missing is evidence that was not sent.
type Missing struct {
	Evidence string `json:"evidence"`
	Name     string `json:"name"`
	Level    string `json:"level"` // submit, decide, helpful
}

// Fee is a fee that the rules expect; an empty amount is not known.
type Fee struct {
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Amount string  `json:"amount"`
	Basis  Sources `json:"basis"`
}

// Basis is a legal basis that comes into question, with its conditions.
type Basis struct {
	ID         string      `json:"id"`
	Paragraph  string      `json:"paragraph"`
	Name       string      `json:"name"`
	Conditions []Condition `json:"conditions"`
}

// Condition is met, not_met, unknown, or of discretion; it is a comparison, never a decision.
type Condition struct {
	ID     string  `json:"id"`
	Text   string  `json:"text"`
	Status string  `json:"status"`
	Basis  Sources `json:"basis"`
}

// Notice is what the form told the applicant.
type Notice struct {
	ID    string  `json:"id"`
	Kind  string  `json:"kind"`
	Lead  string  `json:"lead"`
	Text  string  `json:"text"`
	Basis Sources `json:"basis"`
}

// Sources are paragraphs; one alone may be written as plain text.
type Sources []string

// UnmarshalJSON takes a text or a list.
func (s *Sources) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*s = nil
		if one != "" {
			*s = Sources{one}
		}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(s))
}

// ReadAntrag reads the readable form.
func ReadAntrag(raw []byte) (*Antrag, error) {
	a := new(Antrag)
	if err := json.Unmarshal(raw, a); err != nil {
		return nil, errors.New(Readable + ": is not the JSON expected")
	}
	if a.Format != 1 {
		return nil, errors.New(Readable + ": format must be 1")
	}
	return a, nil
}
