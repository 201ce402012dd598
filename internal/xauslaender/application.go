package xauslaender

import (
	"strconv"

	"aufenthalt/internal/civil"
)

// Application is 130101, the application for a residence title, or with Freedom 130301, that for a card or certificate under the
// FreizügG/EU. Empty and zero values are left out unless said otherwise.
type Application struct {
	Head
	Number          string // antragsidentifikation, the case number that the applicant sees
	BackChannel     bool   // whether the applicant can be reached through the portal
	Day             civil.Day
	Ground          string    // code of ozg.antragsgrund
	FirstEntry      civil.Day // only a full date has a place
	ConditionChange string    // reason for a change of Nebenbestimmungen
	Purpose         string    // code of ozg.aufenthaltsgrund
	Freedom         *Freedom
	Person          Person
	Representative  *Representative
	References      []Reference // from whom the right is derived
	Summary         Document    // the PDF of the form; always sent
	Evidence        []Document
	Remark          string
	Related         []string // numbers of applications of parents and minor children made at the same time
}

// Freedom is what 130301 has of its own. Reason is a code of ozg.meldungsgrund.
type Freedom struct {
	Reason string
	Entry  civil.Day // a full date is needed
	Prison bool      // a sentence without probation
}

// Reference is a person from whom the right is derived. All but Home is needed; Relation is a code of
// ozg.familiaerebeziehungreferenzperson: what this person is to the applicant.
type Reference struct {
	Given, Family string
	Birth         civil.Partial
	Nationalities []string // Destatis keys
	Relation      string
	Home          *Home // where it is another address than the applicant's
}

// Person is the applicant. An empty name says that she rightly has none; at least one of the two is needed.
type Person struct {
	Given, Family string
	OtherNames    []string // each with its label, e.g. "Geburtsname: Iyer"
	Sex           string   // m, w, x or d
	BirthPlace    string   // empty: unknown
	BirthState    string   // Destatis key
	Birth         civil.Partial
	Height        int    // centimetres
	Eyes          string // code
	Marital       string // code; empty becomes NB, unknown
	Separated     bool
	MaritalSince  civil.Partial
	Nationalities []string // Destatis keys; the message takes four
	Address       *Home
	Contacts      []Contact
	Titles        []Document // images of title, visa, Gestattung, Duldung
	VisaFree      string     // why no title was needed; only without Titles
	Passport      *Passport
}

// Home is the registered address of a person.
type Home struct{ Street, HouseNumber, Postcode, City, Extra string }

// Contact is one way to reach a person; Channel is a code of list erreichbarkeit.
type Contact struct{ Channel, Value, Extra string }

// Email and Mobile make the two contacts that forms ask for.
func Email(address string) Contact { return Contact{Channel: channelEmail, Value: address} }

// Mobile makes a telephone number, which today is nearly always a mobile one.
func Mobile(number string) Contact { return Contact{Channel: channelMobile, Value: number} }

// Passport is all or nothing: number, both days and at least one page.
type Passport struct {
	Pages       []Document
	From, Until civil.Day
	Number      string
}

// Representative acts for the applicant; Kind is a code of vertretungsart.
type Representative struct {
	Kind, Given, Family, Firm string
	Contacts                  []Contact
	Documents                 []Document
}

// maxNationalities is what the schema takes; all of them are in the PDF.
const maxNationalities = 4

// WriteApplication encodes and checks an application; the error is a *Rejection when the content is not allowed.
func (r *Reader) WriteApplication(a Application) ([]byte, error) {
	name := "OZG.Antrag.130101"
	body := nodes{qLeaf("antragsidentifikation", a.Number), flag("rueckkanalVorhanden", a.BackChannel), qDay("antragsdatum", a.Day),
		code(qLeaf("grundDesAntrags", ""), antragsgrund, a.Ground)}
	if a.Freedom == nil {
		body = append(body, qDay("ersteinreisedatum", a.FirstEntry), qOptional("grundAenderungNebenbestimmung", a.ConditionChange),
			code(qLeaf("grundDesAufenthalts", ""), aufenthalt, a.Purpose))
	} else {
		name = "OZG.Freizuegigkeit.130301"
		body = append(body, code(qLeaf("grundDerMeldung", ""), meldungsgrund, a.Freedom.Reason))
	}
	body = append(body, a.Person.node(), a.Representative.node())
	for _, p := range a.References {
		body = append(body, p.node())
	}
	if a.Freedom != nil {
		body = append(body, qDay("einreisedatum", a.Freedom.Entry))
		if a.Freedom.Prison {
			body = append(body, flag("verurteilung", true))
		}
	}
	body = append(body, orReference("antragszusammenfassung", a.Summary, false))
	for _, d := range a.Evidence {
		body = append(body, orReference("nachweis", d, true))
	}
	body = append(body, qOptional("sonstigeAnmerkung", a.Remark))
	for _, number := range a.Related {
		body = append(body, qLeaf("verbundenerAntrag", number))
	}
	return r.message(name, a.Head, body)
}

func (p Reference) node() *Node {
	kids := nodes{nameOf("vorname", p.Given), nameOf("familienname", p.Family), birthOf("", "", p.Birth)}
	for _, key := range fourOf(p.Nationalities) {
		kids = append(kids, stateOf("staatsangehoerigkeit", key))
	}
	kids = append(kids, code(qLeaf("familiaereBeziehung", ""), beziehung, p.Relation))
	return qualifiedNode("referenzperson", append(kids, p.Home.node())...)
}

// fourOf cuts a list of nationalities to what the schema takes.
func fourOf(keys []string) []string { return keys[:min(len(keys), maxNationalities)] }

func (p Person) node() *Node {
	kids := nodes{nameOf("vorname", p.Given), nameOf("familienname", p.Family)}
	for _, n := range p.OtherNames {
		kids = append(kids, qLeaf("weitererName", n))
	}
	marital := p.Marital
	if marital == "" {
		marital = "NB"
	}
	status := qualifiedNode("familienstand", code(qLeaf("familienstand", ""), familienstand, marital))
	if p.Separated {
		status.Kids = append(status.Kids, qLeaf("getrenntLebend", "true"))
	}
	kids = append(kids, qualifiedNode("geschlecht", code(qLeaf("geschlecht", ""), geschlecht, p.Sex)), birthOf(p.BirthPlace, p.BirthState, p.Birth), p.description(), status)
	if !p.MaritalSince.IsZero() {
		kids = append(kids, qualifiedNode("familienstandOderGetrenntlebendSeit", partialDate(p.MaritalSince)))
	}
	for _, key := range fourOf(p.Nationalities) {
		kids = append(kids, stateOf("staatsangehoerigkeit", key))
	}
	kids = append(kids, p.Address.node())
	for _, c := range p.Contacts {
		kids = append(kids, reach("kommunikation", true, c))
	}
	return qualifiedNode("angabenZurPerson", append(kids, p.titles(), p.Passport.node())...)
}

// birthOf writes place, state and date of a birth; what is not known is said to be unknown.
func birthOf(town, state string, date civil.Partial) *Node {
	place, day := qLeaf("unbekannt", "true"), leaf("unbekannt", "true")
	if town != "" {
		place = qLeaf("ort", town)
	}
	if !date.IsZero() {
		day = plain("teilbekanntesDatum", partialDate(date))
	}
	return qualifiedNode("geburt", qualifiedNode("geburtsort", place), stateOf("geburtsortStaat", state), qualifiedNode("tagDerGeburt", day))
}

// stateOf nests two elements, the inner of which is always called staatsangehoerigkeit.
func stateOf(name, key string) *Node {
	if key == "" {
		return nil
	}
	return qualifiedNode(name, code(qLeaf("staatsangehoerigkeit", ""), nationality, key))
}

func (p Person) description() *Node {
	if p.Height == 0 && p.Eyes == "" {
		return nil
	}
	n := qualifiedNode("personenbeschreibung")
	if p.Height > 0 {
		n.Kids = append(n.Kids, qLeaf("koerpergroesse", strconv.Itoa(p.Height)))
	}
	if eyes := code(qLeaf("augenfarbe", ""), augenfarbe, p.Eyes); eyes != nil {
		n.Kids = append(n.Kids, eyes)
	}
	return n
}

func (p Person) titles() *Node {
	switch {
	case len(p.Titles) > 0:
		n := qualifiedNode("aufenthaltsdokument")
		for _, d := range p.Titles {
			n.Kids = append(n.Kids, inline("aufenthaltsdokument", d))
		}
		return n
	case p.VisaFree != "":
		return qualifiedNode("aufenthaltsdokument", qLeaf("visumsfreieEinreise", p.VisaFree))
	}
	return nil
}

func (h *Home) node() *Node {
	if h == nil {
		return nil
	}
	street, number, addition := StreetLine(h.Street, h.HouseNumber)
	return qualifiedNode("anschrift", optional("hausnummer", number), optional("hausnummerBuchstabeZusatzziffer", addition), leaf("postleitzahl", h.Postcode),
		leaf("strasse", street), leaf("wohnort", h.City), optional("zusatzangaben", h.Extra))
}

func (p *Passport) node() *Node {
	if p == nil {
		return nil
	}
	n := qualifiedNode("ausweisdokument")
	for _, d := range p.Pages {
		n.Kids = append(n.Kids, inline("ausweisseite", d))
	}
	n.Kids = append(n.Kids, qualifiedNode("gueltigkeitszeitraum", qDay("von", p.From), qDay("bis", p.Until)), qLeaf("seriennummer", p.Number))
	return n
}

func (r *Representative) node() *Node {
	if r == nil {
		return nil
	}
	kids := nodes{code(qLeaf("vertretungsart", ""), vertretung, r.Kind), nameOf("vorname", r.Given), nameOf("familienname", r.Family)}
	for _, c := range r.Contacts {
		kids = append(kids, reach("kommunikation", true, c))
	}
	for _, d := range r.Documents {
		kids = append(kids, inline("anlageVertreter", d))
	}
	return qualifiedNode("antragstellerVertreter", append(kids, qualifiedNode("geschlecht"), qOptional("firma", r.Firm))...)
}
