package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"aufenthalt/data"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/publication"
)

// A form shown before a change of law is refused after it, with the edition to load and what is new in it; where nothing
// changed for the service it is taken. Times are German ones around midnight.
func TestCutOver(t *testing.T) {
	cat, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		service, last, first, offset string
		changed                      bool
		news                         string // one of the things that an applicant is told
	}{
		{"at-niederlassungserlaubnis", "2023-11-17", "2023-11-18", "+01:00", true, "new option"},
		{"at-sonstiges", "2023-11-17", "2023-11-18", "+01:00", true, "new option"}, // § 18g AufenthG as the present title
		{"aw-beschaeftigungserlaubnis", "2023-11-17", "2023-11-18", "+01:00", false, ""},
		{"at-ausbildung", "2024-02-29", "2024-03-01", "+01:00", true, "new evidence"},
		{"at-humanitaere-gruende", "2024-02-29", "2024-03-01", "+01:00", false, ""},
		{"at-nebenbestimmungen", "2024-05-31", "2024-06-01", "+02:00", true, "new option"}, // the Chancenkarte, § 20a AufenthG
		{"at-niederlassungserlaubnis", "2024-12-31", "2025-01-01", "+01:00", false, ""},
		{"at-nebenbestimmungen", "2025-04-30", "2025-05-01", "+02:00", false, ""},
		{"at-erwerbstaetigkeit", "2025-04-30", "2025-05-01", "+02:00", true, "new evidence"}, // photographs from a provider (§ 60 Abs. 2 AufenthV)
		{"at-erwerbstaetigkeit", "2025-12-31", "2026-01-01", "+01:00", true, "changed figure"},
		{"at-erwerbstaetigkeit", "2026-02-06", "2026-02-07", "+01:00", false, ""},
		{"at-sonstiges", "2026-02-06", "2026-02-07", "+01:00", true, "changed fee"}, // Turkish and Swiss titles, § 47 Abs. 3 AufenthV
	} {
		t.Run(c.service+" "+c.first, func(t *testing.T) {
			a, s := formShown(t, cat, c.service, c.last)
			if _, err := a.definition(s, germanTime(t, c.last+"T23:59:59"+c.offset)); err != nil {
				t.Errorf("on the last day: %v", err)
			}
			after := germanTime(t, c.first+"T00:00:00"+c.offset)
			_, err := a.definition(s, after)
			if errs.Is(err, errs.Conflict) != c.changed || !c.changed && err != nil {
				t.Errorf("on the first day: %v", err)
			}
			a.Now = func() time.Time { return after }
			news, err := a.NewsSince(c.service, "12999001", "en", s.Hash, c.last)
			if err != nil || !c.changed && len(news.Changes) > 0 {
				t.Errorf("news %+v, %v", news, err)
			}
			told := map[string]bool{}
			for _, n := range news.Changes {
				told[n.Change+" "+n.Kind] = true
				if n.Name == "" || len(n.Basis) == 0 || n.Basis[0] == "" {
					t.Errorf("says too little: %+v", n)
				}
			}
			if c.changed && !told[c.news] {
				t.Errorf("told %v, want %s", told, c.news)
			}
			s.LawDay = c.first
			if _, err := a.definition(s, after); err != nil {
				t.Errorf("after loading it anew: %v", err)
			}
		})
	}
}

// Days that no browser can have seen are refused, never a crash.
func TestLawDayOfOddBrowsers(t *testing.T) {
	cat, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	now := germanTime(t, "2026-11-25T12:00:00+01:00")
	for day, want := range map[string]errs.Kind{"2026-02-30": errs.Malformed, "yesterday": errs.Malformed, "1999-01-01": errs.Conflict} {
		a, s := formShown(t, cat, "at-erwerbstaetigkeit", day)
		if _, err := a.definition(s, now); errs.KindOf(err) != want {
			t.Errorf("%s: %v", day, err)
		}
	}
	a, s := formShown(t, cat, "at-erwerbstaetigkeit", "2026-11-25")
	s.Hash = "sha256-other"
	if _, err := a.definition(s, now); !errs.Is(err, errs.Conflict) {
		t.Errorf("another edition: %v", err)
	}
}

func formShown(t *testing.T, cat *catalog.Catalog, service, day string) (*App, Submission) {
	t.Helper()
	dir, err := authority.NewDirectory([]authority.Authority{{AGS: "12999001", Name: "Musterland", Kennung: "azr:990001", Live: true,
		Services: []string{service}, Destination: "a", Postcode: "19999", City: "Musterstadt"}})
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := cat.Service(service)
	return &App{Parts: Parts{Law: catalog.NewLibrary(catalog.Edition{Catalog: cat}), Authorities: dir, Now: time.Now}}, Submission{Service: service, Hash: string(doc.Hash()), LawDay: day, Language: "de"}
}

// germanTime is a time of the German clock, to be written "2026-01-01T00:00:00+01:00".
func germanTime(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// A publication comes into force at midnight, without a restart. A form of before is taken where nothing in it changed; else it is
// refused, and the person is told what is new.
func TestPublicationComesIntoForce(t *testing.T) {
	own, err := publication.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	if err := os.CopyFS(work, data.FS); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(work, "services/at-sonstiges/evidence.yaml")
	docs, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(docs, "\n- {id: NEWPROOF, level: decide, place: nachweis, basis: \"§ 82 Abs. 1 AufenthG\"}\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	for lang, name := range map[string]string{"de": "Neuer Nachweis", "en": "New proof"} {
		f, err := os.OpenFile(filepath.Join(work, "services/at-sonstiges/texts", lang+".yaml"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("\nevidence.NEWPROOF.name: " + name + "\n"); err != nil || f.Close() != nil {
			t.Fatal(err)
		}
	}
	next, err := catalog.Load(os.DirFS(work))
	if err != nil {
		t.Fatal(err)
	}
	law := catalog.NewLibrary(catalog.Edition{Catalog: own}, catalog.Edition{From: civil.MustParse("2026-12-01"), Catalog: next})
	before, after := germanTime(t, "2026-11-30T23:59:59+01:00"), germanTime(t, "2026-12-01T00:00:00+01:00")
	for service, changed := range map[string]bool{"at-sonstiges": true, "at-ausbildung": false} {
		a, s := formShown(t, own, service, "2026-11-30")
		a.Law = law
		if _, err := a.definition(s, before); err != nil {
			t.Errorf("%s before: %v", service, err)
		}
		def, err := a.definition(s, after)
		if errs.Is(err, errs.Conflict) != changed || !changed && err != nil {
			t.Errorf("%s after: %v", service, err)
		}
		doc, _ := next.Service(service)
		if !changed && def.Hash != string(doc.Hash()) {
			t.Errorf("%s is kept under the hash of before", service)
		}
		a.Now = func() time.Time { return after }
		news, err := a.NewsSince(service, "12999001", "en", s.Hash, "2026-11-30")
		told := len(news.Changes) == 1 && news.Changes[0].Name == "New proof"
		if err != nil || told != changed {
			t.Errorf("%s: news %+v, %v", service, news, err)
		}
	}
}
