package rule

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"aufenthalt/internal/civil"
)

// Every operation gives what cel-go gives: on complete facts, and with open questions, which cel-go calls unknown too.
func TestOracle(t *testing.T) {
	o := newOracle(t)
	g := newGenerator(1, true, true)
	seen := map[op]int{}
	states := map[string]int{}
	for i := range 4000 {
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

// refusedForSize tells whether a generated rule is fine apart from its size or the size of its numbers.
func refusedForSize(err error) bool {
	return tooLarge(err) || strings.Contains(err.Error(), "outside what can be computed")
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
			if !refusedForSize(err) {
				t.Fatalf("%s: %v", src, err)
			}
			continue
		}
		w := g.facts(0)
		got := Eval(tree, w)
		if got.Known() && plainly(got) != o.eval(t, src, w) {
			t.Fatalf("%s\nas %s\ngives %s, cel-go gives %s\nfacts %s", src, tree, plainly(got), o.eval(t, src, w), w.source())
		}
		if !got.Known() && !got.Invalid() && !strings.Contains(src, "only_if(") {
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
	for src, want := range kleene {
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
