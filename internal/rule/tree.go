// Package rule is the one rule language: authors write CEL, it is type-checked against the fields of a definition,
// lowered into a small typed tree, and evaluated exactly, with unanswered questions as a third truth value.
package rule

import (
	"slices"
	"strconv"

	"aufenthalt/internal/civil"
)

// Limits that keep a rule small enough to be read, and its evaluation short.
const (
	maxSource = 4096  // bytes of CEL
	maxJSON   = 65536 // bytes of a tree
	maxNodes  = 512
	maxDepth  = 32
	maxList   = 256 // entries of a list in a rule
	maxText   = 200 // bytes of a text in a rule
	maxName   = 63
)

// Tree is a checked rule. It is never changed and may be used by many goroutines. The zero Tree is no rule.
type Tree struct{ root *node }

type node struct {
	op   op
	typ  Type   // 0 when a tree from JSON does not tell
	name string // of a variable, or of a text pattern
	val  Value  // of a constant
	args []node
}

// IsZero tells whether there is no rule (json: ",omitzero").
func (t Tree) IsZero() bool { return t.root == nil }

// Type gives the type of the result; 0 for no rule, or when the tree was read from JSON and is just a variable.
func (t Tree) Type() Type {
	if t.root == nil {
		return 0
	}
	return t.root.typ
}

// Fields lists the field ids that the rule reads, sorted, each once.
func (t Tree) Fields() []string { return t.names(opField) }

// Params lists the parameters that the rule reads, without "p.".
func (t Tree) Params() []string { return t.names(opParam) }

// Clocks lists the clocks that the rule reads, without "clock.".
func (t Tree) Clocks() []string { return t.names(opClock) }

// Constants lists the texts, numbers, decimals ("38.5"), days and amounts ("100.00") that stand in the rule, and of each
// text pattern one text that has it, sorted, each once.
func (t Tree) Constants() []string {
	if t.root == nil {
		return nil
	}
	var out []string
	t.root.walk(func(n *node) {
		switch n.op {
		case opText:
			out = append(out, n.val.text)
		case opInt:
			out = append(out, strconv.FormatInt(n.val.num, 10))
		case opMoney:
			out = append(out, formatCents(n.val.num))
		case opDecimal:
			out = append(out, FormatDecimal(n.val.num))
		case opLike:
			p, _ := patternNamed(n.name)
			out = append(out, p.example)
		case opDay:
			out = append(out, n.val.Day().String())
		case opList:
			out = append(out, n.val.list...)
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func (t Tree) names(kind op) []string {
	if t.root == nil {
		return nil
	}
	var names []string
	t.root.walk(func(n *node) {
		if n.op == kind || n.op == opAnswered && kind == opField {
			names = append(names, n.name)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func (n *node) walk(visit func(*node)) {
	visit(n)
	for i := range n.args {
		n.args[i].walk(visit)
	}
}

// Steps gives how many steps an evaluation takes at most: each part of the rule is evaluated once, or not at all. At
// most 512, and 0 for no rule.
func (t Tree) Steps() int {
	if t.root == nil {
		return 0
	}
	count, _ := t.root.size()
	return count
}

func (n *node) size() (count, depth int) {
	for i := range n.args {
		c, d := n.args[i].size()
		count, depth = count+c, max(depth, d)
	}
	return count + 1, depth + 1
}

// same tells whether two nodes are the same rule, written the same way.
func (n *node) same(m *node) bool {
	return n.op == m.op && n.name == m.name && n.val.Equal(m.val) &&
		slices.EqualFunc(n.args, m.args, func(a, b node) bool { return a.same(&b) })
}

// build makes the simplest node for an operation: nested and/or become one list, !! falls away, what is constant is computed now. The
// simplification never changes a result, whatever is unanswered.
func build(o op, typ Type, name string, args []node) node {
	switch o {
	case opAnd:
		return junction(o, args, false)
	case opOr:
		return junction(o, args, true)
	case opNot:
		if args[0].op == opNot { // CEL reads !!x as x
			return args[0].args[0]
		}
	case opIf:
		if args[0].op == opBool && args[0].val.IsTrue() {
			return args[1]
		}
		if args[0].op == opBool {
			return args[2]
		}
	case opOrElse:
		if args[0].op.constant() {
			return args[0]
		}
	case opOnlyIf:
		if args[0].op == opBool && args[0].val.IsTrue() {
			return args[1]
		}
	}
	n := node{op: o, typ: typ, name: name, args: args}
	if !o.leaf() && !o.lazy() && !slices.ContainsFunc(args, func(a node) bool { return !a.op.constant() }) {
		if v := n.eval(nil); v.Known() { // what overflows stays, and the compiler refuses it
			return constant(v)
		}
	}
	return n
}

// junction is "and" (decided by false) or "or" (decided by true).
func junction(o op, args []node, decides bool) node {
	var flat []node
	for _, a := range args {
		switch {
		case a.op == o:
			flat = append(flat, a.args...)
		case a.op == opBool && a.val.Bool() == decides:
			return a
		case a.op == opBool:
		default:
			flat = append(flat, a)
		}
	}
	switch len(flat) {
	case 0:
		return constant(OfBool(!decides))
	case 1:
		return flat[0]
	}
	return node{op: o, typ: Bool, args: flat}
}

func constant(v Value) node {
	o := [...]op{opNone, opBool, opInt, opText, opDay, opMoney, opDecimal, opList}[v.typ]
	return node{op: o, typ: v.typ, val: v}
}

// identifier tells whether s can be the name of a field, parameter or clock.
func identifier(s string) bool {
	if s == "" || len(s) > maxName || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// Facts are what a rule is evaluated on. A name that is not known, or not answered, is the zero Value. Names come
// without "p." and "clock.".
type Facts interface {
	Field(name string) Value
	Param(name string) Value
	Clock(name string) Value
}

// Eval gives the result of a rule; unknown for no rule. It does not allocate.
func Eval(t Tree, f Facts) Value {
	if t.root == nil {
		return Value{}
	}
	return t.root.eval(f)
}

// monthEnd is the rounding of add_months: § 188 Abs. 3 BGB.
const monthEnd = civil.EndOfMonth
