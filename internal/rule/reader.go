package rule

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"golang.org/x/text/unicode/norm"

	"aufenthalt/internal/civil"
)

// reader refuses, before types are checked, whatever CEL can say and a rule must not, with a remedy for the author.
type reader struct {
	env    *Env
	source *ast.SourceInfo
	errors Errors
}

func (r *reader) fail(x ast.Expr, text, remedy string) {
	if len(r.errors) < maxErrors {
		r.errors = append(r.errors, at(r.source, x, text, remedy))
	}
}

func (r *reader) check(x ast.Expr, depth int) {
	if depth > 4*maxDepth {
		r.fail(x, "the rule is nested too deeply", "split it into several rules")
		return
	}
	switch x.Kind() {
	case ast.LiteralKind:
		r.literal(x)
	case ast.IdentKind, ast.SelectKind:
		r.variable(x)
	case ast.CallKind:
		r.call(x, depth)
	case ast.ListKind:
		r.list(x)
	default:
		r.fail(x, "maps, messages and macros are not part of the rule language", "use a rule for each case")
	}
}

func (r *reader) literal(x ast.Expr) {
	switch v := x.AsLiteral().(type) {
	case types.Bool:
	case types.Int:
		if OfInt(int64(v)).Invalid() {
			r.fail(x, "the number is too large", "numbers end at 9007199254740991")
		}
	case types.String:
		r.text(x, string(v))
	case types.Double:
		r.fail(x, "a number with a fraction", `write decimal("38.5"), and amounts as money("12.50")`)
	case types.Uint:
		r.fail(x, "an unsigned number", "leave out the u")
	case types.Null:
		r.fail(x, "null is not a value", "write !answered(field)")
	default:
		r.fail(x, "bytes are not a value", "write a text without the b")
	}
}

func (r *reader) text(x ast.Expr, s string) {
	switch {
	case !plain(s):
		r.fail(x, "a text with control characters, or longer than 200 bytes", "compare with a code of the field's options")
	case !norm.NFC.IsNormalString(s):
		r.fail(x, "a text that is not in Unicode form NFC", "type the accented letters anew")
	}
}

// variable checks that a name is declared.
func (r *reader) variable(x ast.Expr) {
	name := fullName(x)
	if name == "" {
		r.fail(x, "only p.… and clock.… have a dot", "write the bare field id")
		return
	}
	if _, ok := r.env.types[name]; ok {
		return
	}
	kind, _ := split(name)
	what := map[op]string{opField: "field", opParam: "parameter", opClock: "clock"}[kind]
	r.fail(x, fmt.Sprintf("there is no %s %q", what, name), nearest(name, r.env.names))
}

func (r *reader) call(x ast.Expr, depth int) {
	call := x.AsCall()
	name := call.FunctionName()
	if call.IsMemberFunction() {
		remedy := "functions stand in front: size(list); there are no macros"
		if patternFunction(name) {
			remedy = instead(name)
		}
		r.fail(x, fmt.Sprintf("%q is written behind a dot", name), remedy)
		return
	}
	arguments, known := arity()[name]
	switch {
	case !known:
		r.fail(x, fmt.Sprintf("%s is not part of the rule language", shown(name)), instead(name))
	case arguments != len(call.Args()):
		r.fail(x, fmt.Sprintf("%s needs %d arguments", shown(name), arguments), "")
	case name == "day" || name == "money" || name == "decimal":
		r.written(x, call)
	case name == "like":
		r.pattern(call.Args()[1])
		r.check(call.Args()[0], depth+1)
	case name == "answered":
		r.answered(call.Args()[0])
	default:
		for _, a := range call.Args() {
			r.check(a, depth+1)
		}
	}
}

// written checks day("…"), money("…") and decimal("…").
func (r *reader) written(x ast.Expr, call ast.CallExpr) {
	if _, ok := written(call); ok {
		return
	}
	switch call.FunctionName() {
	case "day":
		r.fail(x, "this is not a day", `write day("2026-01-31")`)
	case "money":
		r.fail(x, "this is not an amount of money", `write money("50700.00"), always with two decimals`)
	default:
		r.fail(x, "this is not a decimal", `write decimal("38.5"), with at most four decimals and no zeros at the end`)
	}
}

// pattern checks the name in like(text, "name").
func (r *reader) pattern(arg ast.Expr) {
	if arg.Kind() == ast.LiteralKind && isPattern(literalValue(arg).text) {
		return
	}
	r.fail(arg, "this is no named text pattern", "the patterns are "+patternNames()+"; write one of them in quotes")
}

func (r *reader) answered(arg ast.Expr) {
	name := fullName(arg)
	if kind, _ := split(name); name == "" || kind != opField {
		r.fail(arg, "answered(…) asks about a field only", "write answered(purpose)")
		return
	}
	r.variable(arg)
}

func (r *reader) list(x ast.Expr) {
	list := x.AsList()
	if list.Size() == 0 || list.Size() > maxList {
		r.fail(x, "a list has 1 to 256 entries", "")
		return
	}
	seen := map[string]bool{}
	for _, el := range list.Elements() {
		s, ok := "", el.Kind() == ast.LiteralKind
		if ok {
			var v types.String
			v, ok = el.AsLiteral().(types.String)
			s = string(v)
		}
		switch {
		case !ok:
			r.fail(el, "a list holds only texts in quotes", "compare with == and join with ||")
		case seen[s]:
			r.fail(el, "the list has this entry twice", "delete one")
		default:
			r.text(el, s)
		}
		seen[s] = true
	}
}

// arity is the number of arguments of each function and operator.
func arity() map[string]int {
	counts := map[string]int{"day": 1, "money": 1, "decimal": 1, "answered": 1, "like": 2}
	for o := opAnd; o < opCount; o++ {
		if s := signatures[o]; len(s.args) > 0 {
			counts[s.function] = len(s.args)
		}
	}
	counts[signatures[opAnd].function], counts[signatures[opOr].function] = 2, 2
	return counts
}

// fullName gives "purpose", "p.x" or "clock.x"; empty for any other expression.
func fullName(x ast.Expr) string {
	switch x.Kind() {
	case ast.IdentKind:
		return x.AsIdent()
	case ast.SelectKind:
		s := x.AsSelect()
		if s.IsTestOnly() || s.Operand().Kind() != ast.IdentKind {
			return ""
		}
		if prefix := s.Operand().AsIdent(); prefix == "p" || prefix == "clock" {
			return prefix + "." + s.FieldName()
		}
	}
	return ""
}

func literalValue(x ast.Expr) Value {
	switch v := x.AsLiteral().(type) {
	case types.Bool:
		return OfBool(bool(v))
	case types.Int:
		return OfInt(int64(v))
	case types.String:
		return OfText(string(v))
	}
	return Value{}
}

func elements(x ast.Expr) []string {
	var list []string
	for _, el := range x.AsList().Elements() {
		list = append(list, literalValue(el).text)
	}
	return list
}

// written gives the constant that day("…"), money("…") or decimal("…") stands for.
func written(call ast.CallExpr) (Value, bool) {
	arg := call.Args()[0]
	if arg.Kind() != ast.LiteralKind {
		return Value{}, false
	}
	s, ok := arg.AsLiteral().(types.String)
	if !ok {
		return Value{}, false
	}
	switch call.FunctionName() {
	case "day":
		d, err := civil.Parse(string(s))
		return OfDay(d), err == nil
	case "decimal":
		n, ok := ParseDecimal(string(s))
		return OfDecimal(n), ok
	}
	cents, ok := parseCents(string(s))
	return OfMoney(cents), ok
}

// nearest suggests a declared name that differs in few letters.
func nearest(name string, names []string) string {
	best, distance := "", 3
	for _, n := range names {
		if d := edits(name, n); d < distance {
			best, distance = n, d
		}
	}
	if best == "" {
		return "declare it, or write texts in quotes"
	}
	return "did you mean " + best + "?"
}

// edits counts the letters to insert, delete or replace between two short names.
func edits(a, b string) int {
	if len(a) > 2*maxName || len(b) > 2*maxName {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		corner := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := corner
			if a[i-1] != b[j-1] {
				change++
			}
			corner = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// shown is a function or operator as an author writes it.
func shown(function string) string {
	if s := strings.Trim(function, "_@"); s != "" && !slices.Contains([]string{"[_]", "[?_]"}, s) {
		return "'" + strings.ReplaceAll(s, "_:_", ":") + "'"
	}
	return "'[ ]'"
}

func instead(function string) string {
	switch function {
	case "_/_":
		return "say how to round: divide_down(x, n), divide_up(x, n) or divide_half_up(x, n)"
	case "_%_":
		return "write x - n * divide_down(x, n)"
	case "-_":
		return "write 0 - x"
	case "_[_]", "_[?_]":
		return `write "x" in list`
	case "has":
		return "write answered(field)"
	case "int", "string", "double", "date", "timestamp", "duration", "now", "today":
		return `fields have their type already; a day is day("2026-01-31") or clock.submitted`
	case "times", "divide", "round":
		return "say how to round: times_down, times_half_up, divide_down, divide_up, divide_half_up"
	}
	if patternFunction(function) {
		return `write like(text, "name") with one of the named patterns: ` + patternNames()
	}
	return "use " + strings.Join(functions(), ", ")
}

// patternFunction tells whether the function of CEL looks at the inside of a text.
func patternFunction(name string) bool {
	return slices.Contains([]string{"matches", "contains", "startsWith", "endsWith"}, name)
}

// functions lists the names of all functions, sorted.
func functions() []string {
	var names []string
	for name := range arity() {
		if name[0] >= 'a' && name[0] <= 'z' {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
