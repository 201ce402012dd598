package antrag

import (
	"bytes"
	"encoding/json"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/law"
)

// Readable is antrag.json: the application for people and for software without XAusländer, in German.
type Readable struct {
	Format    int           `json:"format"`
	Number    string        `json:"case_number"`
	Related   string        `json:"related_case,omitempty"` // of the same family
	Message   string        `json:"message_uuid"`
	Service   string        `json:"service"`
	Title     string        `json:"title"`
	Hash      string        `json:"hash"`
	LawDay    civil.Day     `json:"law_day"`
	Received  string        `json:"received_at"` // RFC 3339, German time
	Language  string        `json:"language"`
	Person    Person        `json:"person"`
	Sections  []Section     `json:"sections"`
	Documents []Attached    `json:"documents"`
	Missing   []Missing     `json:"missing"`
	Fees      []Fee         `json:"fees"`
	Bases     []Basis       `json:"bases"`
	Notices   []NoticeLines `json:"notices"`
}

// Person is what a list of cases shows.
type Person struct {
	Family        string   `json:"family_name"`
	Given         string   `json:"given_names"`
	Birth         string   `json:"birth_date"`
	Nationalities []string `json:"nationalities"`
}

// Section is one page of the form.
type Section struct {
	Page  string `json:"page"`
	Title string `json:"title"`
	Rows  []Row  `json:"rows"`
}

// Row is one answer: as people read it, and as it was sent.
type Row struct {
	Field string          `json:"field"`
	Label string          `json:"label"`
	Value string          `json:"value"`
	Raw   json.RawMessage `json:"raw"`
}

// Attached is a document of the application; its bytes are in the message.
type Attached struct {
	Evidence string `json:"evidence"`
	Name     string `json:"name"`
	File     string `json:"file"`
	MIME     string `json:"mime"`
	Pages    int    `json:"pages,omitempty"`
	Size     int    `json:"size"`
	SHA256   string `json:"sha256"`
}

// Missing is a document that is still to come.
type Missing struct {
	Evidence string `json:"evidence"`
	Name     string `json:"name"`
	Level    string `json:"level"`
}

// Fee is one line; Amount is empty when the price of the day is not published.
type Fee struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Amount string `json:"amount"`
	Basis  string `json:"basis"`
}

// Basis is a paragraph that comes into question, with what the answers say about its conditions. It is no decision.
type Basis struct {
	ID         string      `json:"id"`
	Paragraph  string      `json:"paragraph"`
	Name       string      `json:"name"`
	Conditions []Condition `json:"conditions"`
}

// Condition is met, not_met, unknown, or of discretion, which only the authority can weigh.
type Condition struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`
	Status string   `json:"status"`
	Basis  []string `json:"basis"`
}

// NoticeLines is what the form told the applicant.
type NoticeLines struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Lead  string   `json:"lead"`
	Text  string   `json:"text"`
	Basis []string `json:"basis"`
}

func newReadable(in Input) Readable {
	def, s := in.Definition, source{in}
	r := Readable{
		Format: 1, Number: in.Number, Related: in.Related, Message: in.Message, Service: def.Service, Title: def.Text(lang, "service.title"), Hash: def.Hash, LawDay: def.Day,
		Received: civil.InGermany(in.Now).Format("2006-01-02T15:04:05-07:00"), Language: in.Language,
		Person:   Person{Family: s.text("familienname"), Given: s.text("vorname"), Birth: s.text("tag_der_geburt"), Nationalities: []string{}},
		Sections: []Section{}, Documents: []Attached{}, Missing: []Missing{}, Fees: []Fee{}, Bases: []Basis{}, Notices: []NoticeLines{},
	}
	if a, ok := s.answer("staatsangehoerigkeit"); ok {
		r.Person.Nationalities = a.List()
	}
	r.sections(in)
	r.documents(in)
	for _, f := range in.State.Fees {
		line := Fee{Code: f.Code, Name: def.Text(lang, "fee."+f.Code+".name"), Basis: f.Basis}
		if f.Known {
			line.Amount = law.FormatMoney(f.Amount)
		}
		r.Fees = append(r.Fees, line)
	}
	for _, b := range in.State.Bases {
		basis := Basis{ID: b.ID, Paragraph: b.Paragraph, Name: def.Text(lang, "basis."+b.ID+".name"), Conditions: []Condition{}}
		for _, c := range b.Conditions {
			basis.Conditions = append(basis.Conditions, Condition{c.ID, def.Sentence(lang, "condition."+c.ID), string(c.Status), c.Basis})
		}
		r.Bases = append(r.Bases, basis)
	}
	for _, n := range in.State.Notices {
		r.Notices = append(r.Notices, NoticeLines{n.ID, n.Kind, def.Sentence(lang, "notice."+n.ID+".lead"), def.Sentence(lang, "notice."+n.ID+".text"), n.Basis})
	}
	return r
}

func (r *Readable) sections(in Input) {
	def := in.Definition
	for _, p := range def.Pages {
		section := Section{Page: p.ID, Title: def.Text(lang, "page."+p.ID+".title"), Rows: []Row{}}
		for _, id := range p.Fields {
			a, ok := in.Answers[id]
			if !ok || !in.State.Shown(id) {
				continue
			}
			raw, err := a.MarshalJSON()
			if err != nil {
				continue // a checked answer always encodes
			}
			section.Rows = append(section.Rows, Row{id, def.Label(id, lang), def.Display(id, a, lang), raw})
		}
		if len(section.Rows) > 0 {
			r.Sections = append(r.Sections, section)
		}
	}
}

func (r *Readable) documents(in Input) {
	def, there := in.Definition, map[string]bool{}
	for _, d := range in.Documents {
		there[d.Evidence] = true
		r.Documents = append(r.Documents, Attached{d.Evidence, def.Text(lang, "evidence."+d.Evidence+".name"), d.Name, d.MIME, d.Pages, len(d.Data), d.SHA256})
	}
	for _, e := range in.State.Evidence {
		if !there[e.ID] && e.Level != "helpful" {
			r.Missing = append(r.Missing, Missing{e.ID, def.Text(lang, "evidence."+e.ID+".name"), e.Level})
		}
	}
}

func (r Readable) json() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(r)
	return b.Bytes(), err
}
