package rule

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

// Error is one mistake in a rule, for its author.
type Error struct {
	Line, Column int    // from 1; columns count characters
	Text         string // what is wrong
	Remedy       string // what to write instead; may be empty
}

func (e Error) String() string {
	s := strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column) + ": " + e.Text
	if e.Remedy != "" {
		s += " (" + e.Remedy + ")"
	}
	return s
}

// Errors are all mistakes of one rule, at most twenty.
type Errors []Error

func (list Errors) Error() string {
	lines := make([]string, len(list))
	for i, e := range list {
		lines[i] = e.String()
	}
	return strings.Join(lines, "\n")
}

const maxErrors = 20

// Compile checks a rule and gives its tree. The error is of type Errors.
func (e *Env) Compile(src string) (Tree, error) {
	switch {
	case len(src) > maxSource:
		return Tree{}, whole("the rule is longer than 4096 bytes", "split it into several rules")
	case !utf8.ValidString(src):
		return Tree{}, whole("the rule is not UTF-8", "save the file as UTF-8")
	case strings.TrimSpace(src) == "":
		return Tree{}, whole("the rule is empty", "leave it out, or write true")
	}
	parsed, issues := e.cel.Parse(src)
	if issues.Err() != nil {
		return Tree{}, translate(issues.Errors())
	}
	r := &reader{env: e, source: parsed.NativeRep().SourceInfo()}
	if r.check(parsed.NativeRep().Expr(), 1); len(r.errors) > 0 {
		return Tree{}, r.errors
	}
	checked, issues := e.cel.Check(parsed)
	if issues.Err() != nil {
		return Tree{}, translate(issues.Errors())
	}
	return lower(checked)
}

// CompileAs is Compile for a place that needs a certain type; Bool for every "when".
func (e *Env) CompileAs(src string, want Type) (Tree, error) {
	t, err := e.Compile(src)
	if err != nil {
		return Tree{}, err
	}
	if t.Type() != want {
		return Tree{}, whole(fmt.Sprintf("the rule gives %s, needed is %s", t.Type(), want), remedyFor(t.Type(), want))
	}
	return t, nil
}

func remedyFor(have, want Type) string {
	if want == Bool && have != Bool {
		return "compare it with something"
	}
	return ""
}

func whole(text, remedy string) Errors {
	return Errors{{Line: 1, Column: 1, Text: text, Remedy: remedy}}
}

func lower(checked *cel.Ast) (Tree, error) {
	a := checked.NativeRep()
	l := &lowerer{ast: a}
	root := l.node(a.Expr())
	if len(l.errors) > 0 {
		return Tree{}, l.errors
	}
	if count, depth := root.size(); count > maxNodes || depth > maxDepth {
		return Tree{}, whole("the rule has too many parts", "split it into several rules")
	}
	return Tree{root: &root}, nil
}

// lowerer turns a checked expression into a tree. It trusts that reader and checker have refused all else.
type lowerer struct {
	ast    *ast.AST
	errors Errors
}

func (l *lowerer) node(x ast.Expr) node {
	switch x.Kind() {
	case ast.LiteralKind:
		return constant(literalValue(x))
	case ast.ListKind:
		return constant(OfList(elements(x)))
	case ast.IdentKind, ast.SelectKind:
		o, name := split(fullName(x))
		return node{op: o, typ: l.typeOf(x), name: name}
	}
	call := x.AsCall()
	id := ""
	if ids := l.ast.GetOverloadIDs(x.ID()); len(ids) == 1 {
		id = ids[0]
	}
	switch {
	case call.FunctionName() == "answered":
		return node{op: opAnswered, typ: Bool, name: fullName(call.Args()[0])}
	case id == "d" || id == "m" || id == "n":
		v, _ := written(call)
		return constant(v)
	}
	operands, name := call.Args(), ""
	if id == signatures[opLike].name {
		operands, name = operands[:1], literalValue(operands[1]).text
	}
	args := make([]node, len(operands))
	for i, a := range operands {
		args[i] = l.node(a)
	}
	for _, o := range turned() {
		if id == turnedName(o) {
			id, args = signatures[o].name, []node{args[1], args[0]}
		}
	}
	return l.operation(x, id, name, args)
}

func (l *lowerer) operation(x ast.Expr, id, name string, args []node) node {
	o, ok := opNamed(id)
	if !ok {
		l.fail(x, "this is not part of the rule language", "")
		return node{}
	}
	n := build(o, l.typeOf(x), name, args)
	if n.op == o && !o.leaf() && checked(&n) != nil {
		l.fail(x, "the result is outside what can be computed", remedyOf(o))
	}
	return n
}

// remedyOf says what a constant must be like so that the operation can be computed.
func remedyOf(o op) string {
	switch {
	case o.divides():
		return "divide by a whole number of 1 or more"
	case o == opEarliestDay || o == opLatestDay:
		return `write a date as "1992", "1992-08" or "1992-08-14"`
	case o == opAge:
		return "the first day is the birth, the second not before it"
	}
	return "keep numbers below 2^53 and days between the years 1 and 9999"
}

func (l *lowerer) fail(x ast.Expr, text, remedy string) {
	l.errors = append(l.errors, at(l.ast.SourceInfo(), x, text, remedy))
}

func (l *lowerer) typeOf(x ast.Expr) Type {
	t := l.ast.GetType(x.ID())
	for known := Bool; known <= List; known++ {
		if t != nil && t.IsExactType(celType(known)) {
			return known
		}
	}
	return 0
}

func at(source *ast.SourceInfo, x ast.Expr, text, remedy string) Error {
	place := source.GetStartLocation(x.ID())
	return Error{Line: max(1, place.Line()), Column: max(0, place.Column()) + 1, Text: text, Remedy: remedy}
}
