package assess

import (
	"encoding/json"
	"strings"
	"testing"

	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/publication"
)

// report assesses facts of a service on 24 November 2026.
func report(t *testing.T, service, facts string) Report {
	t.Helper()
	c, err := publication.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := c.Service(service)
	def, err := doc.On(civil.MustParse("2026-11-24"))
	if err != nil {
		t.Fatal(err)
	}
	answers, err := catalog.ReadAnswers(def, []byte(facts))
	if err != nil {
		t.Fatal(err)
	}
	return Assess(def, c.Book(), answers, "en")
}

// A fact that the form refuses is as good as none, and its message says what is allowed.
func TestRefusedFactsDecideNothing(t *testing.T) {
	const rest = `reason: first, work_kind: qualified, purpose: blue_card, nationalities: [IND], birth_date: "1990-05-01"`
	wrong := report(t, "at-erwerbstaetigkeit", `{`+rest+`, current_status: no_such, height_cm: 999}`)
	none := report(t, "at-erwerbstaetigkeit", `{`+rest+`}`)
	if len(wrong.Errors) != 2 || strings.Contains(wrong.Errors[0].Text+wrong.Errors[1].Text, "{") {
		t.Errorf("%+v", wrong.Errors)
	}
	wrong.Errors = none.Errors
	a, _ := json.Marshal(wrong)
	b, _ := json.Marshal(none)
	if string(a) != string(b) {
		t.Error("a refused fact changes the report")
	}
}

// The sum is complete only when no answer is missing on which a fee, or its half for minors, depends (§ 50 Abs. 1 AufenthV).
func TestFeeIsComplete(t *testing.T) {
	const card = `express_card: false, has_passport: false, photo_source: provider` // without a passport nobody is asked for postal_delivery
	for facts, want := range map[string]Fee{
		`{}`: {Total: "0.00"},
		`{reason: first, purpose: a_stu, edu_kind: study}`:                                      {Total: "100.00"},
		`{reason: first, purpose: a_stu, edu_kind: study, birth_date: "2008-11", ` + card + `}`: {Total: "100.00"}, // 17 until the last days of November, or 18
		`{reason: first, purpose: a_stu, edu_kind: study, birth_date: "2008-10", ` + card + `}`: {Total: "100.00", Complete: true},
		`{reason: first, purpose: a_stu, edu_kind: study, birth_date: "2008-12", ` + card + `}`: {Total: "50.00", Complete: true},
	} {
		if got := report(t, "at-ausbildung", facts).Fee; got.Total != want.Total || got.Complete != want.Complete {
			t.Errorf("%s: %s, complete %v", facts, got.Total, got.Complete)
		}
	}
}

// Every line says why it is there: a citation, and the rule as evaluated unless it always holds. No fact gets into any of it.
func TestEveryLineIsTraced(t *testing.T) {
	r := report(t, "at-erwerbstaetigkeit", `{reason: first, work_kind: qualified, purpose: blue_card, family_name: KANARIENVOGEL, nationalities: [TUR],
		current_status: visa_d, title_until: 2026-12-31, salary_month: "4225.00", has_passport: true, passport_until: 2026-12-01}`)
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
