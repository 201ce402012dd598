package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"aufenthalt/data"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/form"
	"aufenthalt/internal/latin"
)

func loaded(t testing.TB, m fstest.MapFS) (*Catalog, *Document) {
	t.Helper()
	c, err := Load(m)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := c.Service("at-test")
	if !ok {
		t.Fatal("at-test is not there")
	}
	return c, d
}

func on(t testing.TB, d *Document, day string) *form.Definition {
	t.Helper()
	def, err := d.On(civil.MustParse(day))
	if err != nil {
		t.Fatalf("%s: %v", day, err)
	}
	return def
}

func TestCatalog(t *testing.T) {
	c, d := loaded(t, good(t))
	if !slices.Equal(c.Services(), []string{"at-test"}) || d.Tag() != "at-test" || !slices.Equal(d.Languages(), []string{"de", "en"}) {
		t.Errorf("%v %s %v", c.Services(), d.Tag(), d.Languages())
	}
	if e, ok := c.ByHash(d.Hash()); !ok || e != d {
		t.Error("not found by its hash")
	}
	if _, ok := c.ByHash("sha256-0"); ok {
		t.Error("found by another hash")
	}
	if _, ok := c.Service("at-other"); ok {
		t.Error("found another service")
	}
	if c.Texts("en")["ui.yes"] != "yes" || c.Texts("ar")["ui.yes"] != "ja" {
		t.Error("shared texts")
	}
	if _, ok := c.Names().Country("IND", "de"); !ok {
		t.Error("names")
	}
	if _, _, ok := c.Book().Value("least", civil.MustParse("2026-05-01")); !ok {
		t.Error("figures")
	}
	if want := `{"kind":["path",{"study":"02","work":"01"}],"name":{"max":100,"path":"person/name","register":true},"nothing":null}`; string(d.Mapping()) != want {
		t.Errorf("mapping %s", d.Mapping())
	}
	m := good(t)
	patch(t, m, "services/at-test/mapping.yaml", "", "")
	if _, d := loaded(t, m); d.Mapping() != nil {
		t.Error("a mapping that is not there")
	}
}

// A document is the same bytes however often it is made, and is read back as the same.
func TestCanonical(t *testing.T) {
	_, d := loaded(t, good(t))
	_, again := loaded(t, good(t))
	if !bytes.Equal(d.JSON(), again.JSON()) || d.Hash() != again.Hash() {
		t.Error("made twice, it is another document")
	}
	if !strings.HasPrefix(string(d.Hash()), "sha256-") || len(d.Hash()) != 7+64 {
		t.Errorf("hash %s", d.Hash())
	}
	back, err := Parse(d.JSON(), names(t), latin.New())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.JSON(), d.JSON()) || back.Hash() != d.Hash() || back.Tag() != d.Tag() || !bytes.Equal(back.Mapping(), d.Mapping()) {
		t.Error("read back, it is another document")
	}
	// Read back, it does the same.
	for _, day := range CheckDays(d) {
		x, y := on(t, d, day.String()), on(t, back, day.String())
		answers, wrong := form.Parse(x, json.RawMessage(`{"name":"Ana","kind":"work","salary":"4225.00","agency":false}`))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		clocks := form.Clocks{Submitted: day, FormOpened: day}
		s, r := x.Evaluate(answers, clocks), y.Evaluate(answers, clocks)
		if a, b := mustJSON(t, s), mustJSON(t, r); a != b || x.Validate(answers, clocks).Error() != y.Validate(answers, clocks).Error() {
			t.Errorf("on %v: %s\nread back: %s", day, a, b)
		}
	}
	if len(CheckDays(back)) != len(CheckDays(d)) {
		t.Error("other days")
	}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func names(t testing.TB) *form.Names {
	t.Helper()
	m := good(t)
	n, err := form.ParseNames(m["names/countries.json"].Data, m["names/nationalities.json"].Data)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParseRefuses(t *testing.T) {
	_, d := loaded(t, good(t))
	for what, change := range map[string][2]string{
		"space":             {`"format":1`, `"format": 1`},
		"order":             {`"format":1,"from":"2026-01-01"`, `"from":"2026-01-01","format":1`},
		"format":            {`"format":1`, `"format":2`},
		"no format":         {`"format":1,`, ``},
		"no service":        {`"service":"at-test"`, `"service":""`},
		"unknown key":       {`"format":1`, `"extra":true,"format":1`},
		"key twice":         {`"format":1`, `"format":1,"format":1`},
		"escape":            {`"at-test"`, `"at\u002dtest"`},
		"fraction":          {`"format":1`, `"format":1.0`},
		"not NFC":           {`"Prüfdienst"`, "\"Pru\u0308fdienst\""},
		"broken text":       {`"Prüfdienst"`, "\"Pr\xfcfdienst\""},
		"end of line":       {`"work"]`, "\"work\"\n]"},
		"no day":            {`"2026-01-01"`, `"2026-02-30"`},
		"rule":              {`["f","kind"]`, `["f","Kind"]`},
		"rule of no use":    {`["f","agency"]`, `["not",["not",["f","agency"]]]`},
		"check without":     {`"when":[">i",["f","hours"],["p","hours"]]`, `"when":null`},
		"null for the list": {`"bases":[`, `"bases":null,"x":[`},
	} {
		before, after, ok := bytes.Cut(d.JSON(), []byte(change[0]))
		if !ok {
			t.Errorf("%s: there is no %s", what, change[0])
			continue
		}
		if _, err := Parse(slices.Concat(before, []byte(change[1]), after), names(t), latin.New()); err == nil {
			t.Errorf("accepted: %s", what)
		}
	}
	for _, raw := range []string{``, `null`, `{}`, `[]`, `{`, string(d.JSON()) + "\n", " " + string(d.JSON()), string(d.JSON()) + "{}", `{"format":1,"service":"a"}`} {
		if _, err := Parse([]byte(raw), names(t), latin.New()); err == nil {
			t.Errorf("accepted: %.60s", raw)
		}
	}
}

func FuzzParse(f *testing.F) {
	_, d := loaded(f, good(f))
	n, letters := names(f), latin.New()
	for _, seed := range []struct {
		raw []byte
		ok  bool
	}{
		{d.JSON(), true}, {[]byte(`{}`), false}, {[]byte(`{"format":1,"service":"a"}`), false}, {bytes.Replace(d.JSON(), []byte(`true`), []byte(`1`), 1), false},
		{[]byte(`{"bases":[],"checks":[],"codes":[],"evidence":[],"fees":[],"fields":[],"filing":[],"format":1,"notices":[],"pages":[],"parameters":[],"service":"a","tariffs":[],"texts":{}}`), true},
	} {
		if _, err := Parse(seed.raw, n, letters); (err == nil) != seed.ok {
			f.Errorf("seed %.80s: %v", seed.raw, err)
		}
		f.Add(seed.raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(raw, n, letters)
		if err != nil {
			return
		}
		if !bytes.Equal(d.JSON(), raw) || d.Hash() != hashOf(raw) {
			t.Fatalf("%s became %s", raw, d.JSON())
		}
		for _, day := range CheckDays(d) {
			if def, err := d.On(day); err == nil {
				def.Validate(form.Answers{}, form.Clocks{Submitted: day, FormOpened: day})
			}
		}
	})
}

// RFC 8785 on the values that documents have.
func TestCanonicalForm(t *testing.T) {
	for raw, want := range map[string]string{
		`{"b":1,"a":[true,false,null],"":{}}`:             `{"":{},"a":[true,false,null],"b":1}`,
		` [ 1 , -2 , 0 ] `:                                `[1,-2,0]`,
		`"\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\/"`: "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"", // from RFC 8785 § 3.2.2.2
		`"\b\t\n\f\r\u0000\u001f\u007f"`:                  "\"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f\"",
		`"<b>&\u2028"`:                                    "\"<b>&\u2028\"",
		`"e\u0301"`:                                       `"é"`,
		`{"\ud83d\ude00":1,"\uff61x":2,"\u20ac":3,"1":4,"\r":5,"ö":6}`: "{\"\\r\":5,\"1\":4,\"ö\":6,\"€\":3,\"😀\":1,\"\uff61x\":2}", // by UTF-16 units, not by code points
		`[9007199254740991,-9007199254740991]`:                         `[9007199254740991,-9007199254740991]`,
		"{\"e\u0301\":1}":                                              ``, // a key is code, so it is told and not mended
		`9007199254740992`:                                             ``,
		`1.5`:                                                          ``,
		`1e2`:                                                          ``,
		`1 2`:                                                          ``,
		`{`:                                                            ``,
	} {
		got, err := canonical([]byte(raw))
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v, want %q", raw, got, err, want)
		}
	}
}

// The hash is another one when anything that the service says is another, and only then.
func TestHash(t *testing.T) {
	_, d := loaded(t, good(t))
	seen := map[Hash]string{d.Hash(): "the good one"}
	for _, c := range [][3]string{
		{service, "until: 2027-12-31", "until: 2027-12-30"}, {service, `"01" : "02"`, `"01" : "03"`}, {service, `kind == "work"', fields`, `kind == "other"', fields`},
		{service, "max: 100,", "max: 101,"}, {service, "{id: origin, type: country, required: false", "{id: origin, type: country"}, {service, "{value: a}, {value: b}", "{value: b}, {value: a}"},
		{service, "certainty: confirmed", "certainty: unconfirmed"}, {service, "[name, kind, origin]", "[kind, name, origin]"}, {service, "§ 18 AufenthG", "§ 18a AufenthG"},
		{docs, "max: 2", "max: 3"}, {docs, "level: helpful", "level: decide"}, {docs, "until: 2026-06-30", "until: 2026-06-29"},
		{rulesAt, "kind: hint", "kind: warning"}, {rulesAt, "salary * 12 >=", "salary * 12 >"}, {rulesAt, "minor: 'agency'", "minor: '!agency'"}, {rulesAt, "§ 3 ArbZG", "§ 2 ArbZG"},
		{rulesAt, "link: at-other", "link: at-another"}, {de, `"Wie im Pass"`, `"Wie im Reisepass"`}, {en, "Here we go.", "Here we go!"}, {"texts/en.yaml", `"yes"`, `"Yes"`},
		{params, `"50700.00"`, `"50700.01"`}, {params, "source: invented", "source: found"}, {fees, `"55.00"`, `"55.10"`}, {"services/at-test/mapping.yaml", `"01"`, `"1"`},
	} {
		m := good(t)
		patch(t, m, c[0], c[1], c[2])
		_, e := loaded(t, m)
		if before, ok := seen[e.Hash()]; ok {
			t.Errorf("%s → %s has the hash of %s", c[1], c[2], before)
		}
		seen[e.Hash()] = c[1]
	}
	for _, c := range [][3]string{
		{service, "pages:", "# a comment\npages:"}, {service, "width: long, autocomplete: name", "autocomplete: name, width: long"}, {service, "fields: [holiday]", "fields: [ holiday ]"},
		{docs, "max: 2", "max: &two 2"}, {de, `"Wie im Pass"`, `'Wie im Pass'`}, {de, "Prüfdienst", "Pru\u0308fdienst"}, {"services/at-test/cases/empty.yaml", "person, end", "person"},
		{params, `"1.00"`, `"2.00"`}, {params, "name: guess", "name: guessed"}, {fees, `"1.00", minor`, `"2.00", minor`}, // not used, or not confirmed
		{rulesAt, "'!agency'", "'(!(agency))'"},
	} {
		m := good(t)
		patch(t, m, c[0], c[1], c[2])
		if _, e := loaded(t, m); e.Hash() != d.Hash() {
			t.Errorf("%s → %s has another hash", c[1], c[2])
		}
	}
}

// Every interval begins on its first day and ends after its last.
func TestOn(t *testing.T) {
	_, d := loaded(t, good(t))
	type state struct {
		summer, cv, option, own, least bool
		fee                            int64
	}
	for day, want := range map[string]state{
		"2026-01-01": {false, true, true, false, true, 10000}, "2026-01-31": {false, true, true, false, true, 10000}, "2026-02-01": {false, true, true, true, true, 10000},
		"2026-06-30": {false, true, true, true, true, 10000}, "2026-07-01": {true, false, true, true, true, 11000}, "2026-08-31": {true, false, true, true, true, 11000},
		"2026-09-01": {false, false, true, true, true, 11000}, "2026-09-30": {false, false, true, true, true, 11000}, "2026-10-01": {false, false, false, true, true, 11000},
		"2026-12-31": {false, false, false, true, true, 11000}, "2027-01-01": {false, false, false, true, false, 11000}, "2027-12-31": {false, false, false, true, false, 11000},
	} {
		def := on(t, d, day)
		kind, _ := def.Field("kind")
		_, holiday := def.Field("holiday")
		_, cv := def.EvidenceByID("CV")
		_, least := def.Parameters["least"]
		got := state{
			summer: slices.ContainsFunc(def.Pages, func(p form.Page) bool { return p.ID == "summer" }), cv: cv, least: least, fee: def.Tariffs["F01"].Adult,
			option: slices.ContainsFunc(kind.Options, func(o form.Option) bool { return o.Value == "study" }), own: len(def.Bases[0].Conditions) == 2,
		}
		if got != want || holiday != want.summer || (len(def.Checks) == 2) != want.summer {
			t.Errorf("%s: %+v, want %+v", day, got, want)
		}
		if def.Service != "at-test" || def.Hash != string(d.Hash()) || def.Day.String() != day || len(kind.Options) != 3 {
			t.Errorf("%s: %s %s %v, %d options", day, def.Service, def.Hash, def.Day, len(kind.Options))
		}
		if again := on(t, d, day); again != def {
			t.Errorf("%s is resolved twice", day)
		}
	}
	for _, day := range []civil.Day{0, civil.MustParse("2025-12-31"), civil.MustParse("2028-01-01"), civil.MaxDay} {
		if _, err := d.On(day); !errs.Is(err, errs.NotFound) || !strings.Contains(err.Error(), "error.service.not_offered") {
			t.Errorf("on %v: %v", day, err)
		}
	}
	// An open service begins and does not end.
	m := good(t)
	patch(t, m, service, "until: 2027-12-31\n", "")
	_, open := loaded(t, m)
	on(t, open, "9999-12-31")
}

func TestCheckDays(t *testing.T) {
	_, d := loaded(t, good(t))
	var got []string
	for _, day := range CheckDays(d) {
		got = append(got, day.String())
	}
	want := []string{"2026-01-01", "2026-01-31", "2026-02-01", "2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01", "2027-12-31"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

var (
	authority   = Authority{AGS: "12099001", Name: "Landkreis Musterland", Address: []string{"Am Markt 1"}, Email: "abh@example.org"}
	environment = Environment{Name: "PRE", DocumentBytes: 10000000, TotalBytes: 20000000, Documents: 30}
)

func viewed(t testing.TB, d *Document, day, lang string) map[string]any {
	t.Helper()
	raw, err := View(d, on(t, d, day), lang, authority, environment)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

// The view has the keys that the browser knows, lists where it expects lists, and null nowhere.
func TestView(t *testing.T) {
	_, d := loaded(t, good(t))
	v := viewed(t, d, "2026-07-01", "en")
	keys := func(what string, got any, need, may string) {
		t.Helper()
		m, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s is %T", what, got)
			return
		}
		for _, k := range strings.Fields(need) {
			if _, ok := m[k]; !ok {
				t.Errorf("%s has no %s: %v", what, k, m)
			}
		}
		for k := range m {
			if !slices.Contains(strings.Fields(need+" "+may), k) {
				t.Errorf("%s has %s, which nobody knows", what, k)
			}
		}
	}
	keys("view", v, "service hash law_day languages language binding authority environment limits pages fields evidence notices checks fees parameters words texts", "")
	keys("authority", v["authority"], "ags name address email", "contact phone privacy_url imprint_url")
	keys("limits", v["limits"], "document_bytes total_bytes documents", "")
	for _, p := range v["pages"].([]any) {
		keys("page", p, "id kind fields notices", "when")
	}
	for id, f := range v["fields"].(map[string]any) {
		keys("field "+id, f, "id type required basis", "when options style max min latin declaration autocomplete width period past future")
		for _, o := range orNone(f.(map[string]any)["options"]) {
			keys("option of "+id, o, "value", "when")
		}
	}
	for _, e := range v["evidence"].([]any) {
		keys("evidence", e, "id level min max basis place", "when")
	}
	for _, n := range v["notices"].([]any) {
		keys("notice", n, "id page kind basis", "when link")
	}
	for _, c := range v["checks"].([]any) {
		keys("check", c, "id field when kind", "")
	}
	for _, f := range v["fees"].([]any) {
		keys("fee", f, "code when amount minor basis", "minor_when")
	}
	keys("parameter", v["parameters"].(map[string]any)["least"], "type value", "")
	noNull(t, "view", v)

	for path, want := range map[string]string{
		"service": `"at-test"`, "hash": `"` + string(d.Hash()) + `"`, "law_day": `"2026-07-01"`, "languages": `["de","en"]`, "language": `"en"`, "binding": `"de"`, "environment": `"PRE"`,
		"authority": `{"address":["Am Markt 1"],"ags":"12099001","email":"abh@example.org","name":"Landkreis Musterland"}`,
		"limits":    `{"document_bytes":10000000,"documents":30,"total_bytes":20000000}`,
		"fees":      `[{"amount":"110.00","basis":"§ 45 AufenthV","code":"F01","minor":"55.00","minor_when":["f","agency"],"when":["==s",["f","kind"],["s","work"]]}]`,
		"pages": `[{"fields":[],"id":"start","kind":"notice","notices":["welcome"]},{"fields":["name","kind","origin"],"id":"person","kind":"form","notices":[]},` +
			`{"fields":["salary","hours","topics"],"id":"work","kind":"form","notices":["low"],"when":["==s",["f","kind"],["s","work"]]},` +
			`{"fields":["holiday"],"id":"summer","kind":"form","notices":[]},{"fields":["nationalities","agency","truth"],"id":"end","kind":"declarations","notices":[]}]`,
		"parameters": `{"hours":{"type":"int","value":"48"},"least":{"type":"money","value":"50700.00"}}`,
	} {
		if got := mustJSON(t, v[path]); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	texts := v["texts"].(map[string]any)
	if texts["service.title"] != "Test service" || texts["ui.yes"] != nil {
		t.Errorf("texts: %v", texts)
	}
	// Without a price, without contents of any kind.
	raw, err := View(d, on(t, d, "2027-01-01"), "de", Authority{AGS: "1"}, Environment{})
	if err != nil || !bytes.Contains(raw, []byte(`"address":[]`)) || bytes.Contains(raw, []byte(`"least":{`)) {
		t.Errorf("%v: %.300s", err, raw)
	}
	def := form.New(form.Definition{Service: "at-test", Names: names(t), Day: civil.MustParse("2030-01-01"), Fees: []form.Fee{{Code: "F09"}}}, nil)
	raw, err = View(d, def, "de", authority, environment)
	if err != nil || !bytes.Contains(raw, []byte(`"fees":[{"code":"F09"}]`)) {
		t.Errorf("%v: %.300s", err, raw)
	}
	var empty any
	if err := json.Unmarshal(raw, &empty); err != nil {
		t.Fatal(err)
	}
	noNull(t, "empty view", empty)
}

func orNone(v any) []any { list, _ := v.([]any); return list }

func noNull(t *testing.T, at string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", at)
	case []any:
		for i, x := range v {
			noNull(t, fmt.Sprintf("%s[%d]", at, i), x)
		}
	case map[string]any:
		for k, x := range v {
			noNull(t, at+"."+k, x)
		}
	}
}

// A language without texts gets the binding one; what is made once is the same the second time, for another authority too.
func TestViewLanguages(t *testing.T) {
	_, d := loaded(t, good(t))
	for _, lang := range []string{"de", "ar", "", "xx-invalid"} {
		v := viewed(t, d, "2026-07-01", lang)
		if v["language"] != "de" || v["texts"].(map[string]any)["service.title"] != "Prüfdienst" {
			t.Errorf("%q: %v", lang, v["language"])
		}
	}
	def := on(t, d, "2026-07-01")
	first, err1 := View(d, def, "en", authority, environment)
	second, err2 := View(d, def, "en", authority, environment)
	if err1 != nil || err2 != nil || !bytes.Equal(first, second) {
		t.Error("the second view is another one")
	}
	other, _ := View(d, def, "en", Authority{AGS: "05315000", Name: "Köln"}, environment)
	if bytes.Contains(other, []byte("Musterland")) || !bytes.Contains(other, []byte(`"Köln"`)) {
		t.Error("the view of one authority went to another")
	}
	if third, _ := View(d, def, "en", authority, environment); !bytes.Equal(first, third) {
		t.Error("the view of another authority stayed")
	}
	// More days than are kept.
	for i := range 3 * maxCached {
		day := civil.MustParse("2026-07-01") + civil.Day(i)
		if v := viewed(t, d, day.String(), "de"); v["law_day"] != day.String() {
			t.Fatalf("on %v the view is of %v", day, v["law_day"])
		}
	}
	if len(d.days) > maxCached || len(d.views) > maxCached {
		t.Errorf("%d days, %d views are kept", len(d.days), len(d.views))
	}
	if again, _ := View(d, on(t, d, "2026-07-01"), "en", authority, environment); !bytes.Equal(first, again) {
		t.Error("made anew, the view is another one")
	}
}

// Many at once get the same; the race detector watches.
func TestConcurrent(t *testing.T) {
	_, d := loaded(t, good(t))
	want := map[string]string{}
	for _, lang := range languages() {
		want[lang] = mustJSON(t, viewed(t, d, "2026-07-01", lang))
	}
	_, fresh := loaded(t, good(t))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 20 {
				lang := languages()[(i+j)%2]
				def, err := fresh.On(civil.MustParse("2026-07-01"))
				if err != nil {
					t.Error(err)
					return
				}
				if raw, err := View(fresh, def, lang, authority, environment); err != nil || !sameJSON(raw, want[lang]) {
					t.Errorf("another view: %v", err)
				}
				if _, err := fresh.On(civil.MustParse("2026-01-01") + civil.Day(i*20+j)); err != nil {
					t.Error(err)
				}
				def.Validate(form.Answers{}, form.Clocks{Submitted: def.Day})
			}
		})
	}
	wg.Wait()
}

func sameJSON(raw []byte, want string) bool {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return false
	}
	got, err := json.Marshal(v)
	return err == nil && string(got) == want
}

func TestCases(t *testing.T) {
	m := good(t)
	c, _ := loaded(t, m)
	cases, err := Cases(m)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, k := range cases {
		told = append(told, fmt.Sprintf("%s %s:%d %s", k.Service, k.File, k.Line, k.Name))
		if diff := c.RunCase(k); len(diff) > 0 {
			t.Errorf("%s: %v", k.Name, diff)
		}
	}
	want := []string{"at-test services/at-test/cases/cases.yaml:1 employee", "at-test services/at-test/cases/cases.yaml:14 summer", "at-test services/at-test/cases/empty.yaml:1 empty"}
	if !slices.Equal(told, want) {
		t.Errorf("%v", told)
	}
}

// A case that wants something else is told what differs.
func TestRunCaseTellsDifferences(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"pages: [start, person, work, end]", "pages: [start, work, end, summer]", "pages: summer is missing|pages: person is too much"},
		{"{PASS: submit, CONTRACT: decide, CV: helpful}", "{PASS: decide, CONTRACT: decide, CV: helpful}", "evidence: PASS: decide is missing|evidence: PASS: submit is too much"},
		{"notices: [welcome]", "notices: []", "notices: welcome is too much"},
		{"warnings: [long_hours]", "warnings: [no_stay]", "warnings: no_stay is missing|warnings: long_hours is too much"},
		{"fees: [F01 100.00]", "fees: [F01 110.00]", "fees: F01 110.00 is missing|fees: F01 is too much"},
		{"fees: [F01 100.00]", "fees: [F01]", ""},
		{"errors: []", "errors: [name]", "errors: name is missing"},
		{"truth: true, ", "", "errors: truth error.declaration is too much"},
		{"bases: {W: {paid: met, own: met}}", "bases: {W: {paid: not_met}}", "bases: W paid: want not_met, got met"},
		{"bases: {W: {paid: met, own: met}}", "bases: {W: {salary: met}}", "bases: W has no condition salary"},
		{"bases: {W: {paid: met, own: met}}", "bases: [W]", ""},
		{"bases: {W: {paid: met, own: met}}", "bases: [S]", "bases: S is missing|bases: W is too much"},
		{`codes: {reason: "01"}`, `codes: {reason: "02"}`, "codes: want map[reason:02], got map[reason:01]"},
		{"hours: 50", "hours: viele", "cannot be read as JSON"},
		{"hours: 50", "hours: 5.5", "answers: malformed: error.answers.type at hours"},
		{"agency: false", "agency: nein", "answers: malformed: error.answers.type at agency"},
		{"hours: 50", "stunden: 50", "line 4: there is no field stunden on that day"},
		{"hours: 50", "hours: {a: 1}", "line 4: hours is neither a value nor a list"},
		{"on: 2026-03-01", "on: 2025-12-31", "not_found: error.service.not_offered"},
	} {
		m := good(t)
		cat, _ := loaded(t, m)
		patch(t, m, "services/at-test/cases/cases.yaml", c.old, c.new)
		cases, err := Cases(m)
		if err != nil {
			t.Errorf("%s: %v", c.new, err)
			continue
		}
		got := strings.Join(cat.RunCase(cases[0]), "|")
		if c.want == "cannot be read as JSON" {
			if got == "" {
				t.Errorf("%s passes", c.new)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.new, got, c.want)
		}
	}
	c, _ := loaded(t, good(t))
	// One wanted entry is there for one mistake.
	m := good(t)
	patch(t, m, "services/at-test/cases/empty.yaml", "errors: [name, error.required, truth]", "errors: [error.required, truth]")
	cases, err := Cases(m)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.RunCase(cases[2]), "|"); got != "errors: kind error.required is too much" {
		t.Errorf("two mistakes with one entry: %s", got)
	}
	if diff := c.RunCase(Case{Service: "at-other"}); len(diff) != 1 {
		t.Errorf("a case of no service: %v", diff)
	}
}

func TestCasesRefuses(t *testing.T) {
	for what, change := range map[string][2]string{
		"on is missing": {"  on: 2026-03-01\n", ""},
		`:5: there is no key "wants" here; did you mean "want"?`: {"  want:", "  wants:"},
		`:6: there is no key "page" here; did you mean "pages"?`: {"pages:", "page:"},
		`the key "hours" is there twice`:                         {"hours: 50", "hours: 50, hours: 50"},
		`:3: on: "1.3.2026" is no day`:                           {"on: 2026-03-01", "on: 1.3.2026"},
	} {
		m := good(t)
		patch(t, m, "services/at-test/cases/cases.yaml", change[0], change[1])
		_, err := Cases(m)
		if err == nil || !strings.Contains(err.Error(), what) || !strings.HasPrefix(err.Error(), "services/at-test/cases/cases.yaml:") {
			t.Errorf("%s: %v", what, err)
		}
	}
	m := good(t)
	m["services/at-test/cases/none.yaml"] = &fstest.MapFile{Data: []byte("# nothing\n")}
	if _, err := Cases(m); err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Errorf("%v", err)
	}
	if _, err := Cases(fstest.MapFS{}); err == nil {
		t.Error("cases of no directory")
	}
}

func TestEveryDirectoryIsAService(t *testing.T) {
	m := good(t)
	m["services/at-lost/rules.yaml"] = &fstest.MapFile{Data: []byte("checks: []\n")}
	found := Lint(m)
	if len(found) == 0 || found[0].Service != "at-lost" || found[0].File != "services/at-lost/service.yaml" {
		t.Errorf("a directory without a service: %v", found)
	}
	for _, f := range slices.Sorted(maps.Keys(good(t))) {
		if strings.HasPrefix(f, "services/") {
			delete(m, f)
		}
	}
	delete(m, "services/at-lost/rules.yaml")
	if found := Lint(m); len(found) != 1 || found[0].File != "services" {
		t.Errorf("no services: %v", found)
	}
}

// real gives the largest service of the product with answers that show much of it.
func real(b *testing.B) (*Document, *form.Definition, form.Answers, form.Clocks) {
	c, _ := load(data.FS) // TestData tells what is wrong with it
	d, ok := c.Service("at-erwerbstaetigkeit")
	if !ok {
		b.Fatal("the service cannot be made")
	}
	day := civil.MustParse("2026-11-24")
	def := on(b, d, day.String())
	answers, wrong := form.Parse(def, json.RawMessage(`{"reason":"first","work_kind":"qualified","purpose":"blue_card","family_name":"Muñoz","given_names":"Ana",
		"birth_date":"1992-08","nationalities":["IND"],"salary_month":"4650.00","contract_open_ended":true,"email":"ana@example.org","remarks":"Vielen Dank"}`))
	if len(wrong) > 0 {
		b.Fatal(wrong)
	}
	return d, def, answers, form.Clocks{Submitted: day, FormOpened: day}
}

func BenchmarkEvaluate(b *testing.B) {
	_, def, answers, clocks := real(b)
	for b.Loop() {
		def.Evaluate(answers, clocks)
	}
}

func BenchmarkValidate(b *testing.B) {
	_, def, answers, clocks := real(b)
	for b.Loop() {
		def.Validate(answers, clocks)
	}
}

func BenchmarkView(b *testing.B) {
	d, def, _, _ := real(b)
	for b.Loop() {
		if _, err := View(d, def, "de", authority, environment); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	m := good(b)
	for b.Loop() {
		if _, err := Load(m); err != nil {
			b.Fatal(err)
		}
	}
}

// What most services have in the same words is among the shared ones; what a few have, or word in another way, stays with them.
func TestWordsOfMostServices(t *testing.T) {
	m := good(t)
	_, d := loaded(t, m)
	c := &Catalog{services: map[string]*Document{}, texts: map[string]map[string]string{"de": {"ui.yes": "ja"}}, names: d.names}
	for i, name := range []string{"a", "b", "c", "d", "e"} {
		texts := map[string]string{"field.same.label": "gleich", "field.own.label": name, "basis.X.name": "gleich"}
		if i < 2 {
			texts["field.rare.label"] = "selten"
		}
		c.services[name] = &Document{body: body{Texts: map[string]map[string]string{"de": texts}}}
	}
	if err := c.makeWords(); err != nil {
		t.Fatal(err)
	}
	if got := mustJSON(t, c.wordsOf("fr").Texts); got != `{"field.same.label":"gleich","ui.yes":"ja"}` {
		t.Error(got)
	}
}
