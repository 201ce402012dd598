package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"aufenthalt/internal/civil"
)

var testTypes = Types{
	"purpose": Text, "country": Text, "nationalities": List, "weekly": Decimal, "born": Text, "employed": Bool, "agency": Bool, "hours": Int, "salary": Money,
	"birth": Day, "title_until": Day, "first_title": Day, "p.normal": Money, "p.months": Int, "clock.submitted": Day,
}

// world answers some questions; what is not in it is unanswered.
type world map[string]Value

func (w world) Field(n string) Value { return w[n] }
func (w world) Param(n string) Value { return w["p."+n] }
func (w world) Clock(n string) Value { return w["clock."+n] }

var facts = world{
	"purpose": OfText("blue_card"), "nationalities": OfList([]string{"TUR", "SYR"}), "weekly": OfDecimal(385000), "born": OfText("1992-02"), "employed": OfBool(true), "hours": OfInt(40),
	"salary": OfMoney(422500), "birth": OfDay(civil.MustParse("1992-02-29")), "p.normal": OfMoney(5070000), "p.months": OfInt(12),
	"clock.submitted": OfDay(civil.MustParse("2026-11-24")),
}

func env(t testing.TB) *Env {
	t.Helper()
	e, err := NewEnv(testTypes)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func show(v Value) string {
	switch {
	case v.Invalid():
		return "invalid"
	case !v.Known():
		return "unknown"
	}
	return v.source()
}

func TestEval(t *testing.T) {
	e := env(t)
	for src, want := range map[string]string{
		`purpose == "blue_card"`:                                                      "true",
		`purpose in ["a", "blue_card"]`:                                               "true",
		`!(purpose in ["a"])`:                                                         "true",
		`salary * p.months >= p.normal`:                                               "true",
		`salary * 12 >= money("50700.01")`:                                            "false",
		`salary + money("0.01") > money("4225.00")`:                                   "true",
		`money("4225.00") - salary == money("0.00")`:                                  "true",
		`hours + 2 * 3 - 1`:                                                           "45",
		`years_between(birth, clock.submitted)`:                                       "34",
		`years_between(birth, day("2027-02-28"))`:                                     "34",
		`years_between(birth, day("2027-03-01"))`:                                     "35",
		`add_months(day("2026-01-31"), 1)`:                                            `day("2026-02-28")`,
		`add_days(clock.submitted, 8)`:                                                `day("2026-12-02")`,
		`clock.submitted < day("2026-12-01")`:                                         "true",
		`"TUR" in nationalities && size(nationalities) == 2`:                          "true",
		`has_any(nationalities, ["DEU", "SYR"])`:                                      "true",
		`has_any(nationalities, ["DEU"])`:                                             "false",
		`employed ? hours : 0`:                                                        "40",
		`answered(purpose) && !answered(country)`:                                     "true",
		`weekly >= decimal("38.5")`:                                                   "true",
		`weekly + decimal("0.0001")`:                                                  `decimal("38.5001")`,
		`hours * weekly >= decimal("0.5") * 3`:                                        "true",
		`times_half_up(money("12.41"), weekly)`:                                       `money("477.79")`,
		`times_down(money("12.41"), weekly)`:                                          `money("477.78")`,
		`divide_half_up(salary, 13)`:                                                  `money("325.00")`,
		`divide_up(hours, 7) - divide_down(hours, 7)`:                                 "1",
		`months_between(birth, clock.submitted)`:                                      "416",
		`days_between(clock.submitted, day("2026-12-24"))`:                            "30",
		`age(earliest_day(born), clock.submitted)`:                                    "34",
		`latest_day(born) == birth`:                                                   "true",
		`has_all(nationalities, ["SYR", "TUR"])`:                                      "true",
		`count_in(nationalities, ["SYR", "IRQ"])`:                                     "1",
		`or_else(country, "DEU") == "DEU"`:                                            "true",
		`or_else(only_if(hours > 40, salary), p.normal) == p.normal`:                  "true",
		`like(born, "year") || like("01067", "postcode_de") && !like(born, "digits")`: "true",
		// What is not answered is unknown, unless something else decides.
		`country == "DEU"`:                                         "unknown",
		`country != "DEU"`:                                         "unknown",
		`!(country == "DEU")`:                                      "unknown",
		`country == "DEU" && purpose == "x"`:                       "false",
		`purpose == "x" && country == "DEU"`:                       "false",
		`country == "DEU" || employed`:                             "true",
		`employed || country == "DEU"`:                             "true",
		`country == "DEU" && employed`:                             "unknown",
		`country in ["DEU"]`:                                       "unknown",
		`agency ? 1 : 2`:                                           "unknown",
		`title_until < clock.submitted`:                            "unknown",
		`add_months(title_until, 3) < clock.submitted || employed`: "true",
		// Beyond 2^53 nothing is computed.
		`hours * 9007199254740991 > 0`:                          "invalid",
		`hours * 9007199254740991 > 0 || employed`:              "true",
		`add_days(clock.submitted, 9999999) == clock.submitted`: "invalid",
	} {
		tree, err := e.Compile(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := show(Eval(tree, facts)); got != want {
			t.Errorf("%s = %s, want %s", src, got, want)
		}
		if v, _ := EvalTrace(tree, facts); !v.Equal(Eval(tree, facts)) {
			t.Errorf("%s: the trace has another result", src)
		}
		// The tree survives JSON, and its own source gives the same tree.
		raw, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseTree(raw)
		if err != nil || show(Eval(back, facts)) != want {
			t.Errorf("%s through JSON %s: %s, %v", src, raw, show(Eval(back, facts)), err)
		}
		again, err := e.Compile(tree.String())
		if err != nil || !again.root.same(tree.root) {
			t.Errorf("%s → %s is another rule: %v", src, tree, err)
		}
	}
}

// Each mistake is told with its place and what to write instead.
func TestMistakes(t *testing.T) {
	e := env(t)
	for src, want := range map[string]string{
		`salary >= 50700`:                  `write the amount as money(`,
		`birth < "2000-01-01"`:             `write the day as day(`,
		`purpos == "x"`:                    `did you mean purpose?`,
		`purpose < "x"`:                    `texts have no order`,
		`hours / 2 > 1`:                    `say how to round: divide_down(x, n)`,
		`purpose.matches("a")`:             `write like(text, "name")`,
		`nationalities.all(n, n == "")`:    ``,
		`hours > 1.5`:                      `write decimal("38.5"), and amounts as money(`,
		`country == null`:                  `!answered(field)`,
		`day("2026-02-30") == birth`:       `write day("2026-01-31")`,
		`money("12,50") == salary`:         `always with two decimals`,
		`answered(p.normal)`:               `write answered(purpose)`,
		`purpose in ["a", "a"]`:            `delete one`,
		`hours && employed`:                `truth values`,
		`purpose ==`:                       ``,
		``:                                 `write true`,
		`9007199254740992 == hours`:        `numbers end at`,
		`-hours > 1`:                       `write 0 - x`,
		`nationalities[0] == "a"`:          `write "x" in list`,
		`contains(purpose, "a")`:           `azr_number, betriebsnummer, digits`,
		`has(p.normal)`:                    `write answered(field)`,
		`int(purpose) > 1`:                 `fields have their type already`,
		`upper(purpose) == "A"`:            `use add_days, add_months, age, answered, count_in`,
		`hours % 2 == 1`:                   `write x - n * divide_down(x, n)`,
		`hours > 1u`:                       `leave out the u`,
		`purpose == b"a"`:                  `without the b`,
		`["a"] == nationalities`:           `has_any(list, [...])`,
		`purpose in []`:                    `a list has 1 to 256 entries`,
		`purpose in [purpose]`:             `a list holds only texts in quotes`,
		`purpose in [1]`:                   `a list holds only texts in quotes`,
		`{"a": 1} == hours`:                `use a rule for each case`,
		`nationalities.exists(n, n == "")`: ``,
		`employed.x`:                       `write the bare field id`,
		`p.nothing > 1`:                    `there is no parameter "p.nothing"`,
		`clock.decided > birth`:            `there is no clock "clock.decided"`,
		`purpose == "` + strings.Repeat("x", 201) + `"`:      `longer than 200 bytes`,
		`purpose == "a\nb"`:                                  `control characters`,
		"purpose == \"e\u0301\"":                             `type the accented letters anew`,
		"purpose == \"\xff\"":                                `save the file as UTF-8`,
		`day(purpose) == birth`:                              `write day("2026-01-31")`,
		`day(1) == birth`:                                    `write day("2026-01-31")`,
		`money("1.5") == salary`:                             `always with two decimals`,
		`money("90071992547409.92") == salary`:               `always with two decimals`,
		`answered(purpose, country)`:                         `needs 1 arguments`,
		`answered("purpose")`:                                `write answered(purpose)`,
		`answered(clock.submitted)`:                          `write answered(purpose)`,
		`employed ? 1 : "a"`:                                 `both branches have one type`,
		`hours ? 1 : 2`:                                      `the condition is a truth value`,
		`salary + 1 > salary`:                                `write the amount as money("100.00")`,
		`salary == "1"`:                                      `write the amount as money("100.00")`,
		`birth + 1 > birth`:                                  `use add_days, add_months, days_between`,
		`nationalities == purpose`:                           `has_any(list, [...])`,
		`purpose + "a" == "b"`:                               `texts are not joined in rules`,
		`!hours`:                                             `it takes truth values`,
		`purpose == 1`:                                       `both sides must have one type`,
		`size(purpose) > 1`:                                  `both sides must have one type`,
		`9007199254740991 + 1 > hours`:                       `keep numbers below 2^53`,
		`add_days(day("9999-12-31"), 1) > birth`:             `days between the years 1 and 9999`,
		`like(purpose, "plz")`:                               `azr_number, betriebsnummer, digits, latin_capitals_digits, postcode_de, year`,
		`like(purpose, country)`:                             `azr_number, betriebsnummer`,
		`like(purpose)`:                                      `needs 2 arguments`,
		`like(hours, "year")`:                                `'like' does not go with int and text`,
		`matches(purpose, "[0-9]+")`:                         `write like(text, "name")`,
		`purpose.startsWith("a")`:                            `write like(text, "name")`,
		`decimal("38.50") == weekly`:                         `no zeros at the end`,
		`decimal("38.12345") == weekly`:                      `at most four decimals`,
		`decimal("38,5") == weekly`:                          `write decimal("38.5")`,
		`decimal("-0") == weekly`:                            `write decimal("38.5")`,
		`decimal(hours) == weekly`:                           `write decimal("38.5")`,
		`weekly * weekly > weekly`:                           `'*' does not go with decimal and decimal`,
		`weekly > 38`:                                        `write the number as decimal("38.5")`,
		`weekly == "38.5"`:                                   `write the number as decimal("38.5")`,
		`salary * weekly > salary`:                           `times_down(amount, decimal)`,
		`times(salary, weekly) > salary`:                     `say how to round: times_down`,
		`divide_down(hours, 0) > 1`:                          `divide by a whole number of 1 or more`,
		`divide_up(salary, -1) > salary`:                     `divide by a whole number of 1 or more`,
		`divide_half_up(7, 0) > hours`:                       `divide by a whole number of 1 or more`,
		`earliest_day("1992-13") < birth`:                    `write a date as "1992"`,
		`age(day("2026-01-01"), day("2025-01-01")) > 1`:      `the second not before it`,
		`born < birth`:                                       `earliest_day(date)`,
		`or_else(hours, "a") == "a"`:                         `both arguments have one type`,
		`or_else(hours)`:                                     `needs 2 arguments`,
		`only_if(hours, hours) > 1`:                          `the first argument is a truth value`,
		`[purpose] == nationalities`:                         `a list holds only texts in quotes`,
		strings.Repeat(`purpos == "x" || `, 30) + `employed`: `did you mean purpose?`, // at most twenty are told
		strings.Repeat("(", 300) + "employed" + strings.Repeat(")", 300): `split it`,
		strings.Repeat("a", 200) + ` == "x"`:                             `declare it`,
		strings.Repeat("!", 5000) + "employed":                           `split it`,
		"employed" + strings.Repeat(" && employed", 600):                 `split it`,
	} {
		_, err := e.Compile(src)
		var list Errors
		if !errors.As(err, &list) || len(list) == 0 {
			t.Errorf("%.40q: accepted (%v)", src, err)
			continue
		}
		if list[0].Line != 1 || list[0].Column < 1 || !strings.Contains(list.Error(), want) {
			t.Errorf("%.40q: %v, want %q", src, err, want)
		}
	}
	for want, src := range map[Type]string{Bool: `hours + 1`, Text: `hours`, Int: `hours +`} {
		if _, err := e.CompileAs(src, want); err == nil {
			t.Errorf("%s went as %v", src, want)
		}
	}
	if tree, err := e.CompileAs(`hours + 1`, Int); err != nil || tree.Type() != Int {
		t.Errorf("%v", err)
	}
	if _, err := e.Compile(strings.Repeat(`purpos == "x" || `, 30) + `employed`); strings.Count(err.Error(), "\n") != maxErrors-1 {
		t.Errorf("not %d mistakes are told: %v", maxErrors, err)
	}
	for _, name := range []string{"p", "in", "Purpose", "a b", "clock.x", "", "p.", "p.in", "1a", "_a", "ä", "a.b", strings.Repeat("a", 64)} {
		if _, err := NewEnv(Types{name: Text}); err == nil {
			t.Errorf("name %q accepted", name)
		}
	}
	for _, typ := range []Type{0, List + 1} {
		if _, err := NewEnv(Types{"a": typ}); err == nil {
			t.Errorf("type %d accepted", typ)
		}
	}
}

func must(t testing.TB, e *Env, src string) Tree {
	t.Helper()
	tree, err := e.Compile(src)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTrace(t *testing.T) {
	tree := must(t, env(t), `purpose == "blue_card" && (salary * 12 >= p.normal || country == "DEU") && title_until > clock.submitted`)
	v, tr := EvalTrace(tree, facts)
	if v.Known() || len(tr.Parts) != 3 || fmt.Sprint(tr.Unanswered()) != "[title_until]" {
		t.Errorf("%s, %d parts, unanswered %v", show(v), len(tr.Parts), tr.Unanswered())
	}
	if got := fmt.Sprint(tree.Fields(), tree.Params(), tree.Clocks()); got != "[country purpose salary title_until] [normal] [submitted]" {
		t.Errorf("names: %s", got)
	}
	if s := fmt.Sprintf("%v %+v %#v", tr.Parts[0].Value, facts["purpose"], facts["salary"]); strings.Contains(s, "blue") || strings.Contains(s, "4225") {
		t.Errorf("a value prints itself: %s", s)
	}
}

// Of a default and of a condition only what was needed is in the trace, and only that is asked for.
func TestTraceOfOptions(t *testing.T) {
	e := env(t)
	for src, want := range map[string]string{
		`or_else(country, purpose) == "x"`:                  "[]",
		`or_else(country, or_else(country, "")) == "x"`:     "[]",
		`or_else(title_until, add_days(title_until, 1))`:    "[title_until]",
		`only_if(agency, hours) > 1`:                        "[agency]",
		`only_if(!employed, title_until)`:                   "[]", // nothing to ask: the condition is false
		`only_if(employed, title_until) > birth`:            "[title_until]",
		`or_else(only_if(hours > 40, birth), title_until)`:  "[title_until]",
		`age(title_until, clock.submitted) > 1 && employed`: "[title_until]",
	} {
		v, tr := EvalTrace(must(t, e, src), facts)
		if got := fmt.Sprint(tr.Unanswered()); got != want || !v.Equal(tr.Value) {
			t.Errorf("%s asks for %s, want %s", src, got, want)
		}
	}
	if _, tr := EvalTrace(must(t, e, `or_else(purpose, employed ? "a" : "b")`), facts); len(tr.Parts) != 0 {
		t.Errorf("a default that was not needed is in the trace")
	}
}

func TestTreesThatAreRefused(t *testing.T) {
	for _, raw := range []string{
		``, `[]`, `["f"]`, `["f","A"]`, `["nothing","a"]`, `["and",["b",true],["f","a"]]`, `["not",["i",1]]`, `["==i",["f","a"],["s","x"]]`,
		`["i",1.5]`, `["i",01]`, `["m","1.00"]`, `["d","2026-02-30"]`, `["and",["f","a"]]`, `["and",["f","a"],["and",["f","b"],["f","c"]]]`,
		`["==i",["i",1],["i",1]]`, `["and",["f","a"],["==i",["f","a"],["i",1]]]`, `["l","a","a"]`, `["f","a"] x`, `{"a":1}`,
		strings.Repeat(`["not",`, 100) + `["f","a"]` + strings.Repeat(`]`, 100),
		`["not",["not",["f","a"]]]`, `["not",["b",true]]`, `["if",["b",true],["f","a"],["f","b"]]`, `["if",["f","a"],["i",1],["s","x"]]`, `["if",["f","a"],["i",1]]`,
		`["answered","A"]`, `["answered","a","b"]`, `["f","a","b"]`, `["f",1]`, `["f",null]`, `["f","` + strings.Repeat("a", 64) + `"]`, `["b","true"]`, `["b",true,true]`, `["i","1"]`,
		`["i",-0]`, `["i",9007199254740992]`, `["m",100]`, `["m","01"]`, `["m","9007199254740992"]`, `["d",1]`, `["s",1]`, `["s",null]`, `["s","a\u0001"]`, `["s","\ud800"]`,
		`["s","` + strings.Repeat("x", 201) + `"]`, `["l"]`, `["l",1]`, `["l","a"` + strings.Repeat(`,"b"`, 256) + `]`, `["+i",["i",9007199254740991],["i",1]]`, `["+i",["f","a"]]`,
		`["==i",["f","a"],["f","b"],["f","c"]]`, `["and",["==i",["f","a"],["i",1]],["==s",["f","a"],["s","x"]]]`, `["F","a"]`, `[["f"],"a"]`, "[\"s\",\"\xff\"]",
		`["n",1]`, `["n","38.5"]`, `["n","9007199254740992"]`, `["n","-0"]`, `["like","plz",["f","a"]]`, `["like","year"]`, `["like","year",["i",1]]`, `["like","year",["f","a"],["f","b"]]`,
		`["like",["f","a"],["s","year"]]`, `["like","year",["s","1992"]]`, `["divide_down_i",["f","a"],["i",0]]`, `["divide_up_m",["f","a"],["i",-1]]`, `["divide_down_i",["i",7],["i",2]]`,
		`["or_else",["s","a"],["f","b"]]`, `["or_else",["f","a"]]`, `["not",["or_else",["f","a"],["s","x"]]]`, `["or_else",["size",["f","a"]],["s","x"]]`, `["only_if",["b",true],["f","a"]]`,
		`["only_if",["s","x"],["f","a"]]`, `["and",["f","b"],["only_if",["f","a"],["i",1]]]`, `["earliest_day",["s","1992-13"]]`, `["latest_day",["s","1992"]]`, `["age",["d","2026-01-01"],["d","2025-01-01"]]`,
		`["s","` + strings.Repeat(" ", maxJSON) + `"]`, `["or"` + strings.Repeat(`,["f","a"]`, 512) + `]`,
	} {
		if tree, err := ParseTree([]byte(raw)); err == nil {
			t.Errorf("accepted %.60s as %s", raw, tree)
		}
	}
}

func TestTree(t *testing.T) {
	e := env(t)
	var none Tree
	if !none.IsZero() || none.Type() != 0 || none.String() != "" || none.Fields() != nil || Eval(none, facts).Known() {
		t.Error("no rule is a rule")
	}
	if v, tr := EvalTrace(none, facts); v.Known() || tr.Unanswered() != nil {
		t.Error("no rule has a trace")
	}
	if _, err := json.Marshal(none); err == nil {
		t.Error("no rule has a JSON form")
	}
	tree := must(t, e, `employed`)
	var back struct {
		When Tree `json:"when,omitzero"`
	}
	if err := json.Unmarshal([]byte(`{"when":["f","employed"]}`), &back); err != nil || back.When.IsZero() || back.When.String() != tree.String() || back.When.Type() != 0 {
		t.Errorf("%v %v", back.When, err)
	}
	if err := json.Unmarshal([]byte(`{"when":["f"]}`), &back); err == nil {
		t.Error("a broken rule was read")
	}
	for typ := Bool; typ <= List; typ++ {
		if back, ok := ParseType(typ.String()); !ok || back != typ {
			t.Errorf("type %v", typ)
		}
	}
	if _, ok := ParseType("unknown"); ok || (List+1).String() != "unknown" {
		t.Error("a type that is not there")
	}
}

// A value is only what it is.
func TestValue(t *testing.T) {
	day := civil.MustParse("2026-11-24")
	for _, v := range []Value{{}, OfBool(true), OfInt(7), OfText("a"), OfDay(day), OfMoney(7), OfDecimal(7), OfList([]string{"a"}), OfInt(MaxInt + 1)} {
		if v.Bool() != (v.Type() == Bool) || v.IsFalse() || (v.Int() == 7) != (v.Type() == Int) || (v.Cents() == 7) != (v.Type() == Money) || (v.TenThousandths() == 7) != (v.Type() == Decimal) ||
			(v.Day() == day) != (v.Type() == Day) || (v.Text() == "a") != (v.Type() == Text) || (len(v.List()) == 1) != (v.Type() == List) {
			t.Errorf("a %v is something else as well", v.Type())
		}
		want := "[redacted]"
		if !v.Known() {
			want = show(v)
		}
		if v.String() != want || v.LogValue().String() != want || fmt.Sprintf("%#v", v) != want {
			t.Errorf("prints %v", v)
		}
	}
	if OfDay(0).Known() || OfDay(0).Invalid() || OfInt(-MaxInt-1).Known() || !OfMoney(MaxInt).Known() || !OfList(nil).Known() {
		t.Error("limits of values")
	}
	if !(Value{}).Equal(Value{}) || (Value{}).Equal(Value{bad: true}) || OfInt(1).Equal(OfMoney(1)) || OfList([]string{"a", "b"}).Equal(OfList([]string{"b", "a"})) {
		t.Error("equal")
	}
}

// Decimals have one form, and go there and back.
func TestDecimal(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "38": 380000, "38.5": 385000, "-0.0001": -1, "61.75": 617500, "0.0625": 625, "100": 1000000, "900719925474.0991": MaxInt, "-900719925474.0991": -MaxInt,
	} {
		if n, ok := ParseDecimal(s); !ok || n != want || FormatDecimal(n) != s {
			t.Errorf("%s is %d (%v), written %s", s, n, ok, FormatDecimal(n))
		}
	}
	for _, s := range []string{"", ".", "-", "+1", "-0", "01", "1.", ".5", "1.50", "1.0", "1.00005", "1,5", " 1", "1 ", "1e3", "1.-5", "1.+5", "900719925474.0992", "99999999999999999999", "٣", "0x1"} {
		if n, ok := ParseDecimal(s); ok {
			t.Errorf("%q is %d", s, n)
		}
	}
}

// The tables of text patterns: sorted, and every example has its form.
func TestPatterns(t *testing.T) {
	for i, p := range patterns {
		if !p.fits(p.example) || i > 0 && patterns[i-1].name >= p.name || !identifier(p.name) {
			t.Errorf("pattern %s", p.name)
		}
	}
	if got := fmt.Sprint(must(t, env(t), `like(purpose, "year") && weekly > decimal("38.5")`).Constants()); got != "[1992 38.5]" {
		t.Errorf("constants %s", got)
	}
}

// examples are what the reference's examples are about.
var examples = Types{
	"purpose": Text, "country": Text, "degree": Text, "birth_date": Text, "employer_number": Text, "nationalities": List, "benefits": List, "proofs": List, "efforts": List,
	"agency_work": Bool, "licence": Bool, "sponsored": Bool, "recognised": Bool, "has_passport": Bool, "weekly_hours": Decimal, "hours_month": Decimal,
	"pension_months": Int, "care_months": Int, "study_months": Int, "persons": Int, "rooms": Int, "gross": Money, "deductions": Money, "salary_month": Money,
	"salary_year": Money, "wage_hour": Money, "title_until": Day, "first_title": Day, "passport_until": Day, "first_entry": Day, "born_on": Day, "area": Decimal, "entered_on": Day, "tolerated_since": Day,
	"title_since": Day, "clock.submitted": Day, "p.need": Money, "p.need_month": Money, "p.bafoeg": Money, "p.blue_card_normal": Money, "p.subsistence": Money,
	"p.subsistence_sponsored": Money,
}

// The reference has every function, type and text pattern, and each of its examples is a rule.
func TestReference(t *testing.T) {
	raw, err := os.ReadFile("../../docs/guide/rule-language.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(raw), `\|`, "|")
	for _, name := range functions() {
		if !strings.Contains(page, "`"+name+"(") {
			t.Errorf("function %s is missing", name)
		}
	}
	for typ := Bool; typ <= List; typ++ {
		if !strings.Contains(page, "\n| "+typ.String()+" |") {
			t.Errorf("type %s is missing", typ)
		}
	}
	for _, p := range patterns {
		if !strings.Contains(page, "\n| `"+p.name+"` |") {
			t.Errorf("text pattern %s is missing", p.name)
		}
	}
	e, err := NewEnv(examples)
	if err != nil {
		t.Fatal(err)
	}
	used, count := map[string]bool{}, 0
	for _, span := range regexp.MustCompile("`[^`\n]+`").FindAllString(page, -1) {
		src := strings.Trim(span, "`")
		if !strings.Contains(src, " ") || notRules.MatchString(src) {
			continue
		}
		tree, err := e.Compile(src)
		if err != nil {
			t.Errorf("example %s: %v", src, err)
			continue
		}
		count++
		tree.root.walk(func(n *node) { used[signatures[n.op].function] = true })
	}
	for _, name := range functions() {
		if !used[name] {
			t.Errorf("%s has no example", name)
		}
	}
	if count < 30 {
		t.Errorf("only %d examples", count)
	}
}

// notRules are the code spans of the reference that say how something is written: placeholders instead of fields.
var notRules = regexp.MustCompile(`\b([abcdnxy]|condition)\b|\((day|list|text|money|birth)\b[^(_]|^[^a-z]*$`)

// spy counts how often each variable is asked for.
type spy struct {
	world
	asked map[string]int
}

func (s spy) Field(n string) Value { s.asked[n]++; return s.world[n] }
func (s spy) Param(n string) Value { s.asked["p."+n]++; return s.world["p."+n] }
func (s spy) Clock(n string) Value { s.asked["clock."+n]++; return s.world["clock."+n] }

// The budget: each part is evaluated at most once. Every part that is no constant has a variable below it, so it is enough
// to give each variable a name of its own and to count who is asked for twice.
func TestEachPartIsEvaluatedOnce(t *testing.T) {
	e := newOracle(t).ours
	for _, bounded := range []bool{true, false} {
		g := newGenerator(6, bounded, true)
		for i := range 1000 {
			src, _ := g.expr(Type(1+i%int(List)), 1+g.IntN(5))
			tree, err := e.Compile(src)
			if err != nil {
				continue
			}
			all, s := g.facts(i%3*20), spy{world{}, map[string]int{}}
			variables := 0
			tree.root.walk(func(n *node) {
				if !n.op.variable() && n.op != opAnswered {
					return
				}
				prefix := map[op]string{opParam: "p.", opClock: "clock."}[n.op]
				value := all[prefix+n.name]
				n.name = fmt.Sprintf("v%d", variables)
				s.world[prefix+n.name] = value
				variables++
			})
			Eval(tree, s)
			for name, count := range s.asked {
				if count > 1 {
					t.Fatalf("%s: the evaluation asks %d times for %s", tree, count, name)
				}
			}
			if len(s.asked) > tree.Steps() || tree.Steps() > maxNodes {
				t.Fatalf("%s: %d steps", tree, tree.Steps())
			}
		}
	}
	if (Tree{}).Steps() != 0 || must(t, e, `b1 && (i1 > 2 || b2)`).Steps() != 7 {
		t.Error("steps")
	}
}

func FuzzParseTree(f *testing.F) {
	e := env(f)
	for _, src := range []string{`purpose == "a" && hours > 1`, `salary * 12 >= p.normal`, `employed ? hours : 0`, `has_any(nationalities, ["A"])`} {
		raw, err := json.Marshal(must(f, e, src))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tree, err := ParseTree(raw)
		if err != nil {
			return
		}
		out, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseTree(out)
		if err != nil || !again.root.same(tree.root) {
			t.Errorf("%s → %s: %v", raw, out, err)
		}
		Eval(tree, facts)
	})
}

func TestEvalDoesNotAllocate(t *testing.T) {
	tree := must(t, env(t), `purpose in ["a", "blue_card"] && salary * 12 >= p.normal && has_any(nationalities, ["SYR"])`)
	var w Facts = facts
	if n := testing.AllocsPerRun(100, func() { Eval(tree, w) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkEval(b *testing.B) {
	tree := must(b, env(b), `purpose in ["a", "blue_card"] && salary * 12 >= p.normal && has_any(nationalities, ["SYR"])`)
	for b.Loop() {
		Eval(tree, facts)
	}
}
