package app

import (
	"testing"
	"time"

	"aufenthalt/data"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/errs"
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
			news, err := a.NewsSince(c.service, "12999001", "en", c.last)
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
	return &App{Parts: Parts{Catalog: cat, Authorities: dir, Now: time.Now}}, Submission{Service: service, Hash: string(doc.Hash()), LawDay: day, Language: "de"}
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
