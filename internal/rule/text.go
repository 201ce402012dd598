package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// String writes the rule in CEL again. It holds no facts, so it may be shown and logged.
func (t Tree) String() string {
	if t.root == nil {
		return ""
	}
	return t.root.text(0)
}

// Precedence of CEL, weakest first.
const (
	bindIf = iota + 1
	bindOr
	bindAnd
	bindRelation
	bindSum
	bindProduct
	bindNot
	bindAll
)

// text writes a node where at least the given binding is needed.
func (n *node) text(need int) string {
	s, binding := n.bare()
	if binding < need {
		return "(" + s + ")"
	}
	return s
}

func (n *node) bare() (s string, binding int) {
	switch n.op {
	case opField:
		return n.name, bindAll
	case opParam:
		return "p." + n.name, bindAll
	case opClock:
		return "clock." + n.name, bindAll
	case opAnswered:
		return "answered(" + n.name + ")", bindAll
	case opBool, opInt, opText, opDay, opMoney, opDecimal, opList:
		return n.val.source(), bindAll
	case opLike:
		return "like(" + n.args[0].text(0) + ", " + quote(n.name) + ")", bindAll
	case opAnd:
		return n.joined(" && ", bindAnd)
	case opOr:
		return n.joined(" || ", bindOr)
	case opNot:
		return "!" + n.args[0].text(bindNot), bindNot
	case opIf:
		return n.args[0].text(bindOr) + " ? " + n.args[1].text(bindOr) + " : " + n.args[2].text(bindIf), bindIf
	}
	return n.infix()
}

// infix writes operators between their operands, all others as a call.
func (n *node) infix() (s string, binding int) {
	function := signatures[n.op].function
	if function[0] != '_' && function[0] != '@' {
		return function + "(" + n.list() + ")", bindAll
	}
	sign := strings.Trim(function, "_@")
	switch sign {
	case "+", "-":
		binding = bindSum
	case "*":
		binding = bindProduct
	default:
		return n.args[0].text(bindSum) + " " + sign + " " + n.args[1].text(bindSum), bindRelation
	}
	return n.args[0].text(binding) + " " + sign + " " + n.args[1].text(binding+1), binding
}

func (n *node) joined(sign string, binding int) (string, int) {
	parts := make([]string, len(n.args))
	for i := range n.args {
		parts[i] = n.args[i].text(binding + 1)
	}
	return strings.Join(parts, sign), binding
}

func (n *node) list() string {
	parts := make([]string, len(n.args))
	for i := range n.args {
		parts[i] = n.args[i].text(0)
	}
	return strings.Join(parts, ", ")
}

// source writes a constant of a rule in CEL.
func (v Value) source() string {
	switch v.typ {
	case Bool:
		return strconv.FormatBool(v.Bool())
	case Int:
		return strconv.FormatInt(v.num, 10)
	case Day:
		return `day("` + v.Day().String() + `")`
	case Money:
		return `money("` + formatCents(v.num) + `")`
	case Decimal:
		return `decimal("` + FormatDecimal(v.num) + `")`
	case List:
		parts := make([]string, len(v.list))
		for i, s := range v.list {
			parts[i] = quote(s)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return quote(v.text)
}

// quote needs to escape little, because a text of a rule has no control characters.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func formatCents(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// parseCents reads strictly an amount with two decimals, as formatCents writes it.
func parseCents(s string) (int64, bool) {
	if len(s) > 20 {
		return 0, false
	}
	euros, cents, ok := strings.Cut(s, ".")
	if !ok || len(cents) != 2 {
		return 0, false
	}
	n, err := strconv.ParseInt(euros+cents, 10, 64)
	if err != nil || n > MaxInt || n < -MaxInt || formatCents(n) != s {
		return 0, false
	}
	return n, true
}
