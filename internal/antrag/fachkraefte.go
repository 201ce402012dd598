package antrag

import (
	"strings"

	"aufenthalt/internal/xauslaender"
)

// isFastTrack tells whether an application goes as 130401. That message needs a ground of its own, the firm and its workplace; a case
// without one of them goes as 130101, for no answer that is missing may stop an application.
func (s source) isFastTrack() bool {
	return s.in.Mapping.Message == fastTrack && s.in.State.Codes["grund81a"] != "" && s.text("firma") != "" && s.home("betriebsstaette_") != nil
}

// skilledWorker fills 130401 from what 130101 would carry, and from the elements of the employer.
func (s source) skilledWorker(a xauslaender.Application) xauslaender.SkilledWorker {
	w := xauslaender.SkilledWorker{
		Head: a.Head, Number: a.Number, BackChannel: a.BackChannel, Day: a.Day, Ground: s.in.State.Codes["grund81a"], Firm: s.text("firma"),
		Workplace: *s.home("betriebsstaette_"),
		Employer: xauslaender.Employer{Given: s.text("vertreter_vorname"), Family: s.text("vertreter_familienname"), Sex: s.text("vertreter_geschlecht"),
			Firm: s.text("vertreter_firma"), Contacts: contacts(s.text("vertreter_email"), s.text("vertreter_telefon"))},
		Worker: a.Person, Abroad: s.abroad(), Summary: a.Summary, Evidence: a.Evidence, Remark: a.Remark,
	}
	w.Employer.Documents, w.Evidence = s.ofDeputy(a.Evidence)
	// The message wants one document of each kind. What is still to come is represented by the summary, which says so.
	stand := a.Summary
	stand.Title = "Zusammenfassung; Unterlagen werden nachgereicht"
	if len(w.Employer.Documents) == 0 {
		w.Employer.Documents = []xauslaender.Document{stand}
	}
	if len(w.Evidence) == 0 {
		w.Evidence = []xauslaender.Document{stand}
	}
	return w
}

// ofDeputy parts the documents of the person who acts for the firm from all others.
func (s source) ofDeputy(all []xauslaender.Document) (deputy, rest []xauslaender.Document) {
	places := map[string]bool{}
	for _, e := range s.in.Definition.Evidence {
		if e.Place == "vertretung" {
			places[s.clean(s.in.Definition.Text(lang, "evidence."+e.ID+".name"))] = true
		}
	}
	for _, d := range all {
		if places[d.Title] {
			deputy = append(deputy, d)
		} else {
			rest = append(rest, d)
		}
	}
	return deputy, rest
}

// abroad is the print image of the address field: name, street, town in capitals.
func (s source) abroad() *xauslaender.Abroad {
	key, ok := s.in.Definition.Names.Destatis(s.text("auslandsanschrift_staat"))
	if !ok {
		return nil
	}
	a := &xauslaender.Abroad{State: key}
	for _, line := range []string{strings.TrimSpace(s.text("vorname") + " " + s.text("familienname")), s.text("auslandsanschrift_strasse"), strings.ToUpper(s.text("auslandsanschrift_wohnort"))} {
		if line != "" {
			a.Lines = append(a.Lines, line)
		}
	}
	return a
}
