package antrag

import (
	"time"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/document/pdf"
)

// Receipt is what the applicant keeps: number, access code, when it was received, and what is still to come.
type Receipt struct {
	Lang, Number, Code   string // Code in groups of four
	Service, Authority   string // names in the language
	Received             time.Time
	StatusURL            string
	QR                   []string // rows of 0 and 1
	Missing              []string // names of documents that are still to come
	Message, Fingerprint string   // UUID and SHA-512 of what was sent
	Operator             string
	Text                 func(key string) string // sentences in the language; keys receipt.*
}

// Receipt writes the receipt as PDF. It says that the application arrived, and never that it is complete or granted.
func (w *Writer) Receipt(r Receipt) ([]byte, error) {
	t := r.Text
	received := civil.InGermany(r.Received)
	d := pdf.New(w.fonts, pdf.Options{
		Title: t("receipt.title"), Lang: r.Lang, Author: r.Operator, Created: received, Footer: r.Number, PageFormat: t("receipt.page"),
	})
	d.Heading(1, t("receipt.title"))
	d.Row(t("receipt.received"), received.Format(t("receipt.time_format")))
	d.Row(t("receipt.service"), r.Service)
	d.Row(t("receipt.authority"), r.Authority)
	d.Big(t("receipt.number"), r.Number)
	d.Big(t("receipt.code"), r.Code)
	d.Paragraph(t("receipt.keep"))
	d.Code(r.QR, t("receipt.qr"))
	d.Row(t("receipt.status"), r.StatusURL)
	d.Heading(2, t("receipt.next_title"))
	d.Paragraph(t("receipt.next"))
	if len(r.Missing) > 0 {
		d.Heading(2, t("receipt.missing"))
		d.List(r.Missing)
	}
	d.Heading(2, t("receipt.meaning_title"))
	d.Paragraph(t("ui.receipt.meaning.text"))
	d.Heading(2, t("receipt.proof"))
	d.Row(t("receipt.message"), r.Message)
	d.Row("SHA-512", r.Fingerprint)
	return d.Bytes()
}
