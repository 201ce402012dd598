// Package antrag makes what an authority receives out of checked answers: the XAusländer message, the PDF summary for
// people, and antrag.json for software without XAusländer. Everything that was answered is in the PDF; what has an
// element of the standard is in the message too.
package antrag

import (
	"crypto/sha512"
	"time"

	"aufenthalt/internal/authority"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/config"
	"aufenthalt/internal/document/pdf"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/form"
	"aufenthalt/internal/xauslaender"
)

// product is what the other side quotes when something fails.
var product = xauslaender.Product{Name: "Aufenthalt", Maker: "Aufenthalt", Version: "0.1"}

// lang is the language of the authority's side.
const lang = "de"

// Document is a checked document in the clear. Evidence is its id in the service; SHA256 is hexadecimal.
type Document struct {
	ID, Evidence, Name, MIME, SHA256 string
	Pages                            int
	Data                             []byte
}

// Input is a complete application. State must belong to Answers.
type Input struct {
	Number     string // case number
	Related    string // case number of an application before, of the same family; empty when there is none
	Message    string // UUID of the message
	Now        time.Time
	Test       bool   // not to be processed productively
	Language   string // in which the applicant filled the form
	Operator   config.Operator
	Authority  *authority.Authority
	Definition *form.Definition
	Mapping    Mapping
	State      *form.State
	Answers    form.Answers
	Documents  []Document
}

// Composed is what is sealed and sent.
type Composed struct {
	Message []byte // XAusländer, UTF-8
	Summary []byte // PDF; empty for an answer
	JSON    []byte // antrag.json; empty for an answer
	SHA512  [sha512.Size]byte
}

// Writer composes; it may be shared.
type Writer struct {
	messages *xauslaender.Reader
	fonts    *pdf.Fonts
}

// NewWriter loads what composing needs.
func NewWriter() (*Writer, error) {
	fonts, err := pdf.Load()
	if err != nil {
		return nil, err
	}
	return &Writer{xauslaender.NewReader(xauslaender.V2611), fonts}, nil
}

// Compose makes message, summary and readable form of an application. An error is a defect of ours or a character that
// slipped through: the answers were validated before.
func (w *Writer) Compose(in Input) (Composed, error) {
	var out Composed
	r := newReadable(in)
	var err error
	if out.JSON, err = r.json(); err != nil {
		return out, internal(err)
	}
	if out.Summary, err = w.summary(in, r); err != nil {
		return out, internal(err)
	}
	if out.Message, err = w.messages.WriteApplication(message(in, out.Summary)); err != nil {
		return out, internal(err)
	}
	out.SHA512 = sha512.Sum512(out.Message)
	return out, nil
}

// AnswerInput is the applicant's reply to a question of the authority.
type AnswerInput struct {
	Number, Message, Question string // case number, UUID of this message and of the question
	Now                       time.Time
	Test                      bool
	Operator                  config.Operator
	Authority                 *authority.Authority
	Text                      string
	Documents                 []Document
}

// ComposeAnswer makes the message 130103. It needs a text or a document.
func (w *Writer) ComposeAnswer(in AnswerInput) (Composed, error) {
	var out Composed
	if in.Text == "" && len(in.Documents) == 0 {
		return out, errs.E(errs.Invalid, "error.answer.empty").At("text")
	}
	a := xauslaender.Answer{
		Head:   head(in.Message, in.Now, in.Test, in.Operator, in.Authority),
		Number: in.Number, Trigger: in.Question, Text: in.Text, BackChannel: true,
	}
	for _, d := range in.Documents {
		a.Documents = append(a.Documents, xauslaender.Document{Name: d.Name, MIME: d.MIME, Data: d.Data})
	}
	var err error
	if out.Message, err = w.messages.WriteAnswer(a); err != nil {
		return out, internal(err)
	}
	out.SHA512 = sha512.Sum512(out.Message)
	return out, nil
}

func internal(err error) error { return errs.Wrap(errs.Internal, "error.internal", err) }

func head(id string, now time.Time, test bool, op config.Operator, a *authority.Authority) xauslaender.Head {
	return xauslaender.Head{
		UUID: id, Created: civil.InGermany(now), Test: test, Product: product,
		Reader: xauslaender.Party{Kennung: a.Kennung, Name: a.Name, Address: xauslaender.Address{Street: a.Street, HouseNumber: a.HouseNumber, Postcode: a.Postcode, City: a.City}},
		Author: xauslaender.Party{Kennung: op.Kennung, Name: op.Name, Email: op.Email,
			Address: xauslaender.Address{Street: op.Street, HouseNumber: op.HouseNumber, Postcode: op.Postcode, City: op.City}},
	}
}
