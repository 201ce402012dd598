package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"aufenthalt/internal/civil"
)

var testTypes = Types{
	"purpose": Text, "country": Text, "nationalities": List, "employed": Bool, "agency": Bool, "hours": Int, "salary": Money,
	"birth": Day, "title_until": Day, "p.normal": Money, "p.months": Int, "clock.submitted": Day,
}

// world answers some questions; what is not in it is unanswered.
type world map[string]Value

func (w world) Field(n string) Value { return w[n] }
func (w world) Param(n string) Value { return w["p."+n] }
func (w world) Clock(n string) Value { return w["clock."+n] }

var facts = world{
	"purpose": OfText("blue_card"), "nationalities": OfList([]string{"TUR", "SYR"}), "employed": OfBool(true), "hours": OfInt(40),
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
		`purpose == "blue_card"`:                             "true",
		`purpose in ["a", "blue_card"]`:                      "true",
		`!(purpose in ["a"])`:                                "true",
		`salary * p.months >= p.normal`:                      "true",
		`salary * 12 >= money("50700.01")`:                   "false",
		`salary + money("0.01") > money("4225.00")`:          "true",
		`money("4225.00") - salary == money("0.00")`:         "true",
		`hours + 2 * 3 - 1`:                                  "45",
		`years_between(birth, clock.submitted)`:              "34",
		`years_between(birth, day("2027-02-28"))`:            "34",
		`years_between(birth, day("2027-03-01"))`:            "35",
		`add_months(day("2026-01-31"), 1)`:                   `day("2026-02-28")`,
		`add_days(clock.submitted, 8)`:                       `day("2026-12-02")`,
		`clock.submitted < day("2026-12-01")`:                "true",
		`"TUR" in nationalities && size(nationalities) == 2`: "true",
		`has_any(nationalities, ["DEU", "SYR"])`:             "true",
		`has_any(nationalities, ["DEU"])`:                    "false",
		`employed ? hours : 0`:                               "40",
		`answered(purpose) && !answered(country)`:            "true",
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
		`hours / 2 > 1`:                    `there is no division`,
		`purpose.matches("a")`:             `functions stand in front`,
		`nationalities.all(n, n == "")`:    ``,
		`hours > 1.5`:                      `write amounts as money(`,
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
		`contains(purpose, "a")`:           `there are no patterns`,
		`has(p.normal)`:                    `write answered(field)`,
		`int(purpose) > 1`:                 `fields have their type already`,
		`upper(purpose) == "A"`:            `use day, money, answered`,
		`hours % 2 == 1`:                   `there is no division`,
		`hours > 1u`:                       `leave out the u`,
		`purpose == b"a"`:                  `without the b`,
		`["a"] == nationalities`:           `a list stands only behind in`,
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
		`birth + 1 > birth`:                                  `use add_days, add_months, years_between`,
		`nationalities == purpose`:                           `has_any(list, [...])`,
		`purpose + "a" == "b"`:                               `texts are not joined in rules`,
		`!hours`:                                             `it takes truth values`,
		`purpose == 1`:                                       `both sides must have one type`,
		`size(purpose) > 1`:                                  `both sides must have one type`,
		`9007199254740991 + 1 > hours`:                       `keep numbers below 2^53`,
		`add_days(day("9999-12-31"), 1) > birth`:             `days between the years 1 and 9999`,
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
	for _, v := range []Value{{}, OfBool(true), OfInt(7), OfText("a"), OfDay(day), OfMoney(7), OfList([]string{"a"}), OfInt(MaxInt + 1)} {
		if v.Bool() != (v.Type() == Bool) || v.IsFalse() || (v.Int() == 7) != (v.Type() == Int) || (v.Cents() == 7) != (v.Type() == Money) ||
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
