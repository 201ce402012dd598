package catalog

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"aufenthalt/internal/strict"
)

const (
	service = "services/at-test/service.yaml"
	rulesAt = "services/at-test/rules.yaml"
	docs    = "services/at-test/evidence.yaml"
	de      = "services/at-test/texts/de.yaml"
	en      = "services/at-test/texts/en.yaml"
	params  = "law/parameters.yaml"
	fees    = "law/fees.yaml"
	sources = "law/sources.yaml"
)

// good is the good data directory in memory, to be changed by one test.
func good(t testing.TB) fstest.MapFS { return memory(t, os.DirFS("testdata/good")) }

// memory copies a folder into memory.
func memory(t testing.TB, dir fs.FS) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dir, name)
		m[name] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// patch replaces the first place of a text in a file; no old text takes the file away.
func patch(t testing.TB, m fstest.MapFS, file, old, new string) {
	t.Helper()
	if old == "" {
		delete(m, file)
		return
	}
	before, after, ok := strings.Cut(string(m[file].Data), old)
	if !ok {
		t.Fatalf("%s has no %q", file, old)
	}
	m[file] = &fstest.MapFile{Data: []byte(before + new + after)}
}

// lineOf gives the line in which a text stands first.
func lineOf(t testing.TB, m fstest.MapFS, file, text string) int {
	t.Helper()
	if text == "" {
		return 0
	}
	before, _, ok := strings.Cut(string(m[file].Data), text)
	if !ok {
		t.Fatalf("%s has no %q", file, text)
	}
	return strings.Count(before, "\n") + 1
}

func TestGoodData(t *testing.T) {
	if found := Lint(good(t)); len(found) > 0 {
		t.Error(Findings(found))
	}
}

// Every mistake of an author is told with its file and line, and nothing else is.
func TestLint(t *testing.T) {
	big := strings.Repeat("# much\n", strict.MaxBytes/7+1)
	for _, c := range []struct {
		file, old, new string // what is changed
		in             string // the file that is told, when it is another
		at             string // a text of the line that is told; none for the whole file
		want           string // part of what is told
		more           int    // findings that follow from it
	}{
		// Law, names, shared texts.
		{params, `"48300.00"`, `"48300"`, "", "48300", `least: "48300" is no amount; write it like 100.00`, 0},
		{params, "until: 2025-12-31", "until: 2026-01-31", "", `"50700.00"`, "least: overlaps with the value before", 0},
		{fees, "from: 2026-07-01", "from: 2026-07-02", "", "2026-07-02", "F01: gap between 2026-06-30 and 2026-07-02", 1},
		{fees, "", "", "", "", "there is no such file", 0},
		{"names/countries.json", "", "", "names", "", "file does not exist", 0},
		{"names/nationalities.json", `"436"`, `"43"`, "names", "", "nationalities: entry 1 is not complete", 0},
		{"texts/de.yaml", "", "", "", "", "there is no such file", 0},
		{"texts/en.yaml", "ui.yes:", "ui.yess:", "", "", "text ui.yes is there in de only", 1},
		{"texts/en.yaml", "{char}", "{character}", "", "", "text error.latin.char has other placeholders than in de: [char]", 0},
		{"texts/en.yaml", `error.twice: "Please check"`, `error.twice: ""`, "", "", "text error.twice is there in de only", 1},
		{"texts/en.yaml", "ui.yes", "error.twice", "", "error.twice: \"yes", `the key "error.twice" is there twice, first in line `, 0},

		// Files as such.
		{docs, "", "", "", "", "there is no such file", 0},
		{docs, "- {id: PASS", "- {name: x, id: PASS", "", "name: x", `there is no key "name" here; there are id, from, until, level, when, min, max, place, basis, certainty, source, published, checked`, 0},
		{service, "id: at-test\n", "id: at-test\nid: again\n", "", "id: again", `the key "id" is there twice, first in line 1; keep one of them`, 0},
		{service, "id: at-test\n", "id: at-test\nowner: me\n", "", "owner", `there is no key "owner" here; there are id, from, until, codes, pages, fields`, 0},
		{service, "from: 2026-01-01", "from: 01.01.2026", "", "01.01.2026", `from: "01.01.2026" is no day; write it like 2026-02-28`, 0},
		{service, "id: at-test\n", "id: at-test\n--- # again\n", "", "--- # again", "a second document begins here, and a file holds one; take the line --- away", 0},
		{rulesAt, "notices:\n", big + "notices:\n", "", "", "the file is too large; it may have 4 MiB", 0},
		{"services/at-test/mapping.yaml", "nothing:", "name: again", "", "name: again", `the key "name" is there twice`, 0},
		{"services/at-test/mapping.yaml", "max: 100", "max: 9007199254740992", "", "max:", "9007199254740992 is no whole number", 0},
		{"services/at-test/mapping.yaml", `study: "02"`, "study: 02", "", "study", "02 is no whole number that JSON carries exactly; write codes in quotes", 0},
		{"services/at-test/mapping.yaml", "max: 100", "max: 1.5", "", "max:", "1.5 is no whole number", 0},
		{de, "service.title:", "service.titel:", "", "", "text service.title is missing", 1},

		// The service.
		{service, "id: at-test", "id: at-prüfung", "", "id:", `id is "at-prüfung", the directory is "at-test"`, 0},
		{service, "from: 2026-01-01\nuntil: 2027-12-31", "", "", "", "from is missing", 6},
		{service, "until: 2027-12-31", "until: 2025-12-31", "", "until:", "the service ends before it begins", 0},
		{service, "type: text", "type: string", "", "{id: name", `field name: there is no type "string"; there are text, longtext`, 0},
		{service, "{id: holiday, type: date, required: false, future: warn,", "{id: holiday, type: text, until: 2026-06-30}\n  - {id: holiday, type: date,", "", "{id: holiday, type: date", "holiday: has another type at another time", 0},
		{service, "id: origin", "id: Origin", "", "id: Origin", `field "Origin": an id begins with a small letter`, 0},

		// Rules that do not compile, wherever they stand.
		{service, `'kind == "work" ? "01" : "02"'`, `'kind == "work"'`, "", "reason:", "code reason: 1:1: the rule gives bool, needed is text", 0},
		{service, `'kind == "work" ? "01" : "02"'`, `''`, "", "reason:", "code reason: needs a rule", 0},
		{service, `{id: work, when: 'kind == "work"'`, `{id: work, when: 'kind = "work"'`, "", "{id: work", "page work: 1:6:", 1},
		{service, "when: 'answered(salary)'", "when: 'answered(celery)'", "", "{id: hours", "field hours: 1:10: there is no field", 0},
		{service, "when: 'answered(name)'", "when: 'name'", "", "{value: other", "option kind.other: 1:1: the rule gives text, needed is bool", 0},
		{docs, `'kind == "work"'`, `'kind == 1'`, "", "{id: CONTRACT", "evidence CONTRACT: 1:6:", 0},
		{rulesAt, "salary * 12 < p.least", "salary * 12 < 50700", "", "{id: low", "notice low: 1:13:", 0},
		{rulesAt, "hours > p.hours", "hours > p.ours", "", "{id: long_hours", `there is no parameter "p.ours" (did you mean p.hours?)`, 2},
		{rulesAt, "when: 'hours > p.hours'", "when: ''", "", "{id: long_hours", "check long_hours: needs a rule", 2},
		{rulesAt, `{code: F01, when: 'kind == "work"'`, `{code: F01, when: 'kind'`, "", "{code: F01", "fee F01: 1:1:", 0},
		{rulesAt, "minor: 'agency'", "minor: 'agency == 1'", "", "{code: F01", "fee F01: 1:8:", 0},
		{rulesAt, `    when: 'kind == "work"'`, `    when: 'kind == '`, "", "    when: 'kind == '", "basis W:", 0},
		{rulesAt, "'!agency'", "'!salary'", "", "{id: own", "condition own: 1:1:", 0},

		// Pages.
		{service, "kind: notice", "kind: intro", "", "{id: start", `page start: kind: "intro" is none of notice, form, evidence, declarations`, 0},
		{service, "{id: start, kind: notice}", "{id: start}", "", "{id: start", "page start: has no fields", 0},
		{service, "{id: start, kind: notice}", "{id: start, kind: notice, when: 'false'}", "", "{id: start", "page start: nobody can come to it on any day: its rule is never true", 0},
		{service, "fields: [name, kind", "fields: [nombre, name, kind", "", "{id: person", `page person: there is no field "nombre"`, 0},
		{service, "agency, truth]", "agency, truth, origin]", "", "{id: origin", "field origin stands on two pages, or twice on one (first on 2026-01-01)", 0},
		{service, "agency, truth]", "truth]", "", "{id: agency", "field agency: stands on no page", 2},

		// Fields.
		{service, "autocomplete: name, basis: § 82 AufenthG}", "autocomplete: name}", "", "{id: name", "field name: basis is missing", 0},
		{service, "certainty: confirmed", "certainty: sure", "", "{id: origin", `field origin: certainty: "sure"`, 0},
		{service, "style: cards", "style: tiles", "", "id: kind", `field kind: style: "tiles"`, 0},
		{service, "width: long", "width: huge", "", "{id: name", `field name: width: "huge"`, 0},
		{service, "period: month", "period: day", "", "{id: salary", `field salary: period: "day"`, 0},
		{service, "future: warn", "future: refuse", "", "{id: holiday", `field holiday: future: "refuse"`, 0},
		{service, "options: [{value: a}, {value: b}]", "options: []", "", "{id: topics", "field topics: a choice needs options", 4},
		{service, "{id: origin, ", "{id: origin, options: [{value: a}], ", "", "{id: origin", "field origin: only choices have options", 2},
		{service, "{id: hours, ", "{id: hours, declaration: true, ", "", "{id: hours", "field hours: only a bool can be a declaration", 0},
		{service, "{id: hours, ", "{id: hours, past: true, ", "", "{id: hours", "field hours: only dates lie in the past or future", 0},
		{service, "{id: hours, ", "{id: hours, latin: true, ", "", "{id: hours", "field hours: only texts are latin", 0},
		{service, "{id: hours, ", "{id: hours, period: month, ", "", "{id: hours", "field hours: only amounts have a period", 0},
		{service, "min: 1, max: 100000", "min: 100001, max: 100000", "", "{id: salary", "field salary: min is more than max", 0},
		{service, "{value: b}]", "{value: b-c}]", "", "{id: topics", `field topics: option "b-c" has other signs than letters, digits and _`, 4},
		{service, "{value: b}]", "{value: b, from: 2026-05-02, until: 2026-05-01}]", "", "{id: topics", "field topics: option b ends before it begins", 0},
		{service, "{value: study_now, from: 2026-10-01}", "{value: study_now}\n      - {value: study, from: 2026-09-30}", "", "id: kind", "field kind: option study is there twice", 0},
		{service, "fields: [holiday]", "fields: [holiday, agency]", "", "{id: agency", "field agency stands on two pages, or twice on one (first on 2026-07-01)", 0},

		// Evidence.
		{docs, "level: submit", "level: must", "", "{id: PASS", `evidence PASS: level: "must" is none of submit, decide, helpful`, 0},
		{docs, "place: ausweisseite", "place: mappe", "", "{id: PASS", `evidence PASS: place: "mappe"`, 0},
		{docs, "certainty: confirmed", "certainty: maybe", "", "{id: CV", `evidence CV: certainty: "maybe"`, 0},
		{docs, "min: 1, max: 2", "min: 3, max: 2", "", "{id: CONTRACT", "evidence CONTRACT: min and max do not fit", 0},
		{docs, "min: 0, max: 1", "min: 0, max: 0", "", "{id: CV", "evidence CV: min and max do not fit", 0},
		{docs, ", basis: § 3 AufenthG}", "}", "", "{id: PASS", "evidence PASS: basis is missing", 0},

		{docs, "basis: § 3 AufenthG", "basis: § 3", "", "{id: PASS", `evidence PASS: basis "§ 3" names no law of law/sources.yaml at its end`, 0},
		{rulesAt, "§ 40 AufenthG", "§ 40 AufentG", "", "{id: own", `condition W own: basis "§ 40 AufentG" names no law`, 0},
		{rulesAt, "paragraph: § 18b AufenthG", "paragraph: Fachkraft", "", "id: W", `basis W: basis "Fachkraft" names no law`, 0},
		{service, "{value: a}", "{value: a, certainty: maybe}", "", "{value: a, ", `option topics.a: certainty: "maybe" is none of confirmed, unconfirmed`, 0},
		{rulesAt, "{id: long_hours, ", "{id: long_hours, certainty: maybe, ", "", "{id: long_hours", `check long_hours: certainty: "maybe"`, 0},
		{docs, "basis: § 3 AufenthG", "basis: § 3 AufenthG, published: 1.1.2026", "", "{id: PASS", `published: "1.1.2026" is no day`, 0},

		// Consequences.
		{rulesAt, "kind: hint", "kind: info", "", "{id: welcome", `notice welcome: kind: "info"`, 0},
		{rulesAt, "link: at-other", "link: at-other, certainty: maybe", "", "{id: low", `notice low: certainty: "maybe"`, 0},
		{rulesAt, ", basis: § 18g AufenthG", "", "", "{id: low", "notice low: basis is missing", 0},
		{rulesAt, "page: start", "page: beginning", "", "{id: welcome", `notice welcome: there is no page "beginning"`, 1},
		{rulesAt, "page: start", "page: summer", "", "{id: welcome", "notice welcome: its page summer does not exist on that day (first on 2026-01-01)", 0},
		{rulesAt, "field: hours, kind: warning", "field: hours, kind: hint", "", "{id: long_hours", `check long_hours: kind: "hint"`, 0},
		{rulesAt, "field: hours", "field: stunden", "", "{id: long_hours", `check long_hours: there is no field "stunden"`, 1},
		{rulesAt, "field: holiday, kind: error, from: 2026-07-01", "field: holiday, kind: error, from: 2026-06-30", "", "{id: no_stay", "check no_stay: its field holiday does not exist on that day (first on 2026-06-30)", 1},
		{rulesAt, "code: F01", "code: F77", "", "{code: F77", "fee F77: there is no such code in law/fees.yaml", 1},
		{rulesAt, "{code: F01,", "{code: F01, from: 2026-05-02, until: 2026-05-01,", "", "{code: F01", "fee F01 ends before it begins", 0},
		{rulesAt, "code: F01", "code: F02", "", "code: F02", "fee F02: has no confirmed price (first on 2026-01-01)", 0},
		{rulesAt, "paragraph: § 18b AufenthG", "certainty: maybe", "", "id: W", `basis W: certainty: "maybe"`, 1},
		{rulesAt, "    paragraph: § 18b AufenthG\n", "", "", "id: W", "basis W: paragraph is missing", 0},
		{rulesAt, ", basis: § 40 AufenthG", ", certainty: confirmed", "", "{id: own", "condition own: basis is missing", 0},
		{rulesAt, ", basis: § 40 AufenthG", ", basis: § 40 AufenthG, certainty: maybe", "", "{id: own", `condition W own: certainty: "maybe"`, 0},
		{rulesAt, "id: own", "id: paid", "", "{id: paid, when: '!agency'", "paid is there twice on the same days", 2},

		// Ids and days of every list.
		{service, "{id: end", "{id: 1end", "", "{id: 1end", `"1end" is no id`, 4},
		{service, "from: 2026-07-01, until: 2026-08-31, fields", "from: 2026-07-01, until: 2026-06-30, fields", "", "{id: summer", "summer ends before it begins", 2},
		{service, "{id: start, kind: notice}", "{id: start, kind: notice, until: 2026-12-31}\n  - {id: start, kind: notice, from: 2026-12-31}", "", "from: 2026-12-31", "start is there twice on the same days", 0},
		{service, "  - {id: truth", "  - {id: agency, type: bool, basis: § 1 AufenthG, from: 2026-05-01}\n  - {id: truth", "", "from: 2026-05-01", "agency is there twice on the same days", 0},
		{docs, "{id: CV", "{id: PASS", "", "{id: PASS, level: helpful", "PASS is there twice on the same days", 2},
		{rulesAt, "{id: welcome", "{id: low", "", "{id: low, page: start", "low is there twice on the same days", 4},
		{rulesAt, "{id: no_stay", "{id: long_hours", "", "{id: long_hours, field: holiday", "long_hours is there twice on the same days", 2},
		{rulesAt, "bases:\n", "bases:\n  - {id: W, paragraph: § 1 AufenthG, conditions: []}\n", "", "  - id: W", "W is there twice on the same days", 0},

		// What a rule reads on each day.
		{service, `{id: work, when: 'kind == "work"'`, `{id: work, when: 'kind == "work" && agency'`, "", "{id: work", "page work: reads field agency, which does not stand before it (first on 2026-01-01)", 0},
		{service, `{id: work, when: 'kind == "work"'`, `{id: work, when: 'answered(salary)'`, "", "{id: work", "page work: reads field salary, which does not stand before it", 0},
		{service, "when: 'answered(salary)'", "when: 'answered(topics)'", "", "{id: hours", "field hours: reads field topics, which does not stand before it", 0},
		{service, "when: 'answered(salary)'", "when: 'answered(hours)'", "", "{id: hours", "field hours: reads field hours, which does not stand before it", 0},
		{docs, `'kind == "work"'`, `'answered(holiday)'`, "", "{id: CONTRACT", "evidence CONTRACT: reads field holiday, which is on no page on that day (first on 2026-01-01)", 0},
		{service, "until: 2026-09-30", "until: 2026-09-30, when: 'answered(holiday)'", "", "{value: study,", "option kind.study: reads field holiday, which is on no page on that day", 0},
		{rulesAt, "'!agency'", "'!agency && answered(holiday)'", "", "{id: own", "condition own: reads field holiday, which is on no page on that day (first on 2026-02-01)", 0},
		{rulesAt, "hours > p.hours", "salary > p.guess", "", "{id: long_hours", "check long_hours: uses p.guess, which is not confirmed", 0},
		{rulesAt, "salary * 12 < p.least", "salary * 12 < p.late", "", "{id: low", "notice low: uses p.late, which has no value (first on 2026-01-01)", 0},
		{de, "{p.hours}", "{p.guess}", "", "page.start.intro", "text page.start.intro uses p.guess, which is not confirmed (first on 2026-01-01)", 1},
		{de, "{p.hours}", "{guess}", "", "page.start.intro", "text page.start.intro uses p.guess, which is not confirmed (first on 2026-01-01)", 1},
		{de, "{p.hours}", "{p.ours}", "", "page.start.intro", "text page.start.intro uses p.ours, which does not exist (first on 2026-01-01)", 1},

		// Words that a field can never be.
		{docs, `'kind == "work"'`, `'kind == "wrok"'`, "", "{id: CONTRACT", `evidence CONTRACT: kind can never be "wrok"`, 0},
		{docs, `'kind == "work"'`, `'kind != "wrok"'`, "", "{id: CONTRACT", `kind can never be "wrok"`, 0},
		{docs, `'kind == "work"'`, `'"wrok" == kind'`, "", "{id: CONTRACT", `kind can never be "wrok"`, 0},
		{docs, `'kind == "work"'`, `'kind in ["work", "wrok"] || agency'`, "", "{id: CONTRACT", `kind can never be "wrok"`, 0},
		{docs, `'kind == "work"'`, `'"c" in topics'`, "", "{id: CONTRACT", `topics can never be "c"`, 0},
		{docs, `'kind == "work"'`, `'origin == "XXA"'`, "", "{id: CONTRACT", `origin can never be "XXA"`, 0},
		{docs, `'kind == "work"'`, `'has_any(nationalities, ["IND", "TUR"])'`, "", "{id: CONTRACT", `nationalities can never be "TUR"`, 0},

		{docs, "level: helpful, until: 2026-06-30, when: '", "level: helpful, until: 2026-06-30, when: 'kind == \"study_now\" || ", "", "{id: CV", `evidence CV: kind is never "study_now" on the days of this rule; take the word away, or mend the days`, 0},
		{docs, `'kind == "work"'`, `'kind in ["work", "study"]', from: 2026-10-01`, "", "{id: CONTRACT", `evidence CONTRACT: kind is never "study" on the days of this rule`, 0},

		// What nobody can come to on any day.
		{docs, `'kind == "work"'`, `'false'`, "", "{id: CONTRACT", "evidence CONTRACT: nobody can come to it on any day: its rule is never true", 0},
		{service, "{id: work, when: 'kind == \"work\"'", "{id: work, when: 'kind == \"work\" && false'", "", "{id: work", "page work: nobody can come to it on any day: its rule is never true", 0},

		// Texts.
		{de, `field.name.hint: "Wie im Pass"`, `field.name.hint: [{until: 2026-05-31, text: "Wie im Pass"}, {from: 2026-06-01, text: Wie}]`, en, "field.name.hint", "text field.name.hint has other days than in de", 0},
		{de, `field.name.hint: "Wie im Pass"`, `field.name.hint: [{txt: Wie}]`, "", "field.name.hint", `there is no key "txt" here; did you mean "text"?`, 0},
		{de, `field.name.hint: "Wie im Pass"`, `field.name.hint: {text: Wie}`, "", "field.name.hint", "field.name.hint: needs a single value or a list, not keys with values", 0},
		{"texts/de.yaml", `ui.yes: "ja"`, `ui.yes: [{text: ja}]`, "", "ui.yes", "text ui.yes has days; only texts of a service or block may", 1},
		{de, "page.work.title", "page.work.titel", "", "page.work.titel", "text page.work.titel belongs to nothing", 2},
		{en, "field.name.label: \"Name\"\n", "", "", "", "text field.name.label is missing", 0},
		{en, "option.kind.study_now: \"Study\"\n", "", "", "", "text option.kind.study_now is missing", 0},
		{en, "field.name.hint: \"As in the passport\"\n", "", "", "", "text field.name.hint is there in de only", 0},
		{en, "{p.hours} hours", "many hours", "", "page.start.intro", "text page.start.intro has other placeholders than in de: [p.hours p.least]", 0},
		{en, "notice.low.text", "notice.low.txt", "", "notice.low.txt", "belongs to nothing", 2},
	} {
		m := good(t)
		patch(t, m, c.file, c.old, c.new)
		file := c.in
		if file == "" {
			file = c.file
		}
		place := file + ": "
		if c.at != "" {
			place = fmt.Sprintf("%s:%d: ", file, lineOf(t, m, file, c.at))
		}
		found := Lint(m)
		hits := 0
		for _, f := range found {
			if strings.HasPrefix(f.String(), place) && strings.Contains(f.Text, c.want) {
				hits++
			}
		}
		if hits == 0 || len(found) != 1+c.more {
			t.Errorf("%s: %q → %.80q: no %s… %s, or not %d findings but %d:\n%.1500v", c.file, c.old, c.new, place, c.want, 1+c.more, len(found), Findings(found))
		}
		if _, err := Load(m); err == nil {
			t.Errorf("%s: %q → %q: loads", c.file, c.old, c.new)
		}
	}
}

// What looks like a mistake and is none: everything here stays without a finding.
func TestLintAccepts(t *testing.T) {
	for what, patches := range map[string][][3]string{
		"a figure whose end is known": {{params, "    - {from: 2027-01-01, basis: § 1 AufenthG, source: not published, certainty: unconfirmed}\n", ""}},
		"an option of a field that is there for some days reads another such field": {
			{service, "fields: [holiday]", "fields: [holiday, where]"},
			{service, "  - {id: nationalities,", "  - {id: where, type: choice, from: 2026-07-01, until: 2026-08-31, basis: § 1 AufenthG, options: [{value: sea, when: 'answered(holiday)'}]}\n  - {id: nationalities,"},
			{de, "field.agency.label", "field.where.label: Wo\noption.where.sea: Meer\nfield.agency.label"},
			{en, "field.agency.label", "field.where.label: Where\noption.where.sea: Sea\nfield.agency.label"},
		},
		"a field that changes on a day": {
			{service, "{id: agency, type: bool, required: false, basis: § 40 AufenthG}", "{id: agency, type: bool, until: 2026-05-31, basis: § 40 AufenthG}\n  - {id: agency, type: bool, from: 2026-06-01, basis: § 41 AufenthG}"},
		},
		"an option of only one of two versions of a field": {
			{service, "options: [{value: a}, {value: b}]}", "until: 2026-05-31, options: [{value: a}, {value: b}]}\n  - {id: topics, type: choices, from: 2026-06-01, basis: § 1 AufenthG, options: [{value: a}]}"},
			{docs, `'kind == "work"'`, `'"b" in topics'`},
		},
		"anything in the mapping": {{"services/at-test/mapping.yaml", "nothing:", "again: [1, true, ~]\nnothing:"}},
	} {
		m := good(t)
		for _, p := range patches {
			patch(t, m, p[0], p[1], p[2])
		}
		if found := Lint(m); len(found) > 0 {
			t.Errorf("%s: %v", what, Findings(found))
		}
	}
	// A figure that is known to be unpublished, and then is one that nobody confirmed: no interval of the document begins there.
	m := good(t)
	patch(t, m, params, `    - {from: 2025-01-01, value: "48", basis: § 2 AufenthG, source: invented, checked: 2026-11-24, certainty: confirmed}`,
		`    - {from: 2025-01-01, until: 2026-03-31, value: "48", basis: § 2 AufenthG, source: invented, checked: 2026-11-24, certainty: confirmed}
    - {from: 2026-04-01, until: 2026-05-31, basis: § 2 AufenthG, source: none, certainty: unconfirmed}
    - {from: 2026-06-01, value: "50", basis: § 2 AufenthG, source: hearsay, certainty: unconfirmed}`)
	if found := Findings(Lint(m)).Error(); strings.Count(found, "(first on 2026-06-01)") != 2 {
		t.Errorf("an unconfirmed figure: %s", found)
	}
}
