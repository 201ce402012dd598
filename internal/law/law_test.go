package law

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/strict"
)

const goodParameters = `- name: least
  type: money
  unit: EUR/Jahr
  meaning: {de: Mindestgehalt, en: Minimum salary}
  values:
    - {from: 2026-01-01, until: 2026-12-31, value: "50700.00", basis: § 18g AufenthG, source: invented, checked: 2026-11-24, certainty: confirmed}
    - {from: 2025-01-01, until: 2025-12-31, value: "48300.00", basis: § 18g AufenthG, source: invented, checked: 2026-11-23, certainty: confirmed}
    - {from: 2027-01-01, until: 2027-12-31, basis: § 18g AufenthG, source: not published, certainty: unconfirmed}
- name: guess
  type: int
  unit: Tage
  meaning: {de: Vermutung, en: Guess}
  values:
    - {from: 2024-02-29, value: "-3", basis: § 1 AufenthG, source: hearsay, certainty: unconfirmed}
- name: code
  type: text
  meaning: {de: Schlüssel, en: Code}
  values:
    - {from: 0001-01-01, value: "03", basis: § 1 AufenthG, source: invented, checked: 2026-11-24, certainty: confirmed}
`

const goodFees = `- code: F02
  meaning: {de: Verlängerung, en: Extension}
  values:
    - {from: 2025-01-01, adult: "93.00", minor: "46.50", basis: § 45 AufenthV, source: invented, checked: 2026-11-24, certainty: unconfirmed}
- code: F01k
  meaning: {de: Erteilung, en: Grant}
  values:
    - {from: 2025-01-01, until: 2026-06-30, adult: "100.00", minor: "50.00", basis: § 45 AufenthV, source: invented, checked: 2026-11-24, certainty: confirmed}
    - {from: 2026-07-01, adult: "110.00", minor: "0.00", basis: § 45 AufenthV, source: invented, checked: 2026-11-24, certainty: confirmed}
`

const goodSources = `- law: AufenthG
  name: Aufenthaltsgesetz
  kind: act
  read: 2026-08-19
  editions:
    - {from: 2024-03-01, source: gazette, published: 2023-08-18, checked: 2026-11-24, certainty: confirmed}
    - {from: 2022-06-01, source: consolidated text, checked: 2026-11-24, certainty: confirmed}
    - {from: 2026-08-12, source: consolidated text, published: 2026-08-13, certainty: unconfirmed}
- {law: AufenthV, name: Aufenthaltsverordnung, kind: ordinance}
- {law: SGB V, name: Krankenversicherung, kind: act}
- {law: SGB VI, name: Rentenversicherung, kind: act}
- {law: Durchführungsbeschluss (EU) 2022/382, name: Ukraine, kind: eu_decision}
`

func files(params, fees string) fstest.MapFS {
	return fstest.MapFS{ParametersFile: {Data: []byte(params)}, FeesFile: {Data: []byte(fees)}, SourcesFile: {Data: []byte(goodSources)}}
}

func load(t *testing.T) *Book {
	t.Helper()
	b, err := Load(files(goodParameters, goodFees))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBook(t *testing.T) {
	b := load(t)
	if found := b.Lint(); len(found) > 0 {
		t.Error(found)
	}
	var names []string
	for _, p := range b.Parameters() {
		names = append(names, p.Name)
	}
	for _, f := range b.Fees() {
		names = append(names, f.Code)
	}
	if !slices.Equal(names, []string{"code", "guess", "least", "F01k", "F02"}) {
		t.Errorf("order %v", names)
	}
	p, ok := b.Parameter("least")
	if !ok || p.Type != Money || p.Unit != "EUR/Jahr" || p.Meaning["en"] != "Minimum salary" || len(p.Records) != 3 || p.Records[0].From != civil.MustParse("2025-01-01") {
		t.Errorf("%+v", p)
	}
	if _, ok := b.Parameter("none"); ok {
		t.Error("a parameter that is not there")
	}
	if _, ok := b.FeeByCode("F01"); ok {
		t.Error("a fee that is not there")
	}
}

// A figure begins on its first day and ends after its last; what is not confirmed is never a figure.
func TestValue(t *testing.T) {
	b := load(t)
	for _, c := range []struct{ name, day, want string }{
		{"least", "2024-12-31", ""}, {"least", "2025-01-01", "48300.00"}, {"least", "2025-12-31", "48300.00"}, {"least", "2026-01-01", "50700.00"},
		{"least", "2026-12-31", "50700.00"}, {"least", "2027-01-01", ""}, {"least", "2027-12-31", ""}, {"least", "2028-01-01", ""},
		{"guess", "2024-02-28", ""}, {"guess", "2024-02-29", ""}, {"guess", "2026-01-01", ""},
		{"code", "0001-01-01", "03"}, {"code", "9999-12-31", "03"}, {"none", "2026-01-01", ""},
	} {
		v, r, ok := b.Value(c.name, civil.MustParse(c.day))
		if ok != (c.want != "") || ok && v.String() != c.want || r.Confirmed != ok {
			t.Errorf("%s on %s: %v %v %+v, want %q", c.name, c.day, v, ok, r, c.want)
		}
		if ok && (r.Basis == "" || r.Source == "" || r.Checked.IsZero() || r.Value != v) {
			t.Errorf("%s on %s: %+v", c.name, c.day, r)
		}
	}
	if _, _, ok := b.Value("least", 0); ok {
		t.Error("a value on no day")
	}
	p, _ := b.Parameter("guess")
	if r, ok := p.On(civil.MustParse("2026-01-01")); !ok || r.Confirmed || r.Value.Int != -3 {
		t.Error("the unconfirmed record is lost")
	}
	for name, want := range map[string][2]bool{"least": {false, true}, "guess": {false, false}, "none": {false, false}} {
		p, _ := b.Parameter(name)
		if p.Ended(civil.MustParse("2027-12-31")) != want[0] || p.Ended(civil.MustParse("2028-01-01")) != want[1] {
			t.Errorf("%s ended", name)
		}
	}
}

// An interval of one day, and the last one of a figure that ended, are no mistakes.
func TestShortSpans(t *testing.T) {
	s := strings.Replace(goodParameters, "from: 2027-01-01, until: 2027-12-31", "from: 2027-01-01, until: 2027-01-01", 1)
	b, err := Load(files(s, goodFees))
	if err != nil || len(b.Lint()) > 0 {
		t.Errorf("%v %v", err, b.Lint())
	}
}

func TestFee(t *testing.T) {
	b := load(t)
	for day, want := range map[string][2]int64{"2025-01-01": {10000, 5000}, "2026-06-30": {10000, 5000}, "2026-07-01": {11000, 0}, "9999-12-31": {11000, 0}} {
		f, ok := b.Fee("F01k", civil.MustParse(day))
		if !ok || f.Adult != want[0] || f.Minor != want[1] || f.Basis != "§ 45 AufenthV" {
			t.Errorf("on %s: %+v", day, f)
		}
	}
	for _, c := range [][2]string{{"F01k", "2024-12-31"}, {"F02", "2026-01-01"}, {"F99", "2026-01-01"}} {
		if _, ok := b.Fee(c[0], civil.MustParse(c[1])); ok {
			t.Errorf("%s has a price on %s", c[0], c[1])
		}
	}
}

func TestChangeDays(t *testing.T) {
	var got []string
	for _, d := range load(t).ChangeDays() {
		got = append(got, d.String())
	}
	want := []string{"0001-01-01", "2024-02-29", "2025-01-01", "2026-01-01", "2026-07-01", "2027-01-01", "2028-01-01"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if days := (Span{From: civil.MustParse("2026-01-01"), Until: civil.MaxDay}).Changes(); len(days) != 1 {
		t.Errorf("a change after the last day: %v", days)
	}
	if days := (Span{}).Changes(); len(days) != 0 {
		t.Errorf("always changes on %v", days)
	}
}

// Everything that is wrong is told with its file and line: of the form by Load, of the sense by Lint.
func TestRefuses(t *testing.T) {
	const p, f, s = ParametersFile, FeesFile, SourcesFile
	for _, c := range []struct {
		file, old, new, want string
		lint                 bool
	}{
		{p, "type: money", "kind: money", p + `:2: there is no key "kind" here; there are name, type, unit, meaning, values`, false},
		{p, "unit: EUR/Jahr", "unit: EUR\n  unit: EUR", p + `:4: the key "unit" is there twice, first in line 3`, false},
		{p, "from: 2026-01-01, until", "since: 2026-01-01, until", p + `:6: there is no key "since" here; there are value, from, until, basis, source, published, checked, certainty`, false},
		{p, "from: 2026-01-01", "from: 2026-02-30", p + `:6: from: "2026-02-30" is no day; write it like 2026-02-28`, false},
		{p, "from: 2026-01-01", "from: 1.1.2026", p + `:6: from: "1.1.2026" is no day`, false},
		{p, "type: money", "type: decimal", p + ":6: least: type is money, int or text", false},
		{p, "type: money", "type: int", p + `:6: least: "50700.00" is no whole number; write it like 12`, false},
		{p, `value: "50700.00", `, "", p + `:6: least: "" is no amount; write it like 100.00`, false}, // confirmed, and without a value
		{p, `"50700.00"`, `"50700"`, p + `:6: least: "50700" is no amount`, false},
		{p, `"50700.00"`, `"-50700.00"`, p + `:6: least: "-50700.00" is no amount`, false},
		{p, `"-3"`, `"-3.0"`, p + `:14: guess: "-3.0" is no whole number`, false},
		{p, `"-3"`, `"9007199254740992"`, p + `:14: guess: "9007199254740992" is no whole number`, false},
		{p, `"03"`, `"` + strings.Repeat("x", 201) + `"`, p + ":19: code: a text needs 1 to 200 bytes", false},
		{p, `"03"`, `""`, p + ":19: code: a text needs 1 to 200 bytes", false},
		{p, "certainty: confirmed}\n    - {from: 2025", "certainty: sure}\n    - {from: 2025", p + ":6: least: certainty is confirmed or unconfirmed", false},
		{p, ", certainty: unconfirmed}\n- name: guess", "}\n- name: guess", p + ":8: least: certainty is confirmed or unconfirmed", false},
		{p, goodParameters, goodParameters + "---\n- name: more\n", p + ":20: a second document begins here", false},
		{p, goodParameters, "a: b\n", p + ":1: needs a list, not keys with values", false},
		{p, goodParameters, strings.Repeat("# much\n", strict.MaxBytes/7+1), p + ": the file is too large", false},
		{f, `"100.00"`, `"100"`, f + ":8: F01k: adult and minor are amounts like 100.00", false},
		{f, `, minor: "50.00"`, ``, f + ":8: F01k: adult and minor are amounts", false},
		{f, "certainty: unconfirmed", "certainty: perhaps", f + ":4: F02: certainty is confirmed or unconfirmed", false},
		{f, "code: F02", "name: F02", f + `:1: there is no key "name" here`, false},

		{p, "until: 2025-12-31", "until: 2026-01-01", p + ":6: least: overlaps with the value before, from 2026-01-01", true},
		{p, "until: 2025-12-31, ", "", p + ":6: least: overlaps with the value before", true},
		{p, "from: 2027-01-01", "from: 2026-01-01", p + ":8: least: overlaps with the value before", true},
		{p, "until: 2025-12-31", "until: 2025-12-30", p + ":6: least: gap between 2025-12-30 and 2026-01-01", true},
		{p, "until: 2027-12-31", "until: 2026-12-31", p + ":8: least: ends on 2026-12-31, before it begins on 2027-01-01", true},
		{p, "from: 2024-02-29, ", "", p + ":14: guess: from is missing", true},
		{p, "name: guess", "name: Guess", p + ":9: Guess: a name has small letters", true},
		{p, "name: guess", "name: least", "least: is there twice", true},
		{p, "  unit: Tage\n", "", p + ":9: guess: unit is missing", true},
		{p, "{de: Vermutung, en: Guess}", "{de: Vermutung}", p + ":9: guess: meaning.en is missing", true},
		{p, "{de: Vermutung, en: Guess}", "{en: Guess}", p + ":9: guess: meaning.de is missing", true},
		{p, `basis: § 1 AufenthG, source: hearsay`, `source: hearsay`, p + ":14: guess: basis is missing", true},
		{p, `basis: § 1 AufenthG, source: hearsay`, `basis: § 1 AufenthG`, p + ":14: guess: source is missing", true},
		{p, ", checked: 2026-11-23", "", p + ":7: least: checked is missing", true},
		{p, "  values:\n    - {from: 2024-02-29", "  values: []\n#", p + ":9: guess: has no values", true},
		{f, "from: 2026-07-01", "from: 2026-07-02", f + ":9: F01k: gap between 2026-06-30 and 2026-07-02", true},
		{f, "until: 2026-06-30", "until: 2026-07-01", f + ":9: F01k: overlaps with the value before", true},
		{f, "until: 2026-06-30", "until: 2024-06-30", f + ":8: F01k: ends on 2024-06-30, before it begins on 2025-01-01", true},
		{f, "code: F01k", "code: f01", f + ":5: f01: a code is F and two digits", true},
		{f, "code: F01k", "code: F02", "F02: is there twice", true},
		{f, "en: Grant", "fr: Octroi", f + ":5: F01k: meaning.en is missing", true},
		{p, "basis: § 1 AufenthG, source: hearsay", "basis: § 1 AufentG, source: hearsay", p + `:14: guess: basis "§ 1 AufentG" names no law of law/sources.yaml at its end; write the abbreviation`, true},
		{f, "basis: § 45 AufenthV", "basis: § 45", f + `:4: F02: basis "§ 45" names no law`, true},
		{s, "kind: act", "sort: act", s + `:3: there is no key "sort" here`, false},
		{s, "certainty: confirmed", "certainty: sure", s + ":6: AufenthG: certainty is confirmed or unconfirmed", false},
		{s, "law: AufenthV", "law: AufenthG", s + ":9: AufenthG: is there twice", true},
		{s, "name: Aufenthaltsgesetz", "name: \"\"", s + ":1: AufenthG: law (as it is cited) or name (in full) is missing", true},
		{s, "kind: ordinance", "kind: rule", s + `:9: AufenthV: kind "rule" is none of act, ordinance, eu_regulation, eu_decision, treaty`, true},
		{s, "from: 2022-06-01, ", "", s + ":7: AufenthG: from is missing", true},
		{s, "from: 2022-06-01", "from: 2024-03-01", s + ":7: AufenthG: two editions begin on 2024-03-01", true},
		{s, "published: 2023-08-18", "published: 2024-03-02", s + ":6: AufenthG: is published on 2024-03-02, after it begins on 2024-03-01", true},
		{s, "source: gazette, ", "", s + ":6: AufenthG: source is missing", true},
		{s, "published: 2023-08-18, checked: 2026-11-24", "published: 2023-08-18", s + ":6: AufenthG: checked is missing", true},
		{f, "§ 45 AufenthV, source: invented, checked: 2026-11-24, certainty: unconfirmed", "§ 45 AufenthV, certainty: unconfirmed", f + ":4: F02: source is missing", true},
	} {
		m := files(goodParameters, goodFees)
		before, after, ok := strings.Cut(string(m[c.file].Data), c.old)
		if !ok {
			t.Errorf("%s has no %q", c.file, c.old)
			continue
		}
		m[c.file] = &fstest.MapFile{Data: []byte(before + c.new + after)}
		b, err := Load(m)
		if c.lint {
			if err != nil {
				t.Errorf("%.60q: does not load: %v", c.new, err)
			} else if found := b.Lint().Error(); !strings.Contains(found, c.want) {
				t.Errorf("%.60q: %s, want %s", c.new, found, c.want)
			}
			continue
		}
		if b != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, want %s", c.new, err, c.want)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), ParametersFile) || !strings.Contains(err.Error(), FeesFile) {
		t.Errorf("no files: %v", err)
	}
	both := files(strings.Replace(goodParameters, `"03"`, `""`, 1), strings.Replace(goodFees, `"93.00"`, `""`, 1))
	if _, err := Load(both); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two mistakes: %v", err)
	}
	if b, err := Load(fstest.MapFS{ParametersFile: {}, FeesFile: {Data: []byte("# nothing yet\n")}, SourcesFile: {}}); err != nil || len(b.Parameters())+len(b.Fees())+len(b.Lint())+len(b.ChangeDays()) != 0 {
		t.Errorf("empty files: %v", err)
	}
}

// A citation ends with a law, and may name several; the longest abbreviation counts, and only as a whole word.
func TestCited(t *testing.T) {
	b := load(t)
	for citation, want := range map[string]string{
		"§ 18g Abs. 1 AufenthG": "AufenthG", "AufenthG": "AufenthG", "§ 160 SGB VI": "SGB VI", "§ 5 SGB V": "SGB V",
		"Art. 2 Abs. 4 Durchführungsbeschluss (EU) 2022/382":                       "Durchführungsbeschluss (EU) 2022/382",
		"§ 24 Abs. 1 AufenthG, Art. 2 Abs. 2 Durchführungsbeschluss (EU) 2022/382": "AufenthG, Durchführungsbeschluss (EU) 2022/382",
		"§ 81a Abs. 1, § 16a AufenthG":                                             "AufenthG", "§ 18g AufenthG, § 39 AufenthV": "AufenthG, AufenthV", "§ 30 AufenthG mit § 29 Abs. 2 AufenthG": "AufenthG",
		"§ 104c AufenthG (Fassung bis 30. Dezember 2025)": "AufenthG", "§ 16 AufenthG, Grenzgänger": "AufenthG", "§§ 52, 52a AufenthV, SGB VI": "AufenthV, SGB VI",
		"": "", "§ 1": "", "§ 1 AufenthGx": "", "§ 1 UAufenthG": "", "§ 1 SGB VII": "", "§ 1 AufenthG, § 2": "", "§ 1 AufenthG, Art. 2": "", "§ 1 AufenthG und mehr": "",
		"§ 24 AufenthG, § 2 StAG": "", "§ 1 AufenthG/EU": "", "Art. 2 Durchführungsbeschluss (EU) 2022/3820": "",
	} {
		laws, err := b.Cited(citation)
		var got []string
		for _, l := range laws {
			got = append(got, l.Short)
		}
		if strings.Join(got, ", ") != want || (err == nil) != (want != "") {
			t.Errorf("%q: %v, %v, want %s", citation, got, err, want)
		}
	}
}

// An edition holds from its first day until the next one; before the first nothing is known.
func TestEditions(t *testing.T) {
	b := load(t)
	laws, err := b.Cited("§ 1 AufenthG")
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2022-05-31": "", "2022-06-01": "2022-06-01", "2024-02-29": "2022-06-01", "2024-03-01": "2024-03-01", "2026-08-11": "2024-03-01", "2030-01-01": "2026-08-12"} {
		e, ok := laws[0].On(civil.MustParse(day))
		_, began := laws[0].Began(civil.MustParse(day))
		if e.From.String() != want || ok != (want != "") || began != (day == want) {
			t.Errorf("on %s: %+v, %v, %v", day, e, ok, began)
		}
	}
	list := b.Sources([]string{"§ 1 AufenthG, § 2 AufenthV", "§ 3 AufenthG"}, civil.MustParse("2024-03-01"))
	if len(list) != 2 || list[0].Law != "AufenthG" || list[0].Certainty != "confirmed" || list[0].Published.String() != "2023-08-18" || list[0].Read.String() != "2026-08-19" {
		t.Errorf("%+v", list)
	}
	if list[1].Law != "AufenthV" || list[1].Certainty != "unconfirmed" || !list[1].From.IsZero() || list[1].Source != "" {
		t.Errorf("a law without a known edition: %+v", list[1])
	}
	if late := b.Sources([]string{"AufenthG"}, civil.MustParse("2026-09-01")); late[0].Certainty != "unconfirmed" {
		t.Errorf("an edition that is not confirmed: %+v", late)
	}
}

func TestMoney(t *testing.T) {
	for s, want := range map[string]int64{
		"0.00": 0, "0.01": 1, "0.10": 10, "1.00": 100, "4650.00": 465000, "50700.12": 5070012, "90071992547409.91": 1<<53 - 1,
		"90071992547409.92": -1, "99999999999999.99": -1, "100000000000000.00": -1, "": -1, ".": -1, ".00": -1, "1": -1, "1.": -1, "1.0": -1, "1.000": -1, "01.00": -1,
		"00.00": -1, "-1.00": -1, "+1.00": -1, "1,00": -1, "1.0a": -1, "1.-1": -1, "١.٠٠": -1, " 1.00": -1, "1.00 ": -1, "1e1.00": -1, "1.00.00": -1, "1_0.00": -1,
	} {
		cents, ok := ParseMoney(s)
		switch {
		case ok != (want >= 0):
			t.Errorf("%q: accepted %v", s, ok)
		case ok && (cents != want || FormatMoney(cents) != s):
			t.Errorf("%q is %d, written %s", s, cents, FormatMoney(cents))
		}
	}
	for cents, want := range map[int64]string{-1: "-0.01", -100: "-1.00", -465000: "-4650.00"} {
		if got := FormatMoney(cents); got != want {
			t.Errorf("%d is %s", cents, got)
		}
	}
}

func TestParseValue(t *testing.T) {
	for _, c := range []struct {
		typ  Type
		text string
		want Value
		ok   bool
	}{
		{Money, "1.00", Value{Type: Money, Cents: 100}, true}, {Money, "1", Value{}, false}, {Int, "0", Value{Type: Int}, true}, {Int, "-3", Value{Type: Int, Int: -3}, true},
		{Int, "9007199254740991", Value{Type: Int, Int: maxNumber}, true}, {Int, "-9007199254740991", Value{Type: Int, Int: -maxNumber}, true},
		{Int, "9007199254740992", Value{}, false}, {Int, "-9007199254740992", Value{}, false}, {Int, "03", Value{}, false}, {Int, "-0", Value{}, false}, {Int, "+3", Value{}, false},
		{Int, "", Value{}, false}, {Int, "1.0", Value{}, false}, {Text, "03", Value{Type: Text, Text: "03"}, true}, {Text, "", Value{}, false},
		{Text, strings.Repeat("x", 200), Value{Type: Text, Text: strings.Repeat("x", 200)}, true}, {Text, strings.Repeat("x", 201), Value{}, false}, {"date", "2026-01-01", Value{}, false},
	} {
		v, err := ParseValue(c.typ, c.text)
		if (err == nil) != c.ok || v != c.want || c.ok && v.String() != c.text {
			t.Errorf("%s %.30q: %+v, %v", c.typ, c.text, v, err)
		}
	}
}

// A strict parser accepts only what would be written.
func FuzzParseMoney(f *testing.F) {
	for seed, ok := range map[string]bool{"0.00": true, "4650.00": true, "90071992547409.91": true, "90071992547409.92": false, "1.5": false, "": false} {
		if _, got := ParseMoney(seed); got != ok {
			f.Errorf("seed %q: %v", seed, got)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if cents, ok := ParseMoney(s); ok && (FormatMoney(cents) != s || cents < 0 || cents > maxNumber) {
			t.Errorf("%q is %d", s, cents)
		}
	})
}
