package rule

import (
	"slices"

	"aufenthalt/internal/civil"
)

func (n *node) eval(f Facts) Value {
	switch n.op {
	case opField:
		return n.expect(f.Field(n.name))
	case opParam:
		return n.expect(f.Param(n.name))
	case opClock:
		return n.expect(f.Clock(n.name))
	case opBool, opInt, opText, opDay, opMoney, opList:
		return n.val
	case opAnd:
		return n.junction(f, false)
	case opOr:
		return n.junction(f, true)
	case opIf:
		switch c := n.args[0].eval(f); {
		case c.IsTrue():
			return n.args[1].eval(f)
		case c.IsFalse():
			return n.args[2].eval(f)
		default:
			return Value{bad: c.bad}
		}
	case opAnswered:
		v := f.Field(n.name)
		if v.bad {
			return Value{bad: true}
		}
		return OfBool(v.Known())
	}
	a := n.args[0].eval(f)
	if len(n.args) == 1 {
		if !a.Known() {
			return Value{bad: a.bad}
		}
		return unary(n.op, a)
	}
	b := n.args[1].eval(f)
	if !a.Known() || !b.Known() {
		return Value{bad: a.bad || b.bad}
	}
	return binary(n.op, a, b)
}

// expect refuses a fact of another type than the rule was checked with.
func (n *node) expect(v Value) Value {
	if v.typ != n.typ && v.typ != 0 && n.typ != 0 {
		return Value{bad: true}
	}
	return v
}

// junction is Kleene's and (decided by false) or or (decided by true). A deciding operand wins wherever it stands, so
// the order of the operands does not matter; next comes what cannot be computed, then what is not answered.
func (n *node) junction(f Facts, decides bool) Value {
	result := OfBool(!decides)
	for i := range n.args {
		v := n.args[i].eval(f)
		switch {
		case v.Known() && v.Bool() == decides:
			return v
		case v.bad:
			result = Value{bad: true}
		case !v.Known() && !result.bad:
			result = Value{}
		}
	}
	return result
}

func unary(o op, a Value) Value {
	if o == opNot {
		return OfBool(!a.Bool())
	}
	return OfInt(int64(len(a.list))) // opSize
}

func binary(o op, a, b Value) Value {
	switch o.form() {
	case opEqBool:
		return OfBool(a.num == b.num && a.text == b.text)
	case opNeBool:
		return OfBool(a.num != b.num || a.text != b.text)
	case opLtInt:
		return OfBool(a.num < b.num)
	case opLeInt:
		return OfBool(a.num <= b.num)
	case opGtInt:
		return OfBool(a.num > b.num)
	case opGeInt:
		return OfBool(a.num >= b.num)
	case opAddInt, opAddMoney:
		return number(a.typ, a.num+b.num) // both are below 2^53: no wrap
	case opSubInt, opSubMoney:
		return number(a.typ, a.num-b.num)
	case opMulInt, opMulMoney:
		return product(a.typ, a.num, b.num)
	case opIn:
		return OfBool(slices.Contains(b.list, a.text))
	case opAny:
		return OfBool(slices.ContainsFunc(a.list, func(s string) bool { return slices.Contains(b.list, s) }))
	case opAddDays:
		return computedDay(a.Day().AddDays(int(b.num)))
	case opAddMonths:
		return computedDay(a.Day().AddMonths(int(b.num), monthEnd))
	case opYearsBetween:
		return OfInt(int64(civil.YearsBetween(a.Day(), b.Day())))
	}
	return Value{bad: true} // not reached: every operation of two arguments is above
}

func product(t Type, a, b int64) Value {
	p := a * b
	if a != 0 && p/a != b { // operands below 2^53 cannot be MinInt64, so the division is safe
		return Value{bad: true}
	}
	return number(t, p)
}
