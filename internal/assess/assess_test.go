package assess

import (
	"encoding/json"
	"strings"
	"testing"

	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/publication"
)

// Every line says why it is there: a citation, and the rule as evaluated unless it always holds. No fact gets into any of it.
func TestEveryLineIsTraced(t *testing.T) {
	c, err := publication.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := c.Service("at-erwerbstaetigkeit")
	def, err := doc.On(civil.MustParse("2026-11-24"))
	if err != nil {
		t.Fatal(err)
	}
	answers, err := catalog.ReadAnswers(def, []byte(`{reason: first, work_kind: qualified, purpose: blue_card, family_name: KANARIENVOGEL, nationalities: [TUR],
		current_status: visa_d, title_until: 2026-12-31, salary_month: "4225.00", has_passport: true, passport_until: 2026-12-01}`))
	if err != nil {
		t.Fatal(err)
	}
	r := Assess(def, c.Book(), answers, "en")
	if len(r.Bases) == 0 || len(r.Evidence) == 0 || len(r.Fee.Lines) == 0 || len(r.Notices) == 0 || r.Filing == nil {
		t.Fatalf("%d bases, %d documents, %d fees, %d notices, filing %v", len(r.Bases), len(r.Evidence), len(r.Fee.Lines), len(r.Notices), r.Filing)
	}
	check := func(what string, citation []string, tr *Trace, always bool) {
		if len(citation) == 0 || citation[0] == "" {
			t.Errorf("%s has no citation", what)
		}
		if always != (tr == nil) || tr != nil && (tr.Result != "true" || tr.Rule == "") {
			t.Errorf("%s: trace %+v", what, tr)
		}
	}
	for _, b := range r.Bases {
		check(b.ID, []string{b.Paragraph}, b.Trace, b.Trace == nil)
	}
	for _, e := range r.Evidence {
		check(e.ID, e.Citation, e.Trace, e.Why == "true")
	}
	for _, l := range r.Fee.Lines {
		check(l.Code, []string{l.Citation}, l.Trace, false)
	}
	for _, n := range r.Notices {
		check(n.ID, n.Citation, n.Trace, strings.HasPrefix(n.ID, "start_"))
	}
	check("filing", r.Filing.Citation, r.Filing.Trace, false)
	raw, err := json.Marshal(r)
	if err != nil || strings.Contains(string(raw), "KANARIENVOGEL") || strings.Contains(string(raw), "4225") {
		t.Errorf("a fact is in the report, or %v", err)
	}
}
