package antrag

import (
	"fmt"
	"strconv"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/document/pdf"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
)

// summary writes the PDF for caseworkers: an overview on the first page, then all answers in the order of the form,
// then where everything came from. It is part of the application, since much has no element in the message.
func (w *Writer) summary(in Input, r Readable) ([]byte, error) {
	d := pdf.New(w.fonts, pdf.Options{
		Title: r.Title + ", " + r.Number, Lang: lang, Author: in.Operator.Name, Created: civil.InGermany(in.Now),
		Footer: r.Number, PageFormat: "Seite {page} von {pages}",
	})
	d.Heading(1, r.Title)
	if in.Test {
		d.Note("Testnachricht: nicht produktiv bearbeiten")
	}
	d.Big("Vorgangsnummer", r.Number)
	overview(d, in, r)
	d.Heading(2, "Nachweise")
	for _, a := range r.Documents {
		d.Row(a.Name, describe(a))
	}
	for _, m := range r.Missing {
		d.Finding(m.Name, "fehlt, wird nachgereicht")
	}
	if len(r.Documents)+len(r.Missing) == 0 {
		d.Paragraph("Für diese Angaben ist kein Nachweis vorgesehen.")
	}
	fees(d, r)
	bases(d, r)
	hints(d, r)
	for _, s := range r.Sections {
		d.Heading(2, s.Title)
		for _, row := range s.Rows {
			d.Row(row.Label, row.Value)
		}
	}
	provenance(d, in, r)
	return d.Bytes()
}

func overview(d *pdf.Doc, in Input, r Readable) {
	s := source{in}
	d.Row("Eingegangen", civil.InGermany(in.Now).Format("02.01.2006, 15:04 Uhr"))
	d.Row("Behörde", in.Authority.Name)
	if in.Related != "" {
		d.Row("Gehört zum Antrag", in.Related+" (Familie)")
	}
	d.Row("Person", strings.TrimSpace(r.Person.Given+" "+r.Person.Family))
	for _, line := range []struct{ label, element string }{
		{"Geboren", "tag_der_geburt"}, {"Staatsangehörigkeit", "staatsangehoerigkeit"}, {"Anlass", "grund_aenderung"}, {"Beantragt", "beantragt"},
	} {
		if v := s.shown(line.element); v != "" {
			d.Row(line.label, v)
		}
	}
	if until, ok := in.Answers["title_until"]; ok {
		d.Row("Aktueller Titel gültig bis", in.Definition.Display("title_until", until, lang))
	}
}

func describe(a Attached) string {
	kind := "PDF"
	if a.MIME == "image/jpeg" {
		kind = "JPG"
	}
	out := fmt.Sprintf("%s, %s", kind, size(a.Size))
	if a.Pages > 0 {
		out += ", " + strconv.Itoa(a.Pages) + " S."
	}
	return out
}

// size is shown as people count: 1 MB is a million bytes.
func size(bytes int) string {
	if bytes >= 1_000_000 {
		return strings.Replace(strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64), ".", ",", 1) + " MB"
	}
	return strconv.Itoa(max(1, bytes/1000)) + " kB"
}

func fees(d *pdf.Doc, r Readable) {
	if len(r.Fees) == 0 {
		return
	}
	d.Heading(2, "Gebühren nach den Angaben")
	for _, f := range r.Fees {
		amount := "für diesen Tag nicht veröffentlicht"
		if cents, ok := law.ParseMoney(f.Amount); ok {
			amount = form.DisplayMoney(cents, lang)
		}
		d.Finding(f.Name, amount+" ("+f.Basis+")")
	}
}

// statusWords say what the answers tell about a condition.
var statusWords = map[string]string{"met": "nach den Angaben erfüllt", "not_met": "nach den Angaben nicht erfüllt", "unknown": "offen", "discretion": "prüft die Behörde"}

func bases(d *pdf.Doc, r Readable) {
	if len(r.Bases) == 0 {
		return
	}
	d.Heading(2, "Rechtsgrundlagen, die in Frage kommen")
	d.Paragraph("Aus den Angaben errechnet, nicht geprüft. Keine Entscheidung.")
	for _, b := range r.Bases {
		d.Heading(3, b.Paragraph+": "+b.Name)
		for _, c := range b.Conditions {
			d.Finding(c.Text, statusWords[c.Status]+" ("+strings.Join(c.Basis, ", ")+")")
		}
	}
}

func hints(d *pdf.Doc, r Readable) {
	var lines []string
	for _, n := range r.Notices {
		if n.Kind != "hint" {
			lines = append(lines, n.Lead+" "+n.Text)
		}
	}
	if len(lines) > 0 {
		d.Heading(2, "Hinweise, die das Formular gegeben hat")
		d.List(lines)
	}
}

func provenance(d *pdf.Doc, in Input, r Readable) {
	d.Heading(2, "Herkunft")
	d.Row("Angemeldet mit", "ohne Anmeldung; Angaben nicht überprüft")
	d.Row("Sprache des Formulars", r.Language)
	d.Row("Rechtsstand", r.LawDay.German())
	d.Row("Fassung des Formulars", r.Hash)
	d.Row("Nachricht", r.Message)
	d.Row("Software", product.Name+" "+product.Version)
	for _, a := range r.Documents {
		d.Row("SHA-256 "+a.Name, a.SHA256)
	}
}
