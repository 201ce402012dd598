package xauslaender

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"aufenthalt/internal/civil"
)

// SkilledWorker is 130401: an employer's application for the fast-track procedure (§ 81a AufenthG). The message needs at least one
// document of the employer's representative and one of evidence.
type SkilledWorker struct {
	Head
	Number      string
	BackChannel bool
	Day         civil.Day
	Ground      string // code of ozg.grunddesaufenthalts81a
	Firm        string
	Workplace   Home
	Employer    Employer
	Worker      Person // Address stays empty: she lives abroad
	Abroad      *Abroad
	Summary     Document
	Evidence    []Document
	Remark      string
}

// Employer is the person who acts for the firm; Firm is her own, when another one acts for it.
type Employer struct {
	Given, Family, Sex, Firm string
	Contacts                 []Contact
	Documents                []Document
}

// Abroad is an address in another state: its Destatis key, and the lines of the address field, from the name to the town.
type Abroad struct {
	State string
	Lines []string
}

// WriteSkilledWorker encodes and checks an application; the error is a *Rejection when the content is not allowed.
func (r *Reader) WriteSkilledWorker(a SkilledWorker) ([]byte, error) {
	worker := a.Worker.node()
	worker.Name = "fachkraft"
	worker.Kids = append(worker.Kids, nodes{a.Abroad.node()}.present()...)
	body := nodes{
		qLeaf("antragsidentifikation", a.Number), flag("rueckkanalVorhanden", a.BackChannel), qDay("antragsdatum", a.Day),
		code(qLeaf("grundDesAufenthalts81a", ""), grund81a, a.Ground),
		qualifiedNode("arbeitgeber", qLeaf("firma", a.Firm), qualifiedNode("anschriftBetriebsstaette", plain("gebaeude", a.Workplace.lines()...)), a.Employer.node()),
		worker, orReference("antragszusammenfassung", a.Summary, false),
	}
	for _, d := range a.Evidence {
		body = append(body, orReference("nachweis", d, true))
	}
	return r.message("OZG.Fachkraefte.130401", a.Head, append(body, qOptional("sonstigeAnmerkung", a.Remark)))
}

func (e Employer) node() *Node {
	kids := nodes{nameOf("vorname", e.Given), nameOf("familienname", e.Family), qualifiedNode("geschlecht", code(qLeaf("geschlecht", ""), geschlecht, e.Sex))}
	for _, c := range e.Contacts {
		kids = append(kids, reach("kommunikation", true, c))
	}
	kids = append(kids, qOptional("firma", e.Firm))
	for _, d := range e.Documents {
		kids = append(kids, orReference("anlageVertreter", d, true))
	}
	return qualifiedNode("vertreter", kids...)
}

// The lines of a foreign address are numbered from firstLine, and each is as short as the address field is wide.
const (
	firstLine = 4
	maxLine   = 35 // characters
)

// node leaves the lines out when they do not fit: two to five, none too long. They stand in the summary.
func (a *Abroad) node() *Node {
	if a == nil || a.State == "" {
		return nil
	}
	n := qualifiedNode("auslandsanschrift", code(leaf("staat", ""), staat, a.State))
	zone := plain("anschriftzone")
	for i, line := range a.Lines {
		if utf8.RuneCountInString(line) > maxLine || strings.ContainsAny(line, "\t\n") {
			return n
		}
		zone.Kids = append(zone.Kids, plain("zeile.anschrift", leaf("zeilennummer", strconv.Itoa(firstLine+i)), leaf("inhalt", line)))
	}
	if len(zone.Kids) >= 2 && len(zone.Kids) <= 5 {
		n.Kids = append(n.Kids, zone)
	}
	return n
}
