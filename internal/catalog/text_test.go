package catalog

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aufenthalt/internal/civil"
)

const hint = "field.name.hint: "

// dated gives the good data with a hint that changes, in both languages.
func datedHint(t *testing.T, german, english string) fstest.MapFS {
	m := good(t)
	patch(t, m, de, hint+`"Wie im Pass"`, hint+german)
	patch(t, m, en, hint+`"As in the passport"`, hint+english)
	return m
}

// A text holds on its days, in every language, and its change is a change of the service like any other.
func TestDatedTexts(t *testing.T) {
	m := datedHint(t, "[{until: 2026-05-19, text: Alt}, {from: 2026-05-20, text: Neu}]", "[{until: 2026-05-19, text: Old}, {from: 2026-05-20, text: New}]")
	c, d := loaded(t, m)
	for day, want := range map[string][2]string{"2026-01-01": {"Alt", "Old"}, "2026-05-19": {"Alt", "Old"}, "2026-05-20": {"Neu", "New"}, "2027-12-31": {"Neu", "New"}} {
		def := on(t, d, day)
		if got := [2]string{def.Text("de", "field.name.hint"), def.Text("en", "field.name.hint")}; got != want {
			t.Errorf("on %s: %v, want %v", day, got, want)
		}
		if def.Text("de", "field.name.label") == "" {
			t.Errorf("on %s: a text without days is lost", day)
		}
		for i, lang := range []string{"de", "en"} {
			view, err := View(d, def, lang, Authority{}, Environment{})
			if err != nil || !strings.Contains(string(view), `"field.name.hint":"`+want[i]+`"`) {
				t.Errorf("the form of %s in %s does not show %s: %v", day, lang, want[i], err)
			}
		}
	}
	days := CheckDays(d)
	for _, day := range []string{"2026-05-19", "2026-05-20"} {
		if !slices.Contains(days, civil.MustParse(day)) {
			t.Errorf("%s is no day of change: %v", day, days)
		}
	}
	changes := Diff(on(t, d, "2026-05-19"), on(t, d, "2026-05-20"), "en")
	if len(changes) != 1 || changes[0] != (Change{"text", "field.name.hint", "Old", "New"}) {
		t.Errorf("changes %v", changes)
	}
	if again, err := Parse(d.JSON(), c.Names(), nil); err != nil || again.Hash() != d.Hash() || on(t, again, "2026-06-01").Text("en", "field.name.hint") != "New" {
		t.Errorf("read back: %v", err)
	}
	if list := c.Provenance(d, civil.MustParse("2026-06-01")); !slices.ContainsFunc(list, func(p Provenance) bool {
		return p.Kind == "text" && p.ID == "field.name.hint" && p.From.String() == "2026-05-20" && p.Basis[0] == "§ 82 AufenthG" && p.Sources[0].Law == "AufenthG"
	}) {
		t.Error("the text does not tell where it comes from")
	}
	_, plain := loaded(t, good(t))
	if strings.Contains(string(plain.JSON()), "dated_texts") {
		t.Error("a service without dated texts is written in another way than before")
	}
}

// The texts of a key cover all days of the service, one after the other, on the same days in both languages.
func TestDatedTextsGaps(t *testing.T) {
	for german, want := range map[string]string{
		"[{until: 2026-05-19, text: Alt}, {from: 2026-05-21, text: Neu}]":                    ":9: text field.name.hint: the text before ends on 2026-05-19 and this one begins on 2026-05-21; each begins on the day after",
		"[{until: 2026-05-20, text: Alt}, {from: 2026-05-20, text: Neu}]":                    "the text before ends on 2026-05-20 and this one begins on 2026-05-20",
		"[{text: Alt}, {from: 2026-05-20, text: Neu}]":                                       "the text before ends on no day",
		"[{until: 2026-05-19, text: Alt}, {text: Neu}]":                                      "from is missing in a text that is not the first",
		"[{from: 2026-01-02, text: Alt}]":                                                    "begins on 2026-01-02; leave from away in the first text",
		"[{until: 2027-12-30, text: Alt}]":                                                   "ends on 2027-12-30; leave until away in the last text",
		"[{until: 2026-05-19, text: Alt}, {from: 2026-05-20, until: 2026-05-01, text: Neu}]": "ends on 2026-05-01, before it begins on 2026-05-20",
	} {
		m := datedHint(t, german, german)
		if found := Findings(Lint(m)).Error(); !strings.Contains(found, want) || !strings.Contains(found, de+":") || !strings.Contains(found, en+":") {
			t.Errorf("%s: %s, want %s", german, found, want)
		}
	}
	for _, fine := range []string{"[{from: 2026-01-01, until: 2027-12-31, text: Alt}]", "[{text: Alt}]", "[{until: 2026-05-19, text: Alt}, {from: 2026-05-20, until: 2026-05-20, text: Neu}, {from: 2026-05-21, text: Alt}]"} {
		if found := Lint(datedHint(t, fine, fine)); len(found) > 0 {
			t.Errorf("%s: %v", fine, found)
		}
	}
	// A placeholder counts on the days of its text.
	m := datedHint(t, "[{until: 2026-05-19, text: 'ab {p.guess}'}, {from: 2026-05-20, text: Neu}]", "[{until: 2026-05-19, text: 'from {p.guess}'}, {from: 2026-05-20, text: New}]")
	if found := Findings(Lint(m)).Error(); !strings.Contains(found, "text field.name.hint uses p.guess, which is not confirmed (first on 2026-01-01)") {
		t.Errorf("%s", found)
	}
	m = datedHint(t, "[{until: 2026-05-19, text: 'ab {p.least}'}, {from: 2026-05-20, text: Neu}]", "[{until: 2026-05-19, text: 'from 1'}, {from: 2026-05-20, text: New}]")
	if found := Findings(Lint(m)).Error(); !strings.Contains(found, "text field.name.hint has other placeholders than in de: [p.least]") {
		t.Errorf("%s", found)
	}
	m = datedHint(t, "[{until: 2026-05-19, text: ''}, {from: 2026-05-20, text: Neu}]", "[{until: 2026-05-19, text: Old}, {from: 2026-05-20, text: New}]")
	if found := Findings(Lint(m)).Error(); !strings.Contains(found, "text field.name.hint is there in en only") {
		t.Errorf("%s", found)
	}
}
