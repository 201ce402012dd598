package antrag

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aufenthalt/internal/form"
	"aufenthalt/internal/xauslaender"
)

// Mapping tells which field of a service fills which element of its message (mapping.yaml of the service).
type Mapping struct {
	Message  string            `json:"message"`
	Elements map[string]string `json:"elements"`
}

// ParseMapping reads a mapping out of a document of the catalogue and tells an element that does not exist.
func ParseMapping(raw json.RawMessage) (Mapping, error) {
	var m Mapping
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("antrag: mapping: %w", err)
	}
	if !slices.Contains([]string{application, freedom, fastTrack}, m.Message) {
		return m, fmt.Errorf("antrag: mapping: message %q is not written here", m.Message)
	}
	for name := range m.Elements {
		if !slices.Contains(elements, name) {
			return m, fmt.Errorf("antrag: mapping: there is no element %q", name)
		}
	}
	return m, nil
}

// The messages that this package writes.
const (
	application = "130101"
	freedom     = "130301"
	fastTrack   = "130401"
)

// Fields lists the fields that have an element, sorted.
func (m Mapping) Fields() []string { return slices.Sorted(maps.Values(m.Elements)) }

// elements are the names that a mapping may use.
var elements = []string{
	"familienname", "vorname", "geburtsname", "frueherer_name", "andere_schreibweise", "geschlecht", "tag_der_geburt", "geburtsort",
	"geburtsort_staat", "koerpergroesse", "augenfarbe", "familienstand", "getrennt_lebend", "familienstand_seit", "staatsangehoerigkeit",
	"strasse", "hausnummer", "zusatzangaben", "postleitzahl", "wohnort", "email", "telefon", "pass_nummer", "pass_von", "pass_bis",
	"ersteinreisedatum", "grund_aenderung", "beantragt", "anmerkung", "vertretungsart", "vertreter_familienname", "vertreter_vorname",
	"vertreter_firma", "vertreter_email", "vertreter_telefon", "referenz_familienname", "referenz_vorname", "referenz_geburt", "referenz_staatsangehoerigkeit",
	"referenz_strasse", "referenz_hausnummer", "referenz_postleitzahl", "referenz_wohnort", "verurteilung",
	"firma", "betriebsstaette_strasse", "betriebsstaette_hausnummer", "betriebsstaette_postleitzahl", "betriebsstaette_wohnort", "vertreter_geschlecht",
	"auslandsanschrift_staat", "auslandsanschrift_wohnort", "auslandsanschrift_strasse",
}

// Codes of list antragsgrund that the composer must tell apart.
const changeOfConditions = "03"

// source looks answers up by the element that they fill.
type source struct{ in Input }

func (s source) answer(element string) (form.Answer, bool) {
	a, ok := s.in.Answers[s.in.Mapping.Elements[element]]
	return a, ok
}

func (s source) text(element string) string {
	a, _ := s.answer(element)
	return a.Text()
}

// shown gives the answer as people read it, in German.
func (s source) shown(element string) string {
	a, ok := s.answer(element)
	if !ok {
		return ""
	}
	return s.in.Definition.Display(s.in.Mapping.Elements[element], a, lang)
}

// message fills 130101, or 130301 where the service asks for it. What has no place stays in the summary.
func message(in Input, summary []byte) xauslaender.Application {
	s := source{in}
	a := xauslaender.Application{
		Head: head(in.Message, in.Now, in.Test, in.Operator, in.Authority), Number: in.Number, BackChannel: true, Day: in.Definition.Day,
		Ground: in.State.Codes["antragsgrund"], Purpose: in.State.Codes["aufenthaltsgrund"], Person: s.person(), Remark: s.remark(),
		Summary: xauslaender.Document{Name: "zusammenfassung.pdf", MIME: "application/pdf", Data: summary},
	}
	if first, ok := s.answer("ersteinreisedatum"); ok {
		a.FirstEntry, _ = first.Partial().Complete() // an incomplete date has no place but the summary
	}
	if a.Ground == changeOfConditions {
		a.ConditionChange = s.clean(s.shown("grund_aenderung") + ": " + s.shown("beantragt"))
	}
	a.Representative, a.References, a.Freedom = s.representative(), s.references(), s.freedom()
	s.relate(&a)
	s.place(&a)
	return a
}

// freedom is there when the message is 130301. That message needs the reason and a full day of entry; a case without one of them goes
// as 130101, for no answer that is missing may stop an application.
func (s source) freedom() *xauslaender.Freedom {
	entry, _ := s.answer("ersteinreisedatum")
	day, whole := entry.Partial().Complete()
	reason := s.in.State.Codes["meldungsgrund"]
	if s.in.Mapping.Message != freedom || reason == "" || !whole {
		return nil
	}
	prison, _ := s.answer("verurteilung")
	return &xauslaender.Freedom{Reason: reason, Entry: day, Prison: prison.Bool()}
}

// references gives the person from whom the right is derived, when everything about her is known that the message needs.
func (s source) references() []xauslaender.Reference {
	birth, _ := s.answer("referenz_geburt")
	p := xauslaender.Reference{Family: s.text("referenz_familienname"), Given: s.text("referenz_vorname"), Birth: birth.Partial(),
		Nationalities: s.nationalities("referenz_staatsangehoerigkeit"), Relation: s.in.State.Codes["beziehung"]}
	if p.Family == "" && p.Given == "" || p.Birth.IsZero() || len(p.Nationalities) == 0 || p.Relation == "" {
		return nil
	}
	p.Home = s.home("referenz_")
	return []xauslaender.Reference{p}
}

// home gives the address of somebody, by the prefix of its elements; nil without street, postcode or town, which the messages need.
func (s source) home(of string) *xauslaender.Home {
	h := xauslaender.Home{Street: s.text(of + "strasse"), HouseNumber: s.text(of + "hausnummer"), Postcode: s.text(of + "postleitzahl"), City: s.text(of + "wohnort")}
	if h.Street == "" || h.Postcode == "" || h.City == "" {
		return nil
	}
	return &h
}

// relate names the application of the same family. The standard's element is for parents and minor children only.
func (s source) relate(a *xauslaender.Application) {
	switch {
	case s.in.Related == "":
	case slices.Contains([]string{"2", "2a", "3"}, s.text("vertretungsart")):
		a.Related = []string{s.in.Related}
	default:
		a.Remark += "\nGehört zum Antrag " + s.in.Related + " (Familie)"
	}
}

func (s source) nationalities(element string) (keys []string) {
	a, ok := s.answer(element)
	if !ok {
		return nil
	}
	for _, code := range urgentFirst(a.List()) {
		if key, ok := s.in.Definition.Names.Destatis(code); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

func (s source) person() xauslaender.Person {
	p := xauslaender.Person{
		Family: s.text("familienname"), Given: s.text("vorname"), Sex: s.text("geschlecht"), BirthPlace: s.text("geburtsort"), Eyes: s.text("augenfarbe"),
		Marital: s.text("familienstand"), VisaFree: s.in.State.Codes["visumsfrei"],
	}
	for _, n := range []struct{ element, label string }{{"geburtsname", "Geburtsname"}, {"frueherer_name", "Früherer Name"}, {"andere_schreibweise", "Andere Schreibweise"}} {
		if name := s.text(n.element); name != "" {
			p.OtherNames = append(p.OtherNames, n.label+": "+name)
		}
	}
	names := s.in.Definition.Names
	p.BirthState, _ = names.Destatis(s.text("geburtsort_staat"))
	p.Nationalities = s.nationalities("staatsangehoerigkeit")
	birth, _ := s.answer("tag_der_geburt")
	since, _ := s.answer("familienstand_seit")
	height, _ := s.answer("koerpergroesse")
	apart, _ := s.answer("getrennt_lebend")
	p.Birth, p.MaritalSince, p.Height, p.Separated = birth.Partial(), since.Partial(), int(height.Int()), apart.Bool()
	if s.text("postleitzahl") != "" {
		p.Address = &xauslaender.Home{Street: s.text("strasse"), HouseNumber: s.text("hausnummer"), Postcode: s.text("postleitzahl"),
			City: s.text("wohnort"), Extra: s.text("zusatzangaben")}
	}
	p.Contacts = contacts(s.text("email"), s.text("telefon"))
	return p
}

// union are the states of the European Union besides Germany.
var union = []string{
	"AUT", "BEL", "BGR", "CYP", "CZE", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD",
	"POL", "PRT", "ROU", "SVK", "SVN", "SWE",
}

// urgentFirst puts a German nationality first and those of the Union next: the message takes only four, and these must
// never be dropped (xauslaender 5.6).
func urgentFirst(codes []string) []string {
	rank := func(code string) int {
		switch {
		case code == "DEU":
			return 0
		case slices.Contains(union, code):
			return 1
		}
		return 2
	}
	out := slices.Clone(codes)
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

func contacts(email, phone string) (list []xauslaender.Contact) {
	if email != "" {
		list = append(list, xauslaender.Email(email))
	}
	if phone != "" {
		list = append(list, xauslaender.Mobile(phone))
	}
	return list
}

func (s source) representative() *xauslaender.Representative {
	kind := s.text("vertretungsart")
	if kind == "" {
		return nil
	}
	return &xauslaender.Representative{Kind: kind, Family: s.text("vertreter_familienname"), Given: s.text("vertreter_vorname"), Firm: s.text("vertreter_firma"),
		Contacts: contacts(s.text("vertreter_email"), s.text("vertreter_telefon"))}
}

// place puts each document where the standard has an element for it. A passport goes there only with its number and
// both days; otherwise its pages are evidence like any other.
func (s source) place(a *xauslaender.Application) {
	passport := s.passport()
	for _, d := range s.in.Documents {
		e, _ := s.in.Definition.EvidenceByID(d.Evidence)
		doc := xauslaender.Document{Name: d.Name, Title: s.clean(s.in.Definition.Text(lang, "evidence."+d.Evidence+".name")), MIME: d.MIME, Data: d.Data}
		switch {
		case e != nil && e.Place == "ausweisseite" && passport != nil:
			passport.Pages = append(passport.Pages, doc)
		case e != nil && e.Place == "aufenthaltsdokument":
			a.Person.Titles = append(a.Person.Titles, doc)
		case e != nil && e.Place == "vertretung" && a.Representative != nil:
			a.Representative.Documents = append(a.Representative.Documents, doc)
		default:
			a.Evidence = append(a.Evidence, doc)
		}
	}
	if passport != nil && len(passport.Pages) > 0 {
		a.Person.Passport = passport
	}
}

func (s source) passport() *xauslaender.Passport {
	from, _ := s.answer("pass_von")
	until, _ := s.answer("pass_bis")
	p := &xauslaender.Passport{Number: s.text("pass_nummer"), From: from.Day(), Until: until.Day()}
	if p.Number == "" || p.From.IsZero() || p.Until.IsZero() {
		return nil
	}
	return p
}

// remark begins with what is applied for, which has no element; the applicant's own remark follows.
func (s source) remark() string {
	var paragraphs []string
	for _, b := range s.in.State.Bases {
		paragraphs = append(paragraphs, b.Paragraph)
	}
	line := "Beantragt: " + s.shown("beantragt")
	if len(paragraphs) > 0 {
		line += " (in Frage: " + strings.Join(paragraphs, "; ") + ")"
	}
	if own := s.text("anmerkung"); own != "" {
		line += "\n" + own
	}
	return s.clean(line)
}

// clean brings our own words to the characters of the standard; what it does not have is left out.
func (s source) clean(text string) string {
	clean, wrong := s.in.Definition.Latin.Clean(text)
	for _, w := range wrong {
		clean = strings.ReplaceAll(clean, w.Text, "")
	}
	return clean
}
