package rule

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	celtypes "cel.dev/cel-go/common/types"

	"aufenthalt/internal/civil"
)

// handGroups turns the table into vectors.
func handGroups(t *testing.T, e *Env, rules []handRule) (groups []group) {
	t.Helper()
	for _, r := range rules {
		g := group{Rule: r.rule, From: "hand"}
		var err error
		if strings.HasPrefix(r.rule, `["`) && json.Valid([]byte(r.rule)) && !strings.Contains(r.rule, `", "`) {
			g.Tree, err = ParseTree([]byte(r.rule))
			g.Rule = g.Tree.String()
		} else {
			g.Tree, err = e.Compile(r.rule)
		}
		if err != nil {
			t.Fatalf("%s: %v", r.rule, err)
		}
		for _, c := range r.cases {
			g.Cases = append(g.Cases, vectorCase{handFacts(t, c[0]), handResult(t, e, c[1])})
		}
		groups = append(groups, g)
	}
	return groups
}

func handFacts(t *testing.T, s string) map[string]fact {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(s), &raw); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	facts := map[string]fact{}
	for name, value := range raw {
		f := fact{typ: oracleTypes[name], value: value}
		var other struct {
			Type  string          `json:"type"`
			Value json.RawMessage `json:"value"`
		}
		if value[0] == '{' && json.Unmarshal(value, &other) == nil {
			f.typ, _ = ParseType(other.Type)
			f.value = other.Value
		}
		facts[name] = f
	}
	return facts
}

// handResult reads the result of a vector, which is written in CEL.
func handResult(t *testing.T, e *Env, s string) fact {
	t.Helper()
	if s == "unknown" || s == "invalid" {
		return fact{state: s}
	}
	if s == "[]" { // no list in a rule is empty
		return factOf(OfList(nil))
	}
	tree := must(t, e, s)
	if !tree.root.op.constant() {
		t.Fatalf("%s is no result", s)
	}
	return factOf(tree.root.val)
}

// Boundary values of each type, for the operations one by one.
var (
	boundaryInts     = []int64{0, 1, -1, 12, -7, MaxInt, -MaxInt}
	boundaryCents    = []int64{0, 1, -1, 150, 5070000, MaxInt, -MaxInt}
	boundaryDecimals = []int64{0, 1, -5000, 10000, 385000, MaxInt, -MaxInt}
	boundaryDays     = []string{"0001-01-01", "1900-02-28", "2024-02-29", "2025-03-01", "2026-01-31", "2026-12-31", "9999-12-31"}
	boundaryTexts    = []string{"", "a", "ß", "𝔘", "e\u0301"}
	boundaryLists    = [][]string{{}, {"a"}, {"a", "b"}, {"b", "𝔘", "b", "a"}, {"𝔘", "ß", ""}}
	boundaryPartials = []string{"", "0000", "0001", "0001-01", "1900-02", "1992", "1992-00", "1992-02", "1992-02-29", "1992-12", "1992-13", "1993-02-29", "1992-2", "1992-02-3", "1992-02-30",
		"199", "19921", "1992-", "1992-02-", "1992/02", "1992-02-29T", " 1992", "+992", "9999", "9999-12", "9999-12-31", "１９９２", "2000-02", "2024-02", "2023-02", "2023-04"}
	boundaryForms = []string{"", "0", "a", "A", "Z9", "z", "[", "@", "/", ":", "0000", "0001", "1992", "00123", "00000", "01067", "99998", "0106", "010670", "09912342", "09912347",
		"09912343", "00000000", "00000005", "99999999", "12345678", "0991234A", "990101123456", "99010112345", "9901011234567", "C01X0006H", "C01 X", "Ä", "𝔘", "٣", "１９９２", "-1", "1.0"}
)

func boundaries(t Type) (list []Value) {
	switch t {
	case Bool:
		return []Value{OfBool(true), OfBool(false)}
	case Int:
		for _, n := range boundaryInts {
			list = append(list, OfInt(n))
		}
	case Money:
		for _, n := range boundaryCents {
			list = append(list, OfMoney(n))
		}
	case Decimal:
		for _, n := range boundaryDecimals {
			list = append(list, OfDecimal(n))
		}
	case Day:
		for _, s := range boundaryDays {
			list = append(list, OfDay(civil.MustParse(s)))
		}
	case Text:
		for _, s := range boundaryTexts {
			list = append(list, OfText(s))
		}
	case List:
		for _, s := range boundaryLists {
			list = append(list, OfList(s))
		}
	}
	return list
}

// brokenFact is a fact that every evaluator must take as invalid in the place of a value of the type.
func brokenFact(t Type) fact {
	switch t {
	case Int:
		return fact{typ: Int, value: []byte("9007199254740992")}
	case Money, Decimal:
		return fact{typ: t, value: []byte(`"-9007199254740992"`)}
	case Text:
		return fact{typ: Int, value: []byte("1")}
	}
	return fact{typ: Text, value: []byte(`"x"`)}
}

var firstNames, secondNames = map[Type]string{Bool: "b1", Int: "i1", Text: "s1", Day: "d1", Money: "m1", Decimal: "n1", List: "l1"},
	map[Type]string{Bool: "b2", Int: "i2", Text: "s2", Day: "d2", Money: "m2", Decimal: "n2", List: "l2"}

// strict gives the vectors of one operation that needs all of its operands: boundary values, whose results cel-go gives,
// and each operand unanswered or invalid, which makes the result so.
func strict(t *testing.T, o *oracle, x op) (fromOracle, byRule group) {
	t.Helper()
	s := signatures[x]
	names := []string{firstNames[s.args[0]]}
	if len(s.args) == 2 {
		names = append(names, secondNames[s.args[1]])
	}
	src := s.function + "(" + strings.Join(names, ", ") + ")"
	switch {
	case x == opNot:
		src = "!b1"
	case s.function[0] == '_' || s.function[0] == '@':
		src = strings.Join(names, " "+strings.Trim(s.function, "_@")+" ")
	}
	tree := must(t, o.ours, src)
	fromOracle = group{Rule: src, Tree: tree, From: "cel-go"}
	byRule = group{Rule: src, Tree: tree, From: "hand"}
	first := boundaries(s.args[0])
	if x == opEarliestDay || x == opLatestDay {
		first = texts(boundaryPartials)
	}
	second := []Value{{}}
	if len(names) == 2 {
		second = boundaries(s.args[1])
		if s.args[0] == Day && s.args[1] == Int {
			second = append(second, OfInt(3652058), OfInt(-3652058), OfInt(119987), OfInt(-119987), OfInt(28))
		}
	}
	for _, a := range first {
		for _, b := range second {
			w := world{names[0]: a}
			if len(names) == 2 {
				w[names[1]] = b
			}
			fromOracle.Cases = append(fromOracle.Cases, oracleCase(t, o, src, s.result, w))
		}
	}
	for _, states := range operandStates(len(names)) {
		c := vectorCase{Facts: map[string]fact{}, Want: fact{state: "unknown"}}
		for i, state := range states {
			switch state {
			case 'K':
				c.Facts[names[i]] = factOf(boundaries(s.args[i])[1])
			case 'I':
				c.Facts[names[i]] = brokenFact(s.args[i])
				c.Want.state = "invalid"
			}
		}
		byRule.Cases = append(byRule.Cases, c)
	}
	return fromOracle, byRule
}

// operandStates are known, unanswered and invalid operands, but not all known.
func operandStates(count int) []string {
	if count == 1 {
		return []string{"U", "I"}
	}
	return []string{"KU", "KI", "UK", "UU", "UI", "IK", "IU", "II"}
}

func texts(list []string) (values []Value) {
	for _, s := range list {
		values = append(values, OfText(s))
	}
	return values
}

// oracleCase asks cel-go. Its integers are wider than ours: what is beyond ours is invalid.
func oracleCase(t *testing.T, o *oracle, src string, result Type, w world) vectorCase {
	t.Helper()
	c := vectorCase{Facts: map[string]fact{}, Want: o.outcome(t, src, result, w)}
	for name, v := range w {
		if v.Known() {
			c.Facts[name] = factOf(v)
		}
	}
	return c
}

func (o *oracle) outcome(t testing.TB, src string, result Type, w world) fact {
	t.Helper()
	out, err := o.result(t, src, w)
	switch {
	case err != nil:
		return fact{state: "invalid"}
	case celtypes.IsUnknown(out):
		return fact{state: "unknown"}
	}
	switch v := out.(type) {
	case celtypes.Bool:
		return factOf(OfBool(bool(v)))
	case celtypes.String:
		return factOf(OfText(string(v)))
	case celtypes.Int:
		if result == Day {
			return factOf(OfDay(civil.Day(v)))
		}
		return factOf(number(result, int64(v)))
	}
	return factOf(OfList(nativeList(out)))
}

// kleene are the tables of the logical operators, a row for each left operand and a letter for each right one: true,
// false, unanswered, invalid.
var kleene = map[string]string{
	`b1 && b2`:               "TFUI FFFF UFUI IFII",
	`b1 || b2`:               "TTTT TFUI TUUI TIII",
	`b1 == b2`:               "TFUI FTUI UUUI IIII",
	`b1 ? b2 : !b2`:          "TFUI FTUI UUUU IIII",
	`!b1`:                    "FFFF TTTT UUUU IIII",
	`answered(b1) == b2`:     "TFUI TFUI FTUI IIII",
	`b1 && b2 || !b1 && !b2`: "TFUI FTUI UUUI IIII",
	`or_else(b1, b2)`:        "TTTT FFFF TFUI IIII",
	`only_if(b1, b2)`:        "TFUI UUUU UUUU IIII",
}

func logicGroups(t *testing.T, e *Env) (groups []group) {
	t.Helper()
	letters := map[rune]fact{'T': factOf(OfBool(true)), 'F': factOf(OfBool(false)), 'U': {state: "unknown"}, 'I': {state: "invalid"}}
	operand := map[rune]fact{'T': letters['T'], 'F': letters['F'], 'I': letters['I']}
	for _, src := range slices.Sorted(maps.Keys(kleene)) {
		g := group{Rule: src, Tree: must(t, e, src), From: "hand"}
		for i, row := range strings.Fields(kleene[src]) {
			for j, want := range row {
				facts := map[string]fact{}
				for name, letter := range map[string]byte{"b1": "TFUI"[i], "b2": "TFUI"[j]} {
					if f, ok := operand[rune(letter)]; ok {
						facts[name] = f
					}
				}
				g.Cases = append(g.Cases, vectorCase{facts, letters[want]})
			}
		}
		groups = append(groups, g)
	}
	return groups
}

// choiceGroups are if, or_else and only_if for every type, by their own tables: which operand the result comes from.
func choiceGroups(t *testing.T, e *Env) (groups []group) {
	t.Helper()
	for typ := Bool; typ <= List; typ++ {
		values := boundaries(typ)
		operand := map[byte]fact{'1': factOf(values[0]), '2': factOf(values[1]), 'I': {state: "invalid"}}
		outcome := map[byte]fact{'1': operand['1'], '2': operand['2'], 'U': {state: "unknown"}, 'I': {state: "invalid"}}
		condition := map[byte]fact{'T': factOf(OfBool(true)), 'F': factOf(OfBool(false)), 'I': {state: "invalid"}}
		a, b := firstNames[typ], secondNames[typ]
		for src, table := range map[string][]string{ // condition, first and second operand, result
			"b3 ? " + a + " : " + b: {"T121", "T1U1", "T1I1", "TU2U", "TI2I", "F122", "FU22", "FI22", "F1UU", "F1II", "U12U", "U11U", "I12I", "IUUI"},
			// without a condition
			"or_else(" + a + ", " + b + ")": {"-121", "-1U1", "-1I1", "-U22", "-UUU", "-UII", "-I2I", "-IUI", "-III"},
			"only_if(b3, " + a + ")":        {"T1-1", "TU-U", "TI-I", "F1-U", "FU-U", "FI-U", "U1-U", "UU-U", "UI-U", "I1-I", "IU-I", "II-I"},
		} {
			g := group{Rule: src, Tree: must(t, e, src), From: "hand"}
			for _, row := range table {
				c := vectorCase{map[string]fact{}, outcome[row[3]]}
				for name, f := range map[string]fact{"b3": condition[row[0]], a: operand[row[1]], b: operand[row[2]]} {
					if f.typ != 0 || f.state != "" {
						c.Facts[name] = f
					}
				}
				g.Cases = append(g.Cases, c)
			}
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(a, b group) int { return strings.Compare(a.Rule, b.Rule) })
	return groups
}

// composed are generated rules, whose results cel-go gives.
func composed(t *testing.T, o *oracle) (groups []group) {
	t.Helper()
	g := newGenerator(5, true, true)
	for len(groups) < 250 {
		src, _ := g.expr(Type(1+len(groups)%int(List)), 2+g.IntN(3))
		tree, err := o.ours.Compile(src)
		if err != nil || tree.Steps() < 4 || len(tree.Fields())+len(tree.Params())+len(tree.Clocks()) < 2 || len(tree.String()) > 300 {
			continue
		}
		one := group{Rule: tree.String(), Tree: tree, From: "cel-go"}
		for i := range 4 {
			all, w := g.facts(i*20), world{}
			for _, name := range variables(tree) { // no facts that the rule does not read
				w[name] = all[name]
			}
			one.Cases = append(one.Cases, oracleCase(t, o, src, tree.Type(), w))
		}
		groups = append(groups, one)
	}
	return groups
}

func variables(t Tree) []string {
	names := t.Fields()
	for _, p := range t.Params() {
		names = append(names, "p."+p)
	}
	for _, c := range t.Clocks() {
		names = append(names, "clock."+c)
	}
	return names
}

// makeVectors gives all vectors by subject, each once.
func makeVectors(t *testing.T) map[string][]group {
	t.Helper()
	o := newOracle(t)
	files := map[string][]group{}
	for subject, rules := range handVectors {
		files[subject] = handGroups(t, o.ours, rules)
	}
	files["logic"] = append(files["logic"], logicGroups(t, o.ours)...)
	files["optional"] = append(files["optional"], choiceGroups(t, o.ours)...)
	for x := opNot; x < opCount; x++ {
		if s := signatures[x]; len(s.args) > 0 && !x.lazy() {
			a, b := strict(t, o, x)
			files[subjectOf(x)] = append(files[subjectOf(x)], a, b)
		}
	}
	for _, p := range patterns {
		src := "like(s1, " + quote(p.name) + ")"
		g := group{Rule: src, Tree: must(t, o.ours, src), From: "cel-go"}
		for _, v := range texts(boundaryForms) {
			g.Cases = append(g.Cases, oracleCase(t, o, src, Bool, world{"s1": v}))
		}
		files["patterns"] = append(files["patterns"], g)
	}
	files["composed"] = composed(t, o)
	seen := map[string]bool{}
	for _, subject := range slices.Sorted(maps.Keys(files)) { // a case that is there already is left out
		for i := range files[subject] {
			g := &files[subject][i]
			g.Cases = slices.DeleteFunc(g.Cases, func(c vectorCase) bool {
				key := string(compact(g.Tree)) + string(compact(c.Facts))
				twice := seen[key]
				seen[key] = true
				return twice
			})
		}
		files[subject] = slices.DeleteFunc(files[subject], func(g group) bool { return len(g.Cases) == 0 })
	}
	return files
}

func subjectOf(x op) string {
	s := signatures[x]
	switch {
	case x == opNot:
		return "logic"
	case x.form() == opEqBool || x.form() == opNeBool:
		return "equality"
	case x >= opLtInt && x <= opGeDecimal:
		return "order"
	case x.divides() || x == opTimesDown || x == opTimesHalfUp:
		return "rounding"
	case x == opEarliestDay || x == opLatestDay:
		return "partial_dates"
	case slices.Contains(s.args, List):
		return "lists"
	case s.result == Day:
		return "days"
	case s.args[0] == Day:
		return "periods"
	case s.result == Decimal: // sums, differences and products
		return "decimals"
	}
	return "arithmetic"
}
