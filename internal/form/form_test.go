package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

var (
	today  = civil.MustParse("2026-11-24")
	clocks = Clocks{Submitted: today, FormOpened: today}
)

func limit(n int64) *int64 { return &n }

// fields of a small service, one of each type and limit.
func testFields(r rules) []Field {
	return []Field{
		{ID: "name", Type: Text, Required: true, Latin: true, Max: limit(20), Min: limit(2)},
		{ID: "born", Type: PartialDate, Required: true, Past: true},
		{ID: "arrival", Type: Date, Past: true},
		{ID: "leave", Type: Date, Future: "warn"},
		{ID: "email", Type: Email},
		{ID: "phone", Type: Phone},
		{ID: "postcode", Type: Postcode},
		{ID: "kind", Type: Choice, Required: true, Options: []Option{{Value: "work"}, {Value: "study"}, {Value: "old", When: r.bool(`answered(email)`)}}},
		{ID: "topics", Type: Choices, Min: limit(2), Max: limit(3), Options: []Option{{Value: "a"}, {Value: "b"}, {Value: "c"}, {Value: "d"}}},
		{ID: "country", Type: Country},
		{ID: "nationality", Type: Nationality},
		{ID: "nationalities", Type: Nationalities, Max: limit(2)},
		{ID: "salary", Type: Money, Required: true, Min: limit(100), Max: limit(20000), Period: "month"},
		{ID: "hours", Type: Int, Min: limit(1), Max: limit(80)},
		{ID: "children", Type: Int},
		{ID: "area", Type: Decimal, Min: limit(1), Max: limit(500)},
		{ID: "agency", Type: Bool, Required: true},
		{ID: "agency_name", Type: Text, Required: true, When: r.bool(`agency`)},
		{ID: "remarks", Type: LongText, Max: limit(30)},
		{ID: "minor", Type: Bool},
		{ID: "truth", Type: Bool, Required: true, Declaration: true},
		{ID: "nowhere", Type: Text}, // on no page, hence no field of the definition
	}
}

type rules struct {
	t   testing.TB
	env *rule.Env
}

func newRules(t testing.TB) rules {
	types := rule.Types{"p.least": rule.Money, "p.open": rule.Money, "p.hours": rule.Int, "p.code": rule.Text, "clock.submitted": rule.Day, "clock.form_opened": rule.Day}
	for _, f := range testFields(rules{}) {
		types[f.ID] = f.Type.Rule()
	}
	env, err := rule.NewEnv(types)
	if err != nil {
		t.Fatal(err)
	}
	return rules{t, env}
}

func (r rules) bool(src string) rule.Tree { return r.as(src, rule.Bool) }

func (r rules) as(src string, typ rule.Type) rule.Tree {
	if r.env == nil {
		return rule.Tree{}
	}
	r.t.Helper()
	tree, err := r.env.CompileAs(src, typ)
	if err != nil {
		r.t.Fatalf("%s: %v", src, err)
	}
	return tree
}

const testNames = `{"source": "invented", "licence": "none", "names": [
	{"iso3": "DEU", "destatis": "000", "de": "Deutschland", "en": "Germany"},
	{"iso3": "IND", "destatis": "436", "de": "Indien", "en": "India"},
	{"iso3": "SYR", "destatis": "475", "de": "Syrien", "en": "Syria"}%s]}`

func names(t testing.TB) *Names {
	t.Helper()
	n, err := ParseNames(fmt.Appendf(nil, testNames, ""), fmt.Appendf(nil, testNames, `, {"iso3": "XXA", "destatis": "997", "de": "staatenlos", "en": "stateless"}`))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func definition(t testing.TB) *Definition {
	t.Helper()
	r := newRules(t)
	return New(Definition{
		Service: "at-test", Day: today, Names: names(t), Latin: latin.New(),
		Pages: []Page{
			{ID: "start", Kind: "notice"},
			{ID: "person", Kind: "form", Fields: []string{"name", "born", "arrival", "leave", "email", "phone", "postcode", "kind"}},
			{ID: "about", Kind: "form", When: r.bool(`answered(kind)`), Fields: []string{"topics", "country", "nationality", "nationalities"}},
			{ID: "work", Kind: "form", When: r.bool(`kind == "work"`), Fields: []string{"salary", "hours", "children", "area", "agency", "agency_name"}},
			{ID: "end", Kind: "declarations", Fields: []string{"remarks", "minor", "truth"}},
		},
		Evidence: []Evidence{
			{ID: "CV", Level: "helpful", Min: 0, Max: 1, Place: "nachweis", Basis: []string{"§ 1"}},
			{ID: "CONTRACT", Level: "decide", When: r.bool(`kind == "work"`), Min: 1, Max: 2, Place: "nachweis"},
			{ID: "PASS", Level: "submit", Min: 1, Max: 6, Place: "ausweisseite"},
			{ID: "LEASE", Level: "decide", Min: 1, Max: 6},
			{ID: "AGENCY", Level: "submit", When: r.bool(`agency`), Min: 1, Max: 6},
		},
		Notices: []Notice{
			{ID: "always", Page: "start", Kind: "hint", Basis: []string{"§ 2"}, Link: "at-other"},
			{ID: "low", Page: "work", Kind: "warning", When: r.bool(`salary < p.least`)},
			{ID: "hidden", Page: "work", Kind: "hint"},
		},
		Checks: []Check{
			{ID: "order", Field: "leave", Kind: "error", When: r.bool(`leave < arrival`)},
			{ID: "reach", Field: "email", Kind: "error", When: r.bool(`!answered(email) && !answered(phone)`)},
			{ID: "long_hours", Field: "hours", Kind: "warning", When: r.bool(`hours > p.hours`)},
			{ID: "not_seen", Field: "hours", Kind: "error", When: r.bool(`kind == "study"`)}, // the field is hidden then
		},
		Fees: []Fee{
			{Code: "F01", When: r.bool(`kind == "work"`), Minor: r.bool(`minor`)},
			{Code: "F02", When: r.bool(`kind == "study"`)},
			{Code: "F99", When: r.bool(`agency`)}, // no price on the day
		},
		Bases: []Basis{
			{ID: "W", Paragraph: "§ 18", When: r.bool(`kind == "work"`), Conditions: []Condition{
				{ID: "paid", When: r.bool(`salary * 12 >= p.least`), Basis: []string{"§ 3"}},
				{ID: "own", When: r.bool(`!agency`)},
				{ID: "next_year", When: r.bool(`salary >= p.open`)},
			}},
			{ID: "S", Paragraph: "§ 16b", When: r.bool(`kind == "study"`)},
		},
		Codes: []Code{
			{Name: "reason", Rule: r.as(`kind == "work" ? p.code : "02"`, rule.Text)},
			{Name: "fixed", Rule: r.as(`"9"`, rule.Text)},
			{Name: "agency", Rule: r.as(`agency ? "1" : "0"`, rule.Text)},
		},
		Parameters: map[string]law.Value{"least": {Type: law.Money, Cents: 5070000}, "hours": {Type: law.Int, Int: 48}, "code": {Type: law.Text, Text: "01"}},
		Tariffs:    map[string]law.Tariff{"F01": {Adult: 10000, Minor: 5000, Basis: "§ 45"}, "F02": {Adult: 9300, Minor: 4650}},
		Texts: map[string]map[string]string{
			"de": {"field.name.label": "Name", "field.born.label": "Geburt", "option.kind.work": "Arbeit", "option.topics.a": "A-Thema", "ui.yes": "Ja",
				"notice.low.text": "Unter {p.least} für {hours} Stunden, {p.code}. {p.open} {max}"},
			"en": {"field.name.label": "Full name", "option.kind.work": "Work"},
		},
	}, testFields(r))
}

// good answers everything that is required on the way of an employee.
const good = `{"name":"Ana Muñoz","born":"1992-08","email":"ana@example.org","kind":"work","salary":"4225.00","agency":false,"truth":true}`

// edited gives the good answers with some replaced; null takes one away.
func edited(t testing.TB, patch string) json.RawMessage {
	t.Helper()
	m := map[string]any{}
	for _, raw := range []string{good, patch} {
		dec := json.NewDecoder(strings.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&m); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	}
	maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func answers(t testing.TB, d *Definition, patch string) Answers {
	t.Helper()
	a, wrong := Parse(d, edited(t, patch))
	if len(wrong) > 0 {
		t.Fatalf("%s: %v", patch, wrong)
	}
	return a
}

func keys(list errs.List) (out []string) {
	for _, e := range list {
		s := e.Field + " " + e.Key
		for _, name := range slices.Sorted(maps.Keys(e.Args)) {
			s += " " + name + "=" + e.Args[name]
		}
		out = append(out, strings.TrimSpace(s))
	}
	return out
}

func TestParse(t *testing.T) {
	d := definition(t)
	for raw, want := range map[string]string{ // JSON that comes out, or the errors
		`{}`:                                   `{}`,
		` { "name" : "A<b>&" , "hours" : 3 } `: `{"hours":3,"name":"A<b>&"}`,
		`{"salary":"1.00","kind":"work","topics":["b","a"],"agency":true,"born":"1992"}`: `{"agency":true,"born":"1992","kind":"work","salary":"1.00","topics":["b","a"]}`,
		`{"name":"","topics":[],"email":""}`:                                             `{}`,                                        // nothing is no answer
		`{"salary":"x","arrival":"y","kind":"zzz"}`:                                      `{"arrival":"y","kind":"zzz","salary":"x"}`, // well-formed and wrong: Validate tells it
		`{"hours":-3}`:                         `{"hours":-3}`,
		`{"hours":9007199254740991}`:           `{"hours":9007199254740991}`,
		`{"name":"\ud83d\udc4d"}`:              `{"name":"👍"}`,
		``:                                     `error.answers.malformed`,
		`null`:                                 `error.answers.malformed`,
		`[]`:                                   `error.answers.malformed`,
		`"name"`:                               `error.answers.malformed`,
		`{`:                                    `error.answers.malformed`,
		`{"name":"A"`:                          `error.answers.malformed`,
		`{"name":"A",}`:                        `error.answers.malformed`,
		`{"name" "A"}`:                         `error.answers.malformed`,
		`{"name":}`:                            `error.answers.malformed`,
		`{name:"A"}`:                           `error.answers.malformed`,
		`{"name":"A"} {}`:                      `error.answers.malformed`,
		`{"name":"A"} x`:                       `error.answers.malformed`,
		`{"name":"A","name":"A"}`:              `error.answers.malformed`,
		`{"name":"A","n\u0061me":"A"}`:         `error.answers.malformed`, // the same key, written another way
		"{\"name\":\"\xff\"}":                  `error.answers.malformed`,
		`{"Name":"A"}`:                         `error.answers.unknown`,
		`{"nowhere":"A"}`:                      `error.answers.unknown`,
		`{"name":null}`:                        `name error.answers.type`,
		`{"name": null }`:                      `name error.answers.type`,
		`{"name":1}`:                           `name error.answers.type`,
		`{"name":["A"]}`:                       `name error.answers.type`,
		`{"name":{"a":1}}`:                     `name error.answers.type`,
		`{"salary":4650.00}`:                   `salary error.answers.type`,
		`{"hours":"3"}`:                        `hours error.answers.type`,
		`{"area":61.75}`:                       `area error.answers.type`,
		`{"hours":3.0}`:                        `hours error.answers.type`,
		`{"hours":3e1}`:                        `hours error.answers.type`,
		`{"hours":-0}`:                         `hours error.answers.type`,
		`{"hours":9007199254740992}`:           `hours error.answers.type`,
		`{"agency":"true"}`:                    `agency error.answers.type`,
		`{"agency":1}`:                         `agency error.answers.type`,
		`{"topics":"a"}`:                       `topics error.answers.type`,
		`{"topics":["a",null]}`:                `topics error.answers.type`,
		`{"topics":["a",""]}`:                  `topics error.answers.type`,
		`{"topics":["a",["b"]]}`:               `topics error.answers.type`,
		`{"topics":{}}`:                        `topics error.answers.type`,
		`{"name":1,"hours":"x","b":"c","c":1}`: `hours error.answers.type|name error.answers.type|error.answers.unknown`,
		`{"topics":[` + strings.Repeat(`"a",`, 49) + `"a"]}`: `{"topics":[` + strings.Repeat(`"a",`, 49) + `"a"]}`,
		`{"topics":[` + strings.Repeat(`"a",`, 50) + `"a"]}`: `topics error.answers.type`,
		`{"name":"` + strings.Repeat("a", 256<<10) + `"}`:    `error.answers.too_large`,
		`{"name":` + strings.Repeat("[", 100000) + `}`:       `error.answers.malformed`,
	} {
		a, wrong := Parse(d, json.RawMessage(raw))
		got := strings.Join(keys(wrong), "|")
		if len(wrong) == 0 {
			got = string(a.JSON())
		} else if a != nil {
			t.Errorf("%.60s: answers in spite of errors", raw)
		}
		if got != want {
			t.Errorf("%.60s: %.100s, want %.100s", raw, got, want)
		}
	}
	_, wrong := Parse(d, json.RawMessage(strings.Repeat("x", 256<<10+1)))
	if len(wrong) != 1 || wrong[0].Kind != errs.TooLarge {
		t.Errorf("too much is %v", wrong)
	}
}

// What is read can be written and read again, whatever it was.
func FuzzParse(f *testing.F) {
	d := definition(f)
	for seed, ok := range map[string]bool{
		good: true, `{}`: true, `{"topics":["a","b"],"hours":-7,"agency":false,"nationalities":["XXA"]}`: true, `{"name":"\u0000\ud83d"}`: true,
		`{"name":"a","name":"a"}`: false, `{"hours":1.5}`: false, `{"topics":[null]}`: false, `[{}]`: false, "{\"name\":\"\xc3\x28\"}": false,
	} {
		if _, wrong := Parse(d, json.RawMessage(seed)); (len(wrong) == 0) != ok {
			f.Errorf("seed %s: %v", seed, wrong)
		}
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, wrong := Parse(d, raw)
		if len(wrong) > 0 {
			return
		}
		if !json.Valid(raw) {
			t.Fatalf("read %q", raw)
		}
		b, wrong := Parse(d, a.JSON())
		if len(wrong) > 0 || !bytes.Equal(a.JSON(), b.JSON()) {
			t.Fatalf("%s → %s: %v", raw, a.JSON(), wrong)
		}
		clean := d.Clean(a, clocks)
		if again := d.Clean(clean, clocks); !bytes.Equal(again.JSON(), clean.JSON()) {
			t.Fatalf("%s is cleaned to %s, and that to %s", a.JSON(), clean.JSON(), again.JSON())
		}
		// Cleaning is no change: it shows the same and finds the same.
		if x, y := d.Evaluate(a, clocks), d.Evaluate(clean, clocks); !slices.Equal(x.Fields, y.Fields) || !maps.Equal(x.Codes, y.Codes) {
			t.Fatalf("%s shows %v, cleaned %v", a.JSON(), x.Fields, y.Fields)
		}
		if x, y := keys(d.Validate(a, clocks)), keys(d.Validate(clean, clocks)); !slices.Equal(x, y) {
			t.Fatalf("%s has %v, cleaned %v", a.JSON(), x, y)
		}
	})
}

// Every mistake is told at its field with a key that has a sentence.
func TestValidate(t *testing.T) {
	d := definition(t)
	seen := map[string]bool{}
	for _, c := range []struct{ patch, want string }{
		{`{}`, ``},
		{`{"name":null}`, `name error.required`},
		{`{"name":"  \u00a0 "}`, `name error.required`},
		{`{"name":"\u200b\u200e"}`, `name error.required`}, // nothing that can be seen
		{`{"name":"Al"}`, ``},
		{`{"name":"A"}`, `name error.too_short min=2`},
		{`{"name":" A "}`, `name error.too_short min=2`},
		{`{"name":"12345678901234567890"}`, ``},
		{`{"name":"  12345678901234567890  "}`, ``},
		{`{"name":"123456789012345678901"}`, `name error.too_long max=20`},
		{`{"name":"ÄÖÜäöüßÇéñÄÖÜäöüßÇéñ"}`, ``},                                                          // characters, not bytes
		{`{"name":"1234567890123456789…"}`, `name error.too_long max=20`},                                // becomes three points
		{`{"name":"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"}`, ``}, // 11 letters
		{`{"name":"Анна"}`, `name error.latin.char char=А`},
		{`{"name":"Ana 👍"}`, `name error.latin.char char=👍`},
		{`{"name":"Ana\u0000"}`, `name error.latin.char char=U+0`},
		{`{"name":"Ana\ud83d"}`, "name error.latin.char char=\ufffd"},
		{`{"name":"Ana\nMuñoz"}`, `name error.text.line`},
		{`{"name":"Ana\tMuñoz"}`, `name error.text.line`},
		{`{"remarks":"eins\nzwei"}`, ``},
		{`{"remarks":"0123456789012345678901234567890"}`, `remarks error.too_long max=30`},
		{`{"born":null}`, `born error.required`},
		{`{"born":"1992"}`, ``},
		{`{"born":"1992-08-14"}`, ``},
		{`{"born":"2026"}`, ``}, // may still be past
		{`{"born":"2026-12"}`, `born error.date.past`},
		{`{"born":"2027"}`, `born error.date.past`},
		{`{"born":"92"}`, `born error.date.form`},
		{`{"born":"1992-13"}`, `born error.date.calendar`},
		{`{"born":"1899"}`, `born error.date.year`},
		{`{"born":"1900"}`, ``},
		{`{"born":"2201"}`, `born error.date.year`},
		{`{"arrival":"2026-11-24"}`, ``},
		{`{"arrival":"2026-11-25"}`, `arrival error.date.past`},
		{`{"arrival":"24.11.2026"}`, `arrival error.date.form`},
		{`{"arrival":"2026"}`, `arrival error.date.form`},
		{`{"arrival":"2026-02-29"}`, `arrival error.date.calendar`},
		{`{"arrival":"1899-12-31"}`, `arrival error.date.year`},
		{`{"leave":"2200-12-31"}`, ``},
		{`{"leave":"2201-01-01"}`, `leave error.date.year`},
		{`{"leave":"2026-11-22","arrival":"2026-11-23"}`, `leave check.order`},
		{`{"leave":"2026-02-30","arrival":"2026-11-23"}`, `leave error.date.calendar`},
		{`{"email":null}`, `email check.reach`}, // a contradiction can be about a question that is not answered
		{`{"email":null,"phone":"030 123456"}`, ``},
		{`{"email":"  ","phone":" 030 123456 "}`, ``},
		{`{"email":"ana"}`, `email error.email`},
		{`{"phone":"1234"}`, `phone error.phone`},
		{`{"postcode":"01067"}`, ``},
		{`{"postcode":"1067"}`, `postcode error.postcode`},
		{`{"postcode":"0106a"}`, `postcode error.postcode`},
		{`{"postcode":"٠١٠٦٧"}`, `postcode error.postcode`},
		{`{"kind":null}`, `kind error.required`},
		{`{"kind":"other"}`, `kind error.option`},
		{`{"kind":"Work"}`, `kind error.option`},
		{`{"kind":"old"}`, ``},
		{`{"kind":"old","email":null,"phone":"030 123456"}`, `kind error.option`}, // the option is not shown
		{`{"topics":["a","b"]}`, ``},
		{`{"topics":["a"]}`, `topics error.too_few min=2`},
		{`{"topics":["a","b","c","d"]}`, `topics error.too_many max=3`},
		{`{"topics":["a","a"]}`, `topics error.twice`},
		{`{"topics":["a","x"]}`, `topics error.option`},
		{`{"country":"IND"}`, ``},
		{`{"country":"ind"}`, `country error.country`},
		{`{"country":"XXA"}`, `country error.country`},
		{`{"nationality":"XXA"}`, ``},
		{`{"nationality":"XXZ"}`, `nationality error.nationality`},
		{`{"nationalities":["IND","XXA"]}`, ``},
		{`{"nationalities":["IND","XXZ"]}`, `nationalities error.nationality`},
		{`{"nationalities":["IND","IND"]}`, `nationalities error.twice`},
		{`{"nationalities":["IND","SYR","DEU"]}`, `nationalities error.too_many max=2`},
		{`{"salary":"100.00"}`, ``},
		{`{"salary":"99.99"}`, `salary error.number.min min=100`},
		{`{"salary":"20000.00"}`, ``},
		{`{"salary":"20000.01"}`, `salary error.number.max max=20000`},
		{`{"salary":"4650"}`, `salary error.money.form`},
		{`{"salary":"4.650,00"}`, `salary error.money.form`},
		{`{"salary":"-4650.00"}`, `salary error.money.form`},
		{`{"salary":"04650.00"}`, `salary error.money.form`},
		{`{"hours":1}`, ``},
		{`{"hours":0}`, `hours error.number.min min=1`},
		{`{"hours":80}`, ``},
		{`{"hours":81}`, `hours error.number.max max=80`},
		{`{"children":0}`, ``},
		{`{"children":-1}`, `children error.number.min min=0`},
		{`{"area":"61.75"}`, ``},
		{`{"area":"1"}`, ``},
		{`{"area":"500"}`, ``},
		{`{"area":"0.9999"}`, `area error.number.min min=1`},
		{`{"area":"500.0001"}`, `area error.number.max max=500`},
		{`{"area":"-5"}`, `area error.number.min min=1`},
		{`{"area":"61,75"}`, `area error.decimal.form`},
		{`{"area":"61.750"}`, `area error.decimal.form`},
		{`{"area":"61.12345"}`, `area error.decimal.form`},
		{`{"area":" 61"}`, `area error.decimal.form`},
		{`{"area":"viel"}`, `area error.decimal.form`},
		{`{"area":""}`, ``}, // not answered
		{`{"agency":null}`, `agency error.required`},
		{`{"agency":true}`, `agency_name error.required`},
		{`{"agency_name":"Анна"}`, ``}, // hidden, so it does not matter
		{`{"truth":null}`, `truth error.declaration`},
		{`{"truth":false}`, `truth error.declaration`},
		{`{"truth":null,"name":null,"salary":"x","email":"x"}`, `name error.required|email error.email|salary error.money.form|truth error.declaration`},
	} {
		got := keys(d.Validate(answers(t, d, c.patch), clocks))
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %v, want %s", c.patch, got, c.want)
		}
		for _, e := range d.Validate(answers(t, d, c.patch), clocks) {
			if e.Kind != errs.Invalid {
				t.Errorf("%s: %v is %v", c.patch, e, e.Kind)
			}
			seen[e.Key] = true
		}
	}
	for _, key := range ErrorKeys() {
		if !seen[key] && !strings.HasPrefix(key, "error.answers.") {
			t.Errorf("no answer leads to %s", key)
		}
		delete(seen, key)
	}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, []string{"check.order", "check.reach"}) {
		t.Errorf("keys without a sentence: %v", got)
	}
	if !slices.IsSorted(ErrorKeys()) {
		t.Error("the keys are not sorted")
	}
}

// An error tells where and what, and never what was typed.
func TestErrorsHoldNoAnswers(t *testing.T) {
	d := definition(t)
	a := answers(t, d, `{"name":"Canaryname Canaryname Canaryname","email":"canary","salary":"7777","born":"canary","kind":"canary"}`)
	if s := fmt.Sprintf("%v %+v %#v", d.Validate(a, clocks), d.Validate(a, clocks)[0], d.Validate(a, clocks)); strings.Contains(strings.ToLower(s), "canary") {
		t.Errorf("an error repeats an answer: %s", s)
	}
	_, wrong := Parse(d, json.RawMessage(`{"canary":1,"name":7777}`))
	if s := fmt.Sprintf("%v %+v", wrong, wrong[0]); strings.Contains(s, "canary") || strings.Contains(s, "7777") {
		t.Errorf("an error repeats what was sent: %s", s)
	}
}

func TestEmailsAndPhones(t *testing.T) {
	for s, want := range map[string]bool{
		"a@b.de": true, "ana.munoz+x@mail.example.org": true, "o'neil@example.co.uk": true, "a@xn--mnchen-3ya.de": true,
		"": false, "a": false, "@b.de": false, "a@": false, "a@b": false, "a@b.d": false, "a@b.12": false, "a@b..de": false, "a@.de": false, ".a@b.de": false,
		"a.@b.de": false, "a..b@c.de": false, "a b@c.de": false, "a@b@c.de": false, "a@-b.de": false, "a@b-.de": false, "ä@b.de": false, "a@bü.de": false,
		"a@b.de ": false, "a\n@b.de": false, `"a"@b.de`: false, "a@[127.0.0.1]": false,
		strings.Repeat("a", 64) + "@b.de": true, strings.Repeat("a", 65) + "@b.de": false, "a@" + strings.Repeat("b", 64) + ".de": false,
		"a@" + strings.Repeat("bcdefgh.", 32) + "de": false,
	} {
		if isEmail(s) != want {
			t.Errorf("e-mail %q: %v", s, !want)
		}
	}
	for s, want := range map[string]bool{
		"030 123456": true, "+49 (30) 123-456": true, "(030) 123/456": true, "12345": true, "+491234567890123": true,
		"": false, "1234": false, "1234567890123456": false, "49+12345": false, "030 abc": false, "٠٣٠١٢٣٤٥٦": false, " 12345": false, "-12345": false,
		"1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 - - -": false,
	} {
		if isPhone(s) != want {
			t.Errorf("phone %q: %v", s, !want)
		}
	}
}

func TestEvaluate(t *testing.T) {
	d := definition(t)
	s := d.Evaluate(answers(t, d, `{"hours":50,"agency_name":"Firma"}`), clocks)
	check := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	check("pages", s.Pages, []string{"start", "person", "about", "work", "end"})
	check("fields", s.Fields, []string{"name", "born", "arrival", "leave", "email", "phone", "postcode", "kind", "topics", "country", "nationality",
		"nationalities", "salary", "hours", "children", "area", "agency", "remarks", "minor", "truth"})
	check("evidence", s.Evidence, []Required{
		{ID: "PASS", Level: "submit", Place: "ausweisseite", Min: 1, Max: 6}, {ID: "CONTRACT", Level: "decide", Place: "nachweis", Min: 1, Max: 2},
		{ID: "LEASE", Level: "decide", Min: 1, Max: 6}, {ID: "CV", Level: "helpful", Place: "nachweis", Max: 1, Basis: []string{"§ 1"}},
	})
	check("notices", s.Notices, []Raised{
		{ID: "always", Page: "start", Kind: "hint", Link: "at-other", Basis: []string{"§ 2"}}, {ID: "low", Page: "work", Kind: "warning"}, {ID: "hidden", Page: "work", Kind: "hint"},
	})
	check("checks", s.Checks, []Raised{{ID: "long_hours", Field: "hours", Kind: "warning"}})
	check("fees", s.Fees, []Due{{Code: "F01", Amount: 10000, Known: true, Basis: "§ 45"}})
	check("bases", s.Bases, []Candidate{{ID: "W", Paragraph: "§ 18", Conditions: []Finding{{"paid", Met, []string{"§ 3"}}, {"own", Met, nil}, {"next_year", Unknown, nil}}}})
	check("codes", s.Codes, map[string]string{"reason": "01", "fixed": "9", "agency": "0"})
	if s.Shown("agency_name") || s.Shown("nowhere") || !s.Shown("agency") {
		t.Error("shown is not what the fields are")
	}
	if s.Facts.Field("agency_name").Known() {
		t.Error("a hidden answer is a fact")
	}
	if s.Facts.Clock("submitted").Day() != today || s.Facts.Clock("form_opened").Day() != today || s.Facts.Clock("other").Known() {
		t.Error("clocks")
	}
	if s.Facts.Param("least").Cents() != 5070000 || s.Facts.Param("open").Known() {
		t.Error("parameters")
	}
	if s.OptionShown(Option{When: newRules(t).bool(`agency`)}) {
		t.Error("an option is shown although its rule is false")
	}
	// The money and the months of a minor, one cent too little, through an agency without a known fee.
	s = d.Evaluate(answers(t, d, `{"salary":"4224.99","minor":true,"agency":true}`), clocks)
	check("fees", s.Fees, []Due{{Code: "F01", Amount: 5000, Known: true, Minor: true, Basis: "§ 45"}, {Code: "F99"}})
	check("bases", s.Bases[0].Conditions[:2], []Finding{{"paid", NotMet, []string{"§ 3"}}, {"own", NotMet, nil}})
	check("evidence", []string{s.Evidence[0].ID, s.Evidence[1].ID}, []string{"PASS", "AGENCY"})
	// A page that is not shown takes its answers, notices and checks with it.
	s = d.Evaluate(answers(t, d, `{"kind":"study","hours":50,"agency":true}`), clocks)
	check("pages", s.Pages, []string{"start", "person", "about", "end"})
	check("notices", len(s.Notices), 1)
	check("checks", len(s.Checks), 0)
	check("fees", s.Fees, []Due{{Code: "F02", Amount: 9300, Known: true}})
	check("codes", s.Codes, map[string]string{"reason": "02", "fixed": "9"})
	// Unanswered is unknown, and unknown is not shown.
	s = d.Evaluate(Answers{}, clocks)
	check("pages", s.Pages, []string{"start", "person", "end"})
	check("bases", len(s.Bases), 0)
	check("codes", s.Codes, map[string]string{"fixed": "9"})
	// A date that is none, and an amount that is none, are unknown.
	s = d.Evaluate(answers(t, d, `{"salary":"4225","arrival":"gestern"}`), clocks)
	if s.Facts.Field("salary").Known() || s.Facts.Field("arrival").Known() || s.Bases[0].Conditions[0].Status != Unknown {
		t.Error("what is no amount or date is a fact")
	}
	// Without a clock rules on it are unknown.
	if d.Evaluate(Answers{}, Clocks{}).Facts.Clock("submitted").Known() {
		t.Error("no day is a day")
	}
}

// Answers become facts of the type that the field has in rules.
func TestFacts(t *testing.T) {
	d := definition(t)
	s := d.Evaluate(answers(t, d, `{"born":"1992-08-14","arrival":"2026-01-31","topics":["a","b"],"country":"IND","nationalities":["XXA"],
		"hours":40,"area":"61.75","agency":true,"agency_name":" Jose\u0301\u00a0 ","phone":" 030 12345 "}`), clocks)
	for id, want := range map[string]rule.Value{
		"name": rule.OfText("Ana Muñoz"), "born": rule.OfText("1992-08-14"), "arrival": rule.OfDay(civil.MustParse("2026-01-31")),
		"topics": rule.OfList([]string{"a", "b"}), "country": rule.OfText("IND"), "nationalities": rule.OfList([]string{"XXA"}), "hours": rule.OfInt(40), "area": rule.OfDecimal(617500),
		"agency": rule.OfBool(true), "salary": rule.OfMoney(422500), "leave": {}, "agency_name": rule.OfText("José"), "phone": rule.OfText("030 12345"),
	} {
		if got := s.Facts.Field(id); !got.Equal(want) {
			t.Errorf("%s is not the fact that was answered", id)
		}
	}
	for _, f := range d.Fields() {
		if v := s.Facts.Field(f.ID); v.Known() && v.Type() != f.Type.Rule() {
			t.Errorf("%s is %v, declared is %v", f.ID, v.Type(), f.Type.Rule())
		}
	}
	if Type("other").Rule() != 0 {
		t.Error("a type that does not exist has a type in rules")
	}
}

func TestClean(t *testing.T) {
	d := definition(t)
	a := answers(t, d, `{"name":"  Jose\u0301 – “X”\u200b ","remarks":"eins\r\nzwei…","email":" ana@example.org ","agency_name":"weg","leave":"2026-02-30","phone":"  ","children":0}`)
	want := `{"agency":false,"born":"1992-08","children":0,"email":"ana@example.org","kind":"work","leave":"2026-02-30","name":"José - \"X\"","remarks":"eins\nzwei...","salary":"4225.00","truth":true}`
	clean := d.Clean(a, clocks)
	if got := string(clean.JSON()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if a.Text("name") == clean.Text("name") {
		t.Error("cleaning changed the answers that were given")
	}
	plain := *d
	plain.Latin = nil // without a table nothing is judged or changed
	if got := plain.Validate(answers(t, d, `{"name":"Анна –"}`), clocks); len(got) > 0 {
		t.Errorf("judged without a table: %v", got)
	}
	if got := d.Clean(answers(t, d, `{"name":"Анна"}`), clocks).Text("name"); got != "Анна" {
		t.Errorf("what cannot be processed became %s", got)
	}
}

func TestAnswerValues(t *testing.T) {
	d := definition(t)
	a := answers(t, d, `{"arrival":"2026-01-31","hours":40,"topics":["a","b"],"agency":true}`)
	if a["arrival"].Day() != civil.MustParse("2026-01-31") || a["arrival"].Partial().String() != "2026-01-31" || a["born"].Partial().String() != "1992-08" || a["born"].Day() != 0 {
		t.Error("dates")
	}
	if a["salary"].Cents() != 422500 || a["hours"].Int() != 40 || !a["agency"].Bool() || !slices.Equal(a["topics"].List(), []string{"a", "b"}) {
		t.Error("amounts, numbers, lists")
	}
	for id, want := range map[string]string{"hours": "40", "agency": "true", "salary": "4225.00", "born": "1992-08", "topics": "", "leave": "", "nowhere": ""} {
		if got := a.Text(id); got != want {
			t.Errorf("%s is %q as text, want %q", id, got, want)
		}
	}
	if a["name"].Type() != Text || a["name"].Cents() != 0 || !a["name"].Partial().IsZero() || a["name"].Day() != 0 || a["name"].Int() != 0 || a["name"].Bool() || a["name"].List() != nil {
		t.Error("a text is something else as well")
	}
}

func TestDisplay(t *testing.T) {
	d := definition(t)
	a := answers(t, d, `{"arrival":"2026-01-31","leave":"1900-12-01","topics":["a","b"],"country":"IND","nationality":"XXA","nationalities":["SYR","DEU"],"hours":1234,"area":"1061.75","minor":true,"remarks":"a\nb"}`)
	for _, c := range []struct{ field, de, en string }{
		{"name", "Ana Muñoz", "Ana Muñoz"},
		{"born", "08.1992", "August 1992"},
		{"arrival", "31.01.2026", "31 January 2026"},
		{"leave", "01.12.1900", "1 December 1900"},
		{"kind", "Arbeit", "Work"},
		{"topics", "A-Thema, b", "A-Thema, b"}, // English falls back to German, no text to the code
		{"country", "Indien", "India"},
		{"nationality", "staatenlos", "stateless"},
		{"nationalities", "Syrien, Deutschland", "Syria, Germany"},
		{"salary", "4.225,00\u00a0€", "€4,225.00"},
		{"hours", "1234", "1234"},
		{"area", "1061,75", "1061.75"},
		{"minor", "Ja", "Ja"},
		{"agency", "nein", "no"},
		{"email", "ana@example.org", "ana@example.org"},
		{"remarks", "a\nb", "a\nb"},
	} {
		for lang, want := range map[string]string{"de": c.de, "en": c.en, "ar": c.de} {
			if got := d.Display(c.field, a[c.field], lang); got != want {
				t.Errorf("%s in %s: %q, want %q", c.field, lang, got, want)
			}
		}
	}
	for text, want := range map[string][2]string{"1992": {"1992", "1992"}, "1992-08-14": {"14.08.1992", "14 August 1992"}, "gestern": {"gestern", "gestern"}} {
		for i, lang := range []string{"de", "en"} {
			if got := d.Display("born", Answer{typ: PartialDate, text: text}, lang); got != want[i] {
				t.Errorf("%s in %s: %q", text, lang, got)
			}
		}
	}
	if got := d.Display("salary", Answer{typ: Money, text: "viel"}, "de"); got != "viel" {
		t.Errorf("what is no amount is shown as %q", got)
	}
	if got := d.Display("area", Answer{typ: Decimal, text: "1.2.3"}, "de"); got != "1.2.3" {
		t.Errorf("what is no decimal is shown as %q", got)
	}
	if got := d.Display("country", Answer{typ: Country, text: "ZZZ"}, "de"); got != "ZZZ" {
		t.Errorf("what is no country is shown as %q", got)
	}
	for cents, want := range map[int64][2]string{
		0: {"0,00\u00a0€", "€0.00"}, 5: {"0,05\u00a0€", "€0.05"}, 99999: {"999,99\u00a0€", "€999.99"}, 100000: {"1.000,00\u00a0€", "€1,000.00"},
		123456789012: {"1.234.567.890,12\u00a0€", "€1,234,567,890.12"}, -123456: {"-1.234,56\u00a0€", "€-1,234.56"}, -12345: {"-123,45\u00a0€", "€-123.45"},
	} {
		if de, en := DisplayMoney(cents, "de"), DisplayMoney(cents, "en"); de != want[0] || en != want[1] {
			t.Errorf("%d cents: %s, %s", cents, de, en)
		}
	}
}

func TestTexts(t *testing.T) {
	d := definition(t)
	for _, c := range [][3]string{{"name", "de", "Name"}, {"name", "en", "Full name"}, {"born", "en", "Geburt"}, {"born", "ar", "Geburt"}, {"nowhere", "en", ""}} {
		if got := d.Label(c[0], c[1]); got != c[2] {
			t.Errorf("%s in %s: %q", c[0], c[1], got)
		}
	}
	for lang, want := range map[string]string{"de": "Unter 50.700,00\u00a0€ für 48 Stunden, 01. {p.open} {max}", "en": "Unter €50,700.00 für 48 Stunden, 01. {p.open} {max}"} {
		if got := d.Sentence(lang, "notice.low.text"); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if d.Sentence("de", "field.name.label") != "Name" || d.Sentence("de", "none") != "" {
		t.Error("sentences without figures")
	}
}

func TestDefinition(t *testing.T) {
	d := definition(t)
	if f, ok := d.Field("salary"); !ok || f.Period != "month" {
		t.Error("salary is not there")
	}
	if _, ok := d.Field("nowhere"); ok {
		t.Error("a field without a page is there")
	}
	if e, ok := d.EvidenceByID("PASS"); !ok || e.Level != "submit" {
		t.Error("PASS is not there")
	}
	for _, name := range ClockNames() {
		if !d.Evaluate(nil, clocks).Facts.Clock(name).Known() {
			t.Errorf("clock %s is no fact", name)
		}
	}
	if _, ok := d.EvidenceByID("NONE"); ok {
		t.Error("a document that does not exist is there")
	}
	if len(d.Fields()) != 21 || d.Fields()[0].ID != "name" || d.Fields()[20].ID != "truth" {
		t.Error("the fields are not in page order")
	}
}

func TestNames(t *testing.T) {
	n := names(t)
	if de, ok := n.Country("IND", "de"); !ok || de != "Indien" {
		t.Error("IND")
	}
	if key, ok := n.Destatis("XXA"); !ok || key != "997" {
		t.Error("XXA has no key")
	}
	if _, ok := n.Destatis("XXX"); ok {
		t.Error("XXX has a key")
	}
	if len(n.Countries()) != 3 || len(n.Nationalities()) != 4 {
		t.Error("lists")
	}
	n.Countries()[0] = Name{} // a copy
	if n.Countries()[0].Code != "DEU" {
		t.Error("a caller changed the list")
	}
	var none *Names
	if _, ok := none.Country("IND", "de"); ok {
		t.Error("no names know a country")
	}
	if _, ok := none.Nationality("IND", "de"); ok {
		t.Error("no names know a nationality")
	}
	if _, ok := none.Destatis("IND"); ok {
		t.Error("no names know a key")
	}
	good := fmt.Sprintf(testNames, "")
	for what, broken := range map[string]string{
		"no JSON": `{`, "two": good + good, "unknown key": strings.Replace(good, `"licence"`, `"x":1,"licence"`, 1), "no source": strings.Replace(good, "invented", "", 1),
		"no licence": strings.Replace(good, "none", "", 1), "no names": `{"source":"a","licence":"b","names":[]}`, "order": strings.Replace(good, "SYR", "ABC", 1),
		"twice": strings.Replace(good, "SYR", "IND", 1), "small letters": strings.Replace(good, "SYR", "SYr", 1), "key": strings.Replace(good, "475", "47", 1),
		"no German": strings.Replace(good, "Syrien", "", 1), "no English": strings.Replace(good, "Syria\"", "\"", 1),
	} {
		if _, err := ParseNames([]byte(broken), []byte(good)); err == nil {
			t.Errorf("countries accepted: %s", what)
		}
		if _, err := ParseNames([]byte(good), []byte(broken)); err == nil {
			t.Errorf("nationalities accepted: %s", what)
		}
	}
}

// Nothing that holds answers prints them, however it is printed; only JSON is the wire form.
func TestRedaction(t *testing.T) {
	d := definition(t)
	a := answers(t, d, `{"name":"Canary","email":"canary@example.org","salary":"7777.00","topics":["a","b"],"children":7777,"remarks":"canary"}`)
	s := d.Evaluate(a, clocks)
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		l := slog.New(h)
		l.Info("x", "answers", a, "answer", a["name"], "state", s, "value", s.Facts.Field("name"), "facts", s.Facts)
		l.Info("x", slog.Any("answer", slog.AnyValue(a["salary"])))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, x := range []any{a, a["name"], a["salary"], a["topics"], s, *s, s.Facts, s.Facts.Field("name"), []Answer{a["name"]}, map[string]any{"x": a}, struct{ S *State }{s}, struct{ S State }{*s}} {
			fmt.Fprintf(&log, verb+"\n", x)
		}
	}
	for _, word := range []string{"canary", "7777", "777700", `"fixed"`, fmt.Sprintf("%x", "Canary")} {
		if strings.Contains(strings.ToLower(log.String()), word) {
			t.Errorf("%q was printed:\n%s", word, log.String())
		}
	}
	raw, err := json.Marshal(a)
	if err != nil || !bytes.Equal(raw, a.JSON()) || !strings.Contains(string(raw), "Canary") {
		t.Errorf("the wire form is %s, %v", raw, err)
	}
}
