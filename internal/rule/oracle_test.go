package rule

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"aufenthalt/internal/civil"
)

// The oracle is cel-go itself, with its standard library: amounts are integers there (cents), days are day numbers, and
// the functions on days are written with package time. Rules are read by both from the same source.
type oracle struct {
	env  *cel.Env
	ours *Env
}

var oracleTypes = Types{
	"b1": Bool, "b2": Bool, "b3": Bool, "i1": Int, "i2": Int, "s1": Text, "s2": Text, "d1": Day, "d2": Day, "m1": Money, "m2": Money,
	"l1": List, "l2": List, "p.b": Bool, "p.i": Int, "p.m": Money, "p.s": Text, "clock.submitted": Day, "clock.form_opened": Day,
}

func newOracle(t testing.TB) *oracle {
	t.Helper()
	ours, err := NewEnv(oracleTypes)
	if err != nil {
		t.Fatal(err)
	}
	options := []cel.EnvOption{
		cel.Function("day", cel.Overload("day_string", []*cel.Type{cel.StringType}, cel.IntType, cel.UnaryBinding(oracleDay))),
		cel.Function("money", cel.Overload("money_string", []*cel.Type{cel.StringType}, cel.IntType, cel.UnaryBinding(oracleMoney))),
		cel.Function("has_any", cel.Overload("has_any_lists", []*cel.Type{celType(List), celType(List)}, cel.BoolType, cel.BinaryBinding(oracleAny))),
	}
	for name, f := range map[string]func(a, b int64) (int64, bool){
		"add_days": oracleAddDays, "add_months": oracleAddMonths, "years_between": oracleYears,
	} {
		options = append(options, cel.Function(name, cel.Overload(name+"_int", []*cel.Type{cel.IntType, cel.IntType}, cel.IntType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				n, ok := f(int64(a.(types.Int)), int64(b.(types.Int)))
				if !ok {
					return types.NewErr("outside the calendar")
				}
				return types.Int(n)
			}))))
	}
	for name, typ := range oracleTypes {
		c := celType(typ)
		if typ == Day || typ == Money {
			c = cel.IntType
		}
		options = append(options, cel.Variable(name, c), cel.Variable("answered_"+strings.ReplaceAll(name, ".", "_"), cel.BoolType))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		t.Fatal(err)
	}
	return &oracle{env, ours}
}

// firstDay is how many days 0001-01-01 lies before 1970-01-01, plus one, because it has the number 1.
const firstDay = 719163

func instant(day int64) time.Time { return time.Unix((day-firstDay)*86400, 0).UTC() }

func dayNumber(t time.Time) (int64, bool) {
	n := t.Unix()/86400 + firstDay
	if t.Unix()%86400 != 0 || t.Year() < 1 || t.Year() > 9999 {
		return 0, false
	}
	return n, true
}

func oracleDay(v ref.Val) ref.Val {
	t, err := time.Parse(time.DateOnly, string(v.(types.String)))
	if err != nil {
		return types.NewErr("no day")
	}
	n, _ := dayNumber(t)
	return types.Int(n)
}

func oracleMoney(v ref.Val) ref.Val {
	n, err := strconv.ParseInt(strings.ReplaceAll(string(v.(types.String)), ".", ""), 10, 64)
	if err != nil {
		return types.NewErr("no amount")
	}
	return types.Int(n)
}

func oracleAny(a, b ref.Val) ref.Val {
	for _, x := range nativeList(a) {
		if slices.Contains(nativeList(b), x) {
			return types.True
		}
	}
	return types.False
}

func oracleAddDays(day, n int64) (int64, bool) {
	if n > 4e6 || n < -4e6 {
		return 0, false
	}
	return dayNumber(instant(day).AddDate(0, 0, int(n)))
}

// oracleAddMonths goes to the first of the month and takes the day, or the last one that the month has.
func oracleAddMonths(day, n int64) (int64, bool) {
	if n > 1e6 || n < -1e6 {
		return 0, false
	}
	from := instant(day)
	first := time.Date(from.Year(), from.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	if from.Day() > last.Day() {
		return dayNumber(last)
	}
	return dayNumber(first.AddDate(0, 0, from.Day()-1))
}

// oracleYears is the greatest number of years that can be added to the birth without passing the day; a birthday that
// the year does not have is on 1 March.
func oracleYears(birth, day int64) (int64, bool) {
	from, to := instant(birth), instant(day)
	n := to.Year() - from.Year() + 1
	for from.AddDate(n, 0, 0).After(to) {
		n--
	}
	return int64(n), true
}

func nativeList(v ref.Val) []string {
	list, err := v.ConvertToNative(reflect.TypeFor[[]string]())
	if err != nil {
		panic(err)
	}
	return list.([]string)
}

var answeredCall = regexp.MustCompile(`answered\(([a-z0-9_]+)\)`)

// eval gives the oracle's result, in the words of show; "error" when it refuses.
func (o *oracle) eval(t testing.TB, src string, w world) string {
	t.Helper()
	ast, issues := o.env.Compile(answeredCall.ReplaceAllString(src, "answered_$1"))
	if issues.Err() != nil {
		t.Fatalf("the oracle does not take %s: %v", src, issues.Err())
	}
	program, err := o.env.Program(ast, cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]any{}
	var open []*cel.AttributePatternType
	for name := range oracleTypes {
		v := w[name]
		known["answered_"+strings.ReplaceAll(name, ".", "_")] = v.Known()
		if v.Known() {
			known[name] = native(v)
		} else {
			open = append(open, cel.AttributePattern(name))
		}
	}
	vars, err := cel.PartialVars(known, open...)
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := program.Eval(vars)
	switch {
	case err != nil:
		return "error"
	case types.IsUnknown(out):
		return "unknown"
	}
	return fmt.Sprint(out.Value())
}

func native(v Value) any {
	switch v.Type() {
	case Bool:
		return v.Bool()
	case Text:
		return v.Text()
	case List:
		return append([]string{}, v.List()...)
	}
	return v.num
}

// plainly is a result of ours in the words of the oracle.
func plainly(v Value) string {
	if !v.Known() {
		return show(v)
	}
	return fmt.Sprint(native(v))
}

// generator writes well-typed rules at random, from the table of operations. Bounded, it keeps every number and day in
// range, whatever the facts are.
type generator struct {
	*rand.Rand
	bounded  bool
	answered bool // may use answered(…)
}

var (
	oracleTexts = []string{"a", "blue_card", "ß", "Ç", "عربي", "👍🏽ab", `"quoted\"`, "𝔘nit", " "}
	oracleDays  = []string{"1900-01-01", "1992-02-29", "2000-02-29", "2023-02-28", "2024-02-29", "2026-01-31", "2026-11-24", "2026-12-31", "2027-03-01", "2199-12-31"}
	edgeDays    = []string{"0001-01-01", "0001-01-31", "9999-12-31", "9999-11-30"}
	edgeInts    = []int64{MaxInt, -MaxInt, 94906265, 94906266, 1 << 52, 3652058, 119999}
)

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) day() civil.Day {
	if !g.bounded && g.IntN(3) == 0 {
		return civil.MustParse(pick(g, edgeDays))
	}
	if g.IntN(3) > 0 {
		return civil.MustParse(pick(g, oracleDays))
	}
	return civil.MustParse("1900-01-01") + civil.Day(g.IntN(100000))
}

func (g *generator) int() int64 {
	if !g.bounded && g.IntN(3) == 0 {
		return pick(g, edgeInts)
	}
	return int64(g.IntN(121) - 60)
}

func (g *generator) list() []string {
	list := make([]string, 0, 4)
	for range g.IntN(4) {
		if s := pick(g, oracleTexts); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func (g *generator) value(t Type) Value {
	switch t {
	case Bool:
		return OfBool(g.IntN(2) == 0)
	case Int:
		return OfInt(g.int())
	case Text:
		return OfText(pick(g, oracleTexts))
	case Day:
		return OfDay(g.day())
	case Money:
		return OfMoney(g.int())
	}
	return OfList(g.list())
}

// facts answers everything, or leaves some of it open.
func (g *generator) facts(open int) world {
	w := world{}
	for _, name := range slices.Sorted(maps.Keys(oracleTypes)) { // in order, so that a seed is always the same facts
		if g.IntN(100) >= open {
			w[name] = g.value(oracleTypes[name])
		}
	}
	return w
}

// expr writes a rule of the type. The bound is how great its number can be; of days, nothing.
func (g *generator) expr(t Type, depth int) (src string, bound float64) {
	if depth <= 0 || g.IntN(6) == 0 {
		return g.leaf(t)
	}
	ops := []op{opIf}
	for o := opNot; o < opCount; o++ {
		if signatures[o].result == t && len(signatures[o].args) > 0 {
			ops = append(ops, o)
		}
	}
	if t == Bool {
		ops = append(ops, opAnd, opOr, opAnd, opOr, opAnd, opOr)
		if g.answered {
			ops = append(ops, opAnswered)
		}
	}
	o := pick(g, ops)
	switch o {
	case opAnswered:
		return "answered(" + g.variable(Type(1+g.IntN(int(List))), true) + ")", 0
	case opIf:
		c, _ := g.expr(Bool, depth-1)
		a, x := g.expr(t, depth-1)
		b, y := g.expr(t, depth-1)
		return "(" + c + " ? " + a + " : " + b + ")", max(x, y)
	case opAnd, opOr:
		a, _ := g.expr(Bool, depth-1)
		b, _ := g.expr(Bool, depth-1)
		return written2(signatures[o].function, a, b), 0
	}
	return g.operation(o, depth)
}

func (g *generator) operation(o op, depth int) (src string, bound float64) {
	s := signatures[o]
	args, bounds := make([]string, len(s.args)), make([]float64, len(s.args))
	for i, t := range s.args {
		args[i], bounds[i] = g.argument(t, depth-1)
	}
	step := map[op]float64{opAddDays: 20000, opAddMonths: 1000}[o]
	if g.bounded && step > 0 && bounds[1] > step {
		args[1], bounds[1] = g.leaf(Int)
	}
	switch o.form() {
	case opAddInt, opSubInt, opAddMoney, opSubMoney:
		bound = bounds[0] + bounds[1]
	case opMulInt, opMulMoney:
		bound = bounds[0] * bounds[1]
		if o == opMulMoney && g.IntN(2) == 0 {
			slices.Reverse(args)
		}
	case opSize:
		bound = 10
	case opYearsBetween:
		bound = 10000
	}
	if g.bounded && bound > MaxInt {
		return g.leaf(s.result)
	}
	switch {
	case len(args) == 1 && o == opNot:
		return "!(" + args[0] + ")", 0
	case len(args) == 2 && strings.ContainsAny(s.function[:1], "_@"):
		return written2(s.function, args[0], args[1]), bound
	}
	return s.function + "(" + strings.Join(args, ", ") + ")", bound
}

func written2(function, a, b string) string {
	return "(" + a + " " + strings.Trim(function, "_@") + " " + b + ")"
}

// argument may be a list in place, which no other place takes.
func (g *generator) argument(t Type, depth int) (string, float64) {
	if list := g.list(); t == List && len(list) > 0 && g.IntN(2) == 0 {
		return OfList(list).source(), 0
	}
	return g.expr(t, depth)
}

func (g *generator) leaf(t Type) (src string, bound float64) {
	bound = map[Type]float64{Int: 60, Money: 60}[t]
	if t == List || g.IntN(3) > 0 {
		return g.variable(t, false), bound
	}
	return g.value(t).source(), bound
}

func (g *generator) variable(t Type, field bool) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(oracleTypes)) {
		if kind, _ := split(name); oracleTypes[name] == t && (!field || kind == opField) {
			names = append(names, name)
		}
	}
	return pick(g, names)
}

func newGenerator(seed uint64, bounded, answered bool) *generator {
	return &generator{rand.New(rand.NewPCG(seed, 2026)), bounded, answered}
}

// Every operation gives what cel-go gives: on complete facts, and with open questions, which cel-go calls unknown too.
func TestOracle(t *testing.T) {
	o := newOracle(t)
	g := newGenerator(1, true, true)
	seen := map[op]int{}
	states := map[string]int{}
	for i := range 3000 {
		src, _ := g.expr(Type(1+i%int(List)), 1+g.IntN(5))
		tree, err := o.ours.Compile(src)
		if err != nil {
			if tooLarge(err) {
				continue
			}
			t.Fatalf("%s: %v", src, err)
		}
		tree.root.walk(func(n *node) { seen[n.op]++ })
		w := g.facts(i % 3 * 15)
		got, want := plainly(Eval(tree, w)), o.eval(t, src, w)
		if got != want {
			t.Fatalf("%s\nas %s\ngives %s, cel-go gives %s\nfacts %s", src, tree, got, want, w.source())
		}
		states[got]++
		survives(t, o.ours, tree, w)
	}
	for x := opField; x < opCount; x++ {
		if seen[x] < 20 {
			t.Errorf("operation %s was tried %d times", signatures[x].name, seen[x])
		}
	}
	for _, state := range []string{"true", "false", "unknown"} {
		if states[state] < 150 {
			t.Errorf("only %d rules are %s", states[state], state)
		}
	}
}

func tooLarge(err error) bool {
	var list Errors
	return errors.As(err, &list) && strings.Contains(list.Error(), "too many parts") || strings.Contains(err.Error(), "longer than")
}

// survives looks at the same tree out of JSON and out of its own source, and at its trace.
func survives(t *testing.T, e *Env, tree Tree, w world) {
	t.Helper()
	want := Eval(tree, w)
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseTree(raw)
	if err != nil || !back.root.same(tree.root) || !Eval(back, w).Equal(want) {
		t.Fatalf("%s is another rule as JSON %s: %v", tree, raw, err)
	}
	if len(tree.String()) <= maxSource {
		if again, err := e.Compile(tree.String()); err != nil || !again.root.same(tree.root) {
			t.Fatalf("%s is another rule when read again: %v", tree, err)
		}
	}
	got, trace := EvalTrace(tree, w)
	if !got.Equal(want) {
		t.Fatalf("%s: the trace gives %s, not %s", tree, show(got), show(want))
	}
	for _, id := range trace.Unanswered() {
		if want.Known() || w[id].Known() {
			t.Fatalf("%s: %s is called unanswered", tree, id)
		}
	}
}

// Beyond the range of the language a rule gives nothing, or still what cel-go gives with its wider numbers.
func TestOracleAtTheLimits(t *testing.T) {
	o := newOracle(t)
	g := newGenerator(2, false, true)
	states := map[string]int{}
	for i := range 2000 {
		src, _ := g.expr(Type(1+i%int(List)), 1+g.IntN(4))
		tree, err := o.ours.Compile(src)
		if err != nil {
			if !strings.Contains(err.Error(), "outside what can be computed") && !tooLarge(err) {
				t.Fatalf("%s: %v", src, err)
			}
			continue
		}
		w := g.facts(0)
		got := Eval(tree, w)
		if got.Known() && plainly(got) != o.eval(t, src, w) {
			t.Fatalf("%s\nas %s\ngives %s, cel-go gives %s\nfacts %s", src, tree, plainly(got), o.eval(t, src, w), w.source())
		}
		if !got.Known() && !got.Invalid() {
			t.Fatalf("%s is unknown although everything is answered\nfacts %s", src, w.source())
		}
		states[show(got)]++
		survives(t, o.ours, tree, w)
	}
	if states["invalid"] < 100 {
		t.Errorf("too few results beyond the limits: %d", states["invalid"])
	}
}

// source shows invented facts in a failing test.
func (w world) source() string {
	var parts []string
	for name, v := range w {
		parts = append(parts, name+"="+show(v))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// What a rule has decided, no later answer changes; answered(…) is the one exception, and made for that.
func TestMoreAnswersNeverChangeAResult(t *testing.T) {
	e := newOracle(t).ours
	g := newGenerator(3, true, false)
	known := 0
	for i := range 4000 {
		src, _ := g.expr(Type(1+i%int(List)), 1+g.IntN(4))
		tree, err := e.Compile(src)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		some := g.facts(50)
		before := Eval(tree, some)
		all := g.facts(0)
		for name, v := range some {
			all[name] = v
		}
		after := Eval(tree, all)
		if before.Known() && !before.Equal(after) {
			t.Fatalf("%s was %s and became %s\nfacts %s\nthen  %s", src, show(before), show(after), some.source(), all.source())
		}
		if !after.Known() {
			t.Fatalf("%s is %s although everything is answered", src, show(after))
		}
		if before.Known() && len(tree.Fields()) > 1 {
			known++
		}
	}
	if known < 200 {
		t.Errorf("only %d rules were decided early", known)
	}
}

// What keeps a rule unknown is told, and answering all of it makes the rule known or asks for something else.
func TestUnansweredIsEnough(t *testing.T) {
	e := newOracle(t).ours
	g := newGenerator(4, true, false)
	for range 2000 {
		src, _ := g.expr(Bool, 1+g.IntN(4))
		tree, err := e.Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		all := g.facts(0)
		some := g.facts(0)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if kind, _ := split(name); kind == opField && g.IntN(2) == 0 {
				delete(some, name)
			} else {
				some[name] = all[name]
			}
		}
		for range len(all) {
			v, trace := EvalTrace(tree, some)
			if v.Known() {
				break
			}
			ask := trace.Unanswered()
			if len(ask) == 0 {
				t.Fatalf("%s is %s and asks for nothing\nfacts %s", src, show(v), some.source())
			}
			for _, id := range ask {
				some[id] = all[id]
			}
		}
		if v := Eval(tree, some); !v.Known() {
			t.Fatalf("%s stays %s", src, show(v))
		}
	}
}

// Kleene's tables with "invalid" as a fourth value, which weighs more than unknown and less than what decides.
func TestKleene(t *testing.T) {
	e := newOracle(t).ours
	values := []Value{OfBool(true), OfBool(false), {}, {bad: true}}
	letters := map[string]string{"true": "T", "false": "F", "unknown": "U", "invalid": "I"}
	for src, want := range map[string]string{ // a row for each left value, a letter for each right one
		`b1 && b2`:               "TFUI FFFF UFUI IFII",
		`b1 || b2`:               "TTTT TFUI TUUI TIII",
		`b1 == b2`:               "TFUI FTUI UUUI IIII",
		`b1 ? b2 : !b2`:          "TFUI FTUI UUUU IIII",
		`!b1`:                    "FFFF TTTT UUUU IIII",
		`answered(b1) == b2`:     "TFUI TFUI FTUI IIII",
		`b1 && b2 || !b1 && !b2`: "TFUI FTUI UUUI IIII",
	} {
		tree := must(t, e, src)
		var rows []string
		for _, a := range values {
			row := ""
			for _, b := range values {
				row += letters[show(Eval(tree, world{"b1": a, "b2": b}))]
			}
			rows = append(rows, row)
		}
		if got := strings.Join(rows, " "); got != want {
			t.Errorf("%s is %s, want %s", src, got, want)
		}
	}
}

// The laws of Kleene's logic on all truth values, and those that hold with "invalid" as well.
func TestLaws(t *testing.T) {
	e := newOracle(t).ours
	open := []Value{OfBool(true), OfBool(false), {}}
	all := append(slices.Clone(open), Value{bad: true})
	for _, law := range []struct {
		left, right string
		values      []Value
	}{
		{`b1 && b2`, `b2 && b1`, all},
		{`b1 || b2`, `b2 || b1`, all},
		{`b1 && b1`, `b1`, all},
		{`b1 || b1`, `b1`, all},
		{`!!b1`, `b1`, all},
		{`b1 && (b2 && b3)`, `(b1 && b2) && b3`, all},
		{`b1 || (b2 || b3)`, `(b1 || b2) || b3`, all},
		{`!(b1 && b2)`, `!b1 || !b2`, all},
		{`!(b1 || b2)`, `!b1 && !b2`, all},
		{`b1 && true`, `b1`, all},
		{`b1 || false`, `b1`, all},
		{`b1 && false`, `false`, all},
		{`b1 || true`, `true`, all},
		{`b1 && (b1 || b2)`, `b1`, open}, // absorption
		{`b1 || (b1 && b2)`, `b1`, open},
		{`b1 && (b2 || b3)`, `b1 && b2 || b1 && b3`, open},
		{`b1 || (b2 && b3)`, `(b1 || b2) && (b1 || b3)`, open},
		{`b1 != b2`, `!(b1 == b2)`, all},
	} {
		left, right := must(t, e, law.left), must(t, e, law.right)
		for _, a := range law.values {
			for _, b := range law.values {
				for _, c := range law.values {
					w := world{"b1": a, "b2": b, "b3": c}
					if x, y := show(Eval(left, w)), show(Eval(right, w)); x != y {
						t.Errorf("%s is %s, %s is %s, with %s", law.left, x, law.right, y, w.source())
					}
				}
			}
		}
	}
}

// What cannot be computed is told apart from what is not answered, and weighs more.
func TestInvalidIsNotUnknown(t *testing.T) {
	e := newOracle(t).ours
	far := OfDay(civil.MaxDay)
	for _, c := range []struct {
		src  string
		w    world
		want string
	}{
		{`i1 + 1`, world{"i1": OfInt(MaxInt)}, "invalid"},
		{`i1 - 1`, world{"i1": OfInt(-MaxInt)}, "invalid"},
		{`i1 + 0`, world{"i1": OfInt(MaxInt)}, "9007199254740991"},
		{`i1 * i1`, world{"i1": OfInt(94906265)}, "9007199136250225"},
		{`i1 * i1`, world{"i1": OfInt(94906266)}, "invalid"},
		{`i1 * i1 * i1`, world{"i1": OfInt(MaxInt)}, "invalid"},
		{`m1 * i1`, world{"m1": OfMoney(MaxInt), "i1": OfInt(1)}, `money("90071992547409.91")`},
		{`m1 + m1`, world{"m1": OfMoney(MaxInt)}, "invalid"},
		{`add_days(d1, 1)`, world{"d1": far}, "invalid"},
		{`add_months(d1, 1)`, world{"d1": far}, "invalid"},
		{`add_days(d1, i1)`, world{"d1": far, "i1": OfInt(-MaxInt)}, "invalid"},
		{`add_days(d1, 1) > d2`, world{"d1": far}, "invalid"},
		{`d2 > add_days(d1, 1)`, world{"d1": far}, "invalid"},
		{`b1 && add_days(d1, 1) > d1`, world{"d1": far}, "invalid"},
		{`b1 || add_days(d1, 1) > d1`, world{"d1": far}, "invalid"},
		{`b1 && add_days(d1, 1) > d1`, world{"d1": far, "b1": OfBool(false)}, "false"},
		{`b1 ? d1 : add_days(d1, 1)`, world{"d1": far, "b1": OfBool(true)}, `day("9999-12-31")`},
		{`b1 ? d1 : add_days(d1, 1)`, world{"d1": far}, "unknown"},
		{`add_days(d1, 1) > d1 ? 1 : 2`, world{"d1": far}, "invalid"},
		{`!(add_days(d1, 1) > d1)`, world{"d1": far}, "invalid"},
		{`s1 == "a"`, world{"s1": OfInt(1)}, "invalid"}, // a fact of another type
		{`size(l1) > 0`, world{"l1": OfText("a")}, "invalid"},
		{`answered(s1)`, world{"s1": OfInt(MaxInt + 1)}, "invalid"},
		{`answered(s1)`, world{}, "false"},
		{`i1 > 0`, world{"i1": OfInt(MaxInt + 1)}, "invalid"},
		{`i1 + i2`, world{"i1": OfInt(MaxInt + 1)}, "invalid"},
		{`p.m > m1`, world{"m1": OfMoney(1)}, "unknown"},
	} {
		if got := show(Eval(must(t, e, c.src), c.w)); got != c.want {
			t.Errorf("%s is %s, want %s, with %s", c.src, got, c.want, c.w.source())
		}
	}
}
